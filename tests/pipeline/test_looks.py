"""How far the next try goes, by what the last proof told."""

import pytest

from vitrine.pipeline.looks import LAST_EFFORT, Loss, aimed, allowed, next_wish, used
from vitrine.pipeline.work import Kind, Proof, View, Wish

WISH = Wish(budget=0.8, tolerance=0.0002)


def a_proof(ssim: float, worst: float) -> Proof:
    views = (View(name="front", ssim=ssim), View(name="close-1", ssim=worst))
    return Proof(ssim=ssim, worst_ssim=worst, flip=0.05, bound=0.98, worst_bound=0.96, views=views)


def rounded(wish: Wish | None) -> tuple[float, float] | None:
    return None if wish is None else (round(wish.budget, 6), round(wish.tolerance, 9))


def test_web_may_lose_two_hundredths_and_twice_that_in_its_worst_view() -> None:
    loss = allowed(Kind.WEB, 0.98)

    assert loss is not None
    assert (round(loss.mean, 6), round(loss.worst, 6)) == (0.02, 0.04)
    assert allowed(Kind.PREVIEW, 0.98) is None


def test_a_mobile_is_made_to_more_than_it_must_reach() -> None:
    aim, bound = aimed(Kind.MOBILE, 0.98), allowed(Kind.MOBILE, 0.98)

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


def test_textures_that_explain_the_loss_get_less_of_it() -> None:
    tighter = next_wish(WISH, 1.6, 1.4, effort=1)

    assert rounded(tighter) == (0.45, 0.0001)


def test_a_loss_that_textures_do_not_explain_is_put_down_to_the_surface() -> None:
    tighter = next_wish(WISH, 1.6, 0.2, effort=1)

    assert rounded(tighter) == (0.56, 0.00005)


def test_the_last_try_is_nearly_without_loss() -> None:
    assert next_wish(WISH, 1.01, 1.0, effort=LAST_EFFORT) == Wish(budget=0.05, tolerance=0.0)


def test_room_to_spare_is_used_up_by_the_second_try_and_no_later_one() -> None:
    looser = next_wish(WISH, 0.45, 0.4, effort=1)

    assert looser is not None
    assert looser.budget == pytest.approx(1.6)
    assert WISH.tolerance < looser.tolerance < 2 * WISH.tolerance
    assert next_wish(WISH, 0.45, 0.4, effort=2) is None
    assert next_wish(WISH, 0.8, 0.8, effort=1) is None
