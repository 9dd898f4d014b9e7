"""Three-line tasks that call the services. Idempotent: run twice, they leave one snapshot."""

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from indicators import services
from zalainuoer.common.models import User


@shared_task
def compute_night() -> None:
    """The nightly snapshot, at 02:00 Asia/Shanghai by Celery beat."""
    services.compute_night(now=timezone.now())


@shared_task
def recompute_now(user_id: int) -> None:
    """The button on the page: a manual snapshot of today."""
    services.recompute_now(by=User.objects.get(pk=user_id), now=timezone.now())


@shared_task
def make_up() -> None:
    """The last night's snapshot, if the machine was off at 02:00."""
    services.make_up_missed_night(now=timezone.now())


@worker_ready.connect
def make_up_at_start(**kwargs: object) -> None:
    """Asked for by every worker that starts; the snapshot is made once."""
    make_up.delay()
