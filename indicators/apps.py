from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "规划指标"

    def ready(self) -> None:
        from accessibility.target import tell_goal
        from indicators.retrofit_goal import retrofit_goal

        tell_goal(retrofit_goal)
