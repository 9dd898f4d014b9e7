"""Every line of an uploaded roster knows the row of the workbook it came from."""

import pytest

from subsidies.models import NursingPayment
from tests.deliveries import counts, fact, holder, undo, upload

pytestmark = pytest.mark.django_db
ONE, TWO = holder(1), holder(2)


@pytest.fixture
def registered() -> None:
    upload("registry", [ONE, TWO])


def rows() -> list[int | None]:
    return list(NursingPayment.objects.order_by("pk").values_list("row_number", flat=True))


def test_a_line_keeps_its_row_number_which_alone_changes_nothing(registered: None) -> None:
    one, two = fact("nursing-subsidy-payments", ONE), fact("nursing-subsidy-payments", TWO)
    upload("nursing-subsidy-payments", [one, two])
    assert rows() == [2, 3]
    assert counts(upload("nursing-subsidy-payments", [two, one])) == {"same": 2}
    assert rows() == [2, 3]


def test_a_corrected_line_names_the_row_that_corrected_it_until_the_correction_is_undone(registered: None) -> None:
    one, two = fact("nursing-subsidy-payments", ONE), fact("nursing-subsidy-payments", TWO)
    upload("nursing-subsidy-payments", [one, two])
    batch = upload("nursing-subsidy-payments", [two, {**one, "发放金额": "1"}])
    assert rows() == [3, 3]
    undo(batch)
    assert rows() == [2, 3]
