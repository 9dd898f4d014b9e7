"""死亡信息名册: deaths that other offices know of. It only proposes: a person looks into each (registry/views/deaths.py)."""

from registry.models import DeathNotice, DeathSource, DeathState
from registry.sheets.base import PersonSheet, id_column, name_column
from registry.sheets.lookup import ID
from zalainuoer.common.identity import born_on
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import ChoiceWidget, DateWidget

DIED = "死亡日期"


class DeathSheet(PersonSheet):
    """死亡信息名册 (残疾人证管理办法 第二十四条). Delivered again it corrects; what was decided stays decided."""

    code, title, department, order = "deaths", "死亡信息名册", "民政局", 16
    model, key, rhythm = DeathNotice, (ID,), Monthly(day=10)

    id_number = id_column()
    name = name_column()
    died_on = Column("died_on", DIED, DateWidget(), required=True, synonyms=("死亡时间", "去世日期"))
    source = Column("source", "来源", ChoiceWidget(DeathSource), required=True, synonyms=("信息来源", "数据来源"))

    def check(self, delivery: Delivery) -> None:
        for index, (number, died_on) in enumerate(zip(delivery.column(ID), delivery.column(DIED), strict=True)):
            if number is not None and died_on is not None and died_on < born_on(number):
                delivery.refuse(index, DIED, f"死亡日期早于身份证号中的出生日期 {born_on(number)}。")

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        if scope.received_on is not None:
            latest = scope.received_on.isoformat()
            for index, died_on in enumerate(delivery.column(DIED)):
                if died_on is not None and died_on > latest:
                    delivery.refuse(index, DIED, f"死亡日期晚于报送日期 {latest}。")
        return super().resolve(delivery, scope)

    def prepare_write(self, delivery: Delivery, indexes: list[int], stored: dict[str, Values]) -> None:
        """A new notice waits for somebody to look into it; one that is corrected keeps what became of it."""
        super().prepare_write(delivery, indexes, stored)
        stored["state"] = [DeathState.PROPOSED.value] * len(delivery)
