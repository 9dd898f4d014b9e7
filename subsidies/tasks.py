"""Three-line tasks that call the services. Idempotent: run twice, they change nothing the second time."""

from celery import shared_task
from django.utils import timezone

from subsidies.services import findings
from subsidies.services.applications import publicity_close


@shared_task
def compare_night() -> None:
    """The nightly comparison, at 02:30 Asia/Shanghai by Celery beat."""
    findings.findings_refresh(today=timezone.localdate())


@shared_task
def close_publicity() -> None:
    """Grants what has been on show for its days, at 01:30 Asia/Shanghai by Celery beat."""
    publicity_close(today=timezone.localdate())
