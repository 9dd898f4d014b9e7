"""The acts on a certificate: what each rests on, from which states it may be done, what it asks and what it does.

残疾人证管理办法 (残联发〔2017〕34号) and 跨省通办 (2021). What an act checks and states is written in
registry/services/effects.py; this table is what pages, services and the person page share.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from registry.models import Certificate, CertificateAct, CertificateStatus

ORDER = "残疾人证管理办法（残联发〔2017〕34号）"
ELSEWHERE = "残疾人证“跨省通办”（2021年）"

EXPIRY, DAMAGED, UPDATED = "到期换领", "证件污损", "资料更新"
DEATH = "死亡"
OTHER = "其他"

Status = CertificateStatus


@dataclass(frozen=True)
class Act:
    """One act. `states` are those it may be done from; None among them stands for somebody who has no certificate."""

    act: CertificateAct
    basis: str
    effect: str
    states: tuple[CertificateStatus | None, ...]
    asks: tuple[str, ...] = ()  # the facts its form asks for, beside dates, offices, reason and attachments
    reasons: tuple[str, ...] = ()  # where the reason is one of a list
    needs_reason: bool = True
    may_be_accepted_elsewhere: bool = True  # one of the six items of 跨省通办
    ends_with_expiry: bool = False  # not open once the certificate has expired
    otherwise: str = ""  # what to do where the state does not allow it

    @property
    def code(self) -> str:
        return str(self.act.value)

    @property
    def label(self) -> str:
        return str(self.act.label)

    def is_open(self, statement: Certificate | None, *, on: datetime.date) -> bool:
        """Whether the state on the day allows it; its own checks come when it is done."""
        if statement is None:
            return None in self.states
        if self.act == CertificateAct.RENEW and statement.status == Status.LOST:
            return is_expired(statement, on=on)  # lost and run out: there is no validity left to re-issue
        if self.ends_with_expiry and is_expired(statement, on=on):
            return False
        return CertificateStatus(statement.status) in self.states


HOLDING = (
    "category",
    "level",
    "components",
    "assessed_by",
    "community",
    "hukou_type",
    "is_student",
    "head",
    "ethnicity",
    "phone",
    "address",
    "guardian_name",
    "guardian_phone",
    "card_generation",
)

_ACTS = (
    Act(
        CertificateAct.ISSUE,
        f"{ORDER}第一至四条；重新申请：第二十四条",
        "自生效日期起在册，首次发证日期和发证日期就是生效日期，有效期十年；证号由身份证号、类别和等级组成。",
        (None, Status.CANCELLED),
        (*HOLDING, "expires_on", "override"),
        needs_reason=False,
        otherwise="已迁出的，迁回时请办理“迁入”；证件仍在册的不能再办一本。",
    ),
    Act(
        CertificateAct.RENEW,
        f"{ORDER}第十九条（到期）、第二十一条（污损）；{ELSEWHERE}",
        "到期换领：有效期从生效日期重新起算，证号不变。污损或资料更新：只换新卡，证号和有效期都不变。旧证收回。",
        (Status.NORMAL,),
        ("reassessed", "expires_on", "card_generation"),
        (EXPIRY, DAMAGED, UPDATED),
        otherwise="挂失且未过期的请办理“补办”，冻结的请先“解冻”。",
    ),
    Act(
        CertificateAct.REISSUE,
        f"{ORDER}；{ELSEWHERE} 挂失补办",
        "原证作废，证号末尾的补发序号加一（B1、B2……），有效期不变；挂失的同时恢复正常。",
        (Status.NORMAL, Status.LOST),
        ("is_declared_void", "card_generation"),
        ends_with_expiry=True,
        otherwise="已过期的请办理“换领”（到期换领），冻结的请先“解冻”。",
    ),
    Act(
        CertificateAct.REGRADE,
        f"{ORDER}第二十二条",
        "自生效日期起按新的类别和等级，证号末两位随之改变，有效期重新起算；两项补贴的资格当天重新核对。",
        (Status.NORMAL,),
        (
            "category",
            "level",
            "components",
            "assessed_by",
            "guardian_name",
            "guardian_phone",
            "expires_on",
            "card_generation",
        ),
        otherwise="挂失的请先“补办”，冻结的请先“解冻”。",
    ),
    Act(
        CertificateAct.MOVE_IN,
        f"{ORDER}第一至四条（属地管理）；{ELSEWHERE} 迁移",
        "外地发的证自生效日期起归本区管理、计入在册人数；证号、发证日期和有效期照原证。",
        (None, Status.MOVED_OUT, Status.CANCELLED),
        ("number", "first_issued_on", "issued_on", "expires_on", *(f for f in HOLDING[2:] if f != "assessed_by")),
        otherwise="证件已在本区在册，不需要迁入。",
    ),
    Act(
        CertificateAct.MOVE_OUT,
        f"{ORDER}第一至四条（属地管理）；{ELSEWHERE} 迁移",
        "自生效日期起不再计入在册人数，两项补贴从下月起停发；档案保留。",
        (Status.NORMAL, Status.FROZEN),
        ("destination",),
        otherwise="挂失的请先“补办”再迁出。",
    ),
    Act(
        CertificateAct.REPORT_LOSS,
        f"{ORDER}；{ELSEWHERE} 挂失补办",
        "证件状态改为挂失，仍在册；之后可以办理“补办”。",
        (Status.NORMAL,),
    ),
    Act(
        CertificateAct.FREEZE,
        f"{ORDER}",
        "证件状态改为冻结，仍在册；冻结期间两项补贴暂停，不是取消。",
        (Status.NORMAL,),
        reasons=("户籍迁出六个月以上未转证", "死亡信息待核实", "身份信息待核实", OTHER),
        may_be_accepted_elsewhere=False,
        otherwise="挂失的请先“补办”。",
    ),
    Act(
        CertificateAct.UNFREEZE,
        f"{ORDER}",
        "证件状态恢复正常；冻结期间的补贴是否补发由民政局决定。",
        (Status.FROZEN,),
        may_be_accepted_elsewhere=False,
    ),
    Act(
        CertificateAct.CANCEL,
        f"{ORDER}第二十四条",
        "自生效日期起不再在册，证号不再使用，两项补贴从下月起停发；以后只能重新申请，原则上须满一年。",
        (Status.NORMAL, Status.LOST, Status.FROZEN),
        ("died_on",),
        (DEATH, "不再符合残疾标准", "本人自愿申请", "宣告失踪", "虚假材料", "户籍迁出一年未转证"),
        otherwise="已迁出的证件由迁入地残联管理。",
    ),
    Act(
        CertificateAct.DETAILS,
        f"{ORDER}第二十一条（资料更新）",
        "姓名、民族、联系方式和监护人立即改变；社区、户口性质和在校学生从生效日期起改变，以前各天不变。",
        (None, *Status),
        (
            "name",
            "ethnicity",
            "phone",
            "address",
            "guardian_name",
            "guardian_phone",
            "community",
            "hukou_type",
            "is_student",
            "card_generation",
            "is_correction",
        ),
        may_be_accepted_elsewhere=False,
    ),
)
ACTS: dict[str, Act] = {act.code: act for act in _ACTS}


def acts_open_to(statement: Certificate | None, *, today: datetime.date) -> list[tuple[str, str]]:
    """(code, label) of the acts that the statement in force allows; None is somebody without a certificate."""
    return [(act.code, act.label) for act in _ACTS if act.is_open(statement, on=today)]


def is_expired(statement: Certificate, *, on: datetime.date) -> bool:
    """过期: past the last day of validity (第十九条)."""
    return statement.expires_on < on


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The day on which so many full years are over; 29 February's is 1 March, as with ages."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)
