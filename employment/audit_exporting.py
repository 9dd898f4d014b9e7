"""The audit's lists as workbooks: each says in its last row who took it out, and is noted with its reason.

They are about employers. The tax office's list bears the phone of an employer's contact, in full.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from employment.models import Audit, AuditState, CreditRecord, EmployerKind
from employment.rules.awards import over_of
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.listing import columns_of, write_list

NUMBERS = {
    "序号",
    "在职职工人数",
    "安排残疾人人数",
    "应缴（元）",
    "已缴（元）",
    "尚欠（元）",
    "上年在职职工工资总额",
    "上年在职职工人数",
    "上年实际安排残疾人就业人数",
    "上年在职职工年平均工资",
    "本期应纳费额",
    "本期减免费额",
    "本期已缴费额",
    "本期应补（退）费额",
    "超比例人数",
    "计奖人数",
    "奖励金额（元）",
}


@dataclass(frozen=True)
class List:
    """A list that may leave the system: its title, its columns with their widths, and a row's values after 序号."""

    title: str
    columns: Mapping[str, int]
    values: Callable[[Any], list[Any]]
    holds: str = ""


def day(value: datetime.date | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d}"


def _audit(row: Any) -> list[Any]:
    """An employer of `audit_worklist.employers_of`."""
    number = f"〔{row.certificate_year}〕第 {row.certificate_number} 号" if row.certificate_number else ""
    owed = None if row.due_yuan is None else row.due_yuan - row.paid_yuan
    return [
        row.name,
        row.credit_code,
        EmployerKind(row.kind).label,
        row.street.name if row.street else "",
        AuditState(row.state).label,
        day(row.declared_on),
        day(row.complete_by),
        number,
        row.due_yuan,
        row.paid_yuan if row.due_yuan is not None else None,
        owed,
        day(row.reminded_until),
    ]


def _tax(row: Audit) -> list[Any]:
    """A line of the national declaration form, the employer's head before it (残保金申报表, 通用)."""
    employer, found = row.employer, row.certificate
    if found is None:
        return [employer.name, employer.credit_code, *[""] * 16]
    base, average = found.base_yuan, found.average_wage_yuan
    is_capped = base is not None and average is not None and base < average
    return [
        employer.name,
        employer.credit_code,
        employer.address,
        employer.contact_phone or "",
        str(found),
        f"{found.audit_year}-01-01",
        f"{found.audit_year}-12-31",
        found.wage_total_yuan,
        found.headcount,
        f"{(found.quota_ratio * 100).normalize():f}%",
        found.placed,
        found.average_wage_yuan,
        found.gross_yuan,
        found.relief_yuan,
        row.paid_yuan,
        found.net_yuan - row.paid_yuan,
        f"计费基数按封顶的 {found.base_yuan} 元" if is_capped else "",
        day(row.pushed_on),
    ]


def _credit(row: CreditRecord) -> list[Any]:
    return [
        row.audit.employer.name,
        row.audit.employer.credit_code,
        f"{row.year}",
        row.due_yuan,
        row.paid_yuan,
        row.due_yuan - row.paid_yuan,
        "；".join(f"{number}（{issued}，限 {due}）" for number, issued, due in row.reminders),
        day(row.decided_on),
        row.document,
        day(row.pushed_on),
        day(row.removed_on),
        row.removed_reason,
    ]


def _award(line: Any) -> list[Any]:
    """A line of the awards' page: the audit and its clauses."""
    row, clauses = line["audit"], line["clauses"]
    award = line["award"]
    return [
        row.employer.name,
        row.employer.credit_code,
        row.certificate.headcount,
        row.certificate.placed,
        over_of(row.certificate),
        line["word"],
        "；".join(f"{clause.sentence}：{clause.word}" for clause in clauses),
        "" if award is None else day(award.applied_on),
        "" if award is None or award.hukou_checked_by is None else award.hukou_checked_by.name,
        "" if award is None else award.get_state_display(),
        None if award is None else award.persons,
        None if award is None else award.amount_yuan,
        "" if award is None else day(award.paid_on),
    ]


AUDITS = List(
    "按比例就业年审情况",
    {
        "单位名称": 34, "统一社会信用代码": 22, "单位性质": 12, "所在街道（镇）": 16, "状态": 14, "申报日期": 12, "补正期限": 12,
        "审核确认书": 20, "应缴（元）": 14, "已缴（元）": 14, "尚欠（元）": 14, "催缴期限": 12,
    },
    _audit,
)  # fmt: skip
TAX = List(
    "残疾人就业保障金审核情况",
    {
        "用人单位名称": 34, "统一社会信用代码": 22, "通讯地址": 30, "联系电话": 16, "审核确认书": 20, "费款所属期起": 14,
        "费款所属期止": 14, "上年在职职工工资总额": 20, "上年在职职工人数": 18, "应安排残疾人就业比例": 20,
        "上年实际安排残疾人就业人数": 26, "上年在职职工年平均工资": 22, "本期应纳费额": 16, "本期减免费额": 16,
        "本期已缴费额": 16, "本期应补（退）费额": 18, "备注": 30, "推送日期": 12,
    },
    _tax,
    "；含联系电话",
)  # fmt: skip
CREDIT = List(
    "残疾人就业保障金失信记录",
    {
        "单位名称": 34, "统一社会信用代码": 22, "年度": 8, "应缴（元）": 14, "已缴（元）": 14, "尚欠（元）": 14, "催缴情况": 44,
        "决定日期": 12, "决定文号": 20, "推送信用平台日期": 16, "移出日期": 12, "移出的理由": 24,
    },
    _credit,
)  # fmt: skip
AWARDS = List(
    "超比例安置残疾人奖励",
    {
        "单位名称": 34, "统一社会信用代码": 22, "在职职工人数": 14, "安排残疾人人数": 14, "超比例人数": 12, "是否符合": 12,
        "逐条核对": 60, "申请日期": 12, "户籍核对人": 12, "状态": 12, "计奖人数": 10, "奖励金额（元）": 16, "发放日期": 12,
    },
    _award,
)  # fmt: skip


def export_list(
    which: List,
    rows: Iterable[Any],
    file: IO[bytes],
    *,
    by: User,
    at: datetime.datetime,
    reason: str,
    chosen: Iterable[str],
    address: str | None,
) -> int:
    """Writes the rows into the file as .xlsx; returns how many."""

    def lines() -> Iterator[list[Any]]:
        for number, row in enumerate(rows, 1):
            yield [number, *which.values(row)]

    columns = columns_of({"序号": 8, **which.columns}, numbers=NUMBERS)
    count = write_list(file, title=which.title, columns=columns, rows=lines(), by=by, at=at, freeze="C2")
    what = f"导出{which.title}" + (f"：{'、'.join(chosen)}" if chosen else "")
    access_record(by=by, act=AccessAct.EXPORT, what=what, people=0, reason=reason, address=address)
    return count
