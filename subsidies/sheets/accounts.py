"""收款账户台账: where the money of both subsidies goes."""

from uuid import UUID

from registry.sheets.base import PersonSheet, id_column, name_column
from registry.sheets.lookup import ID
from subsidies.models import BankAccount
from zalainuoer.common import ciphers
from zalainuoer.common.bank import has_wrong_check_digit, masked_account
from zalainuoer.common.sheets.base import Column
from zalainuoer.common.sheets.comparing import Comparison, Scope
from zalainuoer.common.sheets.delivery import Delivery, Values
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.widgets import AccountNumberWidget, NameWidget, TextWidget

NUMBER, PURPOSE = "银行账号", "bank_account"
ROWS_NAMED = 30


class BankAccountSheet(PersonSheet):
    """收款账户台账. Numbers are compared by their blind index and stand encrypted beside it."""

    code, title, department, order = "bank-accounts", "收款账户台账", "民政局", 17
    model, key, rhythm = BankAccount, (ID,), Monthly(day=5)

    id_number = id_column()
    name = name_column()
    bank = Column("bank", "开户银行", TextWidget(100), required=True, synonyms=("开户行", "银行名称", "发卡银行"))
    number = Column(
        "number",
        NUMBER,
        AccountNumberWidget(),
        required=True,
        synonyms=("银行卡号", "社保卡银行账号", "收款账号"),
        stores="number_index",
    )
    holder = Column("holder", "户名", NameWidget(50), required=True, synonyms=("账户名称", "开户人"))

    def check(self, delivery: Delivery) -> None:
        """A wrong check digit is told and not refused: not every account is a card."""
        numbers = zip(delivery.numbers, delivery.column(NUMBER), strict=True)
        doubtful = [str(row) for row, number in numbers if number is not None and has_wrong_check_digit(number)]
        if doubtful:
            rows = "、".join(doubtful[:ROWS_NAMED]) + ("等" if len(doubtful) > ROWS_NAMED else "")
            delivery.notes.append(
                f"有 {len(doubtful)} 个银行账号与卡号的校验位不符，可能录错了一位，请核对：第 {rows} 行。不影响导入。"
            )

    def resolve(self, delivery: Delivery, scope: Scope) -> dict[str, Values]:
        indexes = ciphers.blind_indexes(delivery.column(NUMBER), purpose=PURPOSE)
        as_stored: Values = [None if index is None else str(UUID(index)) for index in indexes]
        return {**super().resolve(delivery, scope), "number_index": as_stored}

    def compare(self, delivery: Delivery, scope: Scope) -> Comparison:
        """Of a number that changes the last digits are shown, where the engine only knows indexes."""
        comparison = super().compare(delivery, scope)
        cells = {i: c for i, changes in comparison.changes.items() for c in changes if c.heading == NUMBER}
        if cells:
            ids = [comparison.found[i] for i in cells]
            stored = dict(BankAccount.objects.filter(pk__in=ids).values_list("pk", "number"))
            delivered = comparison.delivery.column(NUMBER)
            for i, cell in cells.items():
                cell.old = masked_account(stored[comparison.found[i]])
                cell.new = masked_account(delivered[i] or "")
        return comparison

    def beside(self, delivery: Delivery) -> dict[str, Values]:
        return {"number": ciphers.encrypt_many(delivery.column(NUMBER), purpose=PURPOSE)}

    def describe(self, record: BankAccount) -> str:
        """The key is an ID number alone: the bank says which record it is."""
        return f"{self.subject(record)}（{record.bank}）"
