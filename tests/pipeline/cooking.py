"""Taking a built model through the first steps, and reading what came of it."""

import json
from pathlib import Path
from typing import Any

import jsonschema

from tests.gltf_builders import Json, unpack_glb
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.formats import HEAD_BYTES, sniff
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.steps.convert import Convert
from vitrine.pipeline.steps.gate import Gate
from vitrine.pipeline.steps.importing import Import
from vitrine.pipeline.steps.optimize import Optimize
from vitrine.pipeline.work import Kind, Work

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "contracts" / "engine.schema.json").read_text())
TOOLS = Tools(engine=Engine(), studio=None)


def work_on(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    """A work whose source lies beside its folder, as an upload does."""
    source = folder / f"source-{name}"
    source.write_bytes(data)
    scratch = folder / "job"
    scratch.mkdir()
    return Work(source=source, source_format=sniff(data[:HEAD_BYTES], name, converts=True), folder=scratch)


def imported(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    return Import()(work_on(data, folder, name=name), TOOLS)


def gated(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    return Gate()(imported(data, folder, name=name), TOOLS)


def converted(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    return Convert()(gated(data, folder, name=name), TOOLS)


def optimized(data: bytes, folder: Path, *, name: str = "model.glb") -> Work:
    return Optimize()(converted(data, folder, name=name), TOOLS)


def plain_json(work: Work) -> Json:
    assert work.plain is not None
    return unpack_glb(work.plain.read_bytes())[0]


def variant_json(work: Work, kind: Kind) -> Json:
    return unpack_glb(work.variants[kind].path.read_bytes())[0]


def errors_in(path: Path, folder: Path) -> list[str]:
    """The codes of the validator's errors in one of our own files."""
    order = {"source": str(path), "reads": [str(path)]}
    return [
        issue["code"]
        for issue in TOOLS.engine.inspect(order, folder=folder)["issues"]
        if issue["severity"] == 0
    ]


def keeps_to(name: str, value: Any) -> None:
    """Raises when `value` is not what the contract calls `name`."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(value)))
