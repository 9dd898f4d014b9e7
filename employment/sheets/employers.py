"""The sheets of employers: who they are, and their figures of a year."""

from __future__ import annotations

from typing import Any

from django.db import models

from employment.models import MONTHS, AdminLevel, Employer, EmployerKind, EmployerYear
from employment.rules.quota import months_existing
from registry.sheets.facts import year_column
from registry.sheets.lookup import STREET
from zalainuoer.common import ciphers
from zalainuoer.common.credit_codes import checked_credit_code
from zalainuoer.common.models import Division, DivisionLevel
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import KeyedSheet, Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Yearly
from zalainuoer.common.sheets.widgets import (
    DIGITS_LOST,
    CellWidget,
    ChoiceWidget,
    DateWidget,
    DivisionWidget,
    IntegerWidget,
    MoneyWidget,
    NameWidget,
    PhoneWidget,
    TextWidget,
    YesNoWidget,
)

CODE, NAME = "统一社会信用代码", "单位名称"
PHONE = "联系电话"
UNKNOWN_EMPLOYER = "系统里没有这个统一社会信用代码的单位。请核对代码；如属新单位，请先由区残联登记或报送用人单位名册。"
WHOLE_DISTRICT = "用人单位的资料由区里统一填报。"


class CreditCodeWidget(CellWidget):
    """统一社会信用代码: text of 18 characters."""

    help = "18 位统一社会信用代码，单元格须为文本格式"

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValueError(DIGITS_LOST.format(what=CODE))
        if not value.strip():
            return None
        return checked_credit_code(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class LongMoneyWidget(MoneyWidget):
    """An amount that a whole employer's year may come to."""

    LIMIT = MoneyWidget.LIMIT * 10_000


def employers_by_code(codes: Values) -> dict[str, Employer]:
    """The stored employers behind credit codes, in one statement."""
    wanted = {code for code in codes if code}
    return {employer.credit_code: employer for employer in Employer.objects.filter(credit_code__in=wanted)}


def name_of(text: str | None) -> str:
    """An employer's name as far as two spellings of it may differ: blanks and the width of brackets do not count."""
    return "".join((text or "").split()).replace("（", "(").replace("）", ")")


def refuse_other_employer(delivery: Delivery, index: int, name: str | None, employer: Employer, heading: str) -> None:
    """A row that gives a known code another name is about somebody else, or the employer has been renamed."""
    if name and name_of(name) != name_of(employer.name):
        delivery.refuse(
            index,
            heading,
            f"与系统中这个代码的单位名称“{employer.name}”不一致。请核对代码；单位确已更名的，请先修改单位资料。",
        )


class EmployerSheet(KeyedSheet):
    """用人单位名册 (残疾人就业条例 第三条)."""

    code, title, department, order = "employers", "用人单位名册", "区残联", 20
    model, key, rhythm = Employer, (CODE,), Yearly(3, 31)

    credit_code = Column("credit_code", CODE, CreditCodeWidget(), required=True, synonyms=("信用代码", "纳税人识别号"))
    name = Column("name", NAME, TextWidget(100), required=True, synonyms=("用人单位名称", "纳税人名称"))
    kind = Column("kind", "单位性质", ChoiceWidget(EmployerKind), required=True, synonyms=("单位类型",))
    level = Column("level", "隶属层级", ChoiceWidget(AdminLevel))
    is_school = Column("is_school", "中小学或幼儿园", YesNoWidget(), required=True)
    is_budget_funded = Column("is_budget_funded", "财政拨款单位", YesNoWidget(), required=True)
    is_concentrated = Column("is_concentrated", "享受增值税即征即退的集中安置单位", YesNoWidget(), required=True)
    street = Column(
        "street", STREET, DivisionWidget(DivisionLevel.STREET), synonyms=("所在街道（镇）",), stores="street_id"
    )
    established_on = Column("established_on", "成立日期", DateWidget())
    closed_on = Column("closed_on", "注销日期", DateWidget())
    address = Column("address", "通讯地址", TextWidget(200), synonyms=("单位地址", "地址"))
    contact_name = Column("contact_name", "联系人", NameWidget(50))
    contact_phone = Column("contact_phone", PHONE, PhoneWidget(), synonyms=("电话号码",), stores="contact_phone_index")

    def check(self, delivery: Delivery) -> None:
        """An employer is not closed before it was established."""
        dates = zip(delivery.column("成立日期"), delivery.column("注销日期"), strict=True)
        for index, (established, closed) in enumerate(dates):
            if established and closed and closed < established:
                delivery.refuse(index, "注销日期", f"早于成立日期 {established}。")

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        refuse_within_streets(delivery, scope, CODE)
        known = employers_by_code(delivery.column(CODE))
        for index, (code, name) in enumerate(zip(delivery.column(CODE), delivery.column(NAME), strict=True)):
            if code in known:
                refuse_other_employer(delivery, index, name, known[code], NAME)
        resolved: dict[str, Values] = {}
        if STREET in delivery.values:
            resolved["street_id"] = self._streets(delivery)
        if PHONE in delivery.values:
            indexes = ciphers.blind_indexes(delivery.column(PHONE), purpose="phone")
            resolved["contact_phone_index"] = [None if index is None else _uuid_text(index) for index in indexes]
        return resolved

    def _streets(self, delivery: Delivery) -> Values:
        streets = dict(Division.objects.filter(level=DivisionLevel.STREET).values_list("name", "pk"))
        keys: Values = []
        for index, name in enumerate(delivery.column(STREET)):
            keys.append(str(streets[name]) if name in streets else None)
            if name and name not in streets:
                delivery.refuse(index, STREET, "没有这个街道（镇）。请从下拉列表中选择；不在本区的留空。")
        return keys

    def beside(self, delivery: Delivery) -> dict[str, Values]:
        if PHONE not in delivery.values:
            return {}
        return {"contact_phone": ciphers.encrypt_many(delivery.column(PHONE), purpose="phone")}

    def display(self, store: str, text: str | None) -> str:
        if store == "street_id":
            return Division.objects.filter(pk=text).values_list("name", flat=True).first() or "" if text else ""
        if store == "contact_phone_index":
            return "已填写" if text else ""
        return super().display(store, text)

    def describe(self, record: Employer) -> str:
        return str(record)


def _uuid_text(index: str) -> str:
    return f"{index[:8]}-{index[8:12]}-{index[12:16]}-{index[16:20]}-{index[20:]}"


def refuse_within_streets(delivery: Delivery, scope: Scope, heading: str) -> None:
    """Employers are of the whole district: a street's hand does not change them."""
    if scope.communities is not None:
        for index in range(len(delivery)):
            delivery.refuse(index, heading, WHOLE_DISTRICT)


class EmployerColumnMixin(KeyedSheet):
    """For sheets whose rows name an employer of the register by its code, and by its name."""

    def employers(self, delivery: Delivery) -> list[Employer | None]:
        """The employer of each row; problems go to the delivery."""
        known = employers_by_code(delivery.column(CODE))
        names = delivery.column(NAME)
        found: list[Employer | None] = []
        for index, code in enumerate(delivery.column(CODE)):
            employer = known.get(code or "")
            found.append(employer)
            if code and employer is None:
                delivery.refuse(index, CODE, UNKNOWN_EMPLOYER)
            elif employer is not None:
                refuse_other_employer(delivery, index, names[index], employer, NAME)
        return found

    def display(self, store: str, text: str | None) -> str:
        if store != "employer_id":
            return super().display(store, text)
        return Employer.objects.filter(pk=text).values_list("credit_code", flat=True).first() or "" if text else ""


def code_column() -> Column:
    return Column(
        "employer__credit_code", CODE, CreditCodeWidget(), required=True, synonyms=("信用代码", "纳税人识别号"),
        stores="employer_id",
    )  # fmt: skip


def employer_name_column() -> Column:
    return Column(
        "employer__name", NAME, TextWidget(100), required=True, synonyms=("用人单位名称", "纳税人名称"), stores=""
    )


class EmployerYearSheet(EmployerColumnMixin):
    """用人单位年度情况表: what quota and levy are reckoned from (财税〔2015〕72号 第八条)."""

    code, title, department, order = "employer-years", "用人单位年度情况表", "区残联", 21
    model, key, period, rhythm = EmployerYear, ("年度", CODE), "年度", Yearly(3, 31, lag=1)

    year = year_column("所属年度")
    employer = code_column()
    name = employer_name_column()
    posts = Column("posts", "编制数", IntegerWidget(minimum=0, maximum=99_999), synonyms=("编制",))
    headcount_01 = Column("headcount_01", "1月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("1月",))
    headcount_02 = Column("headcount_02", "2月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("2月",))
    headcount_03 = Column("headcount_03", "3月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("3月",))
    headcount_04 = Column("headcount_04", "4月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("4月",))
    headcount_05 = Column("headcount_05", "5月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("5月",))
    headcount_06 = Column("headcount_06", "6月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("6月",))
    headcount_07 = Column("headcount_07", "7月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("7月",))
    headcount_08 = Column("headcount_08", "8月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("8月",))
    headcount_09 = Column("headcount_09", "9月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("9月",))
    headcount_10 = Column("headcount_10", "10月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("10月",))
    headcount_11 = Column("headcount_11", "11月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("11月",))
    headcount_12 = Column("headcount_12", "12月职工人数", IntegerWidget(minimum=0, maximum=999_999), synonyms=("12月",))
    wage_total = Column("wage_total_yuan", "工资总额", LongMoneyWidget(), synonyms=("上年在职职工工资总额",))

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        refuse_within_streets(delivery, scope, CODE)
        employers = self.employers(delivery)
        for index, (employer, year) in enumerate(zip(employers, delivery.column("年度"), strict=True)):
            if employer is not None and year is not None:
                self._refuse_months_outside(delivery, index, employer, int(year))
        return {"employer_id": [None if employer is None else str(employer.pk) for employer in employers]}

    def _refuse_months_outside(self, delivery: Delivery, index: int, employer: Employer, year: int) -> None:
        existing = months_existing(year, established_on=employer.established_on, closed_on=employer.closed_on)
        for month in MONTHS:
            heading = f"{month}月职工人数"
            if month not in existing and delivery.column(heading)[index] is not None:
                delivery.refuse(index, heading, "单位当时尚未成立或已经注销，这个月应留空。")

    def absent_queryset(self, delivery: Delivery, scope: Scope) -> models.QuerySet[Any]:
        return self.rows_of_delivered_periods(delivery).select_related("employer").order_by("employer__name", "pk")

    def subject(self, record: EmployerYear) -> str:
        return str(record.employer)

    def describe(self, record: EmployerYear) -> str:
        return f"{record.employer}（{record.year}年）"
