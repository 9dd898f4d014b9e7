"""残疾人证台账: the sheet people are known from. One row is a person, a household and a dated certificate."""

from django.db import models

from registry.models import (
    FOREVER,
    Category,
    Certificate,
    CertificateStatus,
    Household,
    HukouType,
    Level,
    Person,
    Sex,
)
from registry.sheets.base import community_column, head_column, id_column, name_column, street_column
from registry.sheets.lookup import (
    COMMUNITY,
    HEAD,
    ID,
    communities_of,
)
from registry.sheets.register_facts import (
    HEADINGS,
    SEALED,
    STORES,
    Facts,
    StoredPerson,
    facts_of,
    opened,
    stored_people,
)
from registry.sheets.register_refusals import (
    refuse_days_to_come,
    refuse_former_numbers,
    refuse_taking_back,
    refuse_untouchable,
)
from registry.sheets.register_writing import RegisterWriting
from zalainuoer.common.models import Division, User
from zalainuoer.common.sheets.base import Column, Sheet
from zalainuoer.common.sheets.comparing import CHANGED, NEW, REFUSED, SAME, Change, Comparison, Scope
from zalainuoer.common.sheets.delivery import Delivery
from zalainuoer.common.sheets.rhythm import Monthly
from zalainuoer.common.sheets.undo import Unit
from zalainuoer.common.sheets.widgets import (
    CertificateNumberWidget,
    ChoiceWidget,
    DateWidget,
    NameWidget,
    PhoneWidget,
    TextWidget,
    YesNoWidget,
)


class RegistrySheet(Sheet):
    """残疾人证台账 (残疾人证管理办法)."""

    code, title, department, order = "registry", "残疾人证台账", "区残联", 1
    model, key, rhythm = Certificate, (ID,), Monthly(day=5)

    name = name_column()
    sex = Column("person__sex", "性别", ChoiceWidget(Sex), required=True)
    ethnicity = Column("person__ethnicity", "民族", TextWidget(20))
    id_number = id_column()
    number = Column("number", "残疾人证号", CertificateNumberWidget(), required=True, synonyms=("证件号码", "残疾证号"))
    category = Column("category", "残疾类别", ChoiceWidget(Category), required=True, synonyms=("残疾类型",))
    level = Column("level", "残疾等级", ChoiceWidget(Level), required=True, synonyms=("等级",))
    components = Column("components", "多重残疾明细", TextWidget(100))
    first_issued_on = Column("first_issued_on", "首次发证日期", DateWidget(), required=True, synonyms=("初次发证日期",))
    issued_on = Column("issued_on", "发证日期", DateWidget(), required=True, synonyms=("签发日期",))
    expires_on = Column("expires_on", "有效期至", DateWidget(), required=True, synonyms=("有效期截止", "有效期限至"))
    status = Column("status", "证件状态", ChoiceWidget(CertificateStatus), required=True, synonyms=("状态",))
    status_on = Column("status_on", "状态日期", DateWidget(), synonyms=("状态变更日期",))
    status_reason = Column("status_reason", "状态原因", TextWidget(100))
    hukou_type = Column("hukou_type", "户口性质", ChoiceWidget(HukouType), synonyms=("户籍性质",))
    street = street_column()
    community = community_column()
    phone = Column("person__phone", "联系电话", PhoneWidget(), synonyms=("手机号", "电话"))
    guardian_name = Column("person__guardian_name", "监护人姓名", NameWidget(50))
    guardian_phone = Column("person__guardian_phone", "监护人电话", PhoneWidget())
    head = head_column()
    is_student = Column("is_student", "在校学生", YesNoWidget(), synonyms=("是否在校学生",))

    def check(self, delivery: Delivery) -> None:
        """Checks between the cells of a row: the certificate number against ID, category and level; the dates."""
        column = delivery.column
        numbers = zip(column(ID), column("残疾人证号"), column("残疾类别"), column("残疾等级"), strict=True)
        for index, (id_number, number, category, level) in enumerate(numbers):
            if number is None:
                continue
            if id_number is not None and number[:18] != id_number:
                delivery.refuse(index, "残疾人证号", "残疾人证号的前 18 位与身份证号不一致。")
            if category is not None and number[18] != category:
                delivery.refuse(index, "残疾类别", f"与残疾人证号第 19 位（{Category(number[18]).label}）不一致。")
            if level is not None and number[19] != level:
                delivery.refuse(index, "残疾等级", f"与残疾人证号第 20 位（{Level(number[19]).label}）不一致。")
        dates = zip(column("发证日期"), column("有效期至"), column("证件状态"), column("状态日期"), strict=True)
        for index, (issued_on, expires_on, status, status_on) in enumerate(dates):
            if issued_on and expires_on and expires_on < issued_on:
                delivery.refuse(index, "有效期至", "有效期至早于发证日期。")
            lacks_date = status_on is None and not delivery.is_refused(index, "状态日期")
            if status and status != CertificateStatus.NORMAL and lacks_date:
                label = CertificateStatus(status).label
                delivery.refuse(index, "状态日期", f"证件状态为“{label}”的，必须填写状态日期。")

    def compare(self, delivery: Delivery, scope: Scope) -> Comparison:
        delivery = delivery.copy()
        communities = communities_of(delivery, scope)
        comparison = Comparison(delivery, [REFUSED] * len(delivery))
        numbers = delivery.column(ID)
        known = stored_people(dict.fromkeys(n for i, n in enumerate(numbers) if n and i not in delivery.problems))
        refuse_days_to_come(comparison, scope)
        refuse_former_numbers(comparison, known, scope)
        refuse_untouchable(comparison, known, scope)
        firsts = _judge_within_file(comparison)
        rows = facts_of(delivery, communities, indexed=bool(known))
        delivered = [heading in delivery.values or heading == COMMUNITY for heading in HEADINGS]
        old: dict[int, StoredPerson] = {}
        for number, index in firsts.items():
            person = known.get(number)
            if person is None:
                comparison.verdicts[index] = NEW
                continue
            old[index] = person
            if not person.is_holder:
                comparison.verdicts[index] = NEW
                continue
            if not all(delivered):  # a column the office did not deliver leaves what is stored
                rows[index] = tuple(
                    new if is_there else was
                    for new, was, is_there in zip(rows[index], person.facts, delivered, strict=True)
                )
            comparison.verdicts[index] = SAME if rows[index] == person.facts else CHANGED
        refuse_taking_back(comparison, rows, old, scope)
        _describe_changes(comparison, rows, old)
        comparison.write = lambda how: RegisterWriting(comparison, rows, old).write()
        return comparison

    def rows_for(self, user: User) -> models.QuerySet[Certificate]:
        """The statements that hold today; what held before is history, not part of the register's next delivery."""
        return super().rows_for(user).filter(held_until=FOREVER)

    def undo_units(self) -> tuple[Unit, ...]:
        return Unit(Certificate, belongs_to="person_id"), Unit(Person), Unit(Household, is_support=True)


def _judge_within_file(comparison: Comparison) -> dict[str, int]:
    """The first accepted row of each ID number; a later one is the same, or contradicts it and is refused."""
    delivery = comparison.delivery
    firsts: dict[str, int] = {}
    for index, number in enumerate(delivery.column(ID)):
        if index in delivery.problems or number is None:
            continue
        first = firsts.setdefault(number, index)
        if first == index:
            continue
        heading = next((h for h, values in delivery.values.items() if values[first] != values[index]), None)
        if heading is None:
            comparison.verdicts[index] = SAME
        else:
            delivery.refuse(index, heading, f"与本表第 {delivery.numbers[first]} 行是同一个人，内容却不一致。")
    return firsts


def _describe_changes(comparison: Comparison, rows: list[Facts], old: dict[int, StoredPerson]) -> None:
    changed = [i for i in old if comparison.verdicts[i] == CHANGED]
    if not changed:
        return
    sheet = RegistrySheet()
    readable = opened([old[i].id for i in changed])
    communities = _names_of_communities(
        {facts[STORES.index("community_id")] for i in changed for facts in (rows[i], old[i].facts)}
    )
    for index in changed:
        person = old[index]
        cells = []
        for heading, was, now in zip(HEADINGS, person.facts, rows[index], strict=True):
            if was == now:
                continue
            if heading in SEALED or heading == HEAD:
                delivered = comparison.delivery.column(heading)[index]
                cells.append(Change(heading, readable[person.id][heading], delivered or ""))
            elif heading == COMMUNITY:
                cells.append(Change(heading, communities[was], communities[now]))
            else:
                widget = sheet.column(heading).widget
                cells.append(Change(heading, widget.display(was), widget.display(now)))
        comparison.changes[index] = cells


def _names_of_communities(ids: set[str | None]) -> dict[str | None, str]:
    """The names behind primary keys in text form."""
    return {
        str(pk): name for pk, name in Division.objects.filter(id__in=[pk for pk in ids if pk]).values_list("id", "name")
    }
