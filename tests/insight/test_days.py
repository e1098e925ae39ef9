"""Events lie in tables of a day each: made ahead, filled from the default one, dropped whole when their time is up."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.sql import SQL, Identifier
from pytest_django import Settings

from tests.insight.sessions import another_session
from tests.journey.processes import wait_until
from vitrine.insight import days, rollup
from vitrine.insight.models import Event

pytestmark = pytest.mark.django_db

TODAY = timezone.now().astimezone(UTC).date()


def an_event(*, days_old: float = 0, **fields: object) -> Event:
    at = timezone.now() - timedelta(days=days_old)
    told = {"product_id": uuid.uuid4(), "view": uuid.uuid4(), "kind": "poster", "device": "phone"}
    return Event.objects.create(at=at, **told | fields)


def dropped() -> int:
    """Events of the days that were over thirty days ago."""
    return days.drop_before((timezone.now() - timedelta(days=30)).astimezone(UTC).date())


def lies_in(event: Event) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM insight_event WHERE id = %s", [event.pk])
        return str(cursor.fetchone()[0])


def test_tables_are_made_for_the_days_to_come_and_once() -> None:
    assert days.keep_ahead() == days.AHEAD + 2

    assert days.there() == [TODAY + timedelta(days=number) for number in range(-1, days.AHEAD + 1)]
    assert days.keep_ahead() == 0
    assert lies_in(an_event()) == days.table_of(timezone.now().astimezone(UTC).date())


def test_what_came_before_its_day_had_a_table_is_kept_and_moves_there() -> None:
    stray, early = an_event(days_old=40, ms=7), an_event()
    assert {lies_in(stray), lies_in(early)} == {"insight_event_default"}

    days.keep_ahead()

    assert lies_in(stray) == days.table_of(stray.at.date())
    assert lies_in(early) == days.table_of(early.at.date())
    assert [event.ms for event in Event.objects.order_by("id")] == [7, None]


def test_a_day_is_dropped_when_its_time_is_over_and_no_sooner(settings: Settings) -> None:
    settings.EVENTS_DAYS = 30
    young, _ = an_event(days_old=29), an_event(days_old=31.5)
    days.keep_ahead()
    rollup.roll_up()

    assert dropped() == 1

    assert list(Event.objects.all()) == [young]
    assert dropped() == 0


def test_a_day_that_is_not_rolled_up_stays(settings: Settings) -> None:
    settings.EVENTS_DAYS = 30
    old = an_event(days_old=40)
    days.keep_ahead()

    assert dropped() == 0
    assert Event.objects.get() == old
    rollup.roll_up()

    assert dropped() == 1
    assert not Event.objects.exists()


def test_who_makes_or_drops_a_day_does_not_have_others_wait_behind_him() -> None:
    """Whoever wants a table to himself and does not get it has all that come later wait, too."""
    with another_session() as other:
        other.execute("LOCK TABLE ONLY insight_event IN ACCESS EXCLUSIVE MODE")
        before = time.monotonic()

        assert days.keep_ahead() == 0

        assert time.monotonic() - before < 60
        assert days.there() == []
    assert days.keep_ahead() == days.AHEAD + 2


class Writer(threading.Thread):
    """Somebody who goes on telling events, and gives up on a lock that takes a second."""

    def __init__(self) -> None:
        super().__init__()
        self.told = self.waits = 0
        self.ended = threading.Event()

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        while not self.ended.is_set():
            try:
                an_event()
                self.told += 1
            except OperationalError:
                self.waits += 1
        connection.close()


@pytest.fixture
def writer() -> Iterator[Writer]:
    one = Writer()
    one.start()
    yield one
    one.ended.set()
    one.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("through", "patience"),
    [
        (days.table_of, "10s"),  # while a day is in use, whoever drops it holds nothing that others want
        (
            lambda _: "insight_event",
            days._LOCK_PATIENCE,
        ),  # and where all days are, it holds it up for so long
    ],
    ids=["the day's table", "all of them"],
)
def test_a_reader_delays_the_dropping_of_a_day_and_no_writer_waits(
    through: Callable[[date], str],
    patience: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    old = an_event(days_old=40)
    days.keep_ahead()
    rollup.roll_up()
    monkeypatch.setattr(days, "_LOCK_PATIENCE", patience)
    monkeypatch.setattr(days, "_PAUSE_S", 0.02)
    writer: Writer = request.getfixturevalue("writer")
    with another_session() as reader:
        reader.execute(SQL("SELECT count(*) FROM {}").format(Identifier(through(old.at.date()))))

        while_read, told = dropped(), writer.told

        assert while_read == 0
        assert wait_until(lambda: writer.told > told, limit_s=30)
        assert Event.objects.filter(pk=old.pk).exists()

    assert dropped() == 1
    writer.ended.set()
    writer.join()
    assert writer.waits == 0
    assert old.at.date() not in days.there()
