"""History is the database's own: nothing is written without leaving an event, and a fresh nonce is no change."""

import uuid
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, transaction
from pghistory.models import Context

from accessibility.models import HomeStep, PhotoPart, PhotoUpload
from employment.models import AuditStep
from registry.models import Certificate, Person, SocialAssistance
from subsidies.models import ApplicationStep
from tests.deliveries import fact, holder, undo, upload, user
from zalainuoer.common import bulk
from zalainuoer.common.fields import EncryptedTextField
from zalainuoer.common.models import Role, UploadBatch, User

# A trigger refuses every change of the first three: the rows are their own history. Photographs on their way are not kept.
WITHOUT = (ApplicationStep, AuditStep, HomeStep, PhotoPart, PhotoUpload)

pytestmark = [pytest.mark.django_db, pytest.mark.core]


def events(model: Any) -> list[tuple[str, uuid.UUID]]:
    """(what happened, in which context) of a model's rows, oldest first."""
    return list(model.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "pgh_context_id"))


def test_every_table_of_the_domain_has_a_history() -> None:
    for app in ("registry", "subsidies", "rehab", "employment", "accessibility"):
        for model in apps.get_app_config(app).get_models():
            if not hasattr(model, "pgh_tracked_model") and model not in WITHOUT:
                assert hasattr(model, "pgh_event_model"), model


def test_new_rows_leave_an_event_each_in_the_batchs_context() -> None:
    liaison = user("liaison", department="区残联")
    batch = upload("registry", [holder(1), holder(2)], by=liaison)
    for model in (Person, Certificate):
        assert events(model) == [("insert", batch.history_context)] * 2
    context = Context.objects.get(pk=batch.history_context)
    assert context.metadata == {"batch": batch.pk, "user": liaison.pk}


def test_an_event_holds_the_row_as_it_was_left() -> None:
    upload("registry", [holder(1)])
    upload("registry", [holder(1, 联系电话="13800000099")])
    first, second = Person.pgh_event_model.objects.order_by("pgh_id")
    assert (first.phone, second.phone) == ("13800000001", "13800000099")
    assert second.id_number == holder(1)["身份证号"]
    assert first.phone_index != second.phone_index


def test_only_the_rows_that_change_leave_an_event() -> None:
    first = upload("registry", [holder(1), holder(2)])
    second = upload("registry", [holder(1), holder(2, 民族="汉族")])
    assert events(Person) == [("insert", first.history_context)] * 2 + [("update", second.history_context)]
    assert events(Certificate) == [("insert", first.history_context)] * 2


def test_a_withdrawn_row_leaves_an_event() -> None:
    upload("registry", [holder(1), holder(2)])
    upload("pension-enrolment", [fact("pension-enrolment", holder(1)), fact("pension-enrolment", holder(2))])
    batch = upload("pension-enrolment", [fact("pension-enrolment", holder(1))], withdraws_absent=True)
    enrolment = apps.get_model("registry", "PensionEnrolment")
    assert events(enrolment)[-1] == ("delete", batch.history_context)


def test_undoing_has_a_context_of_its_own() -> None:
    batch = upload("registry", [holder(1)])
    undo(batch)
    (_, inserted_in), (label, deleted_in) = events(Person)
    assert (inserted_in, label) == (batch.history_context, "delete")
    assert Context.objects.get(pk=deleted_in).metadata["undo_of"] == batch.pk


def test_the_same_delivery_again_leaves_no_event() -> None:
    upload("registry", [holder(1, suffix="B1")])
    before = events(Person), events(Certificate), Context.objects.count()
    assert upload("registry", [holder(1, suffix="B1")]).state == "unchanged"
    assert (events(Person), events(Certificate), Context.objects.count()) == before


def test_a_fresh_nonce_is_no_change() -> None:
    upload("registry", [holder(1)])
    before, sealed = events(Person), sealed_phone()
    Person.objects.get().save()  # encrypts every value anew
    assert sealed_phone() != sealed
    assert events(Person) == before


def sealed_phone() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM registry_person")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("model", [Person, Certificate])
def test_every_encrypted_value_has_an_index_that_tells_a_change(model: Any) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    for field in list(fields.values()):
        if isinstance(field, EncryptedTextField):
            index = "id_index" if field.name == "id_number" else f"{field.name}_index"
            assert fields[index].purpose == field.purpose


def test_writing_by_hand_is_recorded_with_its_own_context() -> None:
    upload("registry", [holder(1)])
    upload("social-assistance", [fact("social-assistance", holder(1))])
    before = len(events(SocialAssistance))
    with connection.cursor() as cursor:  # the batch's context ends with its transaction; this test is one transaction
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
    with pghistory.context(user=None, why="by hand"):
        SocialAssistance.objects.update(unit="single")
    label, context = events(SocialAssistance)[before]
    assert label == "update"
    assert Context.objects.get(pk=context).metadata["why"] == "by hand"


@pytest.mark.parametrize("act", ["UPDATE registry_personevent SET name = ''", "DELETE FROM registry_personevent"])
def test_history_cannot_be_changed(act: str) -> None:
    upload("registry", [holder(1)])
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    assert len(events(Person)) == 1


def test_bulk_writing_records_insert_update_and_delete() -> None:
    upload("registry", [holder(1), holder(2)])
    person = Person.objects.order_by("pk").first()
    context = bulk.open_history_context(batch=77, user=None)
    bulk.insert(
        SocialAssistance,
        ["person_id", "kind", "starts_on"],
        [(person.pk, "dibao", "2020-01-01"), (person.pk, "tekun", "2021-01-01")],
    )
    ids = list(SocialAssistance.objects.order_by("pk").values_list("pk", flat=True))
    bulk.update(SocialAssistance, ["id", "kind"], [(ids[0], "dibao_edge"), (ids[1], "tekun")])
    bulk.delete(SocialAssistance, ids)
    assert events(SocialAssistance) == [
        (label, context) for label in ("insert", "insert", "update", "delete", "delete")
    ]
    assert not SocialAssistance.objects.exists()
    assert Context.objects.get(pk=context).metadata == {"batch": 77, "user": None}
    assert UploadBatch.objects.count() == 1


@pytest.mark.django_db
def test_a_changed_role_leaves_a_trace_and_a_changed_password_does_not() -> None:
    account = User.objects.create(username="li", name="李敏", role=Role.LEADERSHIP)
    account.set_password("Bu-Shuo-Chulai-2025")
    account.save()
    account.role = Role.FEDERATION_STAFF
    account.save()
    events = User.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "role")
    assert list(events) == [("insert", Role.LEADERSHIP), ("update", Role.FEDERATION_STAFF)]


def test_no_history_keeps_a_password() -> None:
    assert "password" not in {field.name for field in User.pgh_event_model._meta.get_fields()}
