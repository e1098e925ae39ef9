"""Rolling up: every event counted once, whoever dies halfway, and nothing lost when the events are forgotten."""

import random
import threading
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.builders import a_product
from tests.insight.sessions import another_session
from tests.insight.telling import ar, error, full, poster, tell, touch
from vitrine.insight import rollup
from vitrine.insight.buckets import LONGEST_LOAD_MS, bucket_of, value_of
from vitrine.insight.measures import Asked, Every, Group, last_days, last_hours, measured
from vitrine.insight.models import Event, Mark, Measure
from vitrine.insight.record import GATE

pytestmark = pytest.mark.django_db


def sums(*names: str, **fields: Any) -> dict[str, int]:
    return {found.what: found.n for found in measured(last_days(2, **fields), names)}


def test_a_bucket_s_value_is_within_one_percent_of_all_it_holds() -> None:
    times = [*range(1, 5_000), *(round(10 ** (step / 400)) for step in range(1_480, 3_174))]

    assert max(abs(value_of(bucket_of(ms)) - ms) / ms for ms in times) <= 0.01
    assert [value_of(bucket_of(ms)) for ms in range(1, 50)] == list(range(1, 50))


def test_percentiles_are_within_one_percent_of_the_exact_ones() -> None:
    chance = random.Random(7)  # noqa: S311  # no secret
    drawn = sorted(max(1, round(chance.lognormvariate(7, 1.1))) for _ in range(100_000))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insight_event (product_id, view, kind, ms, device, network, what, state, variant, cache, edge,"
            " save_data) SELECT %s, %s, 'full', ms, 'phone', '', '', '', '', '', '', false FROM unnest(%s) AS ms",
            [uuid.UUID(int=1), uuid.UUID(int=2), drawn],
        )

    while rollup.roll_up():
        pass

    (found,) = measured(last_days(2), ["load"])
    assert (found.n, found.timed) == (100_000, 100_000)
    exact = {"p50": drawn[49_999], "p75": drawn[74_999], "p95": drawn[94_999]}
    assert found.times == {name: pytest.approx(ms, rel=0.01) for name, ms in exact.items()}
    # The hours and the days say the same, and so do all products and the one there was.
    assert measured(last_days(2, product_id=uuid.UUID(int=1)), ["load"]) == [found]
    assert measured(last_hours(30), ["load"]) == [found]


def test_what_is_measured_of_a_visit_is_what_happened() -> None:
    product = a_product().pk
    view = uuid.uuid4()
    tell(poster(product), full(product, wire_bytes=0, cache="hit", file_ms=12), view=view)
    tell(full(product, wire_bytes=70_000, cache="miss", file_ms=300), device="desktop", network="")
    tell(touch(product, count=3), touch(product, "zoom"), view=view)
    tell(ar(product, "launched"), ar(product, "started"), ar(product, "placed", ar_ms=2_100), view=view)
    tell(ar(product, "ended", session_ms=9_000), ar(product, "launched", "quick-look"), view=view)
    tell(ar(product, "returned", "quick-look", away_ms=30_000), error(product), view=view)

    rollup.roll_up()

    assert sums("load") == {"full": 2, "file": 2, "poster": 1}
    assert sums("cache") == {"hit": 1, "miss": 1}
    assert [(one.n, one.total) for one in measured(last_days(2), ["wire"])] == [(2, 70_000)]
    assert sums("touch") == {"rotate": 3, "zoom": 1}
    assert sums("ar-launched") == {"webxr": 1, "quick-look": 1}
    assert sums("error") == {"model": 1}
    assert sums("visit") == {"opened": 2, "seen": 2, "shown": 2, "touched": 1, "ar": 1, "faulty": 1}
    timed = measured(last_days(2), ["ar-placed", "ar-ended", "ar-returned"])
    times = {one.name: one.times["p50"] for one in timed}
    assert times == {
        name: pytest.approx(ms, rel=0.01)
        for name, ms in {"ar-placed": 2_100, "ar-ended": 9_000, "ar-returned": 30_000}.items()
    }


def test_it_is_told_by_device_network_variant_and_product() -> None:
    chair, lamp = a_product().pk, a_product().pk
    tell(full(chair), full(chair, variant="mobile"))
    tell(full(lamp), device="desktop", network="")

    rollup.roll_up()

    def by(group: Group, **only: str) -> dict[str, int]:
        found = measured(last_days(2, group=group, only=only), ["load"])
        return {one.group: one.n for one in found}

    assert by(Group.DEVICE) == {"phone": 2, "desktop": 1}
    assert by(Group.NETWORK) == {"4g": 2, "": 1}
    assert by(Group.VARIANT) == {"web": 2, "mobile": 1}
    assert by(Group.PRODUCT) == {str(chair): 2, str(lamp): 1}
    assert by(Group.VARIANT, device="desktop") == {"web": 1}


def test_it_is_known_how_far_the_numbers_are_behind() -> None:
    product = a_product().pk
    assert rollup.lag_s() == 0
    tell(full(product, age_ms=600_000))
    tell(full(product))

    assert 600 <= rollup.lag_s() < 660
    rollup.roll_up()
    assert rollup.lag_s() == 0
    tell(full(product, age_ms=120_000))
    assert 120 <= rollup.lag_s() < 180


def test_it_stands_in_the_hour_and_the_day_in_which_it_happened() -> None:
    product = a_product().pk
    tell(full(product, age_ms=3_600_000), full(product))
    moments = sorted(Event.objects.values_list("at", flat=True))

    rollup.roll_up()

    hours = {one.start: one.n for one in measured(last_hours(3, every=Every.HOUR), ["load"])}
    assert hours == {moment.replace(minute=0, second=0, microsecond=0): 1 for moment in moments}


def test_it_may_come_twice_and_counts_once() -> None:
    product = a_product().pk
    view = uuid.uuid4()
    tell(full(product), view=view)
    assert rollup.roll_up() > 0
    assert rollup.roll_up() == 0
    tell(full(product), touch(product), view=view)

    rollup.roll_up()

    assert sums("load") == {"full": 2}
    assert sums("visit") == {"opened": 1, "seen": 1, "shown": 1, "touched": 1}


def test_who_dies_halfway_has_done_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(full(a_product().pk))

    class PowerCut(BaseException):
        pass

    def dies(self: Mark, **_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Mark, "save", dies)
        with pytest.raises(PowerCut), transaction.atomic():
            rollup.roll_up()
    assert not Measure.objects.exists()

    rollup.roll_up()

    assert sums("load") == {"full": 1}


def test_many_events_go_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "AT_ONCE", 3)
    product = a_product().pk
    view = uuid.uuid4()
    tell(*[full(product)] * 10, view=view)

    rollup.roll_up()

    assert sums("load") == {"full": 10}
    assert sums("visit")["opened"] == 1


def test_the_measures_outlive_the_events_and_the_product() -> None:
    product = a_product()
    tell(full(product.pk))
    rollup.roll_up()

    Event.objects.all().delete()
    product.delete()

    assert sums("load") == {"full": 1}


def test_a_time_that_nobody_can_have_meant_is_counted_apart() -> None:
    product = a_product().pk
    tell(full(product, ms=LONGEST_LOAD_MS + 1), full(product, ms=1_000))

    rollup.roll_up()

    (found,) = measured(last_days(2), ["load"])
    assert (found.n, found.timed) == (2, 1)
    assert found.times["p95"] == pytest.approx(1_000, rel=0.01)
    assert sums("odd") == {"full": 1}


def test_events_that_are_still_on_their_way_hold_it_up_for_a_moment_only() -> None:
    """Numbers are drawn in one order and seen in another: passing one by would lose it."""
    tell(full(a_product().pk))
    with another_session() as other:
        other.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])

        assert rollup.roll_up() == 0

        assert not Measure.objects.exists()
    assert rollup.roll_up() > 0


@pytest.mark.django_db(transaction=True)
def test_several_at_once_count_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "AT_ONCE", 5)
    product = a_product().pk

    def tells() -> None:
        for _ in range(15):
            tell(full(product), touch(product))
        connection.close()

    def rolls() -> None:
        for _ in range(15):
            rollup.roll_up()
        connection.close()

    run([tells, rolls, tells, rolls])
    rollup.roll_up()

    assert sums("load") == {"full": 30}
    assert sums("touch") == {"rotate": 30}
    assert sums("visit")["opened"] == 30
    assert Event.objects.count() == 60


def run(work: Sequence[Any]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_asked_for_whole_days_it_reads_days_and_hours_where_not() -> None:
    now = timezone.now()

    assert last_days(3).span == "day"
    assert last_days(3, every=Every.HOUR).span == "hour"
    assert last_hours(24, every=Every.HOUR).span == "hour"
    assert Asked(since=now, until=now).span == "hour"
