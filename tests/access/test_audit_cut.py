"""The audit log's oldest part can be let go; what is left still verifies, and nobody else can cut it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.access.test_audit import as_the_tables_owner, some_entries
from vitrine.access import chain
from vitrine.access.audit import AuditEntry
from vitrine.access.cuts import AuditCut

pytestmark = pytest.mark.django_db


def cut_after(entries: list[AuditEntry], count: int) -> int:
    """Let go of the first `count` of them."""
    return chain.cut(entries[count].at, 1_000)


def numbers() -> list[int | None]:
    return list(AuditEntry.objects.order_by("number").values_list("number", flat=True))


def test_what_is_left_still_verifies_and_grows_on() -> None:
    entries = some_entries(5)

    assert cut_after(entries, 3) == 3

    chain.seal()
    assert numbers() == [4, 5, 6]
    assert (chain.verify().count, chain.verify().fault) == (6, None)
    assert AuditEntry.objects.get(number=6).details == {"number": 3, "digest": entries[2].digest}


def test_all_of_it_may_go_and_the_next_follows_from_what_was_last() -> None:
    entries = some_entries(3)

    assert chain.cut(timezone.now() + timedelta(days=1), 1_000) == 3

    chain.seal()
    assert numbers() == [4]
    assert chain.verify().fault is None
    assert chain.verify(expected=(3, entries[2].digest)).fault is None


def test_a_cut_that_died_before_its_rows_were_gone_is_gone_on_with() -> None:
    entries = some_entries(5)

    assert [chain.cut(entries[3].at, 2) for _ in range(3)] == [2, 1, 0]

    chain.seal()
    assert numbers() == [4, 5, 6]
    assert AuditEntry.objects.filter(action="audit.cut").count() == 1


def test_a_head_from_before_the_cut_cannot_be_asked_for_any_more() -> None:
    entries = some_entries(5)
    cut_after(entries, 3)

    fault = chain.verify(expected=(2, entries[1].digest)).fault

    assert fault is not None
    assert "let go with all up to 3" in fault.what


def test_nobody_deletes_what_no_cut_covers() -> None:
    cut_after(some_entries(5), 3)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=4).delete()

    assert 4 in numbers()


def test_a_cut_that_somebody_else_made_shows() -> None:
    """With the database alone: the seal of an entry is no signature of a cut."""
    third = some_entries(5)[2]
    AuditCut.objects.create(number=3, digest=third.digest, signature=third.seal)
    AuditEntry.objects.filter(number__lte=3).delete()

    fault = chain.verify().fault

    assert fault is not None
    assert fault.what.startswith("the cut after it was not made by us")


def test_a_cut_that_was_taken_away_shows() -> None:
    cut_after(some_entries(5), 3)
    AuditCut.objects.all().delete()

    fault = chain.verify().fault

    assert fault is not None
    assert fault.what == "entry 1 is missing before it"


def test_a_change_after_the_cut_still_shows() -> None:
    cut_after(some_entries(5), 3)
    as_the_tables_owner("UPDATE access_auditentry SET action = %s WHERE number = 5", "nothing")

    fault = chain.verify().fault

    assert fault is not None
    assert fault.number == 5
