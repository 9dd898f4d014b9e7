"""What each act checks, and what the statement says from its effective day on (残疾人证管理办法; domain §2.2–2.4).

A function an act: given the draft of a case it refuses with a sentence, or returns the facts of the new statement.
Registered in EFFECTS; registry/services/certificates.py does the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from registry.acts import DEATH, EXPIRY, ORDER, OTHER, is_expired, years_later
from registry.models import Category, CertificateAct, CertificateStatus
from registry.services.drafts import (
    Draft,
    Facts,
    expiry,
    graded,
    kinds_of,
    number_of,
    placed,
    refuse_second_reissue,
    refuse_soon_after_cancellation,
    suffix_of,
)
from registry.services.statements import suffix_facts
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.identity import age_on

Act = CertificateAct
SPEECH_FROM = 3


# --- first and further issues ----------------------------------------------------------------------------------------


def _issue(draft: Draft) -> Facts:
    refuse_soon_after_cancellation(draft)
    grade = graded(draft)
    again = draft.last is not None
    return {
        **grade,
        **suffix_of(draft, grade),
        **placed(draft),
        "first_issued_on": draft.on,
        "issued_on": draft.on,
        "expires_on": expiry(draft),
        "status": CertificateStatus.NORMAL,
        "status_on": draft.on if again else None,
        "status_reason": "重新申请" if again else None,
    }


def _renew(draft: Draft) -> Facts:
    last = draft.held
    if draft.reason != EXPIRY:
        if is_expired(last, on=draft.on):
            raise RuleBroken(
                f"该证有效期至 {last.expires_on}，已经过期，请按“{EXPIRY}”办理。", source=f"{ORDER}第十九条"
            )
        return {}  # a new card with the same number and validity
    opens = years_later(last.issued_on, draft.parameters["certificate.renewal_after_years"])
    if draft.on < opens and not is_expired(last, on=draft.on):
        raise RuleBroken(
            f"到期换领从 {opens} 起才能申请（发证日期 {last.issued_on}）。证件污损或资料有变的，请选择相应的原因。",
            source=f"{ORDER}第十九条",
        )
    if draft.parameters["certificate.reassess_on_renewal"] and not draft.facts.get("reassessed"):
        raise RuleBroken("按现行参数，到期换领一律重新评定。请在评定之后勾选“已重新评定”。")
    draft.remark("重新评定", "是" if draft.facts.get("reassessed") else "")
    return {"issued_on": draft.on, "expires_on": expiry(draft), **_back_to_normal(draft, "换领")}


def _reissue(draft: Draft) -> Facts:
    last = draft.held
    if last.status != CertificateStatus.LOST and not draft.facts.get("is_declared_void"):
        raise RuleBroken("补办之前须先声明原证作废：请先办理“挂失”，或勾选“已声明原证作废”。")
    if draft.parameters["certificate.reissue_once_a_year"]:
        refuse_second_reissue(draft)
    count = int((last.suffix or "")[1:] or (1 if last.suffix else 0))
    if count >= 99:
        raise RuleBroken("补发序号已到 B99，不能再补办。请联系上级残联。")
    return {**suffix_facts(f"B{count + 1}"), **_back_to_normal(draft, "补办")}


def _regrade(draft: Draft) -> Facts:
    last, grade = draft.held, graded(draft)
    if all(getattr(last, name) == value for name, value in grade.items()):
        raise RuleBroken("类别和等级与现有的相同，没有变更。")
    return {**grade, **suffix_of(draft, grade), "issued_on": draft.on, "expires_on": expiry(draft)}


def _move_in(draft: Draft) -> Facts:
    number = number_of(draft)
    draft.facts["category"], draft.facts["level"] = number[18], number[19]
    first, issued, expires = (draft.facts[name] for name in ("first_issued_on", "issued_on", "expires_on"))
    if not draft.person.born_on <= first <= issued <= draft.on:
        raise RuleBroken("日期先后不对：应是出生日期、首次发证日期、发证日期、生效日期依次不早于前一个。")
    if expires < issued:
        raise RuleBroken("有效期至不能早于发证日期。")
    return {
        **graded(draft, assessed=False),
        **suffix_facts(number[20:] or None),
        **placed(draft),
        "first_issued_on": first,
        "issued_on": issued,
        "expires_on": expires,
        "status": CertificateStatus.NORMAL,
        "status_on": draft.on,
        "status_reason": "迁入",
    }


# --- states ----------------------------------------------------------------------------------------------------------


def _move_out(draft: Draft) -> Facts:
    destination = draft.facts.get("destination")
    if not destination:
        raise RuleBroken("请写明迁往何处。")
    return _state(draft, CertificateStatus.MOVED_OUT, f"迁往{destination}")


def _report_loss(draft: Draft) -> Facts:
    return _state(draft, CertificateStatus.LOST, draft.reason)


def _freeze(draft: Draft) -> Facts:
    if draft.reason == OTHER and not draft.note:
        raise RuleBroken("冻结的原因选“其他”的，请在备注中写明。")
    return _state(draft, CertificateStatus.FROZEN, draft.reason)


def _unfreeze(draft: Draft) -> Facts:
    return _state(draft, CertificateStatus.NORMAL, draft.reason)


def _cancel(draft: Draft) -> Facts:
    died_on = draft.facts.get("died_on")
    if draft.reason == DEATH:
        if died_on is None:
            raise RuleBroken("因死亡注销的，必须填写死亡日期。")
        if not draft.person.born_on <= died_on <= draft.on:
            raise RuleBroken("死亡日期应不早于出生日期，也不晚于生效日期。请核对。")
    elif died_on is not None:
        raise RuleBroken("填写了死亡日期，注销原因应选“死亡”。")
    draft.remark("死亡日期", died_on)
    return _state(draft, CertificateStatus.CANCELLED, draft.reason)


def _state(draft: Draft, status: CertificateStatus, reason: str) -> Facts:
    return {"status": status, "status_on": draft.on, "status_reason": reason[:100]}


def _back_to_normal(draft: Draft, act: str) -> Facts:
    return _state(draft, CertificateStatus.NORMAL, act) if draft.held.status == CertificateStatus.LOST else {}


# --- particulars -----------------------------------------------------------------------------------------------------

DATED_DETAILS = ("community", "hukou_type", "is_student")


def _details(draft: Draft) -> Facts:
    if "name" in draft.facts and not draft.facts["name"]:
        raise RuleBroken("姓名不能为空。")
    facts = {name: draft.facts[name] for name in DATED_DETAILS if name in draft.facts}
    if draft.last is None:
        # No statement dates it, and the figures of past days place a child by the file.
        if draft.facts.get("community", draft.person.community) != draft.person.community:
            raise RuleBroken("未办证人员的社区以教育、康复报表中最近的一行为准，请更正那一行。")
        return {}
    first = draft.last.held_from == draft.on and not draft.person.certificates.filter(held_from__lt=draft.on).exists()
    moves = "community" in facts and facts["community"] != draft.last.community
    if first and moves and not draft.facts.get("is_correction"):
        raise RuleBroken("办证当天不能再变更社区：填错了的请勾选“更正”；确已搬家的，生效日期请填次日或以后。")
    return facts


EFFECTS: dict[str, Callable[[Draft], Facts]] = {
    Act.ISSUE: _issue,
    Act.RENEW: _renew,
    Act.REISSUE: _reissue,
    Act.REGRADE: _regrade,
    Act.MOVE_IN: _move_in,
    Act.MOVE_OUT: _move_out,
    Act.REPORT_LOSS: _report_loss,
    Act.FREEZE: _freeze,
    Act.UNFREEZE: _unfreeze,
    Act.CANCEL: _cancel,
    Act.DETAILS: _details,
}


def soft_warnings(draft: Draft) -> list[str]:
    """What is allowed and still worth a second look."""
    found = []
    if draft.facts.get("category"):
        kinds = kinds_of(draft.facts["category"], draft.facts.get("components"))
        if Category.SPEECH in kinds and age_on(draft.person.born_on, draft.on) < SPEECH_FROM:
            found.append(f"未满{SPEECH_FROM}周岁评定为言语残疾，请核对评定结论。")
    if draft.facts.get("number") and str(draft.facts["number"]).upper().strip().endswith("B"):
        found.append("残疾人证号末尾只有“B”，已按第一次补发记为“B1”。")
    expires_on = draft.facts.get("expires_on")
    if expires_on is not None and expires_on < draft.on:
        found.append(f"该证有效期至 {expires_on}，已经过期，请提醒本人办理“换领”。")
    return found
