"""Everything we refuse or fail to do, as one tree.

    VitrineError
    ├── Refused                 the caller can fix it; never retried
    │   ├── InvalidRequest        a field has the wrong shape
    │   ├── LoginNeeded           no login, or one that counts no more
    │   │   ├── CodeNeeded          the password is right, the second factor is missing
    │   │   ├── CodeWrong           its code is not right
    │   │   ├── KeyUnknown          an API key that is none of ours
    │   │   ├── KeyExpired          one whose time is up
    │   │   └── KeyRevoked          one that was taken back
    │   ├── TooManyLogins         wrong passwords, too many in too short a time
    │   ├── NotFound              nothing there that the caller may read
    │   ├── NotAllowed            the caller's role does not reach
    │   ├── Conflict              the thing is in a state that forbids it
    │   ├── InProgress            the same request is being answered already
    │   ├── KeyReused             an Idempotency-Key came with another request before
    │   ├── Stale                 it has changed since the caller read it
    │   ├── TooMany               over a limit of requests
    │   ├── TooLarge              over a limit of bytes
    │   ├── ChecksumMismatch      other bytes came than were announced
    │   ├── UnsupportedFormat     a kind of file we do not take
    │   ├── ModelRejected         the gate says no to a model
    │   ├── ProofTooLow           no variant looked enough like the original
    │   └── TargetRefused         a webhook's target is none of those we call
    └── Broken                  our side failed; trying again may help
        ├── Busy                  too much at once
        ├── EngineFailed          the Node engine
        ├── StudioFailed          the browser that renders
        ├── UsdzFailed            the USDZ converter
        ├── ImportFailed          what makes a GLB of other formats
        ├── ProviderFailed        the login provider of single sign-on
        ├── StoreFailed           the blob store
        └── NotDelivered          a webhook's receiver

`api/problems.py` is the one place where these meet HTTP; a failed job keeps `code`, `title` and `detail`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One field's fault: `pointer` is a JSON Pointer (RFC 6901) into the request."""

    pointer: str
    detail: str


class VitrineError(Exception):
    """`code` is stable and for programs, `title` the same for each code, `detail` for the person who got it."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self, detail: str, *, faults: Sequence[Fault] = (), retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s

    def kept(self) -> dict[str, str]:
        """What stays of it where nobody waits for the answer: on a failed job, in a list of outcomes."""
        return {"code": self.code, "title": self.title, "detail": self.detail}


class Refused(VitrineError):
    code = "refused"
    title = "The request was refused"


class InvalidRequest(Refused):
    code = "invalid"
    title = "Some fields are not right"


class LoginNeeded(Refused):
    code = "login-needed"
    title = "Log in first"


class CodeNeeded(LoginNeeded):
    code = "code-needed"
    title = "This login takes a code too"


class CodeWrong(LoginNeeded):
    code = "code-wrong"
    title = "The code is not right"


class KeyUnknown(LoginNeeded):
    code = "key-unknown"
    title = "This is no API key of ours"


class KeyExpired(LoginNeeded):
    code = "key-expired"
    title = "This API key has run out"


class KeyRevoked(LoginNeeded):
    code = "key-revoked"
    title = "This API key was taken back"


class TooManyLogins(Refused):
    code = "too-many-logins"
    title = "Too many tries"


class NotFound(Refused):
    code = "not-found"
    title = "Nothing here"


class NotAllowed(Refused):
    code = "not-allowed"
    title = "Your role does not allow this"


class Conflict(Refused):
    code = "conflict"
    title = "Not possible in its present state"


class InProgress(Refused):
    code = "in-progress"
    title = "This very request is being answered"


class KeyReused(Refused):
    code = "idempotency-key-reused"
    title = "This key came with another request"


class TooMany(Refused):
    code = "too-many-requests"
    title = "Too many requests"


class Stale(Refused):
    code = "stale"
    title = "It has changed since you read it"


class TooLarge(Refused):
    code = "too-large"
    title = "The file is too large"


class ChecksumMismatch(Refused):
    code = "checksum-mismatch"
    title = "Other bytes came than were announced"


class UnsupportedFormat(Refused):
    code = "unsupported-format"
    title = "We do not take this kind of file"


class ModelRejected(Refused):
    code = "model-rejected"
    title = "The model cannot be used as it is"


class ProofTooLow(Refused):
    code = "proof-too-low"
    title = "No variant looked enough like the original"


class TargetRefused(Refused):
    code = "target-refused"
    title = "We do not send webhooks there"


class Broken(VitrineError):
    code = "broken"
    title = "Something failed on our side"


class Busy(Broken):
    code = "busy"
    title = "Too much at once"


class EngineFailed(Broken):
    code = "engine-failed"
    title = "The model engine failed"


class StudioFailed(Broken):
    code = "studio-failed"
    title = "The rendering browser failed"


class UsdzFailed(Broken):
    code = "usdz-failed"
    title = "The USDZ could not be made"


class ImportFailed(Broken):
    code = "import-failed"
    title = "The model could not be brought in"


class ProviderFailed(Broken):
    code = "provider-failed"
    title = "The login provider failed"


class StoreFailed(Broken):
    code = "store-failed"
    title = "The file store did not answer"


class NotDelivered(Broken):
    code = "not-delivered"
    title = "The webhook's receiver did not answer"
