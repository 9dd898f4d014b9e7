"""What a finding's cause is called, and what to do about it: one row a cause, read by the page and by the export.

Causes of 不应享已享 are the stop codes T1 to T11 (StopCode), `none` and `death_notice`; the others are named here.
"""

from __future__ import annotations

from dataclasses import dataclass

from subsidies.models import FindingKind, StopCode

NEVER_APPLIED, APPLIED, REFUSED, WAITING = "never_applied", "applied", "refused", "waiting"
GRANTED_UNPAID, NO_STANDARD, SUSPENDED, LAPSED = "granted_unpaid", "no_standard", "suspended", "lapsed"
NONE, DEATH_NOTICE, NOT_GRANTED = "none", "death_notice", "unexplained"
RIVAL, SAME_ACCOUNT, SAME_PERSON = "rival", "same_account", "same_person"
STANDARD, LEDGER = "standard", "ledger"


STREET, FEDERATION, CIVIL = "街道（镇）", "区残联", "民政局"


@dataclass(frozen=True)
class Cause:
    """One ground on which people are listed. `act` names the form that comes next, by the URL's own name; `office` is
    whose desk it is on first."""

    code: str
    label: str
    todo: str
    act: str = ""
    office: str = CIVIL


def _stop(code: StopCode, todo: str, act: str = "stop_add", office: str = CIVIL) -> Cause:
    return Cause(code.value, code.label, todo, act, office)


RECOVER = "已发的月份由下一次月度发放自动列入追回。"
NEXT = "请通知民政局从下月名册中撤下。"

CAUSES: dict[str, Cause] = {
    each.code: each
    for each in (
        # 应享未享
        Cause(
            NEVER_APPLIED,
            "未申请",
            "政策找人：请联系本人或监护人，说明可以申请，带齐身份证、残疾人证和银行卡到街道（镇）窗口，也可以由社区代办。补贴从申请当月算起，早一个月申请就早领一个月。",
            "application_add",
            office=STREET,
        ),
        Cause(
            APPLIED, "申请办理中", "申请已在办理，请看它停在哪个环节、有没有超期；超期的请与该环节联系。", "application"
        ),
        Cause(
            REFUSED,
            "曾不予批准",
            "以前的申请没有批准，但现在符合全部条件。请告知本人可以重新申请；如果当时就不该拒绝，请按原申请复核。",
            "application_add",
            office=STREET,
        ),
        Cause(WAITING, "已核定待发放", "已经核定，从核定的起始月份发放。请等下一次名册；名册里还没有的，再来核对。"),
        Cause(
            GRANTED_UNPAID,
            "已核定未发放",
            "已经核定享受，名册却没有此人。请核对本月发放名册是否漏列；漏发的月份由下一次月度发放补发。",
            "run_list",
        ),
        Cause(
            NO_STANDARD,
            "没有适用的补贴标准",
            "已经核定享受，但没有恰好一条补贴标准适用，所以发不了。请在“补贴标准”中维护并注明文号。",
            "standard_list",
        ),
        Cause(
            SUSPENDED,
            "年度复核暂停",
            "因没有参加或没有通过年度复核而暂停。请联系本人补做复核；复核符合的，由民政决定恢复并补发。",
            "review_list",
            office=STREET,
        ),
        Cause(
            LAPSED,
            "中断后未重新申请",
            "以前享受过，中间有一段不符合条件，原来的核定已经失效；现在又符合了，需要重新申请，从申请当月起发放。",
            "application_add",
            office=STREET,
        ),
        # 不应享已享
        _stop(StopCode.DEATH, f"请核对死亡日期并办理残疾人证注销。{NEXT}{RECOVER}", "person", FEDERATION),
        _stop(StopCode.MISSING, f"{NEXT}{RECOVER}"),
        _stop(StopCode.MOVED, f"户籍已迁出，由迁入地重新申请。{NEXT}{RECOVER}"),
        _stop(
            StopCode.CERTIFICATE,
            f"请先看残疾人证：过期的提醒换领，冻结的查明原因后解冻。确实不能恢复的，{NEXT}{RECOVER}",
            "person",
            FEDERATION,
        ),
        _stop(StopCode.GRADE, f"等级变更后不再符合。{NEXT}{RECOVER}以后等级再变重的，要重新申请。"),
        _stop(StopCode.HARDSHIP, f"请与民政局核对低保是否真的已经退出、名单有没有更新。确已退出的，{NEXT}{RECOVER}"),
        _stop(StopCode.EXCLUDED, f"两种待遇不能同时享受。请与本人说明，由本人选定一种。{NEXT}{RECOVER}"),
        _stop(StopCode.PRISON, f"{NEXT}{RECOVER}释放后可以重新申请。"),
        _stop(StopCode.FALSE_PAPERS, f"{NEXT}{RECOVER}"),
        _stop(StopCode.REVIEW, f"暂停期间不发。请先补做复核；没有补做的，{NEXT}{RECOVER}", "review_list"),
        _stop(StopCode.WAIVER, f"本人已书面放弃。{NEXT}{RECOVER}"),
        Cause(
            NONE,
            "没有残疾人证",
            f"台账里查不到此人的残疾人证。请先核对姓名和身份证号是否报错；确实没有证的，{NEXT}{RECOVER}",
            "person",
            office=FEDERATION,
        ),
        Cause(NOT_GRANTED, "暂无法归入停发情形", f"请逐条核对下面的条件。{NEXT}", "stop_add"),
        Cause(
            DEATH_NOTICE,
            "死亡信息待核实",
            f"请先核实死亡信息：属实的办理注销，{NEXT}有误的退回那条信息，这里会自动消除。",
            "deaths",
            office=FEDERATION,
        ),
        # 重复享受
        Cause(
            RIVAL,
            "同类待遇未择高",
            "同类待遇只能择高享受一种。请与本人说明，留下高的一种，另一种通知主管部门停发。",
            "stop_add",
        ),
        Cause(
            SAME_ACCOUNT,
            "与他人同一账号",
            "两个人的补贴发到同一个账号。监护人代领的属于正常，请核对后写明；不是的，请更正账号。",
            "bank_account",
        ),
        Cause(
            SAME_PERSON,
            "疑似同一人两份档案",
            "两份档案很可能是同一个人，可能领了两份。请在“疑似重复”中核对，是同一人的合并，不是的确认为两个人。",
            "merging",
            office=FEDERATION,
        ),
        # 金额不符
        Cause(
            STANDARD,
            "与补贴标准不符",
            "请核对名册的金额和此人的等级、类别、户口性质。少发的由下一次月度发放补差，多发的列入追回。",
            "run_list",
        ),
        Cause(
            LEDGER,
            "与已锁定批次不符",
            "上传的名册与本系统已锁定的发放批次金额不同，请与民政局核对以哪一份为准。",
            "run_list",
        ),
    )
}

OF_KIND: dict[str, tuple[str, ...]] = {
    FindingKind.UNPAID: (NEVER_APPLIED, LAPSED, REFUSED, APPLIED, WAITING, GRANTED_UNPAID, NO_STANDARD, SUSPENDED),
    FindingKind.UNENTITLED: (*(code.value for code in StopCode), NONE, NOT_GRANTED, DEATH_NOTICE),
    FindingKind.DUPLICATE: (RIVAL, SAME_ACCOUNT, SAME_PERSON),
    FindingKind.AMOUNT: (STANDARD, LEDGER),
}
CHOICES = [(cause.code, cause.label) for cause in CAUSES.values()]


def cause_label(code: str) -> str:
    """A cause as people read it."""
    return CAUSES[code].label if code in CAUSES else code
