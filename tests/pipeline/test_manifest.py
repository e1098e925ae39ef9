"""The manifest of a build says what was made of what; the same input gives the same bytes."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.gltf_builders import a_ball, a_bending_ball
from tests.pipeline.cooking import ROOT, TOOLS, work_on
from tests.pipeline.studios import a_studio
from vitrine.pipeline import recipes
from vitrine.pipeline.manifest import manifest_of
from vitrine.pipeline.recipe import Recipe, Tools, cook
from vitrine.pipeline.work import Kind, Work

SCHEMA = json.loads((ROOT / "contracts" / "manifest.schema.json").read_text())


def cooked(data: bytes, folder: Path, *, recipe: Recipe, tools: Tools = TOOLS) -> Work:
    folder.mkdir()
    return cook(recipe, work_on(data, folder), tools, on_progress=lambda step, part: None)


def files_of(work: Work) -> dict[Kind, bytes]:
    return {kind: made.path.read_bytes() for kind, made in work.variants.items()}


def without_costs(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in ("times", "memory")}


def test_it_names_every_file_by_its_hash_and_keeps_to_its_contract(tmp_path: Path) -> None:
    data, recipe = a_ball(rings=8).bytes(), recipes.standard(quality=0.9)

    work = cooked(data, tmp_path / "one", recipe=recipe)
    manifest = json.loads(json.dumps(manifest_of(recipe, work, tools={"glass": "1.0"})))

    jsonschema.Draft202012Validator(SCHEMA).validate(manifest)
    assert manifest["input"]["sha256"] == hashlib.sha256(data).hexdigest()
    digests = {kind: hashlib.sha256(file).hexdigest() for kind, file in files_of(work).items()}
    assert {kind: made["sha256"] for kind, made in manifest["outputs"].items()} == digests
    assert manifest["recipe"]["fingerprint"] == recipe.fingerprint({"glass": "1.0"})
    bound = {"mean": 0.9, "worst": pytest.approx(0.8)}
    assert {"step": "proof", "options": {"bound": bound, "final": True}} in manifest["options"]


def test_it_tells_the_most_memory_that_any_child_took(tmp_path: Path) -> None:
    recipe = recipes.standard()

    work = cooked(a_ball(rings=8).bytes(), tmp_path / "one", recipe=recipe)
    memory = manifest_of(recipe, work, tools={})["memory"]

    assert set(memory["steps"]) == {"gate", "convert", "optimize", "usdz"}
    assert memory["peak_bytes"] == max(memory["steps"].values()) > 10_000_000


@pytest.mark.browser
def test_the_same_input_gives_byte_identical_models_posters_and_thumbnails(tmp_path: Path) -> None:
    recipe, tools = recipes.standard(), replace(TOOLS, studio=a_studio())

    one = cooked(a_ball(rings=12).bytes(), tmp_path / "one", recipe=recipe, tools=tools)
    other = cooked(a_ball(rings=12).bytes(), tmp_path / "other", recipe=recipe, tools=tools)

    assert set(one.variants) == set(Kind)
    assert files_of(one) == files_of(other)
    mine, theirs = (without_costs(manifest_of(recipe, work, tools={})) for work in (one, other))
    assert mine == theirs


def test_a_moving_model_is_made_byte_identical_too(tmp_path: Path) -> None:
    recipe = recipes.standard()

    one = cooked(a_bending_ball().bytes(), tmp_path / "one", recipe=recipe)
    other = cooked(a_bending_ball().bytes(), tmp_path / "other", recipe=recipe)

    assert {Kind.WEB, Kind.ANDROID, Kind.IOS} <= set(one.variants)
    assert files_of(one) == files_of(other)


def test_a_recipe_for_some_kinds_makes_these_and_what_they_are_made_of(tmp_path: Path) -> None:
    whole = recipes.standard()

    model = cooked(a_ball(rings=8).bytes(), tmp_path / "model", recipe=recipes.only(whole, {Kind.WEB}))
    ar = cooked(a_ball(rings=8).bytes(), tmp_path / "ar", recipe=recipes.only(whole, {Kind.IOS}))

    assert set(model.variants) == {Kind.WEB}
    assert set(ar.variants) == {Kind.ANDROID, Kind.IOS}
    assert recipes.only(whole, list(Kind)) == whole
