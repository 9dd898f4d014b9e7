"""The eleven indicators of the plan 2021–2025, in the order of the plan's own table (专栏“主要指标”).

What is counted stands here and in the apps' rules; names, targets and natures are data (Target). The next plan is
a second catalogue. Raise RULE_VERSION whenever a rule changes what it counts: snapshots carry it.
"""

import accessibility.rules as accessibility
import employment.rules as employment
import registry.rules as registry
import rehab.rules as rehab
import subsidies.rules as subsidies
from accessibility.models import HomeRetrofit
from employment.models import TrainingRecord
from indicators.figures import Beside, Count, Coverage, Growth, Indicator
from indicators.models import Plan
from indicators.periods import LatestDay, LatestMonth, LatestYear, ThisSchoolYear, WithinPlan
from registry.models import DibaoApplication, Household, MedicalEnrolment, PensionEnrolment, SchoolEnrolment
from rehab.models import RehabNeed
from subsidies.models import LivingPayment, NursingPayment

RULE_VERSION = "2"

PLAN_2021_2025: tuple[Indicator, ...] = (
    # 1. 残疾人家庭人均收入年均增长
    Growth(number=1, sheets=("household-income",)),
    # 2. 城乡残疾人职业技能培训人数
    Count(
        number=2,
        members=employment.trained,
        records=employment.completed_records,
        freshness=WithinPlan(TrainingRecord, "starts_on"),
        sheets=("registry", "training"),
    ),
    # 3. 符合条件的残疾人依申请纳入最低生活保障比例
    Coverage(
        number=3,
        denominator=registry.dibao_due,
        numerator=registry.dibao_included,
        freshness=LatestDay(DibaoApplication, "applied_on"),
        sheets=("registry", "dibao-applications", "social-assistance"),
    ),
    # 4. 困难残疾人生活补贴覆盖率
    Coverage(
        number=4,
        denominator=subsidies.living_entitled,
        numerator=subsidies.living_paid,
        freshness=LatestMonth(LivingPayment),
        beside=Beside(key="wrongly_paid", label="错发"),
        sheets=("registry", "social-assistance", "other-benefits", "living-subsidy-payments"),
    ),
    # 5. 重度残疾人护理补贴覆盖率
    Coverage(
        number=5,
        denominator=subsidies.nursing_entitled,
        numerator=subsidies.nursing_paid,
        freshness=LatestMonth(NursingPayment),
        beside=Beside(key="wrongly_paid", label="错发"),
        sheets=("registry", "social-assistance", "other-benefits", "nursing-subsidy-payments"),
    ),
    # 6. 残疾人基本养老保险参保率
    Coverage(
        number=6,
        denominator=registry.pension_due,
        numerator=registry.pension_insured,
        freshness=LatestYear(PensionEnrolment),
        sheets=("registry", "pension-enrolment"),
    ),
    # 7. 残疾人基本医疗保险参保率
    Coverage(
        number=7,
        denominator=registry.medical_due,
        numerator=registry.medical_insured,
        freshness=LatestYear(MedicalEnrolment),
        sheets=("registry", "medical-enrolment"),
    ),
    # 8. 残疾儿童少年义务教育入学率
    Coverage(
        number=8,
        denominator=registry.school_aged,
        numerator=registry.schooled,
        freshness=ThisSchoolYear(SchoolEnrolment),
        sheets=("registry", "school-enrolment"),
    ),
    # 9. 残疾人基本康复服务率
    Coverage(
        number=9,
        denominator=rehab.in_need_of_rehab,
        numerator=rehab.served,
        freshness=LatestYear(RehabNeed),
        beside=Beside(key="served_without_need", label="无需求而接受服务"),
        sheets=("registry", "rehab-needs", "rehab-services"),
    ),
    # 10. 残疾人辅助器具适配率
    Coverage(
        number=10,
        denominator=rehab.in_need_of_device,
        numerator=rehab.fitted,
        freshness=LatestYear(RehabNeed),
        sheets=("registry", "rehab-needs", "device-fittings"),
    ),
    # 11. 困难重度残疾人家庭无障碍改造数
    Count(
        number=11,
        model=Household,
        members=accessibility.retrofitted,
        freshness=WithinPlan(HomeRetrofit, "accepted_on"),
        sheets=("registry", "home-retrofits"),
    ),
)

CATALOGUES = {"2021-2025": PLAN_2021_2025}


def catalogue_of(plan: Plan) -> tuple[Indicator, ...]:
    """The plan's indicators, in its order."""
    return CATALOGUES[plan.code]


def indicator_of(plan: Plan, number: int) -> Indicator:
    """One indicator of the plan."""
    return next(indicator for indicator in catalogue_of(plan) if indicator.number == number)
