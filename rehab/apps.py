from django.apps import AppConfig


class RehabConfig(AppConfig):
    name = "rehab"
    verbose_name = "康复"

    def ready(self) -> None:
        from rehab.contributions import contribute_all

        contribute_all()
