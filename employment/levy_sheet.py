"""The calculation sheet of an employer's year, as the page, the print and the workbook show it alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from employment.models import MONTHS, Audit, Employer, EmployerYear, QuotaSheet
from employment.placements import Placement, placements
from employment.rules.levy import UNKNOWN, Terms, money, percent, shown
from employment.rules.quota import audit_window_until
from employment.rules.terms import ParameterBook, expiring
from employment.services.quota import SETTLED, reckoned, texts
from registry.models import Category, Level

FORM = "残疾人就业保障金缴费申报表（通用）"
DISPUTED = {
    f"{Category(category).label}{Level(level).label}"
    for category in (Category.INTELLECTUAL, Category.MENTAL)
    for level in (Level.THIRD, Level.FOURTH)
}


@dataclass(frozen=True)
class Column:
    """A column of the national form."""

    number: int
    label: str
    value: str
    note: str = ""


class LevySheet:
    """One employer's year: what was reckoned, what the national form says of it, and what to beware of."""

    def __init__(self, employer: Employer, year: int, *, today: datetime.date):
        self.employer, self.year, self.today = employer, year, today

    @cached_property
    def row(self) -> QuotaSheet | None:
        """The figures as they were last reckoned; None before the first time."""
        return QuotaSheet.objects.filter(employer=self.employer, year=self.year).first()

    @cached_property
    def declared(self) -> EmployerYear | None:
        return EmployerYear.objects.filter(employer=self.employer, year=self.year).first()

    @cached_property
    def audit(self) -> Audit | None:
        return Audit.objects.filter(employer=self.employer, year=self.year).first()

    @cached_property
    def book(self) -> ParameterBook:
        return ParameterBook()

    @cached_property
    def terms(self) -> Terms:
        return Terms.of(self.book.on(datetime.date(self.year, 12, 31)))

    @cached_property
    def people(self) -> list[Placement]:
        """Everybody claimed in the year; whoever shows them writes it down (access_record)."""
        return placements(self.employer, self.year)

    @property
    def is_settled(self) -> bool:
        """Whether the audit has gone so far that the figures stay as they are."""
        return self.audit is not None and self.audit.state in SETTLED

    @property
    def months(self) -> list[tuple[int, Decimal]]:
        """(month, how many count)."""
        return [] if self.row is None else list(zip(MONTHS, self.row.placed_by_month, strict=True))

    @property
    def columns(self) -> list[Column]:
        """Columns 1–12 of the national form (国家税务总局 残疾人就业保障金缴费申报表); 元 with two places.

        The period is the year of the figures. Column 8 is the wage the fee is reckoned with, so the ceiling where it
        applies. What has been paid (11) is the tax office's to fill in: 12 is before it.
        """
        row, year = self.row, self.year
        if row is None:
            return []
        total = self.declared.wage_total_yuan if self.declared else None
        is_capped = None not in (row.base_yuan, row.average_wage_yuan) and row.base_yuan != row.average_wage_yuan
        wage = row.base_yuan if is_capped else row.average_wage_yuan
        relief = None if row.gross_yuan is None or row.net_yuan is None else row.gross_yuan - row.net_yuan
        return [
            Column(1, "序号", "1"),
            Column(2, "费款所属期起", f"{year}-01-01"),
            Column(3, "费款所属期止", f"{year}-12-31"),
            Column(4, "上年在职职工工资总额", _money(total)),
            Column(5, "上年在职职工人数", shown(row.headcount)),
            Column(6, "应安排残疾人就业比例", UNKNOWN if self.terms.ratio is None else percent(self.terms.ratio)),
            Column(7, "上年实际安排残疾人就业人数", shown(row.placed)),
            Column(8, "上年在职职工年平均工资", _money(wage), "已按当地社会平均工资的倍数封顶" if is_capped else ""),
            Column(9, "本期应纳费额", _money(row.gross_yuan)),
            Column(10, "本期减免费额", _money(relief)),
            Column(11, "本期已缴费额", "", "由税务部门填写"),
            Column(12, "本期应补（退）费额", _money(row.net_yuan), "未减本期已缴费额"),
        ]

    @cached_property
    def warnings(self) -> list[str]:
        """What a reader has to know before using the figures, in sentences."""
        return [
            *self._of_declaring(),
            *self._of_change(),
            *self._of_weights(),
            *expiring(year=self.year, today=self.today),
        ]

    def _of_declaring(self) -> Iterable[str]:
        has_declared = self.audit is not None and self.audit.declared_on is not None
        if self.row is not None and self.row.is_undeclared:
            yield "年审期满没有申报，视为没有安排残疾人。下面“安排的残疾人”只供核对，不计入。"
        elif not has_declared and self.today.year > self.year and audit_window_until(self.year, self.book) is None:
            yield ("还没有申报年审，年审截止日期的参数未维护，不能判断是否期满未申报，这里按登记的情况测算。")

    def _of_change(self) -> Iterable[str]:
        """Whether the facts say something else by now than the stored figures."""
        if self.row is None:
            return
        now = reckoned(year=self.year, today=self.today, employers=[self.employer.pk])
        if not now or texts(now[0]) == texts(self.row):
            return
        figure = f"按现在的数据，安排 {shown(now[0].placed)} 人，减免后应缴 {_money(now[0].net_yuan)} 元。"
        if self.is_settled:
            yield f"年审认证以后，登记的数据或参数有变化，这张表保持认证时的数。{figure}需要更正的，在年审中退回。"
        else:
            yield f"测算以后，登记的数据或参数有变化，请重新测算。{figure}"

    def _of_weights(self) -> Iterable[str]:
        if DISPUTED & {grade for each in self.people for grade in each.grades}:
            yield (
                "安排的人中有智力、精神三、四级的：残联厅函〔2022〕63号计 1 人，内财非税规〔2018〕9号第八条（转引）计 2 人，"
                "这里按参数“按比例就业的折算系数”，待核实。"
            )


def _money(yuan: Decimal | None) -> str:
    return UNKNOWN if yuan is None else money(yuan)
