"""Errors and notices in the language of who reads them.

They are made in English, far from any reader: logged, kept with jobs and versions, answered to programs. Where a person
reads one, its sentence is known again by its shape, "The file has {1} bytes; the limit is {2}.", and said in their
language; what stands in the holes may be such a text too. What nobody has translated stays as it is.

`config/sentences.py` collects the shapes from the code; translators get them in `locale/*/LC_MESSAGES/sentences.po`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.utils.formats import get_format
from django.utils.translation import get_language, gettext

_LOCALE = Path(__file__).parent / "locale"
_HOLE = re.compile(r"\{(\d+)\}")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=[^a-z])")
_NUMBERS = re.compile(r"\d{1,3}(?:,\d{3})+|[\d.,]+(?: × [\d.,]+)+(?: m)?")
"""Those that English groups, and measures. Others, such as a version's, are names."""
_QUOTES = ('"', "'", "`", "“")

MOST_LETTERS = 2_000
MOST_TRIALS = 50_000
"""Of a shape with a piece of text, some 50 ms. What our own code says takes up to some 10,000."""
_MOST_SENTENCES = 8
_DEPTH = 2  # values within values


def worded(said: str) -> str:
    """`said`, of one or several sentences, in the language that is active."""
    return in_language(said, get_language() or "")


def worded_failure(kept: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What was kept of an error, see `VitrineError.kept`: its title and its detail in the language that is active."""
    if not kept or not kept.get("title"):
        return kept
    return {**kept, "title": gettext(kept["title"]), "detail": worded(kept.get("detail", ""))}


def in_language(said: str, language: str) -> str:
    return said if len(said) > MOST_LETTERS else _in_language(said, language)


@lru_cache(maxsize=1000)
def _in_language(said: str, language: str) -> str:
    known = _known(language)
    return Reader(known, language).read(said).text if known else said


@dataclass(frozen=True, slots=True)
class Shape:
    """`literals` stand before, between and behind the holes of the English text."""

    literals: tuple[str, ...]
    translation: str

    @classmethod
    def of(cls, english: str, translation: str) -> Self:
        return cls(tuple(_HOLE.split(english)[::2]), translation)

    @property
    def letters(self) -> int:
        return sum(map(len, self.literals))

    def values_in(self, text: str) -> list[str] | None:
        """What stands in the holes, never nothing and each as short as may be; None for a text of another shape."""
        first, *between, last = self.literals
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        at, found = len(first), []
        for literal in between:
            ends = text.find(literal, at + 1, end)
            if ends < 0:
                return None
            found.append(text[at:ends])
            at = ends + len(literal)
        return [*found, text[at:end]] if at < end else None

    def quotes(self, hole: int) -> bool:
        """Whether the text puts what stands there in quotes: then it is somebody's name for something."""
        return self.literals[hole].endswith(_QUOTES)

    def filled(self, values: Sequence[str]) -> str:
        return _HOLE.sub(lambda hole: values[int(hole[1]) - 1], self.translation)


class Known:
    """What can be said in one language."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        holed = {english: said for english, said in translations.items() if _HOLE.search(english)}
        self.whole = {english: said for english, said in translations.items() if english not in holed}
        shapes = [Shape.of(english, said) for english, said in holed.items()]
        self.shapes = [(max(shape.literals, key=len), shape) for shape in shapes]


class Reading(NamedTuple):
    """`letters`: how many of the English text are ours, and not a value."""

    letters: int
    text: str


class Reader:
    """Reads one text, and gives up on one that was made to be read slowly: the rest stays as it is."""

    def __init__(self, known: Known, language: str) -> None:
        self._known, self._language = known, language
        self._read: dict[tuple[str, int], Reading] = {}
        self.trials = 0

    def read(self, text: str, depth: int = _DEPTH) -> Reading:
        """The reading that knows the most letters: a shape may hold several sentences, or be one among others."""
        if (text, depth) not in self._read:
            self._read[text, depth] = self._best(text, depth)
        return self._read[text, depth]

    def _best(self, text: str, depth: int) -> Reading:
        sentences = _SENTENCE_ENDS.split(text)
        if len(sentences) > _MOST_SENTENCES:
            sentences = [text]
        best = [Reading(0, "")]
        for end in range(1, len(sentences) + 1):
            readings = []
            for start in range(end):  # of equals the longest piece: a name may hold what ends a sentence
                last = self._piece(" ".join(sentences[start:end]), depth)
                before = best[start]
                said = f"{before.text} {last.text}" if start else last.text
                readings.append(Reading(before.letters + last.letters, said))
            best.append(max(readings, key=lambda reading: reading.letters))
        return best[-1]

    def _piece(self, text: str, depth: int) -> Reading:
        """As one text of ours, or as a value."""
        if text in self._known.whole:
            return Reading(len(text), self._known.whole[text])
        readings = [Reading(0, text)]
        for longest, shape in self._known.shapes:
            self.trials += 1
            if self.trials > MOST_TRIALS:
                break
            if longest in text and (values := shape.values_in(text)) is not None:
                read = [
                    Reading(0, value) if shape.quotes(hole) else self._value(value, depth)
                    for hole, value in enumerate(values)
                ]
                known = shape.letters + sum(one.letters for one in read)
                readings.append(Reading(known, shape.filled([one.text for one in read])))
        return max(readings, key=lambda reading: reading.letters)

    def _value(self, value: str, depth: int) -> Reading:
        if _NUMBERS.fullmatch(value):
            return Reading(0, self._number(value))
        if depth == 0:
            return Reading(0, value)
        found = self.read(value, depth - 1)
        if found.letters or not value[:1].isupper():
            return found
        begun = self.read(value[:1].lower() + value[1:], depth - 1)  # a capital, for it begins the sentence
        return Reading(begun.letters, begun.text[:1].upper() + begun.text[1:])

    def _number(self, value: str) -> str:
        signs = (get_format(name, self._language) for name in ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR"))
        return value.translate(str.maketrans(dict(zip(",.", signs, strict=True))))


@cache
def _known(language: str) -> Known | None:
    file = _LOCALE / language / "LC_MESSAGES" / "sentences.json"
    if not language or not file.is_file():
        return None
    return Known(json.loads(file.read_text()))
