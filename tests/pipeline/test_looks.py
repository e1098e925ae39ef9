"""How far the next try goes, by what the last proof told."""

from dataclasses import replace
from pathlib import Path

import pytest

from vitrine.pipeline.looks import (
    LAST_EFFORT,
    Bound,
    Loss,
    Try,
    aimed,
    allowed,
    fills_its_channel,
    next_wish,
    used,
)
from vitrine.pipeline.work import Format, Kind, Made, Proof, View, Wish

BOUND = Bound.of(0.98)
WISH = Wish(budget=0.8, tolerance=0.0002)


def a_proof(ssim: float, worst: float) -> Proof:
    views = (View(name="front", ssim=ssim), View(name="close-1", ssim=worst))
    return Proof(ssim=ssim, worst_ssim=worst, flip=0.05, bound=0.98, worst_bound=0.96, views=views)


def rounded(wish: Wish | None) -> tuple[float, float] | None:
    return None if wish is None else (round(wish.budget, 6), round(wish.tolerance, 9))


def test_web_may_lose_two_hundredths_and_twice_that_in_its_worst_view() -> None:
    loss = allowed(Kind.WEB, BOUND)

    assert loss is not None
    assert (round(loss.mean, 6), round(loss.worst, 6)) == (0.02, 0.04)
    assert allowed(Kind.PREVIEW, BOUND) is None


@pytest.mark.parametrize(
    ("triangles", "size", "full"), [(89_000, 9_000_000, False), (90_000, 1_000, True), (10, 10_000_000, True)]
)
def test_an_android_file_that_scene_viewer_takes_no_more_of_may_lose_more(
    tmp_path: Path, triangles: int, size: int, full: bool
) -> None:
    path = tmp_path / "android.glb"
    with path.open("wb") as file:
        file.truncate(size)

    made = Made(kind=Kind.ANDROID, path=path, format=Format.GLB, triangles=triangles)

    assert fills_its_channel(made) is full
    assert not fills_its_channel(replace(made, kind=Kind.WEB))
    loss = allowed(Kind.ANDROID, BOUND, full=full)
    assert loss is not None
    assert round(loss.mean, 6) == (0.08 if full else 0.02)


def test_a_mobile_is_made_to_more_than_it_must_reach() -> None:
    aim, bound = aimed(Kind.MOBILE, BOUND), allowed(Kind.MOBILE, BOUND)

    assert aim is not None
    assert bound is not None
    assert aim.mean < bound.mean
    assert aim.worst < bound.worst


@pytest.mark.parametrize(
    ("ssim", "worst", "part"), [(0.99, 0.98, 0.5), (0.99, 0.95, 1.25), (0.96, 0.96, 2.0)]
)
def test_the_part_that_was_used_is_the_larger_of_mean_and_worst(
    ssim: float, worst: float, part: float
) -> None:
    assert used(a_proof(ssim, worst), Loss(mean=0.02, worst=0.04)) == pytest.approx(part)


def a_try(
    part: float, *, forecast: float = 0.8, size: int = 400_000, wish: Wish = WISH, passed: bool | None = None
) -> Try:
    return Try(
        wish=wish, part=part, forecast=forecast, size=size, passed=part <= 1 if passed is None else passed
    )


def test_textures_that_explain_the_loss_get_less_of_it() -> None:
    tighter = next_wish([a_try(1.6, forecast=1.4)], effort=1)

    assert rounded(tighter) == (0.45, 0.0001)


def test_a_loss_that_textures_do_not_explain_is_put_down_to_the_surface() -> None:
    tighter = next_wish([a_try(1.6, forecast=0.2)], effort=1)

    assert rounded(tighter) == (0.56, 0.00005)


def test_the_last_try_is_nearly_without_loss() -> None:
    tries = [a_try(1.5), a_try(1.2), a_try(1.01)]

    assert next_wish(tries, effort=LAST_EFFORT) == Wish(budget=0.05, tolerance=0.0)


def test_room_to_spare_is_used_up_by_another_try() -> None:
    looser = next_wish([a_try(0.45)], effort=1)

    assert looser is not None
    assert looser.budget == pytest.approx(1.6)
    assert WISH.tolerance < looser.tolerance < 2 * WISH.tolerance
    assert next_wish([a_try(0.86)], effort=1) is None


def test_many_bytes_are_tried_for_with_little_room_to_spare() -> None:
    tempted = next_wish([replace(a_try(0.9), tempting_bytes=120_000)], effort=1)

    assert rounded(tempted) == (1.04, 0.0002)
    assert next_wish([replace(a_try(0.9), tempting_bytes=90_000)], effort=1) is None  # of 400,000


def test_between_a_try_that_passed_and_one_that_fell_short_lies_the_next() -> None:
    fell_short = a_try(1.8, size=200_000, wish=Wish(budget=1.6, tolerance=0.0004))

    between = next_wish([a_try(0.45), fell_short], effort=2)

    assert between is not None
    assert rounded(between) == (1.162373, 0.000290593)  # a little over half the way, in logarithms
    assert next_wish([fell_short, a_try(0.45)], effort=2) == between
    assert next_wish([a_try(0.45, size=220_000), fell_short], effort=2) is None  # less than an eighth


def test_a_hair_too_much_is_taken_back_by_a_hair() -> None:
    assert rounded(next_wish([a_try(1.05)], effort=1)) == (0.72381, 0.00016)


@pytest.mark.parametrize(
    "tries",
    [
        [a_try(0.2, size=24_000)],
        [a_try(0.2, size=300_000), a_try(0.5, size=99_000)],
        [a_try(0.2), a_try(0.4), a_try(0.5)],
    ],
)
def test_a_few_bytes_are_worth_no_further_render(tries: list[Try]) -> None:
    assert next_wish(tries, effort=len(tries)) is None
