"""残疾人证台账: the sheet people are known from. One row is a person, a household and a dated certificate."""

from collections import Counter

from django.db import models

from registry.models import (
    FOREVER,
    Category,
    Certificate,
    CertificateAct,
    CertificateStatus,
    FormerIdentity,
    Household,
    HukouType,
    Level,
    Person,
    Sex,
)
from registry.sheets.base import community_column, head_column, id_column, name_column, street_column
from registry.sheets.lookup import COMMUNITY, HEAD, ID, NAME, OUT_OF_SCOPE, communities_of
from registry.sheets.register_facts import (
    DATES,
    HEADINGS,
    PERSON_SIZE,
    SEALED,
    STORES,
    Begun,
    Facts,
    StoredPerson,
    begun_by_acts,
    facts_of,
    opened,
    stored_people,
)
from registry.sheets.register_writing import RegisterWriting
from zalainuoer.common.identity import masked, name_key
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

CONFIRM = "请在预览中逐行确认。"
CONFIRM_ON_ONE_PAGE = "请把几张工作表合为一张再上传，以便逐行确认。"


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
        _refuse_former_numbers(comparison, known, scope)
        _refuse_untouchable(comparison, known, scope)
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
        _refuse_taking_back(comparison, rows, old, scope)
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


def _refuse_former_numbers(comparison: Comparison, known: dict[str, StoredPerson], scope: Scope) -> None:
    """A number that the police have corrected, or that a merge has done away with, must not become a person anew."""
    former = {identity.id_number: identity.person for identity in FormerIdentity.objects.select_related("person")}
    if not former:
        return
    for index, number in enumerate(comparison.delivery.column(ID)):
        if number not in former or number in known:
            continue
        person = former[number]
        if scope.communities is not None and str(person.community_id) not in scope.communities:
            comparison.delivery.refuse(index, ID, f"此人{OUT_OF_SCOPE}")
            continue
        now = masked(person.id_number)
        comparison.delivery.refuse(
            index,
            ID,
            f"这是曾用身份证号，此人现在的号码是 {now}。请改用现在的号码；"
            "本行如为这个号码的真正持有人（重号），请先用“新办”或“迁入”为其建档。",
        )


def _refuse_untouchable(comparison: Comparison, known: dict[str, StoredPerson], scope: Scope) -> None:
    """Refuses rows about people of another area, and new names that nobody has confirmed."""
    if not known:
        return
    delivery = comparison.delivery
    renamed: dict[int, StoredPerson] = {}
    for index, (number, name) in enumerate(zip(delivery.column(ID), delivery.column(NAME), strict=True)):
        person = known.get(number or "")
        if person is None or index in delivery.problems:
            continue
        if scope.communities is not None and person.community not in scope.communities:
            delivery.refuse(index, ID, f"此人{OUT_OF_SCOPE}")
        elif name != person.name and name_key(name or "") != name_key(person.name):
            renamed[index] = person
    rows = Counter(delivery.numbers[index] for index in renamed)
    for index, person in renamed.items():
        row = delivery.numbers[index]
        is_sole = rows[row] == 1  # row 5 of one page is not row 5 of another
        if is_sole and row in scope.confirmed_rows:
            continue
        how = CONFIRM if is_sole else CONFIRM_ON_ONE_PAGE
        delivered = delivery.column(NAME)[index]
        delivery.refuse(index, NAME, f"台账中该身份证号的姓名是“{person.name}”，本表是“{delivered}”：确属改名的，{how}")
        if is_sole:
            comparison.to_confirm.append(index)


def _refuse_taking_back(comparison: Comparison, rows: list[Facts], old: dict[int, StoredPerson], scope: Scope) -> None:
    """Refuses rows older than an act of a form: what they change is back to what held before, which nobody meant.

    A workbook made before the act, or kept by somebody who does not know of it, would undo it unseen.
    """
    changed = {i: old[i] for i in old if comparison.verdicts[i] == CHANGED}
    begun = begun_by_acts(person.id for person in changed.values()) if changed else {}
    pages = Counter(comparison.delivery.numbers)
    for index, person in changed.items():
        taken_back = _taken_back(begun.get(person.id, []), person.facts[PERSON_SIZE:], rows[index][PERSON_SIZE:])
        if taken_back is None:
            continue
        span, place = taken_back
        row = comparison.delivery.numbers[index]
        is_sole = pages[row] == 1
        if is_sole and row in scope.confirmed_rows:
            continue
        comparison.verdicts[index] = REFUSED
        comparison.delivery.refuse(
            index,
            HEADINGS[PERSON_SIZE + place],
            f"本行还是{span.day}“{CertificateAct(span.act).label}”之前的内容，入库会撤回这项业务：确属更正的，"
            f"{CONFIRM if is_sole else CONFIRM_ON_ONE_PAGE}",
        )
        if is_sole:
            comparison.to_confirm.append(index)


def _taken_back(begun: list[Begun], now: Facts, new: Facts) -> tuple[Begun, int] | None:
    """The latest act of which a row would leave nothing, or which is all that it changes; and the place of a fact.

    A row with a date after the act tells of something that has happened since.
    """
    changed = {place for place, value in enumerate(new) if value != now[place]}
    for span in begun:
        if any((new[place] or "") > span.day for place in DATES):
            continue
        acted = {p for p, value in enumerate(span.since) if value != span.before[p] and value == now[p]}
        restored = {place for place in acted if new[place] == span.before[place]}
        if restored and (restored == acted or changed <= restored):
            return span, min(restored)
    return None


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
