"""The training sheet."""

from employment.models import TrainingRecord
from registry.sheets.base import PersonSheet, id_column, name_column
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import DateWidget, TextWidget, YesNoWidget


class TrainingSheet(PersonSheet):
    """残疾人职业技能培训花名册."""

    code, title, department, order = "training", "残疾人职业技能培训花名册", "人力资源和社会保障局", 14
    model, key, rhythm = TrainingRecord, ("培训班名称", "身份证号"), Monthly(day=10)

    class_name = Column("class_name", "培训班名称", TextWidget(100), required=True, synonyms=("班次",))
    trade = Column("trade", "培训工种", TextWidget(50), synonyms=("工种",))
    starts_on = Column("starts_on", "开班日期", DateWidget(), required=True, synonyms=("开始日期",))
    ends_on = Column("ends_on", "结业日期", DateWidget(), synonyms=("结束日期",))
    id_number = id_column()
    name = name_column()
    is_completed = Column("is_completed", "是否结业", YesNoWidget(), required=True, synonyms=("是否合格结业",))
