from django.apps import AppConfig


class AccessibilityConfig(AppConfig):
    name = "accessibility"
    verbose_name = "无障碍"

    def ready(self) -> None:
        from accessibility.contributions import contribute_all

        contribute_all()
