"""Triangles of a glTF primitive, unpacked to plain arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitrine.pipeline.usdz.gltf import Array, Glb

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_INFLUENCES = 4  # joints a vertex, as phones have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangles:
    """`indices` m×3 into rows of the rest. `uvs` by glTF set, v downwards; `colours` linear RGBA."""

    points: Array
    normals: Array
    indices: Array
    uvs: Mapping[int, Array]
    colours: Array | None
    joints: Array | None
    weights: Array | None


def is_surface(primitive: Mapping[str, Any]) -> bool:
    """Whether the primitive has triangles, not lines or points."""
    return (
        primitive.get("mode", _TRIANGLES) in (_TRIANGLES, _STRIP, _FAN)
        and "POSITION" in primitive["attributes"]
    )


def corners(glb: Glb, primitive: Mapping[str, Any]) -> Array:
    """m×3 indices, whatever the primitive's mode."""
    if "indices" in primitive:
        flat = glb.accessor(primitive["indices"])[:, 0].astype(np.int64)
    else:
        flat = np.arange(glb.all("accessors")[primitive["attributes"]["POSITION"]]["count"], dtype=np.int64)
    mode = primitive.get("mode", _TRIANGLES)
    if mode == _TRIANGLES:
        return flat[: len(flat) // 3 * 3].reshape(-1, 3)
    if len(flat) < 3:
        return np.empty((0, 3), np.int64)
    if mode == _FAN:
        return np.stack([flat[1:-1], flat[2:], np.full(len(flat) - 2, flat[0])], axis=1)
    strip = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    strip[1::2] = strip[1::2, [0, 2, 1]]  # every other triangle of a strip is wound the other way
    return strip


def triangles(glb: Glb, primitive: Mapping[str, Any], morph_weights: Sequence[float]) -> Triangles:
    """The primitive with its morph targets mixed in at `morph_weights`. Without normals it gets flat ones."""
    attributes = primitive["attributes"]
    points = _morphed(glb, primitive, "POSITION", morph_weights)
    joints, weights = influences(glb, attributes)
    shape = Triangles(
        points=points,
        normals=_morphed(glb, primitive, "NORMAL", morph_weights) if "NORMAL" in attributes else points,
        indices=corners(glb, primitive),
        uvs={
            int(name.removeprefix("TEXCOORD_")): glb.accessor(index).astype(np.float64)
            for name, index in attributes.items()
            if name.startswith("TEXCOORD_")
        },
        colours=_colours(glb.accessor(attributes["COLOR_0"])) if "COLOR_0" in attributes else None,
        joints=joints,
        weights=weights,
    )
    return shape if "NORMAL" in attributes else _flat(shape)


def unit(vectors: Array) -> Array:
    """Each row at length one; a row of zeros points up."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths > 1e-12, vectors / np.maximum(lengths, 1e-12), [0.0, 1.0, 0.0])


def _morphed(glb: Glb, primitive: Mapping[str, Any], name: str, weights: Sequence[float]) -> Array:
    rows = glb.accessor(primitive["attributes"][name]).astype(np.float64)
    for target, weight in zip(primitive.get("targets", ()), weights, strict=False):
        if weight and name in target:
            rows = rows + weight * glb.accessor(target[name])
    return rows


def _colours(rows: Array) -> Array:
    if rows.shape[1] == 4:
        return rows.astype(np.float64)
    return np.concatenate([rows.astype(np.float64), np.ones((len(rows), 1))], axis=1)


def influences(glb: Glb, attributes: Mapping[str, int]) -> tuple[Array | None, Array | None]:
    """The strongest joints of each vertex, their weights adding up to one."""
    sets = [n for n in range(8) if f"JOINTS_{n}" in attributes and f"WEIGHTS_{n}" in attributes]
    if not sets:
        return None, None
    joints = np.concatenate([glb.accessor(attributes[f"JOINTS_{n}"]) for n in sets], axis=1).astype(np.int64)
    weights = np.concatenate([glb.accessor(attributes[f"WEIGHTS_{n}"]) for n in sets], axis=1).astype(
        np.float64
    )
    if joints.shape[1] > _INFLUENCES:
        strongest = np.argsort(-weights, axis=1, kind="stable")[:, :_INFLUENCES]
        joints, weights = np.take_along_axis(joints, strongest, 1), np.take_along_axis(weights, strongest, 1)
    total = weights.sum(axis=1, keepdims=True)
    weights = np.where(total > 1e-9, weights / np.maximum(total, 1e-9), [1.0, 0.0, 0.0, 0.0])
    return joints, weights


def _flat(shape: Triangles) -> Triangles:
    """Every triangle with corners of its own, so that each can have its face's normal."""
    order = shape.indices.reshape(-1)
    points = shape.points[order]
    faces = points.reshape(-1, 3, 3)
    normals = unit(np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]))
    return Triangles(
        points=points,
        normals=np.repeat(normals, 3, axis=0),
        indices=np.arange(len(order), dtype=np.int64).reshape(-1, 3),
        uvs={number: uv[order] for number, uv in shape.uvs.items()},
        colours=None if shape.colours is None else shape.colours[order],
        joints=None if shape.joints is None else shape.joints[order],
        weights=None if shape.weights is None else shape.weights[order],
    )
