"""Referrals from one provider to the next (转介)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from registry.models import PersonFact
from rehab.models.services import ServiceKind
from zalainuoer.common.history import tracked


class ReferralState(models.TextChoices):
    """What has been answered. That an accepted referral is done, the receiver's service says, not the referral."""

    SENT = "sent", "待接收"
    ACCEPTED = "accepted", "已接收"
    DECLINED = "declined", "未接收"
    WITHDRAWN = "withdrawn", "已撤回"


@tracked
class Referral(PersonFact):
    """康复转介: a provider hands a person to the next one, which accepts or declines."""

    kind = models.CharField("服务类别", max_length=20, choices=ServiceKind.choices)
    from_provider = models.CharField("转出机构", max_length=100)
    to_provider = models.CharField("转入机构", max_length=100)
    reason = models.CharField("转介事由", max_length=200)
    sent_on = models.DateField("转出日期")
    state = models.CharField("状态", max_length=20, choices=ReferralState.choices, default=ReferralState.SENT)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "康复转介"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(from_provider=F("to_provider")),
                name="referral_between_two",
                violation_error_message="转出机构和转入机构不能是同一家。",
            ),
            models.CheckConstraint(
                condition=Q(state=ReferralState.SENT, answered_on__isnull=True)
                | (~Q(state=ReferralState.SENT) & Q(answered_on__isnull=False)),
                name="referral_answered_with_a_day",
                violation_error_message="答复了的转介须有答复日期。",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("sent_on")),
                name="referral_answered_after_it_was_sent",
                violation_error_message="答复日期不能早于转出日期。",
            ),
            models.UniqueConstraint(
                fields=("person", "kind", "to_provider", "sent_on"),
                name="referral_once_a_day",
                violation_error_message="此人当天已转介给这家机构同类服务。",
            ),
        ]
