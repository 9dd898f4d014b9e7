"""The two monthly payment rosters."""

from registry.sheets.base import PersonSheet, id_column, name_column
from subsidies.models import LivingPayment, NursingPayment
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import DateWidget, MoneyWidget, MonthWidget


class PaymentSheet(PersonSheet):
    """The columns both rosters share."""

    key, period, rhythm = ("所属月份", "身份证号"), "所属月份", Monthly(day=15, lag=0)

    month = Column("month", "所属月份", MonthWidget(), required=True, synonyms=("补贴月份", "发放月份"))
    id_number = id_column()
    name = name_column()
    standard = Column(
        "standard_yuan", "补贴标准", MoneyWidget(), required=True, synonyms=("补贴标准（元/月）", "月标准")
    )
    amount = Column("amount_yuan", "发放金额", MoneyWidget(), required=True, synonyms=("发放金额（元）", "实发金额"))
    paid_on = Column("paid_on", "发放日期", DateWidget(), required=True, synonyms=("打卡日期",))

    def beside(self, delivery: Delivery) -> dict[str, Values]:
        """The comparison (比对) names file and row of what it finds."""
        return {"row_number": [str(number) for number in delivery.numbers]}


class LivingPaymentSheet(PaymentSheet):
    """困难残疾人生活补贴发放名册."""

    code, title, department, order = "living-subsidy-payments", "困难残疾人生活补贴发放名册", "民政局", 5
    model = LivingPayment


class NursingPaymentSheet(PaymentSheet):
    """重度残疾人护理补贴发放名册."""

    code, title, department, order = "nursing-subsidy-payments", "重度残疾人护理补贴发放名册", "民政局", 6
    model = NursingPayment
