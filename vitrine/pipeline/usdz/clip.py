"""One animation clip: its channels, sampled at any times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from vitrine.pipeline.usdz.gltf import Array, Glb

MOVES = ("translation", "rotation", "scale")
_BAKED_PER_S = 30.0  # samples a second where straight lines between keys would not do
_WIDE_TURN = np.cos(np.radians(30.0) / 2)  # |dot| of two quaternions 30 degrees apart
_SAMPLES_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Channel:
    """Keys of one property: `times` in seconds, rising; `values` n×width (cubic: 3n×width)."""

    times: Array
    values: Array
    interpolation: str

    def at(self, times: Array, *, rotation: bool) -> Array:
        """The values at `times`; before the first and after the last key they hold still (glTF 2.0, 3.11)."""
        if len(self.times) == 1:
            row = self.values[1] if self.interpolation == "CUBICSPLINE" else self.values[0]
            return np.repeat(row[None], len(times), axis=0)
        clamped = np.clip(times, self.times[0], self.times[-1])
        left = np.clip(np.searchsorted(self.times, clamped, side="right") - 1, 0, len(self.times) - 2)
        span = np.maximum(self.times[left + 1] - self.times[left], 1e-9)
        part = ((clamped - self.times[left]) / span)[:, None]
        if self.interpolation == "STEP":
            step: Array = self.values[np.where(part[:, 0] >= 1.0, left + 1, left)]
            return step
        if self.interpolation == "CUBICSPLINE":
            mixed: Array = self._cubic(left, span[:, None], part)
            if rotation:
                mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
            return mixed
        if rotation:
            return _slerp(self.values[left], self.values[left + 1], part)
        linear: Array = self.values[left] * (1 - part) + self.values[left + 1] * part
        return linear

    def _cubic(self, left: Array, span: Array, part: Array) -> Array:
        """glTF 2.0, appendix C.5: in-tangent, value, out-tangent for each key."""
        keys = self.values.reshape(len(self.times), 3, -1)
        start, leave = keys[left, 1], keys[left, 2] * span
        end, arrive = keys[left + 1, 1], keys[left + 1, 0] * span
        p2, p3 = part**2, part**3
        mixed: Array = (2 * p3 - 3 * p2 + 1) * start + (p3 - 2 * p2 + part) * leave
        mixed += (-2 * p3 + 3 * p2) * end + (p3 - p2) * arrive
        return mixed

    @property
    def bends(self) -> bool:
        """Whether straight lines between the keys would miss the movement."""
        if self.interpolation != "LINEAR":
            return True
        if self.values.shape[1] != 4 or len(self.values) < 2:
            return False
        return bool((np.abs((self.values[:-1] * self.values[1:]).sum(axis=1)) < _WIDE_TURN).any())


@dataclass(frozen=True, slots=True)
class Clip:
    """A named animation: channels by (node, property). `duration_s` is its last key."""

    name: str
    channels: Mapping[tuple[int, str], Channel]
    duration_s: float

    @property
    def nodes(self) -> frozenset[int]:
        return frozenset(node for node, _ in self.channels)

    def times(self, nodes: Iterable[int]) -> Array:
        """When to sample so that straight lines between samples tell the movement of `nodes`."""
        wanted = set(nodes)
        channels = [channel for (node, _), channel in self.channels.items() if node in wanted]
        times = np.unique(np.concatenate([[0.0, self.duration_s], *(channel.times for channel in channels)]))
        if any(channel.bends for channel in channels):
            times = np.union1d(times, np.arange(0.0, self.duration_s, 1 / _BAKED_PER_S))
        if len(times) > _SAMPLES_MOST:
            times = np.linspace(0.0, self.duration_s, _SAMPLES_MOST)
        apart: Array = times[np.concatenate([[True], np.diff(times) > 1e-5])]
        return apart


def clips(glb: Glb) -> list[Clip]:
    """The clips that move something, in the file's order."""
    found = [_clip(glb, index) for index in range(len(glb.all("animations")))]
    return [clip for clip in found if clip.channels]


def _clip(glb: Glb, index: int) -> Clip:
    animation = glb.all("animations")[index]
    channels: dict[tuple[int, str], Channel] = {}
    for channel in animation["channels"]:
        target = channel["target"]
        if "node" not in target or target["path"] not in MOVES:
            continue
        sampler = animation["samplers"][channel["sampler"]]
        times = glb.accessor(sampler["input"])[:, 0].astype(np.float64)
        values = glb.accessor(sampler["output"]).astype(np.float64)
        interpolation = sampler.get("interpolation", "LINEAR")
        channels[target["node"], target["path"]] = Channel(times, values, interpolation)
    duration = max((float(channel.times[-1]) for channel in channels.values()), default=0.0)
    return Clip(animation.get("name") or f"animation {index}", channels, duration)


def telling(times: Array, rows: Array, tolerance: float) -> Array:
    """Which of the samples are needed: straight lines between these miss no other by more than `tolerance`.

    `rows` holds numbers of any shape for each of `times`; the first and the last sample are always among them.
    """
    flat = rows.reshape(len(times), -1)
    kept = [0]
    while kept[-1] < len(times) - 1:
        kept.append(_farthest(times, flat, kept[-1], tolerance))
    return np.array(kept)


_FARTHEST = 64  # samples that one straight line may pass over


def _farthest(times: Array, flat: Array, start: int, tolerance: float) -> int:
    reached = start + 1
    for end in range(start + 2, min(start + _FARTHEST, len(times) - 1) + 1):
        part = (times[start + 1 : end] - times[start]) / (times[end] - times[start])
        line = flat[start] + part[:, None] * (flat[end] - flat[start])
        if np.abs(line - flat[start + 1 : end]).max() > tolerance:
            break
        reached = end
    return reached


def _slerp(one: Array, other: Array, part: Array) -> Array:
    dot = (one * other).sum(axis=1, keepdims=True)
    other, dot = np.where(dot < 0, -other, other), np.clip(np.abs(dot), 0.0, 1.0)
    angle = np.arccos(dot)
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    first = np.where(near, 1 - part, np.sin((1 - part) * angle) / safe)
    second = np.where(near, part, np.sin(part * angle) / safe)
    mixed = first * one + second * other
    turned: Array = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-12)
    return turned
