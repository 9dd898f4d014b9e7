"""What other departments know of people: seven sheets, one class each."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from registry.models import (
    AssistanceKind,
    AssistanceUnit,
    BenefitKind,
    Certificate,
    DibaoApplication,
    DibaoResult,
    HouseholdIncome,
    MedicalEnrolment,
    MedicalScheme,
    MedicalStatus,
    OtherBenefit,
    PensionEnrolment,
    PensionScheme,
    PensionStatus,
    Placement,
    SchoolEnrolment,
    SocialAssistance,
)
from registry.sheets.base import (
    ChildSheet,
    HouseholdColumnMixin,
    PersonSheet,
    community_column,
    head_column,
    id_column,
    name_column,
    street_column,
)
from registry.sheets.lookup import households_in
from zalainuoer.common.models import User
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery
from zalainuoer.common.sheets.rhythm import Monthly, Yearly
from zalainuoer.common.sheets.widgets import (
    ChoiceWidget,
    DateWidget,
    IntegerWidget,
    MoneyWidget,
    NameWidget,
    SchoolYearWidget,
    TextWidget,
)


def year_column(*synonyms: str) -> Column:
    widget = IntegerWidget(minimum=1990, maximum=2100, suffix="年")
    return Column("year", "年度", widget, required=True, synonyms=synonyms)


class HouseholdIncomeSheet(HouseholdColumnMixin):
    """残疾人家庭收入状况调查表. Serves indicator 1 only (统计法: survey data decide no benefit)."""

    code, title, department, order = "household-income", "残疾人家庭收入状况调查表", "区残联", 2
    model, key, period, rhythm = HouseholdIncome, ("年度", "户主身份证号"), "年度", Yearly(1, 31, lag=1)
    head_name = "户主姓名"

    year = year_column("调查年度")
    head_id_number = head_column()
    head = Column("head_name", "户主姓名", NameWidget(50), required=True)
    members = Column(
        "members",
        "家庭人口数",
        IntegerWidget(minimum=1, maximum=99, suffix="人"),
        required=True,
        synonyms=("家庭人口", "人口数"),
    )
    income = Column(
        "disposable_income_yuan",
        "家庭年可支配收入",
        MoneyWidget(),
        required=True,
        synonyms=("家庭年可支配收入（元）", "年可支配收入(元)", "年可支配收入"),
    )

    def rows_for(self, user: User) -> models.QuerySet[HouseholdIncome]:
        """The households somebody of the person's area belongs to."""
        rows = HouseholdIncome.objects.order_by("pk")
        if user.scope_ids is None:
            return rows
        return rows.filter(Exists(Certificate.objects.visible_to(user).filter(household=OuterRef("household"))))

    def absent_queryset(self, delivery: Delivery, scope: Scope) -> models.QuerySet[Any]:
        rows = self.rows_of_delivered_periods(delivery)
        if scope.communities is not None:
            rows = rows.filter(household__in=households_in(scope.communities))
        return rows.order_by("head_name", "pk")

    def subject(self, record: HouseholdIncome) -> str:
        return record.head_name


class SocialAssistanceSheet(PersonSheet):
    """社会救助对象名册 (社会救助暂行办法)."""

    code, title, department, order = "social-assistance", "社会救助对象名册", "民政局", 3
    model, key, rhythm = SocialAssistance, ("身份证号", "救助类型", "起始日期"), Monthly(day=10)

    id_number = id_column()
    name = name_column()
    kind = Column("kind", "救助类型", ChoiceWidget(AssistanceKind), required=True, synonyms=("救助类别",))
    unit = Column("unit", "施保方式", ChoiceWidget(AssistanceUnit), synonyms=("保障方式",))
    starts_on = Column("starts_on", "起始日期", DateWidget(), required=True, synonyms=("纳入日期", "批准日期"))
    ends_on = Column("ends_on", "终止日期", DateWidget(open_ended=True), synonyms=("停保日期", "退出日期"))


class DibaoApplicationSheet(PersonSheet):
    """残疾人申请最低生活保障受理台账."""

    code, title, department, order = "dibao-applications", "残疾人申请最低生活保障受理台账", "民政局", 4
    model, key, rhythm = DibaoApplication, ("身份证号", "申请日期"), Monthly(day=10)

    id_number = id_column()
    name = name_column()
    applied_on = Column("applied_on", "申请日期", DateWidget(), required=True, synonyms=("受理日期",))
    result = Column("result", "认定结果", ChoiceWidget(DibaoResult), required=True, synonyms=("审核结果",))
    decided_on = Column("decided_on", "认定日期", DateWidget(), synonyms=("审批日期",))

    def check(self, delivery: Delivery) -> None:
        rows = zip(delivery.column("认定结果"), delivery.column("认定日期"), strict=True)
        for index, (result, decided_on) in enumerate(rows):
            if result in (DibaoResult.ELIGIBLE, DibaoResult.NOT_ELIGIBLE) and decided_on is None:
                delivery.refuse(index, "认定日期", "已有认定结果的，必须填写认定日期。")
            elif result == DibaoResult.PENDING and decided_on is not None:
                delivery.refuse(index, "认定日期", "认定结果为“审核中”的，不应有认定日期。")


class OtherBenefitSheet(PersonSheet):
    """其他福利待遇享受人员名册."""

    code, title, department, order = "other-benefits", "其他福利待遇享受人员名册", "民政局", 7
    model, key, rhythm = OtherBenefit, ("身份证号", "待遇类型", "起始日期"), Monthly(day=10)

    id_number = id_column()
    name = name_column()
    kind = Column("kind", "待遇类型", ChoiceWidget(BenefitKind), required=True, synonyms=("待遇名称",))
    monthly = Column("monthly_yuan", "月标准", MoneyWidget(), synonyms=("月标准（元）",))
    starts_on = Column("starts_on", "起始日期", DateWidget(), required=True, synonyms=("享受起始日期",))
    ends_on = Column("ends_on", "终止日期", DateWidget(open_ended=True), synonyms=("享受终止日期",))


class PensionEnrolmentSheet(PersonSheet):
    """残疾人基本养老保险参保名册."""

    code, title, department, order = "pension-enrolment", "残疾人基本养老保险参保名册", "人力资源和社会保障局", 8
    model, key, period, rhythm = PensionEnrolment, ("年度", "身份证号", "险种"), "年度", Yearly(1, 31, lag=1)

    year = year_column("参保年度")
    id_number = id_column()
    name = name_column()
    scheme = Column("scheme", "险种", ChoiceWidget(PensionScheme), required=True, synonyms=("参保险种",))
    status = Column("status", "参保状态", ChoiceWidget(PensionStatus), required=True, synonyms=("缴费状态",))


class MedicalEnrolmentSheet(PersonSheet):
    """残疾人基本医疗保险参保名册."""

    code, title, department, order = "medical-enrolment", "残疾人基本医疗保险参保名册", "医疗保障局", 9
    model, key, period, rhythm = MedicalEnrolment, ("年度", "身份证号", "险种"), "年度", Yearly(1, 31, lag=1)

    year = year_column("参保年度")
    id_number = id_column()
    name = name_column()
    scheme = Column("scheme", "险种", ChoiceWidget(MedicalScheme), required=True, synonyms=("参保险种",))
    status = Column("status", "参保状态", ChoiceWidget(MedicalStatus), required=True, synonyms=("缴费状态",))


class SchoolEnrolmentSheet(ChildSheet):
    """适龄残疾儿童少年义务教育安置台账 (残疾人教育条例 第十五、十七条)."""

    code, title, department, order = "school-enrolment", "适龄残疾儿童少年义务教育安置台账", "教育局", 10
    model, key, period = SchoolEnrolment, ("学年", "身份证号"), "学年"
    rhythm = Yearly(10, 31, is_school_year=True)
    cut_day = "school.cut_day"

    school_year = Column("school_year", "学年", SchoolYearWidget(), required=True, synonyms=("学年度",))
    id_number = id_column()
    name = name_column()
    street = street_column()
    community = community_column()
    school = Column("school", "就读学校", TextWidget(100), synonyms=("学校名称",))
    placement = Column("placement", "安置方式", ChoiceWidget(Placement), required=True, synonyms=("入学安置方式",))
