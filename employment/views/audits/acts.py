"""The acts on an audit: from which states each may be done, its form, and what it tells its service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from employment.forms import audits as forms
from employment.models import Audit, AuditState, Employer
from employment.services import audits as services


@dataclass(frozen=True)
class Act:
    """One act: `do(audit, what was sent, {by, today})`. `is_second` is not for whoever did the first review."""

    label: str
    submit: str
    said: str
    form: type[Any]
    states: tuple[str, ...]
    do: Callable[[Audit, dict[str, Any], dict[str, Any]], Any]
    hint: str = ""
    is_second: bool = False


def _sent(service: Any) -> Any:
    return lambda row, sent, how: service(audit=row, **sent, **how)


S = AuditState
ACTS: dict[str, Act] = {
    "ask": Act("要求补正", "要求补正", "已要求补正。", forms.AskForm, (S.DECLARED,), _sent(services.audit_ask)),
    "complete": Act(
        "登记补正", "登记补正完成", "已登记补正，可以初审。", forms.CompleteForm, (S.INCOMPLETE,),
        _sent(services.audit_complete),
    ),
    "first_review": Act(
        "初审通过", "初审通过", "初审已通过，等其他人复审。", forms.ReviewForm, (S.DECLARED,),
        _sent(services.audit_first_review), "复审须由另一人办理。材料或数字有问题的，不要通过，请要求补正或重新测算。",
    ),
    "certify": Act(
        "复审通过，出具确认书", "复审通过", "复审已通过，审核确认书可以打印。", forms.ReviewForm, (S.FIRST_REVIEWED,),
        _sent(services.audit_certify), "通过后编号出具审核确认书，下面的数字从此固定。", True,
    ),
    "return": Act(
        "复审退回", "退回初审", "已退回，重新初审。", forms.ReturnForm, (S.FIRST_REVIEWED,),
        _sent(services.audit_return), "", True,
    ),
    "objection": Act(
        "登记异议", "登记异议", "已登记异议，复核以前不推送税务。", forms.ObjectionForm, (S.CERTIFIED,),
        _sent(services.objection_record),
    ),
    "judge": Act(
        "异议复核", "登记复核结果", "已登记复核结果。", forms.JudgeForm, (S.CERTIFIED,),
        lambda row, sent, how: services.objection_judge(
            audit=row, upheld=sent["upheld"] == "yes", opinion=sent["opinion"], seen=sent["seen"], **how
        ),
    ),
    "pay": Act("登记缴费", "登记缴费", "已登记缴费。", forms.PayForm, (S.PUSHED, S.OWING), _sent(services.payment_add)),
    "owe": Act("登记欠缴", "登记欠缴", "已登记欠缴。", forms.OweForm, (S.PUSHED, S.OWING), _sent(services.owing_record)),
    "remind": Act(
        "催缴", "出具催缴通知书", "已出具催缴通知书，可以打印。", forms.RemindForm, (S.OWING,),
        _sent(services.reminder_issue),
    ),
    "credit": Act(
        "列入失信记录", "列入失信记录", "已列入失信记录。", forms.CreditForm, (S.OWING,), _sent(services.credit_add),
        "催缴期满仍不缴纳的才能列入。",
    ),
}  # fmt: skip
TAKE_BACK = Act(
    "撤回上一步", "撤回", "已撤回上一步。", forms.TakeBackForm, tuple(S), _sent(services.audit_take_back),
    "撤回审核确认书的，原编号作废，不再使用；撤回缴费的，缴费记录删除；撤回催缴的，通知书作废。",
)  # fmt: skip


def declare(employer: Employer, year: int, sent: dict[str, Any], how: dict[str, Any]) -> Audit:
    """受理申报, which has no audit yet."""
    return services.audit_declare(employer=employer, year=year, **sent, **how)


def acts_open(row: Audit, *, reminded: bool, overdue: bool, is_listed: bool) -> list[str]:
    """The acts that the audit's state leaves open, whoever asks; `overdue` says a reminder's day is over."""
    found = [name for name, act in ACTS.items() if row.state in act.states]
    closed = {
        "objection": row.objected_on is not None,
        "judge": row.objected_on is None,
        "owe": row.owing_since is not None,
        "credit": is_listed or not (reminded and overdue),
    }
    return [name for name in found if not closed.get(name, False)]
