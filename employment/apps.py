from django.apps import AppConfig


class EmploymentConfig(AppConfig):
    name = "employment"
    verbose_name = "就业"

    def ready(self) -> None:
        from employment.contributions import contribute_all

        contribute_all()
