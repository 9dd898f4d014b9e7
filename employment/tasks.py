"""Three-line tasks that call the services. Idempotent: run twice, they change nothing the second time."""

from celery import shared_task
from django.utils import timezone

from employment.services.quota import quota_reckon, years_in_play


@shared_task
def reckon_quota_night() -> None:
    """Quota and levy of the years in play, at 02:45 Asia/Shanghai by Celery beat."""
    now = timezone.now()
    for year in years_in_play(timezone.localdate(now)):
        quota_reckon(year=year, at=now)
