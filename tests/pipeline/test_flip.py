"""LDR-FLIP beside its authors' own program."""

import numpy as np
import pytest

from vitrine.pipeline.flip import Plane, flip_map


def waves(*, phase: float = 0.0, side: int = 96) -> Plane:
    y, x = np.mgrid[0:side, 0:side] / side
    red, green = 0.5 + 0.5 * np.sin(9 * x + phase), 0.5 + 0.5 * np.cos(7 * y * x + phase)
    return np.dstack([red, green, 0.5 + 0.4 * np.sin(20 * (x + y))]).astype(np.float32)


def filled(*colour: float) -> Plane:
    return np.broadcast_to(np.array(colour, dtype=np.float32), (16, 16, 3)).copy()


@pytest.mark.parametrize(
    ("reference", "other", "published"),
    [
        (waves(), waves(phase=0.3), 0.4623866),
        (waves(), np.roll(waves(), 2, axis=1), 0.3415411),
        (filled(0, 0, 0), filled(1, 1, 1), 0.9673910),
        (filled(0, 1, 0), filled(0, 0, 1), 1.0),
    ],
    ids=["other colours", "shifted", "black and white", "green and blue"],
)
def test_it_is_what_flip_evaluator_1_7_says(reference: Plane, other: Plane, published: float) -> None:
    assert flip_map(reference, other).mean(dtype=float) == pytest.approx(published, abs=2e-5)


def test_the_same_picture_is_nothing_everywhere() -> None:
    assert not flip_map(waves(), waves()).any()


def test_what_lies_further_than_its_reach_changes_nothing() -> None:
    changed = waves()
    changed[:, :20] = 0

    near = flip_map(waves(phase=0.1), waves())
    far = flip_map(waves(phase=0.1), changed)

    assert np.array_equal(near[:, 30:], far[:, 30:])
    assert not np.array_equal(near[:, 29], far[:, 29])
