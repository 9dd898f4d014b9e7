"""Applications for a subsidy: accepted, reviewed at three desks, put on show, objected to, granted or refused, told.

国发〔2015〕52号: 街道初审 → 区残联审核 → 民政审定 → 公示. Nobody decides two steps of one case; only 民政 refuses.
"""

from subsidies.services.applications.accepting import (
    application_accept,
    application_complete,
    checked_papers,
    pending_application,
    refusal_to_accept,
    required_papers,
)
from subsidies.services.applications.desk import acts_open, counted, overdue, untold, waiting_for
from subsidies.services.applications.ending import TOLD, application_notified, application_withdraw
from subsidies.services.applications.judging import judged_now
from subsidies.services.applications.limits import limit_days, time_left
from subsidies.services.applications.publicity import (
    objection_record,
    objection_resolve,
    publicity_close,
    refusal_to_judge,
)
from subsidies.services.applications.reviewing import DESKS, application_review, refusal_to_review

__all__ = [
    "DESKS",
    "TOLD",
    "acts_open",
    "application_accept",
    "application_complete",
    "application_notified",
    "application_review",
    "application_withdraw",
    "checked_papers",
    "counted",
    "judged_now",
    "limit_days",
    "objection_record",
    "objection_resolve",
    "overdue",
    "pending_application",
    "publicity_close",
    "refusal_to_accept",
    "refusal_to_judge",
    "refusal_to_review",
    "required_papers",
    "time_left",
    "untold",
    "waiting_for",
]
