"""The one exception of the client: an answer that was a refusal or a failure, or no answer at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UNREACHABLE = "unreachable"

_ADVICE = {
    UNREACHABLE: "Check the address, and that the service runs.",
    "login-needed": "Log in again, or take another API key.",
    "not-allowed": "Ask an admin for another role, or for a key with other scopes.",
    "too-many-requests": "Wait a little, then do it again.",
    "broken": "Try again; if it stays so, the service's log has the details.",
    "unexpected": "Is this the address of a Vitrine?",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One field's fault: `pointer` is a JSON Pointer into what was sent."""

    pointer: str
    detail: str


class Problem(Exception):  # RFC 9457's word
    """`code` is stable and for programs; `status` is 0 where nothing was answered. Its text is for people."""

    def __init__(
        self, title: str, detail: str = "", *, code: str, status: int = 0, faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(title, detail, code, status)
        self.title, self.detail, self.code, self.status = title, detail, code, status
        self.faults = tuple(faults)

    @property
    def advice(self) -> str:
        """What to do about it; empty where `detail` has said so."""
        return _ADVICE.get(self.code, "")

    def __str__(self) -> str:
        if self.faults:
            fields = (f"\n  {one.pointer.strip('/') or 'request'}: {one.detail}" for one in self.faults)
            return f"{self.title}:{''.join(fields)}"
        told = f"{self.title}: {self.detail}" if self.detail else f"{self.title}."
        return f"{told} {self.advice}".rstrip()

    def shape(self) -> dict[str, Any]:
        """As JSON."""
        faults = [{"pointer": one.pointer, "detail": one.detail} for one in self.faults]
        told = {"code": self.code, "status": self.status, "title": self.title, "detail": self.detail}
        return {**told, "advice": self.advice, **({"errors": faults} if faults else {})}


def unreachable(host: str, error: Exception) -> Problem:
    reason = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
    return Problem(f"{host} cannot be reached", f"{reason or type(error).__name__}.", code=UNREACHABLE)


def problem_of(host: str, status: int, body: bytes) -> Problem:
    """What an answer with an error's status says; it may come from a proxy or a store, which speak otherwise."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, Mapping) or "title" not in said:
        return Problem(
            f"{host} answered {status}, and not as a Vitrine does", code="unexpected", status=status
        )
    errors = said.get("errors") or ()
    faults = [Fault(str(one.get("pointer", "")), str(one.get("detail", ""))) for one in errors]
    title, detail, code = (str(said.get(name, "")) for name in ("title", "detail", "code"))
    return Problem(title, detail, code=code, status=status, faults=faults)
