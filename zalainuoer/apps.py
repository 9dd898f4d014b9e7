from django.apps import AppConfig


class ZalainuoerConfig(AppConfig):
    name = "zalainuoer"
    verbose_name = "扎赉诺尔区残联业务系统"

    def ready(self) -> None:
        # Here and not in zalainuoer/__init__: manage.py and the readers of workbooks import the package without Celery.
        from zalainuoer import celery  # noqa: F401
