from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommonConfig(AppConfig):
    name = "zalainuoer.common"
    label = "common"
    verbose_name = "公共基础"

    def ready(self) -> None:
        autodiscover_modules("sheets")  # every app declares its sheets there; declaring registers them
