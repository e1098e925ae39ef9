"""The measure of a proof, on pictures drawn by hand."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from vitrine.pipeline.likeness import Rgba, busiest, flip, luma, ssim


def a_disc(*, radius: int = 40, noise: float = 0.0, side: int = 128) -> Rgba:
    """A shaded disc on nothing, with grain."""
    y, x = np.mgrid[0:side, 0:side] - side / 2
    inside = x**2 + y**2 < radius**2
    grain = np.random.default_rng(7).normal(0, noise, (side, side, 1)) if noise else 0
    colour = np.clip(np.dstack([x + 128, y + 128, 0 * x + 90]) + grain, 0, 255)
    return np.dstack([colour * inside[..., None], inside * 255]).astype(np.uint8)


def test_a_picture_is_wholly_like_itself() -> None:
    assert ssim(a_disc(noise=9), a_disc(noise=9)) == 1.0


def test_more_grain_is_less_alike() -> None:
    values = [ssim(a_disc(), a_disc(noise=noise)) for noise in (2, 8, 32)]

    assert 1 > values[0] > values[1] > values[2] > 0


def test_it_is_the_ssim_of_the_whole_picture_read_off_the_foreground() -> None:
    one, two = a_disc(), a_disc(noise=12)
    mask = (one[..., 3] > 0) | (two[..., 3] > 0)
    _, whole = structural_similarity(  # type: ignore[no-untyped-call]  # scikit-image annotates only some
        luma(one).astype(float),
        luma(two).astype(float),
        data_range=1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )

    assert ssim(one, two) == pytest.approx(whole[mask].mean(), abs=1e-4)


def test_the_empty_ground_around_it_counts_for_nothing() -> None:
    near = ssim(a_disc(side=96), a_disc(noise=12, side=96))
    wide = ssim(
        np.pad(a_disc(side=96), ((99, 99), (99, 99), (0, 0))),
        np.pad(a_disc(noise=12, side=96), ((99, 99), (99, 99), (0, 0))),
    )

    assert wide == pytest.approx(near, abs=1e-6)


def test_what_only_one_picture_shows_counts() -> None:
    assert ssim(a_disc(radius=40), a_disc(radius=30)) < 0.9
    assert ssim(a_disc(radius=30), a_disc(radius=40)) < 0.9


def test_two_empty_pictures_are_alike() -> None:
    nothing = np.zeros((32, 32, 4), dtype=np.uint8)

    assert ssim(nothing, nothing) == 1.0


def test_the_flip_of_a_picture_and_itself_is_nothing() -> None:
    assert flip(a_disc(noise=9), a_disc(noise=9)) == 0.0


def test_more_grain_is_more_flip() -> None:
    values = [flip(a_disc(), a_disc(noise=noise)) for noise in (2, 8, 32)]

    assert 0 < values[0] < values[1] < values[2] < 1


def test_a_shift_is_seen_by_flip() -> None:
    assert flip(a_disc(), a_disc()) < flip(a_disc(), np.roll(a_disc(), 2, axis=1))


def test_flip_reads_the_foreground_only() -> None:
    near = flip(a_disc(side=96), a_disc(noise=12, side=96))
    wide = flip(
        np.pad(a_disc(side=96), ((99, 99), (99, 99), (0, 0))),
        np.pad(a_disc(noise=12, side=96), ((99, 99), (99, 99), (0, 0))),
    )

    assert wide == pytest.approx(near, abs=1e-5)


def test_two_empty_pictures_have_no_flip() -> None:
    nothing = np.zeros((32, 32, 4), dtype=np.uint8)

    assert flip(nothing, nothing) == 0.0


def test_transparent_paint_is_mid_grey_whatever_its_colour() -> None:
    clear = np.full((4, 4, 4), 255, dtype=np.uint8)
    clear[..., 3] = 0

    assert luma(clear) == pytest.approx(np.full((4, 4), 0.5))


def test_the_busiest_place_is_where_the_grain_is() -> None:
    picture = a_disc(radius=60)
    picture[40:56, 72:88, :3] = np.random.default_rng(1).integers(0, 255, (16, 16, 3))

    found = busiest(picture, 16)

    assert found is not None
    x, y, detail = found
    assert abs(x - 80) <= 8
    assert abs(y - 48) <= 8
    assert detail > 0


def test_a_silhouette_is_no_detail() -> None:
    flat = a_disc()
    flat[..., :3] = 255

    found = busiest(flat, 16)

    assert found is not None
    assert found[2] == pytest.approx(0, abs=1e-6)


def test_an_empty_picture_has_no_busiest_place() -> None:
    assert busiest(np.zeros((32, 32, 4), dtype=np.uint8), 8) is None
