"""The rehabilitation sheets: needs survey, services, device fittings, family doctors.

A workbook may lack the columns that the first years' sheets did not have (调查日期, 服务形式 …): what the forms have
stored there then stays.
"""

from django.utils.functional import cached_property

from registry.sheets.base import ChildSheet, PersonSheet, community_column, id_column, name_column, street_column
from registry.sheets.facts import year_column
from rehab.models import (
    CatalogueItem,
    ContractOutcome,
    DeviceFitting,
    DoctorContract,
    RehabNeed,
    RehabService,
    ServiceForm,
    ServiceKind,
)
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly, Yearly
from zalainuoer.common.sheets.widgets import ChoiceWidget, DateWidget, IntegerWidget, MoneyWidget, TextWidget

CATALOGUE_ORDER = ("group", "age_band", "name", "pk")
ITEM, KIND = "目录项目", "服务类别"
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
    surveyed_on = Column("surveyed_on", "调查日期", DateWidget())

    def check(self, delivery: Delivery) -> None:
        """A survey of a year is made in that year or, in arrears, after it; never before."""
        rows = zip(delivery.column("年度"), delivery.column("调查日期"), strict=True)
        for index, (year, surveyed_on) in enumerate(rows):
            if year and surveyed_on and surveyed_on[:4] < year:
                delivery.refuse(index, "调查日期", f"早于调查年度 {year}，请核对。")


class CatalogueWidget(TextWidget):
    """An item of the catalogue by its full name; the choices are those in use now."""

    kind = "choice"
    help = "从康复服务目录中选择，可以不填"

    def __init__(self) -> None:
        super().__init__(100)

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """As the catalogue has them now: the federation's staff add and close items."""
        return tuple(str(item) for item in CatalogueItem.objects.filter(is_open=True).order_by(*CATALOGUE_ORDER))

    def render(self, value: object, obj: object = None, **kwargs: object) -> str | None:
        return str(value) if value else None


class RehabServiceSheet(PersonSheet):
    """残疾人基本康复服务记录."""

    code, title, department, order = "rehab-services", "残疾人基本康复服务记录", "卫生健康委员会", 12
    model, key, rhythm = RehabService, ("服务日期", "身份证号", "服务类别", "服务机构"), Monthly(day=10)

    served_on = Column("served_on", "服务日期", DateWidget(), required=True)
    id_number = id_column()
    name = name_column()
    kind = Column("kind", KIND, ChoiceWidget(ServiceKind), required=True, synonyms=("服务项目",))
    provider = Column("provider", "服务机构", TextWidget(100), required=True, synonyms=("康复机构",))
    item = Column("item", ITEM, CatalogueWidget(), synonyms=("康复服务目录项目",), stores="item_id")
    form = Column("form", "服务形式", ChoiceWidget(ServiceForm))
    worker = Column("worker", "服务人员", TextWidget(50))
    cost = Column("cost_yuan", "费用", MoneyWidget())
    outcome = Column("outcome", "服务成效", TextWidget(200))

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        """The catalogue's items by their names; an item is of one kind of service, which the row has to say too."""
        resolved = super().resolve(delivery, scope)
        if ITEM in delivery.values:
            resolved["item_id"] = self._items(delivery)
        return resolved

    def _items(self, delivery: Delivery) -> Values:
        keys: Values = []
        for index, (name, kind) in enumerate(zip(delivery.column(ITEM), delivery.column(KIND), strict=True)):
            item = self._catalogue.get("".join((name or "").split()))
            keys.append(None if item is None else str(item.pk))
            if name and item is None:
                delivery.refuse(index, ITEM, "康复服务目录里没有这个项目。请照目录中的全称填写，或者不填。")
            elif item is not None and kind and item.kind != kind:
                delivery.refuse(index, ITEM, f"这个项目属于“{item.get_kind_display()}”，与本行的服务类别不一致。")
        return keys

    @cached_property
    def _catalogue(self) -> dict[str, CatalogueItem]:
        """By name without spaces, closed ones among them: a row may speak of the past."""
        return {"".join(str(item).split()): item for item in CatalogueItem.objects.all()}

    def display(self, store: str, text: str | None) -> str:
        if store != "item_id":
            return super().display(store, text)
        return next((str(item) for item in self._catalogue.values() if str(item.pk) == text), "")


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

    code, title, department, order = "family-doctors", "家庭医生签约名册", "卫生健康委员会", 19
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
