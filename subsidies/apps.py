from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "subsidies"
    verbose_name = "两项补贴"

    def ready(self) -> None:
        from subsidies.contributions import contribute_all

        contribute_all()
