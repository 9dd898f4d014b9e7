"""What runs by the clock. Times are Asia/Shanghai (CELERY_TIMEZONE).

Beat keeps the time of each last run in its schedule file and starts at once what was due while it was off.
"""

from celery.schedules import crontab

SCHEDULE = {
    "每日办结公示期满的补贴申请": {"task": "subsidies.tasks.close_publicity", "schedule": crontab(hour=1, minute=30)},
    "每晚计算十一项指标": {"task": "indicators.tasks.compute_night", "schedule": crontab(hour=2, minute=0)},
    "每晚比对两项补贴": {"task": "subsidies.tasks.compare_night", "schedule": crontab(hour=2, minute=30)},
    "每晚测算按比例就业和残保金": {
        "task": "employment.tasks.reckon_quota_night",
        "schedule": crontab(hour=2, minute=45),
    },
    "每日删除过期的上传文件": {
        "task": "zalainuoer.common.tasks.delete_expired_workbooks",
        "schedule": crontab(hour=3, minute=0),
    },
    "每日删除没有传完的照片": {
        "task": "accessibility.tasks.remove_stale_photo_uploads",
        "schedule": crontab(hour=3, minute=15),
    },
    "每日删除到期的访问记录": {
        "task": "zalainuoer.common.tasks.remove_expired_access_log",
        "schedule": crontab(hour=3, minute=30),
    },
    "每分钟封存访问记录": {
        "task": "zalainuoer.common.tasks.seal_access_log",
        "schedule": crontab(),
        "options": {"expires": 60},  # where no worker runs they would pile up; one seals all there is
    },
}
