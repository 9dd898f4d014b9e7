"""The people list as a workbook: exactly the people the filter shows, one row each, written as they come.

Neither statements nor memory grow with the rows: django-import-export makes a row at a time of a server-side cursor,
openpyxl writes it out at once, and the file lies on disk until it is sent.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import IO, Any, ClassVar

from django.db.models import QuerySet
from import_export import fields, resources

from registry.finding import certificate_of, loaded, place_of, places
from registry.masking import masked_certificate
from registry.models import Person
from registry.standing import states_of
from zalainuoer.common.identity import age_on, masked, masked_phone
from zalainuoer.common.models import AccessAct, User
from zalainuoer.common.services import access_record
from zalainuoer.common.sheets.export import CHUNK, TEXT
from zalainuoer.common.sheets.listing import GENERAL, write_list

TITLE = "人员名单"
WIDTHS = {"身份证号": 22, "残疾人证号": 26, "多重残疾明细": 24, "联系电话": 16, "社区": 18, "街道（镇）": 18}
FORMATS = {**dict.fromkeys(("发证日期", "有效期至"), "yyyy-mm-dd"), "年龄": GENERAL}


class PeopleResource(resources.ModelResource):
    """The columns of the people list. Names are whole; numbers are masked unless `whole`."""

    name = fields.Field("name", "姓名")
    id_number = fields.Field(column_name="身份证号")
    number = fields.Field(column_name="残疾人证号")
    sex = fields.Field(column_name="性别")
    age = fields.Field(column_name="年龄")
    ethnicity = fields.Field("ethnicity", "民族")
    category = fields.Field(column_name="残疾类别")
    level = fields.Field(column_name="残疾等级")
    components = fields.Field("certificate__components", "多重残疾明细")
    state = fields.Field(column_name="证件状态")
    issued_on = fields.Field(column_name="发证日期")
    expires_on = fields.Field(column_name="有效期至")
    street = fields.Field(column_name="街道（镇）")
    community = fields.Field(column_name="社区")
    phone = fields.Field(column_name="联系电话")

    class Meta:
        model = Person
        fields = (
            "name", "id_number", "number", "sex", "age", "ethnicity", "category", "level", "components", "state",
            "issued_on", "expires_on", "street", "community", "phone",
        )  # fmt: skip
        export_order: ClassVar = fields

    def __init__(self, *, on: datetime.date, whole: bool):
        super().__init__()
        self.on, self.whole, self.places = on, whole, places()

    def rows(self, people: QuerySet[Person]) -> Iterator[list[Any]]:
        """The cells of each person, in one statement, a chunk of people in memory at a time."""
        chosen = self.get_export_fields()
        for person in loaded(people, on=self.on).iterator(chunk_size=CHUNK):
            yield [self.export_field(field, person) for field in chosen]

    def dehydrate_id_number(self, person: Person) -> str:
        return person.id_number if self.whole else masked(person.id_number)

    def dehydrate_number(self, person: Person) -> str:
        certificate = certificate_of(person)
        if certificate is None:
            return ""
        certificate.person = person  # which the join knows, and Certificate.number asks for
        return certificate.number if self.whole else masked_certificate(certificate.number)

    def dehydrate_sex(self, person: Person) -> str:
        return person.get_sex_display()

    def dehydrate_age(self, person: Person) -> int:
        return age_on(person.born_on, self.on)

    def dehydrate_category(self, person: Person) -> str:
        certificate = certificate_of(person)
        return "" if certificate is None else certificate.get_category_display()

    def dehydrate_level(self, person: Person) -> str:
        certificate = certificate_of(person)
        return "" if certificate is None else certificate.get_level_display()

    def dehydrate_state(self, person: Person) -> str:
        return "、".join(states_of(certificate_of(person), on=self.on))

    def dehydrate_issued_on(self, person: Person) -> datetime.date | None:
        certificate = certificate_of(person)
        return None if certificate is None else certificate.issued_on

    def dehydrate_expires_on(self, person: Person) -> datetime.date | None:
        certificate = certificate_of(person)
        return None if certificate is None else certificate.expires_on

    def dehydrate_street(self, person: Person) -> str:
        street = place_of(person, self.places).parent
        return "" if street is None else street.name

    def dehydrate_community(self, person: Person) -> str:
        return place_of(person, self.places).name

    def dehydrate_phone(self, person: Person) -> str:
        if not person.phone:
            return ""
        return person.phone if self.whole else masked_phone(person.phone)


def export_people(
    people: QuerySet[Person],
    file: IO[bytes],
    *,
    by: User,
    at: datetime.datetime,
    on: datetime.date,
    reason: str,
    what: str,
    whole: bool,
    address: str | None,
) -> int:
    """Writes the people into the file as .xlsx, in their order, and notes who took how many, and why."""
    resource = PeopleResource(on=on, whole=whole)
    columns = {
        heading: (WIDTHS.get(heading, 12), FORMATS.get(heading, TEXT)) for heading in resource.get_export_headers()
    }
    rows = resource.rows(people)
    count = write_list(file, title=TITLE, columns=columns, rows=rows, by=by, at=at, freeze="B2")
    taken = f"{what}{'（完整号码）' if whole else '（号码已遮盖）'}"
    access_record(by=by, act=AccessAct.EXPORT, what=taken, people=count, reason=reason, address=address)
    return count
