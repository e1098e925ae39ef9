"""What is too old goes, by the one list of rules: the dry run says what, and nobody waits for it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_product
from tests.privacy import aged
from vitrine.access import chain
from vitrine.access.audit import AuditEntry
from vitrine.api.models import Repeat
from vitrine.catalog import files
from vitrine.catalog.announcements import Announcement
from vitrine.catalog.models import AssetVersion, Product
from vitrine.config.rounds import ROUNDS
from vitrine.insight.models import Event
from vitrine.outreach.models import Delivery
from vitrine.privacy import retention
from vitrine.privacy.models import Erasure, Export, RetentionRun
from vitrine.privacy.rules import RULES

pytestmark = pytest.mark.django_db

NIGHT = datetime(2031, 5, 4, 3, 0, tzinfo=UTC)


def planned() -> dict[str, int]:
    return {due.rule.name: due.count for due in retention.plan()}


def rules_that_end_something() -> set[str]:
    return {rule.name for rule in RULES if rule.due}


def test_the_dry_run_says_exactly_what_the_real_run_takes(settings: Settings) -> None:
    aged.everything(settings)
    before = planned()

    taken = retention.sweep()

    assert before == taken == dict.fromkeys(rules_that_end_something(), 2)
    assert set(planned().values()) == {0}
    assert set(retention.sweep().values()) == {0}


def test_the_dry_run_changes_nothing(settings: Settings) -> None:
    aged.everything(settings)

    assert planned() == planned()


def test_what_is_young_or_needed_stays(settings: Settings) -> None:
    aged.everything(settings)
    before = {export.key for export in Export.objects.all()}

    retention.sweep()

    assert (Event.objects.count(), Delivery.objects.count(), Repeat.objects.count()) == (1, 1, 1)
    assert Announcement.objects.filter(heard_at=None).count() > 0, "what nobody has heard yet"
    assert Erasure.objects.filter(done_at=None).count() == 1, "what is not done yet"
    assert Product.objects.filter(deleted_at__isnull=False).count() == 1
    numbers = [sorted(one.versions.values_list("number", flat=True)) for one in Product.objects.all()]
    assert sorted(numbers) == [[1], [1, 2, 3], [1, 3], [1, 3]]
    young = {export.key for export in Export.objects.all()}
    assert len(young) == 1
    assert before & set(files.store().keys("exports/")) == young


def test_a_run_is_written_into_the_audit_log_and_the_chain_holds(settings: Settings) -> None:
    aged.everything(settings)
    taken = retention.sweep()
    chain.seal()

    entry = AuditEntry.objects.get(action="retention.ran")
    assert (entry.name, entry.details) == ("system", taken)
    assert chain.verify().fault is None


def test_old_versions_and_audit_entries_are_kept_unless_somebody_chose_otherwise() -> None:
    aged.audit_names()
    aged.old_versions()

    assert {"old-versions", "audit"}.isdisjoint(planned())
    retention.sweep()

    assert AuditEntry.objects.filter(action="product.updated").count() == 6
    assert AssetVersion.objects.count() == 9


def test_a_version_from_which_a_kept_one_was_made_stays(settings: Settings) -> None:
    settings.OLD_VERSIONS_DAYS = 100
    product = a_product(published=False)
    made = product.add_version(
        key=f"models/{product.pk}/made.glb",
        passed=True,
        optimized=True,
        made_from=product.shown_version,
        **aged.a_file(),
    )
    product.add_version(key=f"models/{product.pk}/new.glb", passed=True, **aged.a_file())
    product.publish(made)
    AssetVersion.objects.update(created_at=timezone.now() - timedelta(days=200))

    assert planned()["old-versions"] == retention.sweep()["old-versions"] == 0


def test_of_a_deleted_product_every_version_stays_until_it_goes_as_a_whole(settings: Settings) -> None:
    aged.old_versions()
    settings.OLD_VERSIONS_DAYS = 100
    for product in Product.objects.all():
        product.remove()

    assert planned()["old-versions"] == retention.sweep()["old-versions"] == 0


def test_no_line_of_the_log_gets_older_than_it_may(settings: Settings) -> None:
    aged.logs()
    folder = settings.DATA_DIR / "logs"

    assert retention.sweep()["request-log"] == 2

    assert (folder / "web.log").read_text() == ""
    assert "timestamp" in (folder / "web.log.1").read_text()
    assert not (folder / "gone.log.1").exists()
    assert (folder / "worker.log").read_text() != ""


def the_night(monkeypatch: pytest.MonkeyPatch, now: datetime = NIGHT) -> None:
    """One in which nothing is due but answers."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(retention, "RULES", [rule for rule in RULES if rule.name == "answers"])


def test_each_night_one_run_takes_all_and_the_next_calls_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged.answers()
    the_night(monkeypatch)

    counts = [retention.nightly(), retention.nightly()]

    run = RetentionRun.objects.get()
    assert counts == [3, 0]
    assert (run.day, run.taken, run.ended_at) == (NIGHT.date(), {"answers": 3}, NIGHT)
    assert AuditEntry.objects.filter(action="retention.ran").count() == 1


def test_by_day_it_waits_for_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    the_night(monkeypatch, NIGHT.replace(hour=1))

    assert retention.nightly() == 0
    assert not RetentionRun.objects.exists()


def test_a_run_that_died_halfway_is_gone_on_with_once_its_lease_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aged.answers()
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    the_night(monkeypatch)
    with monkeypatch.context() as dying:
        dying.setattr(retention, "_note_progress", lambda _: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            retention.nightly()

    assert retention.nightly() == 0, "the dead one's lease still holds"
    the_night(monkeypatch, NIGHT + timedelta(hours=1))
    retention.nightly()

    assert Repeat.objects.count() == 0
    assert RetentionRun.objects.get().ended_at is not None


def test_a_long_run_lets_other_rounds_in_and_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    aged.answers()
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    monkeypatch.setattr(retention, "_SLICE_S", -1.0)
    the_night(monkeypatch)

    counts = [retention.nightly() for _ in range(5)]

    assert counts == [1, 1, 1, 0, 0]
    assert RetentionRun.objects.get().taken == {"answers": 3}


def test_it_is_one_of_the_workers_rounds() -> None:
    assert retention.nightly in ROUNDS


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_holds_are_left_for_later_and_nobody_waits() -> None:
    aged.answers()
    Repeat.objects.update(created_at=timezone.now() - timedelta(days=3))
    held, go = threading.Event(), threading.Event()

    def holder() -> None:
        try:
            with transaction.atomic():
                list(Repeat.objects.select_for_update().order_by("pk")[:1])
                held.set()
                go.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=holder)
    thread.start()
    held.wait(60)
    while_held = retention.sweep()["answers"]
    go.set()
    thread.join()

    assert (while_held, retention.sweep()["answers"]) == (2, 1)


def test_every_table_that_a_rule_names_is_there() -> None:
    tables = set(connection.introspection.table_names())
    named = {table for rule in RULES for table in rule.tables}

    others = {"Redis", "DATA_DIR/logs", "incoming/", "models/"}
    assert named - others <= tables


def test_every_table_has_a_rule() -> None:
    """Whoever adds a table says what it keeps, and how long."""
    named = {table for rule in RULES for table in rule.tables}
    lasting = {
        "insight_mark",
        "insight_takenlog",
        "insight_counted",
        "access_auditcut",
        "outreach_endpoint",
        "catalog_branding",
        "catalog_savedview",
        "processing_campaign",
        "processing_campaignitem",
        "django_migrations",
        "django_content_type",
    }
    unused = {"auth_group", "auth_permission", "auth_group_permissions", "access_user_groups"}
    unused |= {"access_user_user_permissions"}

    assert set(connection.introspection.table_names()) - named == lasting | unused


def test_names_are_said_once() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
