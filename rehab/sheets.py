"""The rehabilitation sheets: needs survey, services, device fittings, family doctors."""

from registry.sheets.base import ChildSheet, PersonSheet, community_column, id_column, name_column, street_column
from registry.sheets.facts import year_column
from rehab.models import ContractOutcome, DeviceFitting, DoctorContract, RehabNeed, RehabService, ServiceKind
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.delivery import Delivery
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


class FamilyDoctorSheet(PersonSheet):
    """家庭医生签约名册 (规划 专栏4第5项)."""

    code, title, department, order = "family-doctors", "家庭医生签约名册", "卫生健康委员会", 18
    model, key, period, rhythm = DoctorContract, ("年度", "身份证号"), "年度", Yearly(12, 31)

    year = year_column("签约年度")
    id_number = id_column()
    name = name_column()
    outcome = Column("outcome", "签约情况", ChoiceWidget(ContractOutcome), required=True, synonyms=("是否签约",))
    team = Column("team", "签约团队", TextWidget(100), synonyms=("家庭医生团队", "签约机构"))
    doctor = Column("doctor", "签约医生", TextWidget(50), synonyms=("家庭医生", "家庭医生姓名"))
    signed_on = Column("signed_on", "签约日期", DateWidget(), synonyms=("签约时间",))
    until = Column("until", "有效期至", DateWidget(), synonyms=("协议到期日期", "到期日期"))
    package = Column("package", "服务包", TextWidget(100), synonyms=("签约服务包",))
    declined_because = Column("declined_because", "不同意原因", TextWidget(200), synonyms=("未签约原因",))

    SIGNED = ("签约团队", "签约医生", "签约日期", "有效期至")

    def check(self, delivery: Delivery) -> None:
        """A contract says with whom and until when; a no says why, and nothing of a contract."""
        for index, outcome in enumerate(delivery.column("签约情况")):
            if outcome == ContractOutcome.SIGNED:
                self._check_signed(delivery, index)
            elif outcome == ContractOutcome.DECLINED:
                self._check_declined(delivery, index)

    def _check_signed(self, delivery: Delivery, index: int) -> None:
        for heading in self.SIGNED:
            if delivery.column(heading)[index] is None:
                delivery.refuse(index, heading, f"已签约的须填写{heading}。")
        if delivery.column("不同意原因")[index] is not None:
            delivery.refuse(index, "不同意原因", "已签约的不填不同意原因，请核对签约情况。")
        year, signed = delivery.column("年度")[index], delivery.column("签约日期")[index]
        until = delivery.column("有效期至")[index]
        if signed and until and until < signed:
            delivery.refuse(index, "有效期至", f"早于签约日期 {signed}。")
        if year and signed and signed > f"{int(year):04d}-12-31":
            delivery.refuse(index, "签约日期", f"晚于签约年度 {year} 年，请核对年度。")
        if year and until and until < f"{int(year):04d}-01-01":
            delivery.refuse(index, "有效期至", f"早于签约年度 {year} 年，请核对年度。")

    def _check_declined(self, delivery: Delivery, index: int) -> None:
        if delivery.column("不同意原因")[index] is None:
            delivery.refuse(index, "不同意原因", "不同意签约的须写明原因。")
        for heading in (*self.SIGNED, "服务包"):
            if delivery.column(heading)[index] is not None:
                delivery.refuse(index, heading, "不同意签约的不填这一项，请核对签约情况。")
