"""What is measured of a model, and the ratios and means that are read off it. Sizes in bytes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BOUND, WORST_BOUND = 0.98, 0.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """SSIM in the mean and in the worst view, and the FLIP of that view."""

    ssim: float
    worst_ssim: float
    flip: float

    @property
    def reach_the_bound(self) -> bool:
        return self.ssim >= BOUND and self.worst_ssim >= WORST_BOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of one model. `wire` is `size` after brotli; `note` says why something is missing."""

    maker: str
    size: int | None = None
    wire: int | None = None
    looks: Looks | None = None
    cpu_s: float | None = None
    peak_bytes: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`overlap` is the lowest intersection over union of the silhouettes from the four sides."""

    wire: int
    triangles: int | None
    textures: int | None
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """Our web variant, cooked to look like the peer's smallest file. `quality` is what was asked for."""

    peer: str
    quality: float
    ours: Entry

    @property
    def reached(self) -> bool:
        return self.ours.looks is not None and self.ours.looks.ssim >= self.quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """CPU seconds of our whole cooking; `bare_s` is without the browser, its posters and its proofs."""

    bare_s: float
    whole_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that was found out about a model. The first of `peers` is the one whose time is compared."""

    model: str
    original: Entry
    web: Entry
    peers: tuple[Entry, ...]
    preview: Preview | None
    spent: Spent
    grown: tuple[str, ...]
    equal: Equal | None = None

    @property
    def smallest(self) -> Entry | None:
        """The peers' smallest file on the wire that a browser could show."""
        return _smallest(peer for peer in self.peers if peer.looks)

    @property
    def smallest_alike(self) -> Entry | None:
        """The same among those that reach our own default bound."""
        return _smallest(peer for peer in self.peers if peer.looks and peer.looks.reach_the_bound)

    @property
    def at_equal_looks(self) -> float | None:
        if self.equal is None or not self.equal.reached:
            return None
        return _ratio(self.equal.ours.wire, _wire(self.smallest))

    @property
    def against_smallest(self) -> float | None:
        return _ratio(self.web.wire, _wire(self.smallest))

    @property
    def against_alike(self) -> float | None:
        return _ratio(self.web.wire, _wire(self.smallest_alike))

    @property
    def cpu_bare(self) -> float | None:
        return _ratio(self.spent.bare_s, self.peers[0].cpu_s)

    @property
    def cpu_whole(self) -> float | None:
        return _ratio(self.spent.whole_s, self.peers[0].cpu_s)


def _smallest(entries: Iterable[Entry]) -> Entry | None:
    known = [(entry.wire, entry) for entry in entries if entry.wire is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _wire(entry: Entry | None) -> int | None:
    return entry.wire if entry else None


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or not theirs else ours / theirs


def geometric_mean(values: Sequence[float]) -> float | None:
    return math.exp(sum(math.log(value) for value in values) / len(values)) if values else None
