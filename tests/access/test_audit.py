"""The audit log: everything done is in it, nothing in it can be changed unseen, and people can be forgotten."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_user
from vitrine.access import chain
from vitrine.access.audit import AuditEntry, forget_old_people, forget_person, note
from vitrine.access.models import User

pytestmark = pytest.mark.django_db


def some_entries(count: int = 5, *, by: User | None = None) -> list[AuditEntry]:
    """Sealed, in the order of their numbers."""
    for number in range(count):
        note("product.updated", target=("product", uuid.uuid4()), by=by, changed=["name"], number=number)
    chain.seal()
    return list(AuditEntry.objects.order_by("number"))


def as_the_tables_owner(statement: str, *values: Any) -> None:
    """What somebody does who has the database, and takes the trigger away first."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_auditentry DISABLE TRIGGER access_audit_is_append_only")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE access_auditentry ENABLE TRIGGER access_audit_is_append_only")


def test_an_entry_says_who_what_to_what_when_and_from_where() -> None:
    person = a_user(username="ines")
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.77")
    request.user = person

    note("product.updated", target=("product", person.pk), request=request, changed=["name"])

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.name, entry.address) == (
        "product.updated",
        person.pk,
        "ines",
        "203.0.113.0",
    )
    assert (entry.target_kind, entry.target_id, entry.details) == (
        "product",
        str(person.pk),
        {"changed": ["name"]},
    )
    assert timezone.now() - entry.at < timedelta(seconds=10)


def test_without_a_request_it_was_the_system() -> None:
    entry = note("product.purged", target=("product", uuid.uuid4()))

    assert (entry.name, entry.actor_id, entry.address) == ("system", None, "")


def test_an_entry_goes_with_what_was_done() -> None:
    with transaction.atomic():
        note("product.updated")
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


def test_details_stay_small_and_come_back_as_they_went_in() -> None:
    note("a", factor=0.1, big=1e22, bad="a\x00b", who=uuid.UUID(int=1), deep={"list": [1, None, True]})
    note("b", much="x" * 5_000)
    chain.seal()

    first, second = AuditEntry.objects.order_by("at")
    assert first.details["deep"] == {"list": [1, None, True]}
    assert second.details == {"left_out": ["much"]}
    assert chain.verify().fault is None


@pytest.mark.parametrize(
    "change",
    [
        {"action": "product.created"},
        {"details": {}},
        {"name": "somebody else"},
        {"number": 99},
        {"digest": "0" * 64},
        {"salt": ""},
    ],
)
def test_the_database_refuses_changes(change: dict[str, Any]) -> None:
    entry = some_entries(1, by=a_user())[0]
    before = AuditEntry.objects.values().get()

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(**change)

    assert AuditEntry.objects.values().get() == before
    assert chain.verify().fault is None


def test_the_database_refuses_deletion() -> None:
    some_entries(2)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.count() == 2


def test_an_untouched_chain_holds_and_names_its_head() -> None:
    entries = some_entries(5)
    note("product.deleted")

    verdict = chain.verify(expected=(3, entries[2].digest))

    assert (verdict.count, verdict.unsealed, verdict.head, verdict.fault) == (5, 1, entries[-1].digest, None)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE access_auditentry SET action = 'product.created' WHERE number = 3", "changed or made up"),
        ("UPDATE access_auditentry SET at = at - interval '1 day' WHERE number = 3", "changed or made up"),
        ("UPDATE access_auditentry SET actor_id = gen_random_uuid() WHERE number = 3", "changed or made up"),
        ("UPDATE access_auditentry SET name = 'other' WHERE number = 3", "name or address was changed"),
        ("UPDATE access_auditentry SET salt = '' WHERE number = 3", "name or an address was put into it"),
        ("UPDATE access_auditentry SET digest = repeat('0', 64) WHERE number = 3", "does not follow"),
        ("UPDATE access_auditentry SET seal = repeat('0', 64) WHERE number = 3", "not given by us"),
        ("DELETE FROM access_auditentry WHERE number = 2", "entry 2 is missing"),
        (
            "UPDATE access_auditentry SET number = CASE number WHEN 3 THEN 90 ELSE 3 END WHERE number IN (3, 4)",
            "does not follow",
        ),
    ],
)
def test_tampering_shows_and_the_first_bad_entry_is_named(statement: str, said: str) -> None:
    some_entries(5, by=a_user())

    as_the_tables_owner(statement)

    fault = chain.verify().fault
    assert fault is not None
    assert fault.number == 3
    assert said in fault.what


def test_whoever_takes_one_out_and_mends_the_chain_lacks_our_key(settings: Settings) -> None:
    entries = some_entries(4)
    ours = settings.SECRET_KEY
    settings.SECRET_KEY = "the forger's"
    as_the_tables_owner("DELETE FROM access_auditentry WHERE number = 2")
    as_the_tables_owner("UPDATE access_auditentry SET number = NULL, digest = '', seal = '' WHERE number > 2")
    chain.seal()
    settings.SECRET_KEY = ours

    fault = chain.verify().fault

    assert fault is not None
    assert (fault.number, fault.entry_id) == (2, str(entries[2].pk))


def test_an_end_that_was_cut_off_shows_against_a_head_noted_before() -> None:
    entries = some_entries(5)
    as_the_tables_owner("DELETE FROM access_auditentry WHERE number > 3")

    unnoticed, noticed = chain.verify().fault, chain.verify(expected=(5, entries[4].digest)).fault

    assert unnoticed is None
    assert noticed is not None
    assert (noticed.number, noticed.what) == (5, "it is not there any more as it was noted")


def test_an_entry_made_up_in_the_database_shows_before_it_has_a_place() -> None:
    some_entries(2)
    forged = AuditEntry(action="role.changed", name="system", salt="s", signature="0" * 64)
    forged.person_digest = forged.digest_of_person()
    forged.save()

    fault = chain.verify().fault

    assert fault is not None
    assert (fault.number, fault.entry_id) == (None, str(forged.pk))


def test_a_key_that_was_replaced_still_speaks_for_its_entries(settings: Settings) -> None:
    some_entries(2)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    some_entries(2)

    verdict = chain.verify()

    assert (verdict.count, verdict.fault) == (4, None)


def test_a_person_can_be_forgotten_without_breaking_the_chain() -> None:
    person, other = a_user(username="ines"), a_user(username="omar")
    some_entries(2, by=person)
    some_entries(1, by=other)

    count = forget_person(person.pk)

    assert count == 2
    assert sorted(AuditEntry.objects.values_list("name", flat=True)) == ["", "", "omar"]
    assert not AuditEntry.objects.filter(actor_id=person.pk).exclude(salt="").exists()
    assert (chain.verify().count, chain.verify().fault) == (3, None)


def test_people_are_forgotten_when_their_time_is_up(settings: Settings) -> None:
    some_entries(1, by=a_user(username="ines"))
    settings.AUDIT_DAYS = -1

    assert (forget_old_people(), forget_old_people()) == (1, 0)

    assert AuditEntry.objects.get().name == ""
    assert chain.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_side_by_side_keep_one_chain() -> None:
    def in_a_thread(work: Callable[[], object]) -> threading.Thread:
        def worked() -> None:
            try:
                for _ in range(20):
                    work()
            finally:
                connection.close()

        return threading.Thread(target=worked)

    threads = [in_a_thread(lambda: note("product.updated", changed=["name"])) for _ in range(3)]
    threads += [in_a_thread(chain.seal) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    chain.seal()

    numbers = list(AuditEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 61))
    assert chain.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_a_verb_that_takes_long_holds_nobody_up_and_gets_its_place_later() -> None:
    written, go = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                note("slow")
                written.set()
                go.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(60)
    note("quick")
    before = chain.seal()
    go.set()
    thread.join()

    after = chain.seal()

    assert (before, after) == (1, 1)
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == ["quick", "slow"]
    assert chain.verify().fault is None
