"""What the doctor says about one part."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class State(StrEnum):
    """`UNASKED`: there is nothing of this kind to ask. Only `FAILING` makes the doctor end with 1."""

    OK = "ok"
    UNASKED = "unasked"
    WARNING = "warning"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is what was found, `cure` what to do about it; nobody needs one for what is well."""

    state: State
    said: str
    cure: str = ""

    @classmethod
    def ok(cls, said: str) -> Self:
        return cls(State.OK, said)

    @classmethod
    def unasked(cls, said: str) -> Self:
        return cls(State.UNASKED, said)

    @classmethod
    def warning(cls, said: str, cure: str) -> Self:
        return cls(State.WARNING, said, cure)

    @classmethod
    def failing(cls, said: str, cure: str) -> Self:
        return cls(State.FAILING, said, cure)


def first_line(error: BaseException) -> str:
    """What an error says, without the lines that only repeat it."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
