"""Lists and searches at ten thousand products and at a million: one request at a time, in turns."""

import random
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.doors.load import load
from bench.doors.serving import Held, Server, held, serving
from vitrine.config.environment import ROOT
from vitrine.config.serving import APPLICATION

FEW, MANY = 10_000, 1_000_000
KEPT = ROOT / "var" / "bench"
"""Made once: seeding a million products takes minutes."""
_SECONDS = 1.0
_ROUNDS = 5
_ASKED = 200

HEADS = ("Al", "Be", "Cor", "Da", "El", "Fa", "Gri", "Hel", "Is", "Jo", "Kel", "Lu", "Mar", "No", "Or", "Pel")
MIDDLES = ("ba", "der", "fi", "go", "lan", "mi", "nor", "que", "ri", "sta", "tho", "va", "win", "xi", "zu")
TAILS = ("a", "by", "dal", "en", "is", "um", "vik", "well", "or", "eth", "ia", "on", "ard")


@dataclass(frozen=True, slots=True)
class Listed:
    """Median of the rounds' 95th percentiles, in milliseconds."""

    what: str
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        return self.many_ms / self.few_ms


def measure_lists(folder: Path, *, few: int = FEW, many: int = MANY, kept: Path = KEPT) -> list[Listed]:
    with (
        held(folder, few) as small,
        held(kept, many) as large,
        serving(APPLICATION, small) as of_few,
        serving(APPLICATION, large) as of_many,
    ):
        sides = ((small, of_few, _questions(few)), (large, of_many, _questions(many)))
        p95: dict[tuple[str, int], list[float]] = {}
        for round_ in range(_ROUNDS + 1):  # the first one warms
            for what in sides[0][2]:
                for side, (base, server, questions) in enumerate(sides):
                    took = _p95_ms(base, server, questions[what])
                    if round_:
                        p95.setdefault((what, side), []).append(took)
        return [
            Listed(what, statistics.median(p95[what, 0]), statistics.median(p95[what, 1]))
            for what in sides[0][2]
        ]


def _p95_ms(base: Held, server: Server, questions: list[str]) -> float:
    token = [f"Authorization: Bearer {base.tokens[0]}"]
    paths = [f"/api/assets/3d/?{question}" for question in questions]
    return load(server.port, paths, token, seconds=_SECONDS, connections=1).p95_ms


def _questions(count: int) -> Mapping[str, list[str]]:
    """Of each kind as many as differ, for so many products. A rare word has few products among few: one is asked for,
    so that both sides answer as many."""
    chance = random.Random(count)  # noqa: S311  # no secret
    return {
        "newest": [""],
        "common word (22 of 100 products)": ["q=chair", "q=cha", "q=Chair"],
        "word of 3 in 100": ["q=headboard", "q=headb"],
        "two words (1.5 in 100)": ["q=oak+chair"],
        "rare word (1 in 4,290)": [f"q={''.join(parts)}&limit=1" for parts in _lines(chance)],
        "one product's number": [f"q={chance.randint(count // 10, count)}" for _ in range(_ASKED)],
        "a word that nobody has": ["q=zzyzx"],
        "by name": ["ordering=name"],
        "largest": ["ordering=-size"],
        "tag (1 in 10)": ["tags=antique"],
        "failed (1 in 100)": ["status=failed"],
        "metadata.sku": [f"metadata.sku=S-{chance.randint(1, count)}" for _ in range(_ASKED)],
    }


def _lines(chance: random.Random) -> Iterator[tuple[str, str, str]]:
    for _ in range(_ASKED):
        yield chance.choice(HEADS), chance.choice(MIDDLES), chance.choice(TAILS)
