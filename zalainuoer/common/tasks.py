"""Celery tasks: three lines each, the work is done by services and jobs."""

from celery import shared_task
from django.utils import timezone

from zalainuoer.common import audit, jobs, services


@shared_task
def run_job(batch_id: int) -> None:
    jobs.job_run(batch_id=batch_id)


@shared_task
def delete_expired_workbooks() -> None:
    services.workbooks_delete_expired(now=timezone.now())


@shared_task
def seal_access_log() -> None:
    audit.seal(now=timezone.now())


@shared_task
def remove_expired_access_log() -> None:
    audit.remove_expired(now=timezone.now())
