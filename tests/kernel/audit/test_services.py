import pytest
from django.db import transaction

from cityloop.kernel.audit.port import record, trail


@pytest.mark.django_db(transaction=True)
def test_an_act_without_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction of the fact"):
        record("lamp.mended", about=("lamp", "1"))


@pytest.mark.django_db(transaction=True)
def test_an_act_goes_with_its_fact() -> None:
    with pytest.raises(ValueError, match="rolled back"), transaction.atomic():
        record("lamp.mended", about=("lamp", "1"))
        raise ValueError("rolled back")
    assert trail([("lamp", "1")]) == []


@pytest.mark.django_db
def test_the_trail_is_newest_first() -> None:
    record("lamp.broke", about=("lamp", "1"), reason="storm")
    record("lamp.mended", about=("lamp", "1"), actor="person:7")
    record("lamp.broke", about=("lamp", "2"))
    assert [(one.action, one.actor) for one in trail([("lamp", "1")])] == [
        ("lamp.mended", "person:7"),
        ("lamp.broke", "machine:cityloop"),
    ]
