"""The hostile tour: every address of the project, asked by every role for people outside its area.

Each name in the URL table has its line in LINES: which outsiders fill its parameters, and what is posted to it. A page
without a line fails `test_every_address_has_its_line`, so that a new one cannot be forgotten. Two kinds of lines:

* `outside`: a page of something outside the area. GET and POST answer 403 or 404 (405 where a method is not offered;
  whoever has no session is led to the login, a machine told 401).
* `listing`: a page of one's own. It says the same, byte for byte, as before the outsiders were in the system: so it
  neither shows nor counts them, whatever is searched for. `varies` where other things change too.

No answer of either kind holds a byte that tells an outsider, masked or not. What a line is about people for is closed
to those who see no people. The sheets' side of it stands in the last part.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pghistory.models
import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from accessibility.models import (
    Barrier,
    BarrierCase,
    Contractor,
    Facility,
    HomeAssessment,
    HomeObjection,
    HomeRoom,
    HomeSignature,
    HomeStep,
    Inspection,
    Photo,
    PhotoContent,
    PhotoUpload,
    PlanItem,
    RectificationNotice,
    RetrofitHome,
    RetrofitItem,
    YearTask,
)
from accessibility.services.homes.signatures import PURPOSE as SIGNATURE
from employment.models import (
    Attendance,
    Audit,
    AuditCertificate,
    AuditStep,
    CreditRecord,
    DispatchAgreement,
    Employer,
    EmploymentRecord,
    FairAttendance,
    GraduatePlan,
    JobFair,
    JobReferral,
    JobSeeker,
    LevyReminder,
    MassagePractitioner,
    MassageShop,
    PublicPost,
    PublicPostHolder,
    QuotaAward,
    RoleModel,
    ShelteredOrganisation,
    ShelteredPlace,
    StartUp,
    TrainingClass,
    TrainingRecord,
    TrainingSession,
    Vacancy,
)
from employment.services.quota import quota_reckon
from indicators.models import SnapshotKind
from indicators.services import ZONE, take_snapshot
from registry.contributions import FILTERS
from registry.models import (
    Attachment,
    CertificateAct,
    CertificateCase,
    DeathNotice,
    FormerIdentity,
    Household,
    MergePair,
    Person,
)
from registry.pinyin import pinyin_of
from registry.services.identity import name_fields, phone_fields
from rehab.models import (
    CareHome,
    CareLine,
    CareSettlement,
    CareStandard,
    CareStay,
    CatalogueItem,
    ChildCase,
    ChildPlacement,
    ChildSettlement,
    ChildStep,
    CommunitySite,
    Coordinator,
    Designation,
    DeviceCase,
    DeviceClass,
    DeviceItem,
    DeviceLoan,
    DeviceTerms,
    DoctorContract,
    DoctorVisit,
    Institution,
    PlanLine,
    Referral,
    StockDevice,
    TrainingMonth,
)
from subsidies.forms.worklist import STATES
from subsidies.models import (
    ApplicationState,
    Finding,
    FindingKind,
    Grant,
    LineKind,
    Origin,
    PaymentLine,
    PaymentRun,
    RunState,
    Standard,
    Stop,
    Subsidy,
)
from subsidies.services.accounts import account_save
from subsidies.services.applications import application_accept
from tests import records, rehabilitation
from tests.deliveries import FIFTEEN, fact, holder, id_number, receive, refused, upload, user
from tests.employment import jobs_makers, levy_makers
from tests.employment.audit_makers import credit_code
from tests.employment.employers import code, employed, employer
from tests.test_consistency import names
from zalainuoer.common import administration, ciphers
from zalainuoer.common.bank import masked_account
from zalainuoer.common.identity import masked, masked_phone
from zalainuoer.common.models import AccessLog, CalendarDay, Department, Division, Role, SavedView, UploadBatch, User
from zalainuoer.common.sheets.base import all_sheets

pytestmark = pytest.mark.django_db
NIGHT = datetime.datetime(2026, 11, 24, 2, 0, tzinfo=ZONE)
HERE, THERE = "第一街道", "第二街道"
# Characters that stand nowhere else in the system: one of them in an answer is an outsider's.
FAMILY, GUARDIAN, ROAD = "鄷", "龘", "犇"
PHONE, GUARDIAN_PHONE = "13977712345", "13977754321"
ACCOUNT = "6200007777123450005"

NO_PEOPLE = {"administrator", "leadership"}
ROLES = ("administrator", "federation", "street", "community", "liaison", "leadership", "system", "anonymous")


# --- the table -------------------------------------------------------------------------------------------------------

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """How an address is visited. `fill` gives the parameters (several: several visits), `post` what is sent."""

    is_outside: bool
    fill: Callable[[World], Iterable[Arguments]]
    post: Callable[[World], Arguments] | None = None
    queries: Callable[[World], Iterable[Arguments]] = lambda world: ({},)
    personal: bool = True  # about people: closed to those who see none
    varies: bool = False  # says something else after the outsiders came, and rightly so
    rightful: frozenset[str] = frozenset()  # roles for whom it is not outside at all


def outside(fill: Callable[[World], Any], **how: Any) -> Line:
    """A page of something outside the area."""
    return Line(True, lambda world: _several(fill(world)), **how)


def listing(fill: Callable[[World], Any] = lambda world: {}, **how: Any) -> Line:
    """A page of one's own area, which must know nothing of the outsiders."""
    return Line(False, lambda world: _several(fill(world)), **how)


def _several(filled: Any) -> list[Arguments]:
    return [filled] if isinstance(filled, Mapping) else list(filled)


def pk(of: str) -> Callable[[World], Arguments]:
    """The key of one of the world's outsiders."""
    return lambda world: {"pk": getattr(world, of).pk}


def searches(world: World) -> list[Arguments]:
    """Everything an outsider could be found by."""
    number = world.outsider.id_number
    texts = (
        world.outsider.name,
        FAMILY,
        *pinyin_of(world.outsider.name),
        number,
        number[-4:],
        number[-6:],
        f"{number}42",
        PHONE,
        GUARDIAN_PHONE,
    )
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"on": "2024-06-30"}, *({"q": text} for text in texts), *there]


def contributed(world: World) -> list[Arguments]:
    """The search, and every choice of the filters that other apps contribute."""
    return [*searches(world), *({one.code: value} for one in FILTERS.values() for value, _ in one.choices)]


def nothing_about_people(**how: Any) -> Line:
    return listing(personal=False, **how)


def administrators(fill: Callable[[World], Any], **how: Any) -> Line:
    """A page of the administrator's: forbidden to everybody else."""
    return outside(fill, personal=False, rightful=frozenset({"administrator"}), **how)


def reveal(world: World) -> Arguments:
    return {"person": [world.outsider.pk], "reason": "business", "note": ""}


def pair(world: World) -> list[Arguments]:
    """Two outsiders, and an outsider beside somebody of one's own."""
    one, other, own = world.outsider.pk, world.twin.pk, world.insider.pk
    return [{"one": one, "other": other}, {"one": own, "other": one}, {"one": one, "other": own}]


def findings(world: World) -> list[Arguments]:
    """The list of findings by everything an outsider could be found by."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"state": "standing"}, {"sort": "place"}, *({"kind": kind} for kind in FindingKind.values), *there]


SEEN = ApplicationState.SUPPLEMENT


def applications(world: World) -> list[Arguments]:
    """The list of applications by everything an outsider's could be found by."""
    return [{}, *({"state": state} for state, _ in STATES), {"street": world.outsider.community.parent_id}]


def shown_of_a_run(world: World) -> list[Arguments]:
    """Every list on a run's page."""
    return [{"show": show} for show in ("lines", "new", "refused", "accounts", "failed")]


def api_rows(world: World) -> list[Arguments]:
    """A list of the API by whatever the outsider could be found by."""
    place = world.outsider.community
    return [{}, {"person": world.outsider.pk}, {"street": place.parent_id}, {"community": place.pk}]


def reviewed(world: World) -> list[Arguments]:
    """The yearly review's list by everything an outsider could be found by."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, *({"state": state} for state in ("all", "suspended", "failed")), {"year": "2025"}, *there]


def doctors(world: World) -> list[Arguments]:
    """The lists of rehabilitation by everything an outsider could be found by."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"show": "signed", "year": "2025"}, {"show": "declined"}, {"state": "all"}, *there]


CONTRACT = {"confirm": "1", "team": "一队", "doctor": "某", "signed_on": "2025-01-01", "until": "2026-12-31"}


def ticked(world: World) -> Arguments:
    """The outsider's finding, dealt with among one's own."""
    keys = [] if world.finding is None else [world.finding.pk]
    return {"finding": keys, "act": "resolve", "resolution": "correct", "reason": "核对", "confirm": "1"}


def device_cases(world: World) -> list[Arguments]:
    """The lists of devices by everything an outsider could be found by."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"state": "all"}, {"state": "need"}, *there]


def child_cases(world: World) -> list[Arguments]:
    """The list of children's cases by everything an outsider could be found by."""
    return [{}, {"stage": "all"}, {"stage": "overdue"}, {"stage": "all", "street": world.outsider.community.parent_id}]


def an_institution(world: World) -> Arguments:
    return {"pk": Institution.objects.get().pk}


def a_designation(world: World) -> Arguments:
    return {"pk": Designation.objects.get().pk}


def a_sheet(world: World) -> Arguments:
    """The levy of the outsider's employer."""
    return {"pk": world.levied.pk, "year": 2025}


def a_class(world: World) -> Arguments:
    return {"pk": TrainingClass.objects.get().pk}


def a_session(world: World) -> Arguments:
    return {"pk": TrainingSession.objects.get().pk}


def a_shop(world: World) -> Arguments:
    return {"pk": MassageShop.objects.get().pk}


def places(world: World) -> list[Arguments]:
    """A list as it is, and by the outsider's places."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"state": "all"}, *there]


def homes(world: World) -> list[Arguments]:
    """The board by everything an outsider's home could be found by."""
    there = {"street": world.outsider.community.parent_id}, {"community": world.outsider.community_id}
    return [{}, {"stage": "all"}, {"stage": "overdue"}, *there]


def line(world: World) -> Arguments:
    """The outsider's line of the plan, ticked."""
    return {"line": [] if world.plan_line is None else [world.plan_line.pk]}


def a_vacancy(world: World) -> Arguments:
    return {"pk": Vacancy.objects.earliest("pk").pk}


def an_organisation(world: World) -> Arguments:
    return {"pk": ShelteredOrganisation.objects.get().pk}


def a_fair(world: World) -> Arguments:
    return {"pk": JobFair.objects.get().pk}


SEEKER = {"registered_on": "2026-11-01", "education": "2"}
START_UP = {"project": "店", "support": "money", "supported_on": "2026-11-01", "document": "某文"}
ROLE_MODEL = {"kind": "working", "year": "2026", "deeds": "自强"}


def audits(world: World) -> list[Arguments]:
    """The lists of the yearly audit by everything an outsider's employer could be found by."""
    return [{}, {"q": ROAD}, {"q": credit_code(9)}, {"state": "owing"}, {"todo": "unheard"}, {"show": "pushed"}]


def the_audit(world: World) -> Arguments:
    return {"employer": world.audit.employer_id, "year": world.audit.year}


def audit_acts(world: World) -> list[Arguments]:
    return [{**the_audit(world), "act": act} for act in ("declare", "ask", "pay", "remind", "credit", "take_back")]


def a_room(world: World) -> Arguments:
    return {"pk": world.home.pk, "room": HomeRoom.objects.get(assessment__home=world.home).pk}


def a_signature(world: World) -> Arguments:
    return {"pk": world.home.pk, "signature": HomeSignature.objects.get(step__home=world.home).pk}


def a_planned_item(world: World) -> Arguments:
    return {"pk": world.home.pk, "item": world.home.items.get().pk}


def a_retrofit_item() -> RetrofitItem:
    return RetrofitItem.objects.get_or_create(name="坡道", defaults={"group": "engineering", "unit": "处"})[0]


def a_contractor() -> Contractor:
    facts = {"credit_code": "91150700MA0N0C1R2B", "contact_name": "赵", **phone_fields("contact_phone", "13800001111")}
    return Contractor.objects.get_or_create(name="某公司", defaults=facts)[0]


def home_acts(world: World) -> list[Arguments]:
    acts = (
        "assess", "plan", "show", "show_end", "decide", "contract", "start", "finish", "accept", "correct", "settle",
        "follow_up", "file", "end", "take_back",
    )  # fmt: skip
    return [{"pk": world.home.pk, "act": act} for act in acts]


ROOM = {"room": "toilet", "barrier": "门槛高"}
PLANNED = {"room": "toilet", "quantity": "1", "price_yuan": "1"}
PHOTO = {"purpose": "before", "size": "9", "mark": "a"}
PUSHED_ON = {"pushed_on": "2026-11-01", "document": "函1号"}
NEED = {"chosen": ["nursing"], "words": "", "device": "", "surveyed_on": "2026-11-01", "reason": "核对", "seen": 0}
SERVICE = {"served_on": "2026-11-01", "kind": "护理", "provider": "区医院", "reason": "核对", "confirm": "1"}
NUMBERS = [{"number": n} for n in range(1, 12)]
MEMBERS = [{**number, "which": which} for number in NUMBERS for which in ("missing", "numerator")]


def an_employer(world: World) -> Arguments:
    return {"pk": Employer.objects.get(credit_code=code()).pk}


def an_agreement(world: World) -> Arguments:
    return {"pk": DispatchAgreement.objects.get().pk}


FACTS = tuple(code for code in FIFTEEN if code != "registry")
CODES = [{"code": sheet.code} for sheet in all_sheets()]

LINES: dict[str, Line] = {
    # the foundation
    "home": nothing_about_people(),
    "login": nothing_about_people(),
    "logout": nothing_about_people(),
    "password_change": nothing_about_people(),
    "sheet_list": nothing_about_people(varies=True),
    "sheet_upload": nothing_about_people(fill=lambda world: CODES),
    "sheet_template": nothing_about_people(fill=lambda world: CODES[:1], varies=True),
    "export_list": nothing_about_people(),
    "export_sheet": listing(lambda world: CODES, varies=True),
    "batch_list": listing(personal=False),
    "batch": outside(lambda world: world.batches()),
    "batch_progress": outside(lambda world: world.batches()),
    "batch_decide": outside(lambda world: world.batches(), post=lambda world: {"act": "confirm"}),
    "batch_cancel": outside(lambda world: world.batches()),
    "batch_repeat": outside(lambda world: world.batches()),
    "batch_workbook": outside(lambda world: world.batches()),
    "batch_undo": outside(lambda world: world.batches()),
    "account_list": nothing_about_people(),
    "account_add": nothing_about_people(),
    "account_edit": administrators(pk("stranger")),
    "account_password": administrators(pk("stranger")),
    "token_issue": administrators(pk("stranger")),
    "token_revoke": administrators(lambda world: {"pk": world.stranger.pk, "key": "0" * 15}),
    "parameter_list": nothing_about_people(),
    "parameter_add": administrators(lambda world: {"key": "severe.levels"}),
    "division_list": nothing_about_people(),
    "division_edit": administrators(lambda world: {"pk": world.outsider.community_id}),
    "division_add": administrators(lambda world: {"pk": world.outsider.community.parent_id}),
    "division_move": administrators(lambda world: {"pk": world.outsider.community_id}),
    "division_delete": administrators(lambda world: {"pk": world.empty_community.pk}),
    "calendar_list": nothing_about_people(),
    "calendar_add": nothing_about_people(),
    "calendar_paste": nothing_about_people(),
    "calendar_edit": administrators(lambda world: {"pk": CalendarDay.objects.latest("pk").pk}),
    "calendar_delete": administrators(lambda world: {"pk": CalendarDay.objects.latest("pk").pk}),
    "audit_list": nothing_about_people(varies=True),
    "export_register": nothing_about_people(varies=True),
    # figures
    "figures": nothing_about_people(varies=True),
    "figure": nothing_about_people(fill=lambda world: NUMBERS, varies=True),
    "figure_people": listing(lambda world: MEMBERS, varies=True),
    "recompute": nothing_about_people(),
    "recompute_state": nothing_about_people(),
    # people
    "people": listing(queries=contributed),
    "people_export": listing(queries=searches, varies=True, post=lambda world: {"reason": "核对"}),
    "people_reveal": outside(lambda world: {}, post=reveal),
    "person": outside(pk("outsider")),
    "person_print": outside(pk("outsider"), post=lambda world: {"reason": "business"}),
    "person_reveal": outside(pk("outsider"), post=reveal),
    "saved_view_add": listing(varies=True, post=lambda world: {"name": "我的", "query": "sex=male"}),
    "saved_view_delete": outside(pk("saved_view")),
    "worklists": listing(),
    # facts and households
    "fact_add": outside(lambda world: [{"pk": world.outsider.pk, "code": code} for code in FACTS]),
    "fact_edit": outside(lambda world: world.facts),
    "fact_withdraw": outside(lambda world: world.facts, post=lambda world: {"reason": "错报"}),
    "household": outside(pk("household")),
    "household_merge": outside(pk("household")),
    "household_move": outside(pk("outsider")),
    "household_split": outside(pk("outsider")),
    # certificates, deaths, merging
    "person_add": listing(),
    "certificate_act": outside(lambda world: [{"pk": world.outsider.pk, "act": act} for act in CertificateAct.values]),
    "identity_correct": outside(pk("outsider")),
    "case_withdraw": outside(pk("case"), post=lambda world: {"reason": "错办"}),
    "attachment": outside(pk("attachment")),
    "deaths": listing(),
    "death_decide": outside(pk("notice"), post=lambda world: {"decision": "reject", "note": "错报"}),
    "merging": listing(),
    "merging_pair": outside(pair),
    "merging_distinct": outside(pair, post=lambda world: {"reason": "两人"}),
    "merging_undo": outside(pk("pair")),
    # applications for the subsidies
    "application_list": listing(queries=applications),
    "application": outside(pk("application"), post=lambda world: {"act": "withdraw", "reason": "撤回", "seen": SEEN}),
    "application_letter": outside(lambda world: {"pk": world.application.pk, "kind": "notice"}),
    "application_add": outside(
        lambda world: [{"pk": world.outsider.pk, "subsidy": subsidy} for subsidy in Subsidy.values],
        post=lambda world: {"applicant": "self", "applied_on": "2026-11-20", "gives_notice": "1", "needs_care": "yes"},
    ),
    "publicity": nothing_about_people(),
    "publicity_close": listing(),
    # stops, the yearly review, recoveries, a person's months
    "stop_add": outside(
        lambda world: [{"pk": world.outsider.pk, "subsidy": code} for code in Subsidy.values],
        post=lambda world: {"code": "T8", "effective_on": "2025-01-01", "reason": "服刑", "document": "某号"},
    ),
    "stop_withdraw": outside(pk("stop"), post=lambda world: {"reason": "错"}),
    "stop_end": outside(pk("stop"), post=lambda world: {"until_on": "2026-01-01", "reason": "释放"}),
    "resumption_add": outside(
        lambda world: {"pk": world.outsider.pk, "subsidy": "nursing"},
        post=lambda world: {"first_month": "2025-01", "last_month": "2025-01", "reason": "补"},
    ),
    "person_subsidies": outside(pk("outsider"), queries=lambda world: ({}, {"year": "2025"})),
    "review_list": listing(queries=reviewed),
    "review_selected": outside(
        lambda world: {},
        queries=lambda world: ({"person": [world.outsider.pk] if world.outsider else []},),
        post=lambda world: {
            "person": [world.outsider.pk],
            "confirm": "1",
            "method": "visit",
            "reviewed_on": "2026-05-05",
        },
    ),
    "review_record": outside(
        pk("outsider"), post=lambda world: {"result": "confirmed", "method": "visit", "reviewed_on": "2026-05-05"}
    ),
    "review_suspend": listing(),
    "review_export": listing(queries=reviewed, post=lambda world: {"reason": "核对"}),
    "recovery_list": listing(queries=lambda world: ({}, {"state": "all"})),
    "recovery_receipt": outside(
        pk("demand"),
        post=lambda world: {"amount_yuan": "1", "received_on": "2026-01-01", "method": "cash", "document": "某号"},
    ),
    "recovery_letter": outside(pk("outsider")),
    # the comparison of the subsidies
    "finding_list": listing(queries=findings),
    "finding": outside(pk("finding"), post=lambda world: {"act": "note", "note": "看过"}),
    "finding_compare": listing(),
    "finding_selected": outside(lambda world: {}, queries=lambda world: (ticked(world),), post=ticked),
    "finding_export": listing(post=lambda world: {"layout": "street", "reason": "核对"}),
    # the runs of the subsidies: of the whole district, and no part of it has one in hand
    "run_list": listing(),
    "run_takeover": listing(post=lambda world: {"subsidy": "living", "seen": "x"}),
    "run": outside(pk("run"), queries=shown_of_a_run, post=lambda world: {"act": "return", "note": "核对"}),
    "run_export": outside(pk("run"), post=lambda world: {"kind": "bank", "reason": "核对"}),
    "run_line": outside(lambda world: {"pk": world.run.lines.get().pk}),
    "money": nothing_about_people(queries=lambda world: ({}, {"subsidy": "nursing"}, {"year": "2025"}), varies=True),
    "money_export": nothing_about_people(varies=True),
    "standard_list": nothing_about_people(),
    "standard_add": nothing_about_people(),
    "standard_change": administrators(lambda world: {"pk": Standard.objects.latest("pk").pk}),
    "standard_end": administrators(lambda world: {"pk": Standard.objects.latest("pk").pk}),
    "bank_account": outside(
        pk("outsider"), post=lambda world: {"bank": "某行", "number": ACCOUNT, "reason": "核对", "seen": 0}
    ),
    # rehabilitation: family doctors, communities, day care
    "doctor_list": listing(queries=doctors),
    "doctor_sign": outside(
        lambda world: {},
        queries=lambda world: ({"person": [world.outsider.pk]},),
        post=lambda world: {"person": [world.outsider.pk], **CONTRACT},
    ),
    "doctor_export": listing(queries=doctors, varies=True, post=lambda world: {"reason": "核对"}),
    "doctor_contract": outside(pk("contract"), post=lambda world: {"visited_on": "2025-06-01", "content": "随访"}),
    "doctor_visit_withdraw": outside(pk("visit"), post=lambda world: {"reason": "错登"}),
    "community_rehab": nothing_about_people(),
    "community_export": nothing_about_people(varies=True),
    "rehab_record_add": outside(
        lambda world: [{"kind": "site"}, {"kind": "coordinator"}],
        queries=lambda world: ({"of": world.outsider.community_id},),
        personal=False,
    ),
    "rehab_record_edit": outside(lambda world: world.records, personal=False),
    "rehab_record_withdraw": outside(lambda world: world.records, personal=False),
    "daycare": listing(queries=doctors),
    "stay": outside(pk("stay"), post=lambda world: {"act": "withdraw", "reason": "错登"}),
    "stay_add": outside(pk("outsider")),
    "stay_export": listing(varies=True, post=lambda world: {"reason": "核对"}),
    "care_settlement_add": outside(lambda world: {}),
    "care_settlement": outside(pk("settlement"), post=lambda world: {"act": "discard", "discard": "错"}),
    "care_settlement_print": outside(pk("settlement")),
    "care_settlement_export": outside(pk("settlement"), post=lambda world: {"reason": "核对"}),
    # devices
    "device_case_list": listing(queries=device_cases),
    "device_case_export": listing(post=lambda world: {"reason": "核对"}),
    "device_case": outside(
        pk("device_case"), post=lambda world: {"act": "withdraw", "reason": "不要了", "seen": "need"}
    ),
    "device_case_add": outside(pk("outsider"), post=lambda world: {"need_year": "", "wanted": "轮椅"}),
    "device_need_list": listing(queries=device_cases),
    "device_catalogue": nothing_about_people(),
    "device_class_add": nothing_about_people(),
    "device_class_change": nothing_about_people(fill=lambda world: {"pk": DeviceClass.objects.first().pk}),
    "device_item_add": nothing_about_people(),
    "device_item_change": nothing_about_people(fill=lambda world: {"pk": DeviceItem.objects.first().pk}),
    "device_terms_add": nothing_about_people(fill=lambda world: {"pk": DeviceItem.objects.first().pk}),
    "device_terms_change": nothing_about_people(fill=lambda world: {"pk": DeviceTerms.objects.first().pk}),
    "stock_list": nothing_about_people(varies=True),  # a piece lent to somebody elsewhere is lent for everybody
    "stock_add": nothing_about_people(),
    "stock_export": nothing_about_people(varies=True),
    "stock_device": nothing_about_people(fill=lambda world: {"pk": StockDevice.objects.first().pk}, varies=True),
    "loan_list": listing(queries=device_cases),
    "loan_export": listing(post=lambda world: {"reason": "核对"}),
    "loan": outside(
        pk("loan"), post=lambda world: {"act": "return", "returned_on": "2026-11-01", "condition": "good", "note": ""}
    ),
    "loan_add": outside(
        pk("outsider"),
        post=lambda world: {
            "device": StockDevice.objects.latest("pk").pk,
            "lent_on": "2026-11-01",
            "due_on": "2026-11-20",
            "note": "",
        },
    ),
    # children's rehabilitation
    "child_add": listing(),
    "child_case_list": listing(queries=child_cases),
    "child_case_export": listing(queries=child_cases, post=lambda world: {"reason": "核对"}),
    "child_case": outside(pk("child_case")),
    "child_case_withdraw": outside(pk("child_case"), post=lambda world: {"reason": "录错"}),
    "child_case_act": outside(
        lambda world: [{"pk": world.child_case.pk, "act": act} for act in ("rescreening", "hand_over", "end")],
        post=lambda world: {"on": "2026-11-01", "result": "positive", "place": ROAD, "done_by": "李", "reason": "错"},
    ),
    "child_screening_add": outside(
        pk("outsider"),
        post=lambda world: {"screened_on": "2026-11-01", "place": ROAD, "done_by": "李", "result": "positive"},
    ),
    "child_figures": listing(queries=lambda world: ({}, {"year": "2025"})),
    "child_figure_people": listing(
        lambda world: [{"which": which} for which in ("screened", "need", "missing", "trained")],
        queries=lambda world: ({}, {"street": world.outsider.community.parent_id}),
    ),
    # photographs of homes and inspections
    "home_photos": outside(lambda world: {"pk": world.photo.home_id}, post=lambda world: {"purpose": "before"}),
    "home_photo_upload": outside(lambda world: {"pk": world.photo.home_id}, post=lambda world: PHOTO),
    "inspection_photos": outside(pk("inspection"), personal=False),
    "inspection_photo_upload": outside(pk("inspection"), post=lambda world: PHOTO, personal=False),
    "photo_upload": outside(lambda world: {"pk": PhotoUpload.objects.get(home=world.photo.home).pk}),
    "photo_image": outside(pk("photo")),
    "photo_thumbnail": outside(pk("photo")),
    "photo_remove": outside(pk("photo")),
    # employment
    "employer_list": nothing_about_people(varies=True),
    "employer_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "employer_add": nothing_about_people(),
    "employer": nothing_about_people(fill=an_employer, varies=True),
    "employer_change": nothing_about_people(fill=an_employer),
    "employer_year": nothing_about_people(fill=lambda world: {**an_employer(world), "year": 2025}),
    "agreement_add": nothing_about_people(fill=an_employer),
    "agreement_end": nothing_about_people(fill=an_agreement),
    "employment_list": listing(
        queries=lambda world: [{}, {"form": "quota"}, {"street": world.outsider.community.parent_id}]
    ),
    "employment_export": listing(varies=True, post=lambda world: {"reason": "核对"}),
    "employment_months": outside(lambda world: {"pk": world.employment.pk, "year": 2025}),
    "api_employer-list": nothing_about_people(varies=True),
    "api_employment_record-list": listing(),
    "institution_list": nothing_about_people(),
    "institution_add": nothing_about_people(),
    "institution": nothing_about_people(fill=an_institution),
    "institution_change": nothing_about_people(fill=an_institution),
    "designation_add": nothing_about_people(fill=an_institution),
    "designation_end": nothing_about_people(fill=a_designation),
    "institution_check_add": nothing_about_people(fill=an_institution),
    "settlement_list": listing(),
    "settlement_add": listing(),
    "settlement": outside(pk("training")),
    "settlement_month": outside(pk("training_month"), post=lambda world: {"attended_days": "0", "requested_yuan": "0"}),
    "settlement_pay": outside(pk("training"), post=lambda world: {"paid_on": "2026-11-01", "document": "支付令"}),
    "settlement_drop": outside(pk("training")),
    "settlement_print": outside(pk("training"), post=lambda world: {"reason": "核对"}),
    "settlement_export": outside(pk("training"), post=lambda world: {"reason": "核对"}),
    "api_child_case-list": listing(),
    "api_child_case-detail": outside(pk("child_case")),
    # the levy, which is for the whole district only
    "levy_list": outside(lambda world: {}),
    "levy_reckon": outside(lambda world: {}, post=lambda world: {"year": "2025"}),
    "levy_export": outside(lambda world: {}, post=lambda world: {"reason": "核对"}),
    "levy_leading": outside(lambda world: {}),
    "levy_sheet": outside(a_sheet),
    "levy_sheet_print": outside(a_sheet),
    "levy_sheet_export": outside(a_sheet, post=lambda world: {"reason": "核对"}),
    "api_quota_sheet-list": listing(),
    # job services
    "jobs_desk": listing(varies=True),  # counts the offers of the whole district
    "job_seeker_list": listing(queries=places),
    "job_seeker_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "job_seeker": outside(pk("seeker")),
    "job_seeker_change": outside(pk("seeker"), post=lambda world: SEEKER),
    "job_seeker_end": outside(
        pk("seeker"), post=lambda world: {"found_work": "no", "ended_on": "2026-11-20", "reason": "核对"}
    ),
    "job_seeker_matches": outside(pk("seeker"), queries=lambda world: ({}, {"show": "others"})),
    "job_seeker_add": outside(pk("outsider"), post=lambda world: SEEKER),
    "vacancy_list": nothing_about_people(varies=True),  # offers are told to everybody
    "vacancy_add": nothing_about_people(),
    "vacancy_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "vacancy": listing(a_vacancy, varies=True),  # counts those of other streets
    "vacancy_change": outside(pk("vacancy"), post=lambda world: {"number": "9"}),
    "vacancy_withdraw": outside(pk("vacancy"), post=lambda world: {"reason": "录错"}),
    "vacancy_matches": listing(a_vacancy, queries=lambda world: ({}, {"show": "others"})),
    "job_referral_list": listing(queries=places),
    "job_referral_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "job_referral": outside(pk("job_referral")),
    "job_referral_outcome": outside(
        pk("job_referral"),
        post=lambda world: {"outcome": "hired", "outcome_on": "2026-11-20", "form": "quota", "reason": ""},
    ),
    "job_referral_undo": outside(pk("job_referral"), post=lambda world: {"reason": "录错"}),
    "job_referral_add": outside(
        lambda world: {"pk": world.seeker.pk, "vacancy": world.vacancy.pk}, post=lambda world: {"sent_on": "2026-11-20"}
    ),
    "public_post_list": nothing_about_people(),
    "public_post_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "public_post_add": nothing_about_people(),
    "public_post": outside(pk("public_post")),
    "public_post_change": outside(pk("public_post"), post=lambda world: {"number": "9"}),
    "public_post_withdraw": outside(pk("public_post"), post=lambda world: {"reason": "录错"}),
    "public_post_holder_add": outside(pk("outsider"), post=lambda world: {"starts_on": "2026-11-20"}),
    "public_post_holder_leave": outside(
        pk("post_holder"), post=lambda world: {"ended_on": "2026-11-20", "reason": "期满"}
    ),
    "public_post_holder_withdraw": outside(pk("post_holder"), post=lambda world: {"reason": "录错"}),
    "sheltered_place_withdraw": outside(pk("sheltered_place"), post=lambda world: {"reason": "录错"}),
    "sheltered_withdraw": nothing_about_people(fill=an_organisation),
    "job_fair_withdraw": nothing_about_people(fill=a_fair),
    "graduate_withdraw": outside(pk("graduate"), post=lambda world: {"reason": "录错"}),
    "sheltered_list": nothing_about_people(),
    "sheltered_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "sheltered_add": nothing_about_people(),
    "sheltered": listing(an_organisation, varies=True),  # counts those of other streets
    "sheltered_change": nothing_about_people(fill=an_organisation),
    "sheltered_place_add": outside(pk("outsider"), post=lambda world: {"starts_on": "2026-11-20"}),
    "sheltered_place_leave": outside(
        pk("sheltered_place"), post=lambda world: {"ended_on": "2026-11-20", "reason": "期满"}
    ),
    "job_fair_list": nothing_about_people(),
    "job_fair_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "job_fair_add": nothing_about_people(),
    "job_fair": listing(a_fair, varies=True),  # counts those of other streets
    "job_fair_change": nothing_about_people(fill=a_fair),
    "fair_attendance_add": outside(pk("outsider"), post=lambda world: {"fair": JobFair.objects.get().pk}),
    "fair_attendance_withdraw": outside(pk("attendance"), post=lambda world: {"reason": "录错"}),
    "graduate_list": listing(queries=places),
    "graduate_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "graduate": outside(pk("graduate")),
    "graduate_change": outside(pk("graduate"), post=lambda world: {"school": "某校"}),
    "graduate_contact_add": outside(pk("graduate"), post=lambda world: {"contacted_on": "2026-11-20", "note": "电话"}),
    "graduate_add": outside(pk("outsider"), post=lambda world: {"school": "某校", "graduated_on": "2026-06-01"}),
    "start_up_list": listing(queries=places),
    "start_up_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "start_up_add": outside(pk("outsider"), post=lambda world: START_UP),
    "start_up_change": outside(pk("start_up"), post=lambda world: START_UP),
    "start_up_withdraw": outside(pk("start_up"), post=lambda world: {"reason": "录错"}),
    "role_model_list": listing(queries=places),
    "role_model_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "role_model_add": nothing_about_people(),
    "role_model_of_person": outside(pk("outsider"), post=lambda world: ROLE_MODEL),
    "role_model_change": outside(pk("role_model"), post=lambda world: ROLE_MODEL),
    "role_model_withdraw": outside(pk("role_model"), post=lambda world: {"reason": "录错"}),
    "new_jobs": listing(),
    "new_jobs_people": listing(queries=places),
    "new_jobs_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "api_job_seeker-list": listing(),
    "api_vacancy-list": nothing_about_people(varies=True),
    "api_job_referral-list": listing(),
    "api_job_fair-list": nothing_about_people(),
    # training and blind massage
    "training_class_list": nothing_about_people(),
    "training_class_export": nothing_about_people(varies=True, post=lambda world: {"reason": "核对"}),
    "training_class_add": nothing_about_people(),
    "training_class": listing(a_class),
    "training_class_change": nothing_about_people(fill=a_class),
    "training_class_withdraw": nothing_about_people(fill=a_class),
    "training_roster_export": listing(a_class, varies=True, post=lambda world: {"reason": "核对"}),
    "training_sign_in": listing(a_class),
    "training_session_add": nothing_about_people(fill=a_class),
    "training_session_change": nothing_about_people(fill=a_session),
    "training_session_withdraw": nothing_about_people(fill=a_session),
    "training_enrol": listing(a_class, post=lambda world: {"enrol": "1", "person": [world.outsider.pk]}),
    "training_enrol_person": outside(
        pk("outsider"), post=lambda world: {"training_class": TrainingClass.objects.get().pk}
    ),
    "training_link": listing(a_class),
    "training_attendance": listing(a_class),
    "training_complete": listing(a_class),
    "training_enrolment_withdraw": outside(pk("record"), post=lambda world: {"seen": "0", "reason": "核对"}),
    "training_completion_withdraw": outside(pk("record"), post=lambda world: {"seen": "0", "reason": "核对"}),
    "training_certificate": outside(
        pk("record"),
        post=lambda world: {
            "seen": "0",
            "kind": "completion",
            "number": "1",
            "certified_on": "2026-11-01",
            "reason": "核对",
        },
    ),
    "training_figures": listing(queries=places),
    "training_figure_people": listing(
        lambda world: [{"which": which} for which in ("counted", "uncounted")], queries=places
    ),
    "access_board": listing(queries=homes),
    "access_board_export": listing(queries=homes, varies=True, post=lambda world: {"reason": "核对"}),
    "year_task_list": nothing_about_people(),
    "year_task_add": nothing_about_people(),
    "year_task_change": nothing_about_people(fill=lambda world: {"pk": YearTask.objects.get().pk}),
    "year_task_withdraw": nothing_about_people(fill=lambda world: {"pk": YearTask.objects.get().pk}),
    "facility_list": listing(
        queries=lambda world: [{}, *({"show": each} for each in ("standing", "overdue", "closed"))]
    ),
    "facility_export": listing(varies=True, post=lambda world: {"reason": "核对"}),
    "notice_export": listing(varies=True, post=lambda world: {"reason": "核对"}),
    "facility_add": listing(),
    "facility": outside(pk("facility")),
    "facility_change": outside(pk("facility"), post=lambda world: {"reason": "核对"}),
    "inspection_add": outside(pk("facility"), post=lambda world: {"team": "体验促进队"}),
    "notice_issue": outside(pk("facility"), post=lambda world: {"working_days": "1"}),
    "notice_letter": outside(pk("rectification")),
    "notice_withdraw": outside(pk("rectification"), post=lambda world: {"reason": "核对"}),
    "barrier_case_list": listing(queries=lambda world: [{}, {"show": "overdue"}, {"show": "all"}]),
    "barrier_case_export": listing(
        queries=lambda world: [{}, {"show": "all"}], varies=True, post=lambda world: {"reason": "核对"}
    ),
    "barrier_case_add": listing(),
    "barrier_case": outside(pk("barrier_case")),
    "barrier_case_act": outside(
        lambda world: [{"pk": world.barrier_case.pk, "act": act} for act in ("transfer", "reply", "rate", "withdraw")],
        post=lambda world: {"seen": "open"},
    ),
    "api_facility-list": listing(),
    "api_facility-detail": outside(pk("facility")),
    "api_rectification_notice-list": listing(),
    "api_rectification_notice-detail": outside(pk("rectification")),
    "api_barrier_case-list": listing(),
    "api_barrier_case-detail": outside(pk("barrier_case")),
    "api_retrofit_home-list": listing(),
    "api_retrofit_home-detail": outside(pk("home")),
    "massage_list": listing(queries=places),
    "massage_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "massage_practitioner": outside(pk("masseur")),
    "massage_add": outside(
        pk("outsider"),
        post=lambda world: {
            "kind": "health",
            "certificate_number": "9",
            "qualified_on": "2025-01-01",
            "level": "junior",
        },
    ),
    "massage_change": outside(
        pk("masseur"),
        post=lambda world: {
            "kind": "health",
            "certificate_number": "9",
            "qualified_on": "2025-01-01",
            "level": "junior",
            "seen": "0",
            "reason": "核对",
        },
    ),
    "massage_withdraw": outside(pk("masseur"), post=lambda world: {"seen": "0", "reason": "核对"}),
    "massage_record_add": outside(
        lambda world: {"pk": world.masseur.pk, "kind": "check"},
        post=lambda world: {"year": "2024", "result": "passed", "checked_on": "2024-05-01"},
    ),
    "massage_record_change": outside(
        lambda world: {"kind": "check", "pk": world.masseur.massagechecks.get().pk},
        post=lambda world: {
            "year": "2024",
            "result": "failed",
            "checked_on": "2024-05-01",
            "seen": "0",
            "reason": "错",
        },
    ),
    "massage_record_withdraw": outside(
        lambda world: {"kind": "check", "pk": world.masseur.massagechecks.get().pk},
        post=lambda world: {"seen": "0", "reason": "核对"},
    ),
    "massage_shop_list": nothing_about_people(),
    "massage_shop_add": nothing_about_people(),
    "massage_shop_change": nothing_about_people(fill=a_shop),
    "massage_shop_withdraw": nothing_about_people(fill=a_shop),
    "api_training_class-list": nothing_about_people(),
    "api_training_record-list": listing(queries=api_rows),
    "api_massage_practitioner-list": listing(queries=api_rows),
    # the API
    "api_doctor_contract-list": listing(),
    "api_care_stay-list": listing(),
    "api_community_site-list": nothing_about_people(),
    "api_coordinator-list": nothing_about_people(),
    "api_prevention_campaign-list": nothing_about_people(),
    "api_awareness_survey-list": nothing_about_people(),
    # rehabilitation
    "rehab_desk": listing(),
    "rehab_missing": listing(lambda world: [{"number": 9}, {"number": 10}], queries=places),
    "rehab_missing_export": listing(
        lambda world: [{"number": 9}, {"number": 10}], varies=True, post=lambda world: {"reason": "核对"}
    ),
    "rehab_survey_list": listing(queries=places),
    "rehab_survey_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "rehab_survey": outside(lambda world: {"pk": world.outsider.pk, "year": 2025}, post=lambda world: NEED),
    "rehab_plan_list": listing(queries=places),
    "rehab_plan_generate": listing(),
    "rehab_plan_selected": outside(
        lambda world: {}, queries=lambda world: (line(world),), post=lambda world: {**line(world), "confirm": "1"}
    ),
    "rehab_plan_line": outside(pk("plan_line"), post=lambda world: {"act": "withdraw", "reason": "核对", "seen": 0}),
    "rehab_plan_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "rehab_service_list": listing(queries=places),
    "rehab_service_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "rehab_service_add": outside(pk("outsider"), post=lambda world: SERVICE),
    "rehab_service_many": outside(
        lambda world: {},
        queries=lambda world: (line(world), {"person": [world.outsider.pk]}),
        post=lambda world: {**SERVICE, "person": [world.outsider.pk]},
    ),
    "rehab_catalogue": nothing_about_people(),
    "rehab_catalogue_add": nothing_about_people(),
    "rehab_catalogue_change": nothing_about_people(fill=lambda world: {"pk": CatalogueItem.objects.latest("pk").pk}),
    "rehab_referral_list": listing(queries=places),
    "rehab_referral_export": listing(queries=places, varies=True, post=lambda world: {"reason": "核对"}),
    "rehab_referral_add": outside(
        pk("outsider"),
        post=lambda world: {
            "kind": "nursing",
            "from_provider": "甲",
            "to_provider": "乙",
            "sent_on": "2026-11-01",
            "reason": "核对",
        },
    ),
    "rehab_referral": outside(
        pk("referral"), post=lambda world: {"state": "accepted", "answered_on": "2026-11-01", "answer": ""}
    ),
    # the API
    "api_rehab_need-list": listing(),
    "api_rehab_service-list": listing(),
    "api_rehab_referral-list": listing(),
    "api_docs": nothing_about_people(),
    "api_schema": nothing_about_people(),
    "api_person-list": listing(queries=searches),
    "api_person-detail": outside(pk("outsider"), queries=lambda world: ({}, {"reveal": "1", "reason": "核对"})),
    "api_certificate-list": listing(),
    "api_certificate-detail": outside(lambda world: {"person": world.outsider.pk}),
    "api_household-list": listing(),
    "api_household-detail": outside(pk("household")),
    "api_standard-list": nothing_about_people(),
    "api_standard-detail": nothing_about_people(fill=lambda world: {"pk": Standard.objects.latest("pk").pk}),
    "api_application-list": listing(queries=api_rows),
    "api_application-detail": outside(pk("application")),
    "api_grant-list": listing(queries=api_rows),
    "api_grant-detail": outside(pk("grant")),
    "api_living_payment-list": listing(queries=api_rows),
    "api_nursing_payment-list": listing(queries=api_rows),
    "api_run-list": listing(personal=False, varies=True),  # that there is a run is nobody's secret
    "api_run-detail": nothing_about_people(fill=lambda world: {"pk": PaymentRun.objects.earliest("month").pk}),
    "api_payment_line-list": listing(queries=api_rows),
    "api_payment_line-detail": outside(pk("line")),
    "api_finding-list": listing(queries=api_rows),
    "api_finding-detail": outside(pk("finding")),
    "api_division-list": nothing_about_people(),
    "api_division-detail": outside(
        lambda world: {"pk": world.outsider.community_id},
        personal=False,
        rightful=frozenset({"administrator", "liaison", "leadership"}),  # of the whole district
    ),
    "api_sheet-list": nothing_about_people(varies=True),
    "api_sheet-detail": nothing_about_people(fill=lambda world: CODES, varies=True),
    "api_sheet-template": nothing_about_people(fill=lambda world: CODES[:1], varies=True),
    "api_sheet-export": listing(lambda world: CODES[:2], varies=True),
    "api_device_item-list": nothing_about_people(),
    "api_device_item-detail": nothing_about_people(fill=lambda world: {"pk": DeviceItem.objects.first().pk}),
    "api_device_case-list": listing(),
    "api_device_case-detail": outside(pk("device_case")),
    "api_device_loan-list": listing(),
    "api_device_loan-detail": outside(pk("loan")),
    "api_batch-list": listing(personal=False),
    "api_batch-detail": outside(lambda world: world.batches()),
    "api_batch-preview": outside(lambda world: world.batches()),
    "api_batch-rows": outside(lambda world: world.batches()),
    "api_batch-workbook": outside(lambda world: world.batches()),
    "api_batch-confirm": outside(lambda world: world.batches()),
    "api_batch-discard": outside(lambda world: world.batches()),
    "api_batch-cancel": outside(lambda world: world.batches()),
    "api_batch-repeat": outside(lambda world: world.batches()),
    "api_batch-undo": outside(lambda world: world.batches()),
    # homes until their approval
    "home_candidate_list": listing(queries=lambda world: [{}, {"mark": "several"}, {"mark": "elder"}]),
    "home_add": outside(pk("outsider"), post=lambda world: {"opened_on": "2026-11-01", "year": "2026", "wish": "坡道"}),
    "home_page": outside(pk("home")),
    "home_assessment": outside(pk("home"), post=lambda world: {"assessed_on": "2026-11-01", "assessors": "某人"}),
    "home_room_add": outside(pk("home"), post=lambda world: ROOM),
    "home_room": outside(a_room, post=lambda world: ROOM),
    "home_room_delete": outside(a_room),
    "home_plan": outside(pk("home"), post=lambda world: {"district": "1"}),
    "plan_item_add": outside(pk("home"), post=lambda world: PLANNED),
    "plan_item": outside(a_planned_item, post=lambda world: PLANNED),
    "plan_item_delete": outside(a_planned_item),
    "home_objection_add": outside(pk("home"), post=lambda world: {"received_on": "2026-11-01", "content": "不实"}),
    "home_objection": outside(
        lambda world: {"pk": world.home.pk, "objection": world.home.objections.get().pk},
        post=lambda world: {"is_upheld": "no", "opinion": "不实"},
    ),
    "home_file": outside(pk("home")),
    "home_signature": outside(a_signature),
    "home_act": outside(home_acts, post=lambda world: {"seen": 0, "reason": "错办", "opinion": "错办"}),
    "retrofit_catalogue": nothing_about_people(),
    "retrofit_item_add": nothing_about_people(),
    "retrofit_item_change": nothing_about_people(fill=lambda world: {"pk": a_retrofit_item().pk}),
    "contractor_add": nothing_about_people(),
    "contractor_change": nothing_about_people(fill=lambda world: {"pk": a_contractor().pk}),
    # the yearly audit
    "annual_audit_list": listing(queries=audits),
    "annual_audit_export": listing(queries=audits, post=lambda world: {"reason": "核对"}),
    "annual_audit": outside(the_audit),
    "annual_audit_certificate": outside(the_audit),
    "annual_audit_act": outside(
        audit_acts, post=lambda world: {"seen": 0, "reason": "错办", "declared_on": "2026-11-01"}
    ),
    "levy_reminder": outside(lambda world: {"pk": world.audit.reminders.get().pk}),
    "tax_push_list": listing(queries=audits, post=lambda world: {**PUSHED_ON, "audit": [world.audit.pk]}),
    "tax_push_export": listing(queries=audits, post=lambda world: {"reason": "核对"}),
    "credit_list": listing(queries=audits),
    "credit_export": listing(queries=audits, post=lambda world: {"reason": "核对"}),
    "credit_act": outside(
        lambda world: [{"pk": world.audit.credit_records.get().pk, "act": act} for act in ("push", "remove")],
        post=lambda world: {**PUSHED_ON, "removed_on": "2026-11-01", "reason": "已缴"},
    ),
    "award_list": listing(),
    "award_export": listing(post=lambda world: {"reason": "核对"}),
    "award_act": outside(
        lambda world: [{"pk": world.audit.pk, "act": act} for act in ("apply", "hukou", "decide", "pay", "drop")],
        post=lambda world: {"confirm": "on", "decision": "yes", "reason": "错办", "applied_on": "2026-11-01"},
    ),
    "api_annual_audit-list": listing(queries=lambda world: [{}, {"state": "owing"}]),
    "api_annual_audit-detail": outside(pk("audit")),
    "api_snapshot-list": nothing_about_people(varies=True),
    "api_snapshot-detail": nothing_about_people(fill=lambda world: {"pk": world.snapshot.pk}, varies=True),
    "api_snapshot-latest": nothing_about_people(varies=True),
    "api_figure-detail": nothing_about_people(fill=lambda world: NUMBERS, varies=True),
    "api_figure-people": listing(lambda world: MEMBERS, varies=True),
}


# --- the world -------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Somebody inside the area, the accounts, and, once they have come, the outsiders with all that is theirs."""

    accounts: dict[str, User]
    clients: dict[str, Client]
    stranger: User  # of the whole district; whoever delivered the outsiders
    empty_community: Division
    insider: Person
    snapshot: Any = None
    outsider: Any = None
    twin: Any = None
    kin: Any = None  # an outsider in the insider's household
    household: Any = None
    case: Any = None
    attachment: Any = None
    photo: Any = None
    inspection: Any = None
    pair: Any = None
    notice: Any = None
    saved_view: Any = None
    finding: Any = None
    application: Any = None
    run: Any = None
    grant: Any = None
    line: Any = None
    stop: Any = None
    demand: Any = None
    contract: Any = None
    visit: Any = None
    stay: Any = None
    settlement: Any = None
    records: list[Arguments] = field(default_factory=list)  # of rehabilitation, outside the area
    home: Any = None
    facility: Any = None
    rectification: Any = None
    barrier_case: Any = None
    device_case: Any = None
    loan: Any = None
    child_case: Any = None
    training: Any = None
    training_month: Any = None
    plan_line: Any = None
    referral: Any = None
    employment: Any = None
    levied: Any = None
    seeker: Any = None
    vacancy: Any = None  # of an employer outside the area
    job_referral: Any = None
    public_post: Any = None
    post_holder: Any = None
    sheltered_place: Any = None
    attendance: Any = None
    graduate: Any = None
    start_up: Any = None
    role_model: Any = None
    record: Any = None  # of training
    masseur: Any = None
    facts: list[Arguments] = field(default_factory=list)
    audit: Any = None

    def batches(self) -> list[Arguments]:
        """A delivery of the outsiders that was committed, and one that waits to be confirmed."""
        return [{"pk": pk} for pk in UploadBatch.objects.filter(uploaded_by=self.stranger).values_list("pk", flat=True)]

    @property
    def secrets(self) -> list[str]:
        found = [FAMILY, GUARDIAN, ROAD, PHONE, GUARDIAN_PHONE, masked_phone(PHONE), masked_phone(GUARDIAN_PHONE)]
        found += [ACCOUNT, masked_account(ACCOUNT)]
        for person in filter(None, (self.outsider, self.twin, self.kin)):
            found += [person.id_number, masked(person.id_number), person.pinyin]
        return found


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No job runs by itself, and nobody is asked to wait."""
    monkeypatch.setattr("zalainuoer.common.tasks.run_job.delay", lambda pk: None)
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"account": "100000/min", "reveal": "100000/min"})


def built() -> World:
    """The area before the outsiders come."""
    here = records.community(HERE)
    accounts = {
        "administrator": user(Role.SYSTEM_ADMINISTRATOR),
        "federation": user(Role.FEDERATION_STAFF, department="区残联", street=HERE),
        "street": user(Role.STREET_STAFF, department="区残联", street=HERE),
        "community": User.objects.create(username="zw", name="专委", role=Role.COMMUNITY_WORKER, division=here),
        "liaison": user(Role.LIAISON, department="民政局"),
        "leadership": user(Role.LEADERSHIP),
        "system": user(Role.SYSTEM_CLIENT, street=HERE),
    }
    clients = {name: _logged_in(account) for name, account in accounts.items() if name != "system"}
    token = administration.token_issue(account=accounts["system"], days=1, by=accounts["administrator"])
    clients["system"] = Client(headers={"Authorization": f"Token {token}"})
    clients["anonymous"] = Client()
    insider = records.holder(1, street=HERE)
    at = employer(street=HERE)
    employed(insider, at=at)
    DispatchAgreement.objects.create(dispatcher=at, host=employer(2), starts_on="2020-01-01", document="某协议")
    a_retrofit_item()
    a_contractor()  # the catalogue is the same for everybody
    YearTask.objects.create(year=2026, homes=100, document="某文件")
    _give_facts(insider)  # so that every sheet has a latest period before the outsiders come
    _finding(insider)
    _paid_by_a_run(insider)
    _granted(insider)
    _device_and_loan(insider)
    Standard.objects.create(subsidy="living", name="统一", amount_yuan=125, first_month="2020-01-01", document="某文")
    CareHome.objects.create(name="托养中心", address="某路", opened_on="2020-01-01")
    CareStandard.objects.create(mode="day", basis="day", amount_yuan=20, first_month="2020-01-01", document="某文")
    _train(insider, rehabilitation.institution())
    _in_training(insider, _a_class())
    CatalogueItem.objects.create(group="physical", age_band="any", name="某项", kind="nursing", document="某文")
    _vacancy(HERE)
    ShelteredOrganisation.objects.create(name="工疗站", place="某路", capacity=9, since="2024-01-01")
    JobFair.objects.create(kind="job_fair", name="招聘会", held_on="2026-03-01", place="广场")
    take_snapshot(night=NIGHT.date(), kind=SnapshotKind.NIGHTLY, now=NIGHT)
    stranger = user(Role.FEDERATION_STAFF, department="区残联")
    return World(accounts, clients, stranger, Division.objects.get(name="新华社区"), insider)


def _logged_in(account: User) -> Client:
    found = Client()
    found.force_login(account, backend="zalainuoer.roles.RoleBackend")
    return found


def outsiders_come(world: World, *, into: Division) -> None:
    """Two people who look like one, with everything that can be known of somebody."""
    place = {"所属街道": str(into.parent), "所属社区": into.name}
    row = holder(501, born="1977-07-17", 姓名=f"{FAMILY}域外", 监护人姓名=f"{GUARDIAN}监护", **place)
    row |= {"联系电话": PHONE, "监护人电话": GUARDIAN_PHONE}
    upload("registry", [row], by=world.stranger)
    receive("registry", [{**row, "民族": "汉族"}], by=world.stranger)
    world.outsider = Person.objects.get(id_index=Person._meta.get_field("id_index").of(str(row["身份证号"])))
    Person.objects.filter(pk=world.outsider.pk).update(address=f"{ROAD}牛路5号")
    world.outsider.refresh_from_db()
    world.household = world.outsider.certificates.get().household
    world.twin = records.holder(503, born="1977-07-17", home=world.household)
    _take_name(world.twin, into)
    _give_facts(world.outsider)
    world.employment = employed(world.outsider, at=Employer.objects.get(credit_code=code()))
    world.facts = _facts_of(world.outsider)
    world.case = CertificateCase.objects.create(
        person=world.outsider, act=CertificateAct.RENEW, effective_on="2025-01-01", basis="办法", note=GUARDIAN
    )
    world.attachment = Attachment.objects.create(
        case=world.case,
        name=f"{FAMILY}.png",
        content_type="image/png",
        content=ciphers.encrypt_bytes(b"\x89PNG\r\n\x1a\n", purpose="file.attachment"),
    )
    old = id_number(505, born="1977-07-17")
    FormerIdentity.objects.create(
        person=world.outsider, id_number=old, id_index=world.outsider.id_index, until="2020-01-01", reason="更正"
    )
    world.pair = MergePair.objects.create(
        kept=world.outsider.pk, gone=10**6, state="merged", reason="一人", decided_by=world.stranger
    )
    world.notice = DeathNotice.objects.create(person=world.outsider, died_on="2025-06-01", source="police")
    world.saved_view = SavedView.objects.create(user=world.stranger, page="people", name="别人的", query="sex=male")
    world.finding = _finding(world.outsider)
    world.application = application_accept(
        person=world.outsider,
        subsidy=Subsidy.LIVING,
        applied_on=NIGHT.date(),
        today=NIGHT.date(),
        by=world.stranger,
        applicant="agent",
        applicant_name=f"{GUARDIAN}代办",
        applicant_phone=GUARDIAN_PHONE,
        accepted_in=into.parent,
    )
    world.run = _run(world.outsider)
    world.line = world.run.lines.get()
    world.grant = Grant.objects.create(
        person=world.outsider, subsidy="living", first_month="2025-10-01", origin="roster", granted_on="2025-11-20"
    )
    world.stop, world.demand = _granted(world.outsider)
    _rehabilitate(world)
    world.home = _home(world.outsider, world.household, world.stranger)
    _photograph(world, into)
    world.facility, world.rectification, world.barrier_case = _public_place(into, world.stranger)
    world.device_case, world.loan = _device_and_loan(world.outsider)
    world.child_case, world.training = _train(world.outsider, Institution.objects.get())
    world.training_month = world.training.months.get()
    world.plan_line = PlanLine.objects.create(person=world.outsider, year=2025, domain="nursing", provider=ROAD)
    world.referral = Referral.objects.create(
        person=world.outsider,
        kind="nursing",
        from_provider=ROAD,
        to_provider=GUARDIAN,
        reason=ROAD,
        sent_on="2026-11-01",
    )
    world.levied = _levied(world.outsider)
    _work(world)
    world.record, world.masseur = _in_training(world.outsider, TrainingClass.objects.get())
    account_save(person=world.outsider, bank=ROAD, number=ACCOUNT, holder="", by=world.stranger, reason="登记")
    world.audit = _audited(into.parent, world)
    world.snapshot = take_snapshot(night=NIGHT.date(), kind=SnapshotKind.MANUAL, now=NIGHT)


def _levied(somebody: Person) -> Employer:
    """An employer with a sheet, at which somebody counts."""
    employer = levy_makers.employer(7, name=f"{ROAD}公司", street=None)
    levy_makers.months(levy_makers.job(somebody, employer))
    quota_reckon(year=2025, at=NIGHT)
    return employer


def _a_class() -> TrainingClass:
    of = TrainingClass.objects.create(
        name="二班", trade="电商", organiser="other", provider="某校", starts_on="2026-03-01", ends_on="2026-12-31", hours=8,
        capacity=50,
    )  # fmt: skip
    TrainingSession.objects.create(training_class=of, held_on="2026-03-01", hours=8, topic="开店")
    MassageShop.objects.create(name="某医院", kind="hospital", owner_name="某", address="某路")
    return of


def _in_training(somebody: Person, of: TrainingClass) -> tuple[TrainingRecord, MassagePractitioner]:
    """Somebody who has finished the class, and practises massage."""
    record = TrainingRecord.objects.create(
        person=somebody, class_name=of.name, trade=of.trade, starts_on=of.starts_on, ends_on="2026-04-01",
        is_completed=True, training_class=of, enrolled_on="2026-02-01",
    )  # fmt: skip
    Attendance.objects.create(record=record, session=of.sessions.get(), is_present=True)
    masseur = MassagePractitioner.objects.create(
        person=somebody, kind="medical", certificate_number=f"{somebody.name}{somebody.pk}", qualified_on="2020-01-01",
        qualified_by="exam_by_schooling",
    )  # fmt: skip
    masseur.massagechecks.create(year=2025, result="passed", checked_on="2025-05-01")
    masseur.practicefilings.create(shop=MassageShop.objects.get(), starts_on="2021-01-01")
    return record, masseur


def _run(somebody: Person) -> PaymentRun:
    """A locked run that has paid somebody, whose money did not arrive."""
    run = PaymentRun.objects.create(
        subsidy="living",
        month="2026-01-01",
        state="locked",
        pay_on="2026-01-10",
        prepared_at=NIGHT,
        approved_at=NIGHT,
        differences={"new": [{"person": somebody.pk, "before": None, "after": "125.00", "code": "", "reason": ROAD}]},
        refused=[[somebody.pk, "2026-01", GUARDIAN]],
    )
    facts = {"subsidy": "living", "benefit_month": run.month, "kind": "regular", "reason": ROAD}
    run.lines.create(person=somebody, amount_yuan=125, community=somebody.community, is_locked=True, **facts)
    answer = {"amount_yuan": 125, "is_paid": False, "failure": ROAD, "returned_on": "2026-01-12"}
    run.returns.create(person=somebody, **answer)
    return run


def _granted(somebody: Person) -> tuple[Stop, PaymentLine]:
    """A grant that is due for review, a stop, and a demand for a month that was paid."""
    of: Any = {"person": somebody, "subsidy": "nursing"}
    Grant.objects.create(**of, first_month="2025-01-01", origin=Origin.ROSTER, granted_on="2025-01-01")
    facts = {"code": "T10", "effective_on": "2026-06-30", "reason": "没有复核"}
    stop = Stop.objects.create(**of, **facts)
    run, _ = PaymentRun.objects.get_or_create(
        subsidy="nursing", month="2025-12-01", state=RunState.LOCKED, pay_on="2025-12-10",
        prepared_at=NIGHT, approved_at=NIGHT,
    )  # fmt: skip
    line = PaymentLine.objects.create(
        **of, run=run, benefit_month="2025-12-01", kind=LineKind.RECOVERY, amount_yuan=125, code="T1", reason="已死亡",
        community=somebody.community, is_locked=True,
    )  # fmt: skip
    return stop, line


def _rehabilitate(world: World) -> None:
    """A family doctor, a stay that is being settled, and what stands about the outsider's community."""
    somebody, home = world.outsider, CareHome.objects.get()
    world.contract = DoctorContract.objects.create(
        person=somebody,
        year=2025,
        outcome="signed",
        team=ROAD,
        doctor=GUARDIAN,
        signed_on="2025-01-01",
        until="2026-12-31",
    )
    world.visit = DoctorVisit.objects.create(contract=world.contract, visited_on="2025-02-02", content=ROAD)
    world.stay = CareStay.objects.create(person=somebody, home=home, mode="day", starts_on="2025-01-01", care_plan=ROAD)
    world.settlement = CareSettlement.objects.create(home=home, month="2025-01-01", prepared_at=NIGHT)
    CareLine.objects.create(
        settlement=world.settlement, person=somebody, stay=world.stay, month="2025-01-01", mode="day", most_days=31,
        standard=CareStandard.objects.get(), standard_yuan=20, basis="day",
    )  # fmt: skip
    place = somebody.community
    site = CommunitySite.objects.create(
        community=place, name=f"{ROAD}站", place=ROAD, offers=["training"], opened_on="2024-01-01"
    )
    coordinator = Coordinator.objects.create(community=place, name=f"{FAMILY}协调", since="2024-01-01")
    world.records = [{"kind": "site", "pk": site.pk}, {"kind": "coordinator", "pk": coordinator.pk}]


def _public_place(at: Division, by: User) -> tuple[Facility, RectificationNotice, BarrierCase]:
    """A place with a barrier, a notice over it, and a report."""
    place = Facility.objects.create(name=f"{ROAD}厅", kind="service", community=at, keeper=f"{ROAD}单位")
    seen = Inspection.objects.create(facility=place, inspected_on="2026-11-01", team=GUARDIAN)
    notice = RectificationNotice.objects.create(
        facility=place, year=2026, number=1, issued_on="2026-11-02", working_days=5, due_on="2026-11-09"
    )
    Barrier.objects.create(inspection=seen, place=ROAD, found=ROAD, notice=notice)
    case = BarrierCase.objects.create(
        channel="resident", received_on="2026-11-01", topic=ROAD, community=at, place=ROAD, facility=place, owner=by,
        due_on="2026-11-10",
    )  # fmt: skip
    return place, notice, case


def _home(somebody: Person, household: Household, by: User) -> RetrofitHome:
    """A home on show, visited, planned and signed for, to which somebody objects."""
    home = RetrofitHome.objects.create(
        person=somebody, household=household, year=2026, stage="on_show", since_on="2026-11-01", due_on="2026-11-10",
        wish=ROAD, opened_on="2026-11-01",
    )  # fmt: skip
    show = HomeStep.objects.create(home=home, kind="show", opinion=ROAD, done_on="2026-11-01", done_by=by)
    sealed = ciphers.encrypt_bytes(FAMILY.encode(), purpose=SIGNATURE)
    HomeSignature.objects.create(step=show, signer="household", name=f"{FAMILY}签", image=sealed)
    visit = HomeAssessment.objects.create(home=home, assessed_on="2026-11-01", assessors=GUARDIAN)
    HomeRoom.objects.create(assessment=visit, room="toilet", barrier=ROAD)
    PlanItem.objects.create(home=home, item=a_retrofit_item(), room="toilet", quantity=1, price_yuan=1, amount_yuan=1)
    HomeObjection.objects.create(home=home, show=show, received_on="2026-11-02", content=ROAD, recorded_by=by)
    return home


def _device_and_loan(somebody: Person) -> tuple[DeviceCase, DeviceLoan]:
    """Somebody waits for a device, and has borrowed one meanwhile; a third piece is in stock."""
    item, _ = DeviceItem.objects.get_or_create(name="轮椅", unit="辆")
    terms = {"years_of_use": 3, "ceiling_yuan": 400, "percent": 50, "document": "某文"}
    DeviceTerms.objects.get_or_create(item=item, effective_from="2020-01-01", defaults=terms)
    for number in ("L1", "L2", "L3"):
        StockDevice.objects.get_or_create(inventory_number=number, item=item, place="库房")
    free = StockDevice.objects.exclude(loans__isnull=False).first()
    day = {"lent_on": "2026-10-01", "due_on": "2026-11-30"}
    loan = DeviceLoan.objects.create(device=free, person=somebody, **day)
    case = DeviceCase.objects.create(person=somebody, wanted="轮椅", opened_on="2026-11-01", due_on="2026-11-30")
    return case, loan


def _train(somebody: Person, at: Institution) -> tuple[ChildCase, ChildSettlement]:
    """Somebody's case, and a month that waits to be settled: written as they are, for nobody of the tour is a child."""
    case = ChildCase.objects.create(
        person=somebody,
        stage="rescreening",
        since_on="2026-10-01",
        office="卫生健康部门",
        category="limb",
        screened_on="2026-10-01",
        diagnosed_on="2026-10-02",
    )
    ChildStep.objects.create(case=case, kind="screening", happened_on="2026-10-01", result="positive", place="某院")
    ChildPlacement.objects.create(case=case, institution=at, starts_on="2026-10-05")
    last = ChildSettlement.objects.count()
    settlement = ChildSettlement.objects.create(
        institution=at, month="2026-10-01", number=last + 1, prepared_on="2026-11-02"
    )
    TrainingMonth.objects.create(settlement=settlement, person=somebody, month="2026-10-01", attended_days=1)
    return case, settlement


def _vacancy(street: str, n: int = 1) -> Vacancy:
    """An offer of an employer of the street, open now."""
    return Vacancy.objects.create(
        employer=jobs_makers.employer(n, street=street), post="保洁员", number=5, wage_yuan=2500, registered_on="2026-01-01",
        valid_until="2030-12-31",
    )  # fmt: skip


def _work(world: World) -> None:
    """Everything that is done for the outsider's employment, at an employer and a post outside the area too."""
    somebody, place = world.outsider, world.outsider.community.parent
    world.seeker = JobSeeker.objects.create(
        person=somebody, registered_on="2026-10-01", education=2, status="referred", health_limits=ROAD
    )
    world.job_referral = JobReferral.objects.create(
        seeker=world.seeker, vacancy=Vacancy.objects.earliest("pk"), sent_on="2026-10-10"
    )
    world.vacancy = _vacancy(THERE if str(place) != HERE else "第三街道", 2)
    world.public_post = PublicPost.objects.create(
        kind="cleaner", unit="某处", street=world.vacancy.employer.street, number=5, starts_on="2025-01-01"
    )
    world.post_holder = PublicPostHolder.objects.create(
        post=world.public_post, person=somebody, is_of_jobless_household=True, member_name=f"{FAMILY}妻", relation="配偶",
        member_from="2026-01-01",
    )  # fmt: skip
    record = EmploymentRecord.objects.create(
        person=somebody, form="sheltered", workplace=ROAD, started_on="2024-02-01", ended_on="2024-03-01"
    )
    world.sheltered_place = ShelteredPlace.objects.create(
        organisation=ShelteredOrganisation.objects.get(), record=record
    )
    world.attendance = FairAttendance.objects.create(fair=JobFair.objects.get(), person=somebody)
    world.graduate = GraduatePlan.objects.create(
        person=somebody, school=ROAD, graduated_on="2026-06-01", wants_work=True
    )
    world.start_up = StartUp.objects.create(
        person=somebody, project=ROAD, support="money", supported_on="2026-04-01", document=ROAD
    )
    world.role_model = RoleModel.objects.create(person=somebody, kind="working", year=2026, deeds=ROAD)


def _audited(street: Any, world: World) -> Audit:
    """An employer of a street that owes after its audit, is on the credit list and has asked for an award."""
    employer = Employer.objects.create(credit_code=credit_code(9), name=f"{ROAD}公司", kind="enterprise", street=street)
    year, first, second = timezone.localdate().year - 1, world.accounts["federation"], world.stranger
    certificate = AuditCertificate.objects.create(
        employer=employer, audit_year=year, year=year + 1, number=1, certified_on="2026-04-20", certified_by=second,
        headcount=100, placed=1, quota_ratio="0.015", required="1.5", gap="0.5", gross_yuan=20, net_yuan=10,
        reckoned_at=NIGHT,
    )  # fmt: skip
    row = Audit.objects.create(
        employer=employer, year=year, state="owing", declared_on="2026-04-01", first_reviewed_by=first,
        certified_by=second, certificate=certificate, due_yuan=10, pushed_on="2026-04-21", push_document=ROAD,
    )  # fmt: skip
    step = AuditStep.objects.create(audit=row, kind="remind", done_on="2026-05-01")
    dates = {"issued_on": "2026-05-01", "due_on": "2026-05-15"}
    LevyReminder.objects.create(audit=row, step=step, year=2026, number=1, amount_yuan=10, **dates)
    CreditRecord.objects.create(
        audit=row, year=year, due_yuan=10, paid_yuan=0, decided_on="2026-06-01", document=ROAD, decided_by=second
    )
    QuotaAward.objects.create(audit=row, certificate=certificate, applied_on="2026-05-01", over=1, recorded_by=second)
    return row


def _finding(somebody: Person) -> Finding:
    """Somebody is on a roster and should not be."""
    return Finding.objects.create(
        person=somebody,
        subsidy="living",
        kind=FindingKind.UNENTITLED,
        cause="T6",
        clause="已退出低保，名册仍有发放。",
        source="国发〔2015〕52号",
        since_month="2025-12-01",
        amount_yuan=125,
        found_on=NIGHT.date(),
        seen_on=NIGHT.date(),
    )


def _paid_by_a_run(somebody: Person) -> None:
    """Somebody has been granted a subsidy and paid back a month by a locked run."""
    run = PaymentRun.objects.create(
        subsidy="living",
        month="2025-12-01",
        state="locked",
        pay_on="2025-12-20",
        prepared_at=NIGHT,
        approved_at=NIGHT,
    )
    about: dict[str, Any] = {"person": somebody, "subsidy": "living"}
    Grant.objects.create(**about, first_month="2025-10-01", origin="roster", granted_on="2025-11-20")
    paid = {"benefit_month": "2025-10-01", "kind": "backpay", "amount_yuan": 125, "is_locked": True}
    run.lines.create(**about, **paid, community=somebody.community)


def _take_name(person: Person, into: Division) -> None:
    fields = {**name_fields(f"{FAMILY}域外"), **phone_fields("phone", PHONE)}
    Person.objects.filter(pk=person.pk).update(**fields, community=into)
    person.certificates.update(community=into)
    person.refresh_from_db()


def _give_facts(somebody: Person) -> None:
    """A row of every sheet."""
    home = somebody.certificates.get().household
    records.income(home, 2024, "30000")
    records.assistance(somebody)
    records.application(somebody, "2022-12-01", decided_on="2022-12-20")
    records.benefit(somebody, "old_age")
    for make in (records.pension, records.medical, records.school, records.need, records.living, records.nursing):
        make(somebody)
    records.service(somebody, "2025-05-06")
    records.fitting(somebody, "2025-06-07")
    records.training(somebody, "2025-03-01")
    records.retrofit(somebody, home)


def _photograph(world: World, into: Division) -> None:
    """A picture of the outsider's home, another on its way, and an inspection there."""
    home = world.home
    world.photo = Photo.objects.create(home=home, purpose="before", caption=FAMILY, sha256="0", width=1, height=1)
    sealed = ciphers.encrypt_bytes(FAMILY.encode(), purpose="photo")
    PhotoContent.objects.create(photo=world.photo, image=sealed, thumbnail=sealed)
    PhotoUpload.objects.create(home=home, purpose="before", fingerprint="0", size=9, by=world.stranger)
    place = Facility.objects.create(name=f"{ROAD}大厅", kind="service", community=into, keeper=GUARDIAN)
    world.inspection = Inspection.objects.create(facility=place, inspected_on="2025-01-01", team=GUARDIAN)


def _facts_of(somebody: Person) -> list[Arguments]:
    found = []
    for sheet in all_sheets():
        if sheet.code in FACTS:
            rows: Any = sheet.model.objects  # type: ignore[attr-defined]
            about = {"household__certificates__person" if sheet.code == "household-income" else "person": somebody}
            found.append({"code": sheet.code, "pk": rows.get(**about).pk})
    return found


# --- the tour --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """One request; `typed` is what the reader wrote and may therefore be told back."""

    name: str
    method: str
    path: str
    data: Arguments
    typed: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.data) or ''}"


def visits(name: str, world: World, *, posting: bool = False) -> list[Visit]:
    line = LINES[name]
    found = []
    for arguments in line.fill(world):
        path = reverse(name, kwargs=dict(arguments))
        for query in line.queries(world):
            found.append(Visit(name, "GET", path, query, str(query.get("q", ""))))
        if posting:
            found.append(Visit(name, "POST", path, line.post(world) if line.post else {}))
    return found


def answer(client: Client, visit: Visit) -> HttpResponse:
    if visit.method == "GET":
        return client.get(visit.path, visit.data)
    if is_api(visit.name):
        return client.post(visit.path, visit.data, content_type="application/json")
    return client.post(visit.path, visit.data)


def text_of(found: Any) -> str:
    """Everything an answer says, headers and the parts of a workbook included."""
    body = b"".join(found.streaming_content) if found.streaming else found.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    headers = {name: value for name, value in found.headers.items() if name not in ("Expires", "Content-Length")}
    return body.decode(errors="replace") + str(headers)


TOKENS_OF_FORMS = re.compile(r"[A-Za-z0-9]{64}")


def told(visit: Visit, found: Any, world: World) -> list[str]:
    """The secrets in an answer that the reader has not typed."""
    said = text_of(found)
    if visit.typed:
        said = said.replace(visit.typed, "").replace(quote(visit.typed), "")
    return [secret for secret in world.secrets if secret in said]


def is_api(name: str) -> bool:
    return name.startswith("api_") and name != "api_docs"


def expected(role: str, name: str) -> set[int]:
    """How something outside is answered."""
    if role == "anonymous":
        return {401} if is_api(name) else {302}
    if role == "system" and not is_api(name):
        return {302}
    return {403, 404, 405}


def whereabouts(role: str) -> Division:
    """Where the outsiders live: for a community worker, next door."""
    if role == "community":
        return Division.objects.get(name="友谊社区")
    return records.community(THERE)


def events() -> int:
    """How many changes the histories of people's tables hold."""
    tables = [
        model
        for app in ("registry", "subsidies", "rehab", "employment", "accessibility")
        for model in apps.get_app_config(app).get_models()
        if issubclass(model, pghistory.models.Event)
    ]
    return sum(table.objects.count() for table in tables)


def test_every_address_has_its_line() -> None:
    assert set(names()) - set(LINES) == set(), "new addresses: give each a line in LINES"
    assert set(LINES) - set(names()) == set(), "lines of addresses that are gone"


# A street's round is the fast one; the longer rounds of the others are walked where everything is (.ci/run).
ROUNDS = [role if role == "street" else pytest.param(role, marks=pytest.mark.slow) for role in ROLES]


@pytest.mark.parametrize("role", ROUNDS)
def test_whoever_is_outside_is_not_found_not_shown_not_counted_and_not_changed(role: str) -> None:
    world = built()
    client = world.clients[role]
    world_without_outsiders = {
        (visit.name, visit.path, str(visit.data)): TOKENS_OF_FORMS.sub("", text_of(answer(client, visit)))
        for name, line in LINES.items()
        if not (line.is_outside or line.varies)
        for visit in _before(name, world, role)
    }
    outsiders_come(world, into=whereabouts(role))
    history, log = events(), AccessLog.objects.latest("pk").pk if AccessLog.objects.exists() else 0
    problems = []
    for name, line in LINES.items():
        for visit in visits(name, world, posting=line.is_outside and role not in line.rightful):
            found = answer(client, visit)
            known = world_without_outsiders.get((visit.name, visit.path, str(visit.data)))
            problems += _problems(role, line, visit, found, world, known)
    for name, line in LINES.items():  # what is one's own to do comes last: it may change the pages
        if not line.is_outside and line.post:
            for visit in visits(name, world, posting=True):
                problems += [(str(visit), secret) for secret in told(visit, answer(client, visit), world)]
    assert not problems, "\n".join(f"{visit}: {problem}" for visit, problem in problems)
    assert events() == history
    outsiders = (world.outsider.pk, world.twin.pk)
    assert not AccessLog.objects.filter(pk__gt=log, person__in=outsiders).exists()


def _before(name: str, world: World, role: str) -> list[Visit]:
    """The same visits while the outsiders are yet to come: they are known by what they will be."""
    into = whereabouts(role)
    coming = Person(pk=0, community=into, **name_fields(f"{FAMILY}域外"), id_number=id_number(501, born="1977-07-17"))
    world.outsider = coming
    return visits(name, world)


def _problems(
    role: str, line: Line, visit: Visit, found: Any, world: World, known: str | None
) -> list[tuple[str, object]]:
    problems: list[tuple[str, object]] = [(str(visit), f"tells {secret}") for secret in told(visit, found, world)]
    if line.is_outside and role not in line.rightful and found.status_code not in expected(role, visit.name):
        problems.append((str(visit), found.status_code))
    if line.personal and role in NO_PEOPLE and found.status_code not in (403, 404, 405):
        problems.append((str(visit), f"{found.status_code} for somebody who sees no people"))
    if found.status_code >= 500:
        problems.append((str(visit), found.status_code))
    if known is not None:
        said = TOKENS_OF_FORMS.sub("", text_of(found))
        if said != known:
            problems.append((str(visit), "differs from before: " + _difference(known, said)))
    return problems


def _difference(before: str, after: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return f"{before[max(place - 60, 0) : place + 60]!r} / {after[max(place - 60, 0) : place + 60]!r}"


# Pages of somebody of one's own, who lives under one roof with an outsider.
OWN: dict[str, Callable[[World], Arguments]] = {
    "person": lambda world: {"pk": world.insider.pk},
    "person_print": lambda world: {"pk": world.insider.pk},
    "household": lambda world: {"pk": world.kin.certificates.get().household_id},
    "household_merge": lambda world: {"pk": world.kin.certificates.get().household_id},
    "household_move": lambda world: {"pk": world.insider.pk},
    "household_split": lambda world: {"pk": world.insider.pk},
    "figure_people": lambda world: {"number": 11, "which": "numerator"},
    "api_figure-people": lambda world: {"number": 11, "which": "numerator"},
    "api_person-detail": lambda world: {"pk": world.insider.pk},
    "api_certificate-detail": lambda world: {"person": world.insider.pk},
    "api_household-detail": lambda world: {"pk": world.kin.certificates.get().household_id},
}


@pytest.mark.parametrize("role", ["federation", "street", "community", "system"])
def test_an_outsider_under_the_same_roof_is_not_shown(role: str) -> None:
    world = built()
    outsiders_come(world, into=whereabouts(role))
    world.kin = records.holder(507, born="1999-09-09", home=world.insider.certificates.get().household)
    _take_name(world.kin, whereabouts(role))
    shown = 0
    for name, fill in OWN.items():
        visit = Visit(name, "GET", reverse(name, kwargs=dict(fill(world))), {})
        found = answer(world.clients[role], visit)
        assert found.status_code < 500, name
        assert told(visit, found, world) == [], name
        shown += found.status_code == 200
    assert shown >= 3


# Found by nobody else either: another reader's kept filter, a token there is none of.
NOBODYS = {"saved_view_delete", "token_revoke"}


def test_the_same_addresses_are_open_to_whoever_has_the_whole_district() -> None:
    """So that the tour does not praise addresses that are merely wrong."""
    world = built()
    outsiders_come(world, into=records.community(THERE))
    staff, civil = _logged_in(world.stranger), _logged_in(user(Role.CIVIL_STAFF))
    closed, silent = [], []
    for name, line in LINES.items():
        if not line.is_outside or line.rightful or name in NOBODYS:
            continue
        answers = [answer(staff, visit) for visit in visits(name, world)]
        answers += [answer(civil, visit) for visit in visits(name, world)]  # 民政's own acts
        if not any(found.status_code in (200, 302, 405, 409) for found in answers):
            closed.append((name, [found.status_code for found in answers]))
        silent += (
            [name]
            if name in ("person", "household") and masked(world.outsider.id_number) not in text_of(answers[0])
            else []
        )
    assert closed == []
    assert silent == []


# --- numbers typed into forms ----------------------------------------------------------------------------------------


TYPED: dict[str, tuple[Callable[[World], str], Arguments]] = {
    "a child without a certificate": (
        lambda world: reverse("child_add"),
        {"name": "路人甲", "guardian_name": "甲", "guardian_phone": "13900001111"},
    ),
    "a new certificate": (lambda world: reverse("person_add") + "?act=issue", {"name": "路人甲"}),
    "a certificate moved in": (lambda world: reverse("person_add") + "?act=move_in", {"name": "路人甲"}),
    "a corrected number": (lambda world: reverse("identity_correct", args=[world.insider.pk]), {}),
    "a move to a household": (
        lambda world: reverse("household_move", args=[world.insider.pk]),
        {"head_name": "路人甲"},
    ),
    "a merge of households": (
        lambda world: reverse("household_merge", args=[world.insider.certificates.get().household_id]),
        {},
    ),
}


@pytest.mark.parametrize("what", TYPED)
def test_an_outsiders_number_typed_into_a_form_is_told_nothing(what: str) -> None:
    """Whoever knows a number learns from no form whose it is, and no form lays hands on the outsider."""
    world = built()
    outsiders_come(world, into=records.community(THERE))
    address, form = TYPED[what]
    number, history = world.outsider.id_number, events()
    here = str(records.community(HERE).pk)
    common = {
        "id_number": number,
        "head_number": number,
        "community": here,
        "effective_on": "2026-11-01",
        "reason": "核对",
    }
    visit = Visit(what, "POST", address(world), {**common, **form}, typed=number)
    found = answer(world.clients["federation"], visit)
    assert found.status_code == 200
    assert told(visit, found, world) == []
    assert re.search("辖区|另一份档案", text_of(found)), "said nothing of why"
    assert events() == history


# --- sheets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FIFTEEN)
@pytest.mark.parametrize("role", ["federation", "street"])
def test_a_sheet_of_somebody_outside_is_refused_and_tells_nothing(role: str, code: str) -> None:
    """The uploader knows an ID number, and learns neither name nor place nor that somebody lives there."""
    world = built()
    by = world.accounts[role]
    sheet = next(sheet for sheet in all_sheets() if sheet.code == code)
    by.department = Department.objects.get(name=sheet.department)
    by.save()
    outsiders_come(world, into=records.community(THERE))
    history = events()
    typed = holder(501, born="1977-07-17", 姓名="路人甲", 所属街道=HERE, 所属社区=records.community(HERE).name)
    batch = upload(code, [typed if code == "registry" else fact(code, typed)], by=by)
    assert (batch.refused, events()) == (1, history)
    sentences = str(refused(batch))
    seen = text_of(_logged_in(by).get(reverse("batch", args=[batch.pk])))
    for secret in (FAMILY, GUARDIAN, ROAD, PHONE, THERE):
        assert secret not in sentences
        assert secret not in seen
