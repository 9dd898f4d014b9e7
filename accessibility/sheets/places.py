"""The sheet of the inventory of public places."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from accessibility.models import Facility, FacilityKind
from registry.sheets.base import community_column, street_column
from registry.sheets.lookup import communities_of
from zalainuoer.common.models import Division
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import KeyedSheet, Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Yearly
from zalainuoer.common.sheets.widgets import ChoiceWidget, DateWidget, IntegerWidget, TextWidget

NAME, BAYS, ACCESSIBLE, CLOSED = "名称", "停车泊位总数", "无障碍停车位数", "停用日期"
MANY = 99_999
# Texts that the table keeps as "" where nothing is said.
TEXTS = {"address": "地址", "supervisor": "主管部门", "note": "备注"}


class FacilitySheet(KeyedSheet):
    """无障碍设施台账 (无障碍环境建设法 第二章; 规划（五）3): a place is known by its community and its name there."""

    code, title, department, order = "facilities", "无障碍设施台账", "住房和城乡建设局", 26
    model, key, rhythm = Facility, ("所属社区", NAME), Yearly(12, 31)

    street = street_column()
    community = community_column()
    name = Column("name", NAME, TextWidget(100), required=True, synonyms=("设施名称", "场所名称"))
    kind = Column("kind", "类别", ChoiceWidget(FacilityKind), required=True, synonyms=("设施类别", "场所类别"))
    address = Column("address", "地址", TextWidget(200), synonyms=("详细地址", "具体位置"))
    keeper = Column("keeper", "管理单位", TextWidget(100), required=True, synonyms=("管护单位", "责任单位"))
    supervisor = Column("supervisor", "主管部门", TextWidget(100), synonyms=("行业主管部门",))
    bays = Column("bays", BAYS, IntegerWidget(minimum=0, maximum=MANY), synonyms=("停车位总数", "泊位总数"))
    accessible_bays = Column(
        "accessible_bays", ACCESSIBLE, IntegerWidget(minimum=0, maximum=MANY), synonyms=("无障碍泊位数",)
    )
    closed_on = Column("closed_on", CLOSED, DateWidget())
    note = Column("note", "备注", TextWidget(200))

    def check(self, delivery: Delivery) -> None:
        """Bays and accessible bays come together, and there are no more of the latter."""
        given = [heading for heading in (BAYS, ACCESSIBLE) if heading in delivery.values]
        if len(given) == 1:
            other = ACCESSIBLE if given == [BAYS] else BAYS
            for index in range(len(delivery)):
                delivery.refuse(index, given[0], f"这份表没有“{other}”一列。两列请一起报送，或者都不报送。")
            return
        rows = zip(delivery.column(BAYS), delivery.column(ACCESSIBLE), strict=True)
        for index, (bays, accessible) in enumerate(rows):
            if accessible is not None and bays is None and not delivery.is_refused(index, BAYS):
                delivery.refuse(index, BAYS, "填写无障碍停车位数的，也要填写停车泊位总数。")
            elif accessible is not None and bays is not None and int(accessible) > int(bays):
                delivery.refuse(
                    index, ACCESSIBLE, f"无障碍停车位 {accessible} 个，多于停车泊位总数 {bays} 个，请核对。"
                )

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        for index, day in enumerate(delivery.column(CLOSED)):
            if day and scope.received_on and day > scope.received_on.isoformat():
                delivery.refuse(index, CLOSED, f"停用日期不能晚于报送日期（{scope.received_on}）。")
        texts: dict[str, Values] = {
            store: [text or "" for text in delivery.column(heading)]
            for store, heading in TEXTS.items()
            if heading in delivery.values
        }
        return {"community_id": communities_of(delivery, scope), **texts}

    def prepare_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        for store in TEXTS:
            stored.setdefault(store, [""] * len(delivery))  # of new places: what is stored of others stays

    def display(self, store: str, text: str | None) -> str:
        return self._community_names.get(text or "", "") if store == "community_id" else super().display(store, text)

    @cached_property
    def _community_names(self) -> dict[str, str]:
        return {str(pk): name for pk, name in Division.objects.communities().values_list("id", "name")}

    def describe(self, record: Any) -> str:
        return f"{record.name}（{self.display('community_id', str(record.community_id))}）"
