"""A locked run as workbooks: the payment tables for 财政, and the file a bank pays from.

Names and numbers are whole, so every page says in its last row who took it out and when. What is summed up one way is
summed up another way before anything is handed out: a workbook whose totals differ is never written.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook

from registry.models import Person
from subsidies.models import PAID_OUT, BankAccount, LineKind, PaymentLine, PaymentRun
from subsidies.runs.differences import KINDS
from subsidies.runs.overview import sent, sent_to, street_totals
from subsidies.services.runs.checks import is_of_whole_district
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import TEXT
from zalainuoer.common.sheets.listing import add_page

PERMISSION = "subsidies.export_subsidies"
FINANCE, BANK = "finance", "bank"
TITLES = {FINANCE: "发放表", BANK: "银行代发文件"}
NOTHING = Decimal(0)
MONEY, COUNT = "0.00", "0"
SUMMARY_COLUMNS = {
    "街道（镇）": (18, TEXT), "档次": (22, TEXT), "月标准": (12, MONEY), "人数": (10, COUNT),
    **{kind.label: (13, MONEY) for kind in PAID_OUT}, "发放合计": (15, MONEY),
    LineKind.RECOVERY.label: (13, MONEY), LineKind.CANCEL.label: (13, MONEY),
}  # fmt: skip
CHECK_COLUMNS = {"核对项目": (34, TEXT), "人数": (10, COUNT), "金额": (16, MONEY), "结果": (10, TEXT)}
LINE_COLUMNS = {
    "序号": (8, COUNT), "姓名": (12, TEXT), "身份证号": (22, TEXT), "街道（镇）": (16, TEXT), "社区": (18, TEXT),
    "明细": (12, TEXT), "所属月份": (12, TEXT), "档次": (20, TEXT), "月标准": (12, MONEY), "金额": (12, MONEY),
    "情形": (8, TEXT), "原因": (44, TEXT), "标准文号": (34, TEXT),
}  # fmt: skip
DIFFERENCE_COLUMNS = {
    "类别": (10, TEXT), "姓名": (12, TEXT), "身份证号": (22, TEXT), "街道（镇）": (16, TEXT), "社区": (18, TEXT),
    "上月金额": (12, MONEY), "本月金额": (12, MONEY), "情形": (8, TEXT), "原因": (70, TEXT),
}  # fmt: skip
BANK_COLUMNS = {
    "序号": (8, COUNT), "户名": (14, TEXT), "账号": (28, TEXT), "开户行": (30, TEXT), "金额": (12, MONEY),
    "批次号": (12, TEXT), "身份证号": (22, TEXT),
}  # fmt: skip
UNPAID_COLUMNS = {
    "序号": (8, COUNT), "姓名": (12, TEXT), "身份证号": (22, TEXT), "街道（镇）": (16, TEXT), "社区": (18, TEXT),
    "金额": (12, MONEY), "批次号": (12, TEXT),
}  # fmt: skip


def export_run(
    run: PaymentRun,
    file: IO[bytes],
    *,
    kind: str,
    by: User,
    at: datetime.datetime,
    reason: str,
    address: str | None,
) -> None:
    """Writes a locked run into the file as .xlsx, and notes who took how many people's, and why.

    RuleBroken for a run that is not locked, or somebody without the permission or of a smaller area than the district.
    """
    if not by.has_perm(PERMISSION) or not is_of_whole_district(by):
        raise RuleBroken("导出发放批次需要导出权限，并且账号管理全区。请由区残联或民政局的全区账号办理。")
    if not run.is_locked:
        raise RuleBroken(f"{run}的批次还没有锁定（{run.get_state_display()}），不能导出。请先提交并由另一人复核锁定。")
    book = Workbook(write_only=True)
    book.properties.title = f"{run.code} {TITLES[kind]}"
    write = _write_bank if kind == BANK else _write_finance
    people = write(book, run, by=by, at=at)
    book.save(file)
    what = f"批次 {run.code} {TITLES[kind]}（完整号码）"
    access_record(by=by, act=AccessAct.EXPORT, what=what, people=people, reason=reason, address=address)


# for 财政


def _write_finance(book: Workbook, run: PaymentRun, *, by: User, at: datetime.datetime) -> int:
    """汇总, 核对, 明细 and 差异; returns how many people they name."""
    lines = list(
        run.lines.select_related("person", "community__parent", "standard").order_by(
            "community__code", "person__pinyin", "person", "benefit_month", "kind", "seq"
        )
    )
    entries = _differences(run)
    people = Person.objects.select_related("community__parent").in_bulk({entry["person"] for _, entry in entries})
    rows = list(_summary(lines))
    total, checked = _total(rows, lines), _checked(run, lines, rows)
    add_page(book, "发放汇总", SUMMARY_COLUMNS, rows, total=total, by=by, at=at)
    add_page(book, "核对", CHECK_COLUMNS, checked, by=by, at=at)
    add_page(book, "发放明细", LINE_COLUMNS, _line_rows(lines), by=by, at=at)
    add_page(book, "与上月差异", DIFFERENCE_COLUMNS, _difference_rows(entries, people), by=by, at=at)
    return len({line.person_id for line in lines} | set(people))


def _summary(lines: list[PaymentLine]) -> Iterator[list[Any]]:
    """A row a street and standard; lines without a standard (追回, 冲销, 重发) stand in a row of their own."""
    groups: dict[tuple[str, str, int], list[PaymentLine]] = defaultdict(list)
    for line in lines:
        street = line.community.parent
        groups[street.code if street else "", str(street), line.standard_id or 0].append(line)
    for (_, name, _), group in sorted(groups.items()):
        standard = group[0].standard
        by_kind: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        for line in group:
            by_kind[line.kind] += line.amount_yuan
        paid = [by_kind[kind] for kind in PAID_OUT]
        yield [
            name,
            standard.name if standard else "不按标准",
            standard.amount_yuan if standard else None,
            len({line.person_id for line in group}),
            *paid,
            sum(paid, NOTHING),
            by_kind[LineKind.RECOVERY],
            by_kind[LineKind.CANCEL],
        ]


def _total(rows: list[list[Any]], lines: list[PaymentLine]) -> list[Any]:
    """The last row: people once, however many rows they are in."""
    sums = [sum((row[place] for row in rows), NOTHING) for place in range(4, len(SUMMARY_COLUMNS))]
    return ["合计", "", None, len({line.person_id for line in lines}), *sums]


def _checked(run: PaymentRun, lines: list[PaymentLine], rows: list[list[Any]]) -> list[list[Any]]:
    """The same money, added up four ways. Raises where they differ."""
    paid = [line for line in lines if line.kind in PAID_OUT]
    streets, whole = street_totals(run), sent(run)
    place = list(SUMMARY_COLUMNS).index("发放合计")
    ways = [
        ("批次发放合计", whole.people, whole.yuan),
        ("发放明细逐笔相加", len({line.person_id for line in paid}), _sum(line.amount_yuan for line in paid)),
        ("按街道、档次汇总相加", None, _sum(row[place] for row in rows)),
        ("按街道合计相加", sum(street.people for street in streets), _sum(street.yuan for street in streets)),
    ]
    _refuse_differing(run, [yuan for _, _, yuan in ways])
    return [[name, people, yuan, "一致"] for name, people, yuan in ways]


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, NOTHING)


def _refuse_differing(run: PaymentRun, sums: list[Decimal]) -> None:
    if len(set(sums)) != 1:
        raise RuntimeError(f"run {run.code}: totals differ: {sums}")


def _line_rows(lines: list[PaymentLine]) -> Iterator[list[Any]]:
    for number, line in enumerate(lines, 1):
        yield [
            number,
            line.person.name,
            line.person.id_number,
            str(line.community.parent),
            line.community.name,
            line.get_kind_display(),
            f"{line.benefit_month:%Y-%m}",
            line.standard.name if line.standard else "",
            line.standard_yuan,
            line.amount_yuan,
            line.code,
            line.reason,
            line.standard.document if line.standard else "",
        ]


def _differences(run: PaymentRun) -> list[tuple[str, dict[str, Any]]]:
    return [(label, entry) for kind, label in KINDS.items() for entry in run.differences.get(kind, ())]


def _difference_rows(entries: list[tuple[str, dict[str, Any]]], people: dict[int, Person]) -> Iterator[list[Any]]:
    for label, entry in entries:
        person = people.get(entry["person"])
        yield [
            label,
            person.name if person else "（档案已合并）",
            person.id_number if person else "",
            str(person.community.parent) if person else "",
            person.community.name if person else "",
            _decimal(entry["before"]),
            _decimal(entry["after"]),
            entry["code"],
            entry["reason"],
        ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# for the bank


def _write_bank(book: Workbook, run: PaymentRun, *, by: User, at: datetime.datetime) -> int:
    """银行代发, and on a page of its own whom the bank cannot be asked to pay; returns how many people they name."""
    yuan = {row["person"]: row["yuan"] for row in sent_to(run)}
    people = list(
        Person.objects.filter(pk__in=yuan)
        .select_related("community__parent")
        .order_by("community__code", "pinyin", "pk")
    )
    accounts = {row.person_id: row for row in BankAccount.objects.filter(person__in=yuan)}
    payable = [person for person in people if person.pk in accounts]
    unpayable = [person for person in people if person.pk not in accounts]
    sums = [_sum(yuan[person.pk] for person in group) for group in (payable, unpayable)]
    _refuse_differing(run, [sent(run).yuan, _sum(sums)])
    rows = (
        [
            number,
            accounts[person.pk].holder,
            accounts[person.pk].number,
            accounts[person.pk].bank,
            yuan[person.pk],
            run.code,
            person.id_number,
        ]
        for number, person in enumerate(payable, 1)
    )
    add_page(book, "银行代发", BANK_COLUMNS, rows, by=by, at=at)
    left = (
        [
            number,
            person.name,
            person.id_number,
            str(person.community.parent),
            person.community.name,
            yuan[person.pk],
            run.code,
        ]
        for number, person in enumerate(unpayable, 1)
    )
    total = ["", "合计", "", "", "", sums[1], ""]
    add_page(book, "没有收款账户", UNPAID_COLUMNS, left, total=total, by=by, at=at)
    ways = [
        ("批次发放合计", len(people), sent(run).yuan),
        ("银行代发", len(payable), sums[0]),
        ("没有收款账户，未送银行", len(unpayable), sums[1]),
    ]
    add_page(book, "核对", CHECK_COLUMNS, [[*way, "一致"] for way in ways], by=by, at=at)
    return len(people)
