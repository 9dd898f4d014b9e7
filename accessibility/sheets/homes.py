"""The home retrofit sheet."""

from accessibility.models import AcceptanceVerdict, Hardship, HomeRetrofit
from registry.models import Level
from registry.sheets.base import HouseholdColumnMixin, PersonSheet, head_column, id_column, name_column
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import ChoiceWidget, DateWidget, MoneyWidget, TextWidget


class HomeRetrofitSheet(HouseholdColumnMixin, PersonSheet):
    """困难重度残疾人家庭无障碍改造台账."""

    code, title, department, order = "home-retrofits", "困难重度残疾人家庭无障碍改造台账", "住房和城乡建设局", 15
    model, key, rhythm = HomeRetrofit, ("户主身份证号", "身份证号", "批准日期"), Monthly(day=10)

    head_id_number = head_column()
    id_number = id_column()
    name = name_column()
    hardship = Column("hardship", "困难类型", ChoiceWidget(Hardship), required=True, synonyms=("家庭困难类型",))
    level = Column("level", "残疾等级", ChoiceWidget(Level), required=True, synonyms=("等级",))
    works = Column("works", "改造内容", TextWidget(300), required=True, synonyms=("改造项目",))
    approved_on = Column("approved_on", "批准日期", DateWidget(), required=True, synonyms=("审批日期",))
    started_on = Column("started_on", "开工日期", DateWidget())
    accepted_on = Column("accepted_on", "验收日期", DateWidget(), synonyms=("竣工验收日期",))
    verdict = Column("verdict", "验收结论", ChoiceWidget(AcceptanceVerdict), synonyms=("验收结果",))
    settled = Column("settled_yuan", "决算金额", MoneyWidget(), synonyms=("决算金额（元）",))
