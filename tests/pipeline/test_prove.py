"""The proof step, in a real browser and without one."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.gltf_builders import a_ball, a_ball_in_two_clothes, a_ball_in_two_colours, a_turning_ball
from tests.pipeline.studios import a_studio
from vitrine.errors import ProofTooLow
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.likeness import flip
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.steps.prove import Prove
from vitrine.pipeline.steps.usdz import Usdz
from vitrine.pipeline.studio import Session
from vitrine.pipeline.studio.reference import reference_of
from vitrine.pipeline.work import Facts, Format, Kind, Made, Proof, View, Work

FACTS = Facts(
    triangles=1,
    vertices=3,
    meshes=1,
    materials=1,
    textures=1,
    texture_max_px=1,
    animations=0,
    skins=0,
    morph_targets=0,
    dimensions_m=None,
)


def tools(*, size_px: int = 192) -> Tools:
    return Tools(engine=Engine(), studio=a_studio(size_px=size_px))


def blind() -> Tools:
    return Tools(engine=Engine(), studio=None)


def a_work(folder: Path, *, source: bytes, **variants: bytes) -> Work:
    folder.mkdir(exist_ok=True)
    (folder / "source.glb").write_bytes(source)
    work = Work(source=folder / "source.glb", source_format=Format.GLB, folder=folder, facts=FACTS)
    for name, content in variants.items():
        (folder / f"{name}.glb").write_bytes(content)
        work = work.with_variants(Made(kind=Kind(name), path=folder / f"{name}.glb", format=Format.GLB))
    return work


def a_proof(ssim: float, *, bound: float | None = 0.98) -> Proof:
    views = (View(name="front", ssim=ssim),)
    worst = None if bound is None else 0.96
    return Proof(ssim=ssim, worst_ssim=ssim, flip=0.1, bound=bound, worst_bound=worst, views=views)


def proof_of(work: Work, kind: Kind) -> Proof:
    proof = work.variants[kind].proof
    assert proof is not None
    return proof


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """A ball, the very same as `android`, a wholly different paint as `web` and `mobile`, a coarse `preview`."""
    folder = tmp_path_factory.mktemp("proof")
    whole, other = a_ball(side=256).bytes(), a_ball(side=64, rings=10).bytes()
    coarse = a_ball(side=16, rings=6).bytes()
    yield Prove()(
        a_work(folder, source=whole, android=whole, web=other, mobile=other, preview=coarse), tools()
    )
    shutil.rmtree(folder)


@pytest.mark.browser
def test_the_original_itself_is_wholly_alike(proven: Work) -> None:
    proof = proof_of(proven, Kind.ANDROID)

    assert (proof.ssim, proof.worst_ssim, proof.flip, proof.passed) == (1.0, 1.0, 0.0, True)


@pytest.mark.browser
def test_a_proof_has_four_sides_one_from_above_and_two_close_ups(proven: Work) -> None:
    assert [view.name for view in proof_of(proven, Kind.WEB).views] == [
        "front",
        "right",
        "back",
        "left",
        "above",
        "close-1",
        "close-2",
    ]


@pytest.mark.browser
def test_a_proof_is_the_mean_and_the_worst_of_its_views(proven: Work) -> None:
    proof = proof_of(proven, Kind.WEB)
    values = [view.ssim for view in proof.views]

    assert proof.ssim == pytest.approx(sum(values) / 7, abs=1e-5)
    assert proof.worst_ssim == min(values) < 0.98
    assert (proof.bound, proof.worst_bound, proof.passed) == (0.98, 0.96, False)


@pytest.mark.browser
def test_the_flip_of_a_proof_is_that_of_its_worst_view(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=256).bytes(), web=a_ball(side=64, rings=10).bytes())
    studio = a_studio(size_px=192)

    proof = proof_of(Prove()(work, Tools(engine=Engine(), studio=studio)), Kind.WEB)

    worst = min(proof.views, key=lambda view: view.ssim).name
    assert proof.flip == pytest.approx(studio.run(partial(flips_of, work))[worst], abs=1e-4)
    assert 0 < proof.flip < 1


def flips_of(work: Work, session: Session) -> dict[str, float]:
    """FLIP of the web variant in every view, photographed anew."""
    reference = reference_of(work, session=session)
    session.open(work.variants[Kind.WEB].path)
    found = {view.name: flip(reference.picture(view), session.shoot(view).rgba()) for view in reference.views}
    assert len({round(value, 3) for value in found.values()}) > 1
    return found


@pytest.mark.browser
def test_the_same_bytes_have_the_same_likeness(proven: Work) -> None:
    assert proof_of(proven, Kind.MOBILE).views == proof_of(proven, Kind.WEB).views


@pytest.mark.browser
def test_a_preview_carries_its_likeness_without_a_bound(proven: Work) -> None:
    proof = proof_of(proven, Kind.PREVIEW)

    assert proof.ssim < proof_of(proven, Kind.WEB).ssim
    assert (proof.bound, proof.worst_bound, proof.passed) == (None, None, True)


@pytest.mark.browser
def test_the_report_tells_what_rendered_it(proven: Work) -> None:
    [account] = proven.details["proof"]

    assert "ANGLE" in account["renderer"]
    assert account["browser_cpu_s"] > 0


@pytest.mark.browser
def test_later_proofs_use_the_pictures_that_are_there(tmp_path: Path) -> None:
    whole = a_ball(side=64).bytes()
    work = Prove()(a_work(tmp_path, source=whole, web=a_ball(side=16).bytes()), tools())
    taken = {path: path.stat().st_mtime_ns for path in (tmp_path / "reference").rglob("*.png")}

    work = Prove()(work.with_variants(Made(kind=Kind.MOBILE, path=work.source, format=Format.GLB)), tools())

    assert len(taken) == 7
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "reference").rglob("*.png")} == taken
    assert proof_of(work, Kind.MOBILE).ssim == 1.0
    assert proof_of(work, Kind.WEB).ssim < 1.0


@pytest.mark.browser
def test_a_moving_model_is_looked_at_in_motion_too(tmp_path: Path) -> None:
    stopped = a_turning_ball()
    stopped.json["nodes"][0]["scale"] = [1, 1, 0.2]
    moving = stopped.bytes()
    del stopped.json["animations"]

    work = Prove()(a_work(tmp_path, source=moving, web=stopped.bytes()), tools())

    views = {view.name: view.ssim for view in proof_of(work, Kind.WEB).views}
    assert views["front"] == 1.0
    assert views["moving"] < 0.9


@pytest.mark.browser
def test_a_colourway_gone_wrong_cannot_pass(tmp_path: Path) -> None:
    whole, spoilt = a_ball_in_two_clothes(), a_ball_in_two_clothes()
    spoilt.json["materials"][1]["pbrMetallicRoughness"].pop("baseColorTexture")

    work = Prove()(a_work(tmp_path, source=whole.bytes(), web=spoilt.bytes()), tools())

    proof = proof_of(work, Kind.WEB)
    views = {view.name: view.ssim for view in proof.views}
    assert [name for name, ssim in views.items() if ssim < 1] == ["colourway-1"]
    assert proof.worst_ssim == views["colourway-1"] < 0.9
    assert not proof.passed


@pytest.mark.browser
def test_of_many_colourways_four_are_looked_at(tmp_path: Path) -> None:
    many = a_ball_in_two_colours()
    mappings = many.json["meshes"][0]["primitives"][0]["extensions"]["KHR_materials_variants"]["mappings"]
    mappings[1]["variants"] = list(range(1, 7))
    many.json["extensions"]["KHR_materials_variants"]["variants"] = [{"name": f"no. {n}"} for n in range(7)]
    whole = many.bytes()
    many.json["asset"]["copyright"] = "somebody"

    work = Prove()(a_work(tmp_path, source=whole, web=many.bytes()), tools())

    names = [view.name for view in proof_of(work, Kind.WEB).views]
    assert [name for name in names if name.startswith("colourway")] == [
        f"colourway-{n}" for n in (1, 2, 3, 4)
    ]


def test_without_a_browser_nothing_is_proven_and_the_report_says_so_once(tmp_path: Path) -> None:
    whole = a_ball(side=16).bytes()

    work = Prove(final=True)(Prove()(a_work(tmp_path, source=whole, web=whole), blind()), blind())

    assert work.variants[Kind.WEB].proof is None
    assert [notice.code for notice in work.notices] == ["not-proven"]


def test_with_nothing_to_prove_the_work_stays_as_it_is(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=16).bytes())

    assert Prove(final=True)(work, blind()) == work


def test_a_usdz_is_left_alone(tmp_path: Path) -> None:
    work = Work(source=tmp_path / "model.usdz", source_format=Format.USDZ, folder=tmp_path)

    assert Prove(final=True)(work, blind()) == work


def test_the_last_pass_refuses_what_is_under_its_bound(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=16).bytes())
    low = Made(kind=Kind.WEB, path=work.source, format=Format.GLB, proof=a_proof(0.9712))

    with pytest.raises(ProofTooLow, match=r"variant web .* 0\.9712 in the mean \(at least 0\.98\)"):
        Prove(final=True)(work.with_variants(low), blind())


def test_an_android_that_holds_all_that_phones_take_is_left_out_instead_and_so_is_its_usdz(
    tmp_path: Path,
) -> None:
    work = a_work(tmp_path, source=a_ball(side=16).bytes())
    full = Made(
        kind=Kind.ANDROID,
        path=work.source,
        format=Format.GLB,
        triangles=100_000,
        proof=a_proof(0.86, bound=0.92),
    )
    web = Made(kind=Kind.WEB, path=work.source, format=Format.GLB, proof=a_proof(0.99))
    work = replace(work, plain=work.source).with_variants(web, full).with_tries(full)

    told = Usdz()(Prove(final=True)(work, blind()), blind())

    assert set(told.variants) == {Kind.WEB}
    (notice,) = told.notices
    assert (notice.code, "SSIM 0.8600 in the mean (at least 0.92)" in notice.detail) == (
        "android-left-out",
        True,
    )


def test_an_earlier_pass_lets_it_through(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=16).bytes())
    low = Made(kind=Kind.WEB, path=work.source, format=Format.GLB, proof=a_proof(0.5))

    assert Prove()(work.with_variants(low), blind()).variants[Kind.WEB] == low


def test_a_preview_is_never_refused(tmp_path: Path) -> None:
    work = a_work(tmp_path, source=a_ball(side=16).bytes())
    rough = Made(kind=Kind.PREVIEW, path=work.source, format=Format.GLB, proof=a_proof(0.5, bound=None))

    assert Prove(final=True)(work.with_variants(rough), blind()).variants[Kind.PREVIEW] == rough
