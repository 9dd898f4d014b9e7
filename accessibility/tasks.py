"""Three-line tasks that call the services. Idempotent: run twice, they change nothing the second time."""

from celery import shared_task
from django.utils import timezone

from accessibility.services.photos.uploads import uploads_remove_stale


@shared_task
def remove_stale_photo_uploads() -> None:
    """What was begun a week ago and not finished, at 03:15 Asia/Shanghai by Celery beat."""
    uploads_remove_stale(now=timezone.now())
