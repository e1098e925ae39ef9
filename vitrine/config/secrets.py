"""What must stand in no log, whoever wrote the line: it is cut out of the finished event, wherever in it it stands.

The lines of our own say nothing secret by themselves; this is for what others write, and for errors that quote.
"""

import re
from collections.abc import Mapping
from typing import Any

CUT = "…"

_NAMED = r"password|passwd|secret|token|otp|api[-_]?key|access[-_]?key|sessionid|csrftoken|signature"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # a signed address of a file, of ours and of a bucket's: nobody may read files by it
    (re.compile(r"(?<![0-9a-f])([0-9a-f]{8}\.[ps][0-9]+\.)[A-Za-z0-9_-]{20,}"), rf"\1{CUT}"),
    (re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+"), rf"\1?{CUT}"),
    # keys and tokens by their form
    (re.compile(r"vtr_[a-z]+_[0-9A-Za-z]+"), f"vtr_{CUT}"),
    (re.compile(r"whsec_[A-Za-z0-9+/=_-]+"), f"whsec_{CUT}"),
    (re.compile(r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?"), CUT),
    # by what stands before them
    (re.compile(r"\b(Bearer|Basic|Api-Key)\s+[^\s\"',;]+", re.IGNORECASE), rf"\1 {CUT}"),
    (re.compile(r"([a-z][a-z0-9+]*://)[^\s/@\"']+@", re.IGNORECASE), rf"\1{CUT}@"),
    (
        re.compile(rf"([\w-]*(?:{_NAMED})[\w-]*[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&}}]+", re.IGNORECASE),
        rf"\1{CUT}",
    ),
)
_FIELD = re.compile(rf"(?:{_NAMED}|authorization|cookie)$", re.IGNORECASE)


def without_secrets(value: Any) -> Any:
    """A text, or what holds texts, without what opens something. Fields that are named for a secret lose it whole."""
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, Mapping):
        return {
            name: CUT if isinstance(one, str) and one and _FIELD.search(str(name)) else without_secrets(one)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(one) for one in value]
    return value


def _cut(text: str) -> str:
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text
