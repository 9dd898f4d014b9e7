"""Rows of 残疾人证台账 that are refused for what is stored: corrected numbers, other areas, new names, undone acts."""

from collections import Counter

from registry.models import CertificateAct, FormerIdentity
from registry.sheets.lookup import HEAD, ID, NAME, OUT_OF_SCOPE, known_households, known_people
from registry.sheets.register_facts import DATES, HEADINGS, PERSON_SIZE, Begun, Facts, StoredPerson, begun_by_acts
from zalainuoer.common.identity import masked, name_key
from zalainuoer.common.sheets.comparing import CHANGED, REFUSED, Comparison, Scope

CONFIRM = "请在预览中逐行确认。"
CONFIRM_ON_ONE_PAGE = "请把几张工作表合为一张再上传，以便逐行确认。"


def refuse_former_numbers(comparison: Comparison, known: dict[str, StoredPerson], scope: Scope) -> None:
    """A number that the police have corrected, or that a merge has done away with, must not become a person anew, nor
    a household of a head who goes by another number now."""
    former = {identity.id_number: identity.person for identity in FormerIdentity.objects.select_related("person")}
    if not former:
        return
    delivery = comparison.delivery
    heads = {head for head in delivery.column(HEAD) if head in former}
    led = heads & {*known_people(heads), *known_households(heads)}
    for index, (number, head) in enumerate(zip(delivery.column(ID), delivery.column(HEAD), strict=True)):
        if number in former and number not in known:
            person = former[number]
            if scope.communities is not None and str(person.community_id) not in scope.communities:
                delivery.refuse(index, ID, f"此人{OUT_OF_SCOPE}")
                continue
            delivery.refuse(
                index,
                ID,
                f"这是曾用身份证号，此人现在的号码是 {masked(person.id_number)}。请改用现在的号码；"
                "本行如为这个号码的真正持有人（重号），请先用“新办”或“迁入”为其建档。",
            )
        elif head in heads - led:
            delivery.refuse(index, HEAD, "这是户主的曾用身份证号，按它入库会另立一户。请改用户主现在的号码。")


def refuse_days_to_come(comparison: Comparison, scope: Scope) -> None:
    """What is delivered today cannot have happened tomorrow: such a row would hide what holds until then."""
    if scope.received_on is None:
        return
    latest = scope.received_on.isoformat()
    for heading in ("首次发证日期", "发证日期", "状态日期"):
        for index, day in enumerate(comparison.delivery.column(heading)):
            if day is not None and day > latest:
                comparison.delivery.refuse(index, heading, f"{heading}晚于报送日期 {latest}，请核对。")


def refuse_untouchable(comparison: Comparison, known: dict[str, StoredPerson], scope: Scope) -> None:
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


def refuse_taking_back(comparison: Comparison, rows: list[Facts], old: dict[int, StoredPerson], scope: Scope) -> None:
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
