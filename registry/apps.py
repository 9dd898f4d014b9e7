from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "残疾人台账"

    def ready(self) -> None:
        from registry.benefits import OWN
        from registry.contributions import contribute
        from registry.happenings import timeline
        from registry.persons import SECTIONS

        contribute(sections=SECTIONS, timelines=(timeline,), entitlements=OWN)
