"""What every reader gives: positions, triangles between them, and what each triangle's corners wear."""

from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from vitrine.pipeline.work import Notice

Array: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]


class Unreadable(ValueError):
    """The file cannot be used; the message says where it is wrong, and names limit and value."""


def refuse(detail: str) -> NoReturn:
    raise Unreadable(detail)


@dataclass(frozen=True, slots=True)
class Layer:
    """Values, and for each triangle's corner which of them it has: (n, k) and (triangles, 3)."""

    values: Array
    corners: Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """`positions` (n, 3) in the file's own numbers; colours are sRGB with alpha, 0 to 1; uvs have v pointing up.

    `materials`: for each triangle its place in `material_names`. `libraries`: material files, as the file names them.
    """

    positions: Array
    triangles: Indices
    normals: Layer | None = None
    uvs: Layer | None = None
    colours: Layer | None = None
    materials: Indices | None = None
    material_names: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    picture: str = ""
    smooth_below: float = 60.0  # degrees between two faces, up to which an edge without normals is round
    notices: tuple[Notice, ...] = field(default_factory=tuple)


def check_finite(name: str, values: Array) -> None:
    """Every number must be one, and one that single precision can hold."""
    wrong = ~(np.abs(values) < np.finfo(np.float32).max)
    if wrong.any():
        at = int(np.argmax(wrong.any(axis=1))) if values.ndim > 1 else int(np.argmax(wrong))
        refuse(f"{name} {at} holds {values[at].tolist()}; every number must be finite.")


def check_indices(name: str, indices: Indices, count: int) -> None:
    """Every index must be below `count`."""
    wrong = (indices < 0) | (indices >= count)
    if wrong.any():
        at = np.unravel_index(int(np.argmax(wrong)), indices.shape)
        refuse(f"Face {int(at[0])} names {name} {int(indices[at])}, but there are only {count}.")


def as_indices(values: Array) -> Indices:
    """Numbers that must be whole, and small enough to be counted with."""
    wrong = ~(np.abs(values) < 2**53) | (values != np.floor(values))
    if wrong.any():
        refuse(
            f"{values[int(np.argmax(wrong))]:g} stands where a face names one of its corners: no whole number."
        )
    return values.astype(np.int64)


def check_count(name: str, count: int, limit: int) -> None:
    if count > limit:
        refuse(f"The file has {count} {name}; the limit is {limit}.")
