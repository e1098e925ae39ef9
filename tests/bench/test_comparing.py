"""A whole comparison, with real peers and a real browser."""

from pathlib import Path

import numpy as np
import pytest

from bench.comparing import compare
from bench.cooking import told
from bench.looks import overlap
from tests.gltf_builders import a_ball
from tests.pipeline.studios import a_studio
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.recipe import Tools


@pytest.mark.browser
def test_ours_and_the_peers_stand_before_the_same_camera(tmp_path: Path) -> None:
    model = tmp_path / "ball.glb"
    model.write_bytes(a_ball(side=128).bytes())
    studio = a_studio(size_px=192)

    result = compare(model, Tools(engine=Engine(), studio=studio), studio, equal=True)

    assert [entry.maker for entry in result.peers if entry.looks] == [
        "gltf-transform meshopt+webp",
        "gltf-transform draco+webp",
        "gltfpack -cc",
    ]
    assert all(entry.looks.ssim > 0.8 for entry in result.peers if entry.looks)
    assert result.web.looks is not None
    assert result.web.looks.reach_the_bound
    assert result.preview is not None
    assert result.preview.overlap > 0.9
    assert 0 < result.spent.bare_s < result.spent.whole_s
    assert result.equal is not None
    assert result.equal.ours.wire is not None


def a_silhouette(*, columns: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.zeros((10, 10, 4), dtype=np.uint8)
    picture[:, :columns, 3] = 255
    return picture


def test_silhouettes_overlap_by_their_intersection_over_their_union() -> None:
    assert overlap(a_silhouette(columns=5), a_silhouette(columns=5)) == 1.0
    assert overlap(a_silhouette(columns=4), a_silhouette(columns=8)) == 0.5
    assert overlap(a_silhouette(columns=0), a_silhouette(columns=5)) == 0.0
    assert overlap(a_silhouette(columns=0), a_silhouette(columns=0)) == 1.0


def test_what_the_steps_told_is_found_however_deep_it_lies() -> None:
    details = {"poster": {"browser_cpu_s": 2.0}, "proof": [{"browser_cpu_s": 3.0}, {"renderer": "ANGLE"}]}

    assert list(told(details, "browser_cpu_s")) == [2.0, 3.0]
