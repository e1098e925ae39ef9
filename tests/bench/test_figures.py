"""The ratios that the bench promises."""

from dataclasses import replace

import pytest

from bench.figures import Entry, Equal, geometric_mean
from tests.bench.results import a_result, looks


def test_we_are_compared_with_the_smallest_file_on_the_wire() -> None:
    stored_small = Entry(maker="small as stored", size=10, wire=400, looks=looks())
    travels_small = Entry(maker="small on the wire", size=500, wire=250, looks=looks())

    result = a_result(stored_small, travels_small, web=100)

    assert result.smallest == travels_small
    assert result.against_smallest == 0.4


def test_a_file_that_no_browser_shows_is_nobody_to_compare_with() -> None:
    broken = Entry(maker="broken", size=1, wire=1, looks=None)

    assert a_result(broken).smallest is None
    assert a_result(broken).against_smallest is None


@pytest.mark.parametrize(("ssim", "worst"), [(0.979, 0.97), (0.99, 0.959)])
def test_at_the_bound_only_those_count_that_reach_it(ssim: float, worst: float) -> None:
    poor = Entry(maker="poor", wire=50, looks=looks(ssim, worst=worst))
    good = Entry(maker="good", wire=200, looks=looks(0.98, worst=0.96))

    result = a_result(poor, good, web=100)

    assert result.against_smallest == 2.0
    assert result.against_alike == 0.5


def test_equal_looks_that_were_not_reached_have_no_ratio() -> None:
    ours = Entry(maker="ours", wire=80, looks=looks(0.985))
    result = a_result()

    reached = replace(result, equal=Equal(peer="peer", quality=0.985, ours=ours))
    missed = replace(result, equal=Equal(peer="peer", quality=0.986, ours=ours))

    assert reached.at_equal_looks == 0.4
    assert missed.at_equal_looks is None
    assert result.at_equal_looks is None


def test_seconds_are_compared_with_the_first_peer() -> None:
    result = a_result(Entry(maker="first", cpu_s=2.0), Entry(maker="second", cpu_s=100.0))

    assert (result.cpu_bare, result.cpu_whole) == (3.0, 25.0)


def test_a_peer_that_could_not_read_the_model_gives_no_ratio() -> None:
    result = a_result(Entry(maker="peer", note="cannot read it"))

    assert (result.cpu_bare, result.against_smallest, result.against_alike) == (None, None, None)


def test_the_mean_is_geometric() -> None:
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([0.25, 1.0]) == pytest.approx(0.5)
    assert geometric_mean([]) is None
