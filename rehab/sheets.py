"""The rehabilitation sheets: needs survey, services, device fittings."""

from registry.sheets.base import ChildSheet, PersonSheet, community_column, id_column, name_column, street_column
from registry.sheets.facts import year_column
from rehab.models import DeviceFitting, RehabNeed, RehabService, ServiceKind
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.rhythm import Monthly, Yearly
from zalainuoer.common.sheets.widgets import ChoiceWidget, DateWidget, IntegerWidget, TextWidget

NO_NEED = ("无", "没有", "无需求", "-", "—")


class RehabNeedSheet(ChildSheet):
    """残疾人康复需求调查表."""

    code, title, department, order = "rehab-needs", "残疾人康复需求调查表", "区残联", 11
    model, key, period, rhythm = RehabNeed, ("年度", "身份证号"), "年度", Yearly(11, 30)
    cut_day = "rehab.cut_day"

    year = year_column("调查年度")
    id_number = id_column()
    name = name_column()
    street = street_column()
    community = community_column()
    rehab = Column("rehab", "康复需求", TextWidget(200, empty_words=NO_NEED), synonyms=("康复服务需求",))
    device = Column("device", "辅具需求", TextWidget(200, empty_words=NO_NEED), synonyms=("辅助器具需求",))


class RehabServiceSheet(PersonSheet):
    """残疾人基本康复服务记录."""

    code, title, department, order = "rehab-services", "残疾人基本康复服务记录", "卫生健康委员会", 12
    model, key, rhythm = RehabService, ("服务日期", "身份证号", "服务类别", "服务机构"), Monthly(day=10)

    served_on = Column("served_on", "服务日期", DateWidget(), required=True)
    id_number = id_column()
    name = name_column()
    kind = Column("kind", "服务类别", ChoiceWidget(ServiceKind), required=True, synonyms=("服务项目",))
    provider = Column("provider", "服务机构", TextWidget(100), required=True, synonyms=("康复机构",))


class DeviceFittingSheet(PersonSheet):
    """残疾人辅助器具适配登记表."""

    code, title, department, order = "device-fittings", "残疾人辅助器具适配登记表", "区残联", 13
    model, key, rhythm = DeviceFitting, ("适配日期", "身份证号", "辅具名称"), Monthly(day=10)

    fitted_on = Column("fitted_on", "适配日期", DateWidget(), required=True, synonyms=("发放日期",))
    id_number = id_column()
    name = name_column()
    device = Column("device", "辅具名称", TextWidget(100), required=True, synonyms=("辅助器具名称",))
    quantity = Column("quantity", "数量", IntegerWidget(minimum=1, maximum=999), required=True)
