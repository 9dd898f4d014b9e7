"""The pages of the acts on certificates: forms, duplicates, papers, scope."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.acts import ACTS
from registry.models import Attachment, Certificate, CertificateCase, Person
from registry.services.certificates import case_withdraw, certificate_act
from registry.services.corrections import identity_correct, person_of_number
from registry.similar import similar_people
from tests import records
from tests.deliveries import id_number, user
from tests.records import day, holder, person
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessLog, Role, User

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 12, 31)
ISSUE = {"category": "4", "level": "2", "assessed_by": "区医院", "effective_on": "2025-06-01"}
OFFICES = {"accepted_by": "本区残疾人联合会", "decided_by": "本区残疾人联合会"}


@pytest.fixture(autouse=True)
def staff(client: Client) -> User:
    account = user(Role.FEDERATION_STAFF)
    client.force_login(account, backend="zalainuoer.roles.RoleBackend")
    return account


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.views.certificates.timezone.localdate", lambda *_: TODAY)


def newcomer(n: int = 1, **change: Any) -> dict[str, Any]:
    return {
        "id_number": id_number(n),
        "name": "新来人",
        "community": records.community().pk,
        **ISSUE,
        **OFFICES,
        **change,
    }


def errors(answer: Any) -> str:
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "error-summary" in page, page
    return page.partition("error-summary")[2].partition("</ul>")[0]


def test_a_new_holder_is_issued_a_certificate_with_papers(client: Client, staff: User) -> None:
    assert "新办" in client.get("/people/add/").content.decode()
    assert "第一至四条" in client.get("/people/add/?act=issue").content.decode()
    paper = SimpleUploadedFile("评定表.pdf", b"%PDF-1.7 x")
    answer = client.post("/people/add/?act=issue", {**newcomer(), "attachments": [paper]})
    case = CertificateCase.objects.get()
    assert answer.headers["Location"] == f"/people/{case.person_id}/"
    assert (case.act, case.recorded_by, case.accepted_by) == ("issue", staff, "本区残疾人联合会")
    assert Attachment.objects.get().name == "评定表.pdf"
    kept = client.get(f"/certificates/attachments/{Attachment.objects.get().pk}/")
    assert (kept.content, kept.headers["Content-Type"]) == (b"%PDF-1.7 x", "application/pdf")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    noted = AccessLog.objects.latest("pk")
    assert (noted.act, noted.person) == ("download", case.person_id)


def test_a_certificate_from_elsewhere_is_taken_in_and_a_bare_b_is_told(client: Client) -> None:
    facts = {
        **newcomer(),
        "number": f"{id_number(1)}42b",
        "first_issued_on": "2016-03-01",
        "issued_on": "2018-04-01",
        "expires_on": "2028-04-01",
        "reason": "户口迁入",
    }
    answer = client.post("/people/add/?act=move_in", facts, follow=True)
    assert "已按第一次补发记为“B1”" in answer.content.decode()
    assert Certificate.objects.get().number == f"{id_number(1)}42B1"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id_number": "150799198001010013"}, "校验码"),
        ({"id_number": "１５０７９９１９８００２３０００１６"}, "不存在"),
        ({"id_number": "15079919800101001"}, "18 位"),
        ({"category": "5"}, "监护人姓名：智力、精神残疾人和未成年人须填写监护人姓名"),
        ({"category": "7"}, "多重残疾明细"),
        ({"effective_on": "2026-01-01"}, "不能晚于今天"),
        ({"assessed_by": ""}, "评定机构：请填写"),
        ({"phone": "打不通"}, "不是电话号码"),
        ({"accepted_by": ""}, "受理机关：请填写"),
        ({"community": ""}, "所属社区：请选择"),
        ({"id_number": id_number(1, born="2030-01-01")}, "晚于今天"),
    ],
)
def test_what_is_wrong_stands_above_the_form(client: Client, change: dict[str, str], sentence: str) -> None:
    assert sentence in errors(client.post("/people/add/?act=issue", newcomer(**change)))
    assert not Person.objects.exists()


def test_a_paper_that_is_none_is_told_at_its_field(client: Client) -> None:
    paper = SimpleUploadedFile("表.pdf", b"MZ")
    assert "附件：附件“表.pdf”不是" in errors(
        client.post("/people/add/?act=issue", {**newcomer(), "attachments": [paper]})
    )


def test_a_number_on_file_opens_the_person_even_if_the_rest_is_wrong(client: Client) -> None:
    somebody = holder(1)
    answer = client.post("/people/add/?act=issue", newcomer(1, category="", name=""), follow=True)
    assert answer.redirect_chain[-1][0] == f"/people/{somebody.pk}/"
    assert "已有档案" in answer.content.decode()
    assert not CertificateCase.objects.exists()


def test_a_corrected_number_opens_the_person_too(client: Client) -> None:
    somebody = holder(1)
    identity_correct(person=somebody, id_number=id_number(2), by=None, reason="重号", today=TODAY)
    answer = client.post("/people/add/?act=move_in", newcomer(1))
    assert answer.headers["Location"] == f"/people/{somebody.pk}/"


def test_whose_number_stood_in_anothers_file_is_registered_once_that_is_said(client: Client) -> None:
    somebody = holder(1)
    identity_correct(person=somebody, id_number=id_number(2), by=None, reason="重号", today=TODAY)
    told = client.post("/people/add/?act=issue", newcomer(1), follow=True)
    assert "曾用号码的真正持有人" in told.content.decode()
    unfounded = newcomer(1, is_true_bearer="on")
    assert "请在备注中写明依据" in errors(client.post("/people/add/?act=issue", unfounded))
    assert Person.objects.count() == 1
    answer = client.post("/people/add/?act=issue", {**unfounded, "note": "公安机关重号更正证明"})
    bearer = Person.objects.get(name="新来人")
    assert answer.headers["Location"] == f"/people/{bearer.pk}/"
    assert bearer.id_number == id_number(1)
    assert person_of_number(id_number(1)) == bearer
    assert somebody.pk not in {each.one.pk for each in similar_people(Person.objects.all())}
    case = CertificateCase.objects.filter(person=somebody).get()
    with pytest.raises(RuleBroken, match="又有改动"):
        case_withdraw(case=case, by=None, reason="证明有误")


def test_nobody_on_file_under_the_number_is_made_another_of(client: Client) -> None:
    somebody = holder(1)
    answer = client.post("/people/add/?act=issue", newcomer(1, is_true_bearer="on", note="重号"))
    assert answer.headers["Location"] == f"/people/{somebody.pk}/"
    assert Person.objects.count() == 1


def test_a_number_on_file_elsewhere_says_so_and_no_more(client: Client) -> None:
    somebody = holder(1, street="第二街道")
    bounded = user(Role.FEDERATION_STAFF, street="第一街道")
    client.force_login(bounded, backend="zalainuoer.roles.RoleBackend")
    answer = client.post("/people/add/?act=issue", newcomer(1))
    assert "辖区以外已有档案" in errors(answer)
    assert "第二街道" not in errors(answer)
    assert somebody.name not in answer.content.decode()


@pytest.mark.parametrize("code", [code for code in ACTS if code not in ("issue", "move_in", "unfreeze")])
def test_every_form_shows_its_basis_and_masks_the_person(client: Client, code: str) -> None:
    somebody = holder(1)
    page = client.get(f"/people/{somebody.pk}/certificate/{code}/").content.decode()
    assert ACTS[code].basis in page
    assert ACTS[code].effect in page
    assert somebody.id_number not in page
    assert AccessLog.objects.latest("pk").person == somebody.pk


POSTS: dict[str, dict[str, Any]] = {
    "renew": {"reason": "证件污损"},
    "reissue": {"reason": "遗失", "is_declared_void": "on"},
    "regrade": {"reason": "病情变化", "category": "4", "level": "1", "assessed_by": "区医院"},
    "move_out": {"reason": "户口迁出", "destination": "满洲里市"},
    "report_loss": {"reason": "遗失"},
    "freeze": {"reason": "身份信息待核实"},
    "cancel": {"reason": "死亡", "died_on": "2025-06-01"},
    "details": {"reason": "本人申请", "phone": "13900001234", "is_student": "no"},
}


@pytest.mark.parametrize("code", POSTS)
def test_every_form_does_its_act(client: Client, code: str) -> None:
    somebody = holder(1)
    facts = {"effective_on": "2025-06-01", "community": somebody.community_id, **OFFICES, **POSTS[code]}
    answer = client.post(f"/people/{somebody.pk}/certificate/{code}/", facts)
    assert answer.status_code == 302, errors(answer)
    assert CertificateCase.objects.get().act == code


def test_details_leave_what_is_not_typed_and_empty_what_is_said_to_be_nothing(client: Client) -> None:
    somebody = holder(1)
    address = f"/people/{somebody.pk}/certificate/details/"
    facts = {"effective_on": "2025-06-01", "reason": "更新", "community": somebody.community_id, "is_student": "no"}
    client.post(address, {**facts, **OFFICES, "phone": "13900001234", "guardian_name": "王监护"})
    client.post(address, {**facts, **OFFICES, "phone": "", "guardian_name": "无", "ethnicity": "汉族"})
    known = Person.objects.get()
    assert (known.phone, known.guardian_name, known.ethnicity) == ("13900001234", None, "汉族")
    page = client.get(address).content.decode()
    assert "现为“139****1234”" in page
    assert "13900001234" not in page
    assert "没有任何变化" in errors(client.post(address, {**facts, **OFFICES, "ethnicity": "汉族"}))


def test_a_form_filled_in_before_somebody_elses_act_writes_nothing_over(client: Client) -> None:
    somebody, moved = holder(1), records.community("第二街道")
    address = f"/people/{somebody.pk}/certificate/details/"
    form = client.get(address).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields if name != "attachments"}
    assert client.post(address, {**shown, "reason": "搬家", "community": moved.pk}).status_code == 302
    assert "此人的档案又有改动" in errors(client.post(address, {**shown, "reason": "换号", "phone": "13900001234"}))
    assert somebody.certificates.current().get().community == moved


def test_an_act_that_is_not_open_leads_back_with_a_word(client: Client) -> None:
    somebody = holder(1)
    answer = client.get(f"/people/{somebody.pk}/certificate/unfreeze/")
    assert answer.headers["Location"] == f"/people/{somebody.pk}/"
    assert client.get(f"/people/{somebody.pk}/certificate/nothing/").status_code == 404


def test_an_act_is_taken_back_on_its_page(client: Client) -> None:
    somebody = holder(1)
    case = certificate_act(
        person=somebody, act="report_loss", effective_on=day("2025-06-01"), reason="遗失", by=None, today=TODAY
    )
    address = f"/certificates/cases/{case.pk}/withdraw/"
    assert "挂失" in client.get(address).content.decode()
    assert "撤回的原因：请填写" in errors(client.post(address, {"reason": ""}))
    assert client.post(address, {"reason": "点错"}).headers["Location"] == f"/people/{somebody.pk}/"
    assert Certificate.objects.get().status == "normal"
    assert "已经撤回" in client.get(address).content.decode()


def test_an_issue_by_form_is_taken_back_and_can_be_done_again(client: Client) -> None:
    client.post("/people/add/?act=issue", newcomer())
    case = CertificateCase.objects.get()
    answer = client.post(f"/certificates/cases/{case.pk}/withdraw/", {"reason": "级别录错"})
    assert answer.status_code == 302, errors(answer)
    assert not Certificate.objects.exists()
    somebody = Person.objects.get()
    answer = client.post(f"/people/{somebody.pk}/certificate/issue/", {**ISSUE, **OFFICES})
    assert answer.status_code == 302, errors(answer)
    assert Certificate.objects.get().person == somebody


def test_a_number_is_corrected_on_its_page(client: Client) -> None:
    somebody, other = holder(1), holder(2)
    address = f"/people/{somebody.pk}/identity/"
    assert "合并" in errors(client.post(address, {"id_number": other.id_number, "reason": "重号"}))
    assert client.post(address, {"id_number": id_number(3), "reason": "重号"}).status_code == 302
    somebody.refresh_from_db()
    assert somebody.id_number == id_number(3)


def test_other_areas_and_other_roles_are_kept_out(client: Client) -> None:
    somebody = holder(1)
    case = certificate_act(
        person=somebody, act="report_loss", effective_on=day("2025-06-01"), reason="遗失", by=None, today=TODAY
    )
    paper = Attachment.objects.create(case=case, name="a", content_type="application/pdf", content=b"")
    addresses = [
        f"/people/{somebody.pk}/certificate/reissue/",
        f"/people/{somebody.pk}/identity/",
        f"/certificates/cases/{case.pk}/withdraw/",
        f"/certificates/attachments/{paper.pk}/",
    ]
    bounded = user(Role.FEDERATION_STAFF, street="第二街道")
    client.force_login(bounded, backend="zalainuoer.roles.RoleBackend")
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    for role in (Role.STREET_STAFF, Role.COMMUNITY_WORKER, Role.SYSTEM_ADMINISTRATOR, Role.LEADERSHIP):
        street = "第一街道" if role in (Role.STREET_STAFF, Role.COMMUNITY_WORKER) else None
        client.force_login(user(role, street=street), backend="zalainuoer.roles.RoleBackend")
        assert [client.get(address).status_code for address in [*addresses, "/people/add/"]] == [403] * 5


def test_a_forms_statements_do_not_grow_with_a_persons_past(client: Client) -> None:
    somebody = holder(1)
    seen = []
    for rounds in (1, 6):
        for n in range(rounds):
            on = day(f"2025-0{rounds}-{2 * n + 1:02d}")
            certificate_act(person=somebody, act="report_loss", effective_on=on, reason="遗失", by=None, today=TODAY)
            certificate_act(person=somebody, act="reissue", effective_on=on, reason="遗失", by=None, today=TODAY)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/people/{somebody.pk}/certificate/regrade/")
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_somebody_on_file_without_a_certificate_is_not_asked_where_they_live(client: Client) -> None:
    child = person(1, born="2015-01-01")
    address = f"/people/{child.pk}/certificate/issue/"
    assert 'name="community"' not in client.get(address).content.decode()
    answer = client.post(address, {**ISSUE, **OFFICES, "guardian_name": "王监护"})
    assert answer.status_code == 302, errors(answer)
    assert Certificate.objects.get().community == child.community
