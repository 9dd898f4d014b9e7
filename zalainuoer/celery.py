"""The Celery application: `celery -A zalainuoer worker`, `celery -A zalainuoer beat`."""

import os

from celery import Celery

from zalainuoer.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zalainuoer.settings")

app = Celery("zalainuoer")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()
