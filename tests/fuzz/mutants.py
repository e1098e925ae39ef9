"""Mutants: valid models changed in a few places, sent in any of the ways. The same number is always the same bytes."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz import byte_mutations, json_mutations
from tests.fuzz.seeds import Seed, all_seeds
from tests.gltf_builders import Json, as_gltf, as_loose_files, as_zip, pack_chunks, pack_glb

_IMAGE_HEADS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"ftypavif")
_MARK = "-- here --"
_BAD_TEXTS = (
    b"NaN", b"1e999", b"-Infinity", b"9" * 5000, b"01", b'"\\ud800"', b'"\x00"', b"[][]", b"/**/0", b"-", b"\xff",
    b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 5000 + b"0" + b"}" * 5000, b'0,"asset":{"version":"2.0"}',
    b'0,"nodes":[]', b'0,"__proto__":{"nodes":[]}',
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`story`: the seed, and what was done to it, in order."""

    number: int
    name: str
    data: bytes
    story: tuple[str, ...]


def mutant(seed: int, number: int) -> Mutant:
    """The mutant of that number in the run of that seed."""
    random_ = random.Random(f"{seed}/{number}")  # noqa: S311  # to be repeated, not to keep a secret
    parent = random_.choice(all_seeds())
    story = [parent.name]
    model, binary = _changed(parent, random_, story)
    name, data = _packed(model, binary, random_, story)
    if random_.random() < 0.2:
        data, how = byte_mutations.mutate(data, random_)
        story.append(f"file {how}")
    return Mutant(number=number, name=name, data=data, story=tuple(story))


def _changed(parent: Seed, random_: random.Random, story: list[str]) -> tuple[Json, bytes]:
    model, binary = copy.deepcopy(parent.json), parent.binary
    times = random_.choice((0, 1, 1, 1, 2, 3))
    story.extend(f"json {json_mutations.mutate(model, random_)}" for _ in range(times))
    if random_.random() < 0.35:
        binary, how = _changed_binary(binary, random_)
        story.append(how)
    return model, binary


def _changed_binary(binary: bytes, random_: random.Random) -> tuple[bytes, str]:
    """Anywhere in the buffer, or near the head of an image, where its sizes are."""
    heads = [at for head in _IMAGE_HEADS if (at := binary.find(head)) >= 0]
    if not heads or random_.random() < 0.5:
        changed, how = byte_mutations.mutate(binary, random_)
        return changed, f"buffer {how}"
    at = random_.choice(heads)
    end = at + random_.choice((40, 400))
    part, how = byte_mutations.mutate(binary[at:end], random_)
    return binary[:at] + part + binary[end:], f"image {how}"


def _packed(model: Json, binary: bytes, random_: random.Random, story: list[str]) -> tuple[str, bytes]:
    glb = pack_glb(model, binary)
    ways: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
        ("glb", "model.glb", lambda: _with_bad_text(model, binary, random_)),
        ("gltf", "model.gltf", lambda: as_gltf(glb)),
        ("zip of files", "model.zip", lambda: _zip_of(as_loose_files(glb), random_)),
        ("zip of a glb", "model.zip", lambda: _zip_of({"model.glb": glb}, random_)),
    )
    way, name, pack = random_.choices(ways, weights=(12, 2, 3, 1))[0]
    try:
        data = pack()
    except (LookupError, TypeError, ValueError, AttributeError):
        # The builders expect a sound model, which this one need not be any more.
        way, name, data = "glb", "model.glb", glb
    story.append(way)
    return name, data


def _with_bad_text(model: Json, binary: bytes, random_: random.Random) -> bytes:
    """A GLB; one in thirty holds what no JSON library would write."""
    if random_.random() > 1 / 30:
        return pack_glb(model, binary)
    text = json.dumps({**model, "extras": _MARK}).encode()
    return pack_chunks(text.replace(f'"{_MARK}"'.encode(), random_.choice(_BAD_TEXTS), 1), binary)


def _zip_of(files: dict[str, bytes], random_: random.Random) -> bytes:
    """One in three has a byte mutation near its end, where the directory is."""
    data = as_zip(files)
    if random_.random() < 1 / 3:
        end = data.rfind(b"PK\x01\x02")
        tail, _ = byte_mutations.mutate(data[end:], random_)
        data = data[:end] + tail
    return data
