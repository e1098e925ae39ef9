"""The chain through the audit log: each entry's digest covers the one before it, so that nothing can be taken out.

Entries are written freely, side by side. Every worker then gives the new ones their places, one worker at a time:
so no verb waits for another's transaction, and there is one order, that of sealing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, models, transaction
from django.db.models import Max, Min

from vitrine.access.audit import AuditEntry, holds, note, signed
from vitrine.access.cuts import AuditCut

log = structlog.get_logger()

START = "0" * 64
_LOCK = 7_203_514_086  # any number that nobody else takes for an advisory lock
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad entry: its number (None for one without a place yet), its id, and what is wrong with it."""

    number: int | None
    entry_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`head` is the digest of entry `count`: kept elsewhere, it shows later whether the end was cut off."""

    count: int
    unsealed: int
    head: str
    fault: Fault | None


def seal() -> int:
    """Give all entries without a place the next ones. How many; none while another worker does it."""
    count = some = _seal_some()
    while some == _AT_ONCE:
        some = _seal_some()
        count += some
    return count


def _seal_some() -> int:
    with transaction.atomic():
        if not _alone():
            return 0
        number, digest = _head()
        entries = list(AuditEntry.objects.filter(number=None).order_by("at", "id")[:_AT_ONCE])
        for entry in entries:
            number, digest = number + 1, link(digest, entry)
            entry.number, entry.digest, entry.seal = number, digest, signed(_sealed(number, digest))
        AuditEntry.objects.bulk_update(entries, ["number", "digest", "seal"])
    if entries:
        log.info(
            "audit_sealed", number=number, digest=digest
        )  # kept elsewhere, it guards the end of the chain
    return len(entries)


def before(end: datetime) -> models.QuerySet[AuditEntry]:
    """What a cut at `end` lets go: the chain's oldest part, up to the first entry that is as young as that."""
    chained = AuditEntry.objects.exclude(number=None)
    young = chained.filter(at__gte=end).aggregate(first=Min("number"))["first"]
    last = chained.aggregate(last=Max("number"))["last"] or 0
    return chained.filter(number__lte=last if young is None else young - 1)


def cut(end: datetime, most: int) -> int:
    """Let go of what is older than `end`: the cut is signed and noted first, then at most `most` entries go. How many;
    none while another worker is at it. Whoever dies in between has left a chain that verifies, and the next goes on."""
    with transaction.atomic():
        if not _alone():
            return 0
        last = before(end).order_by("-number").first()
        made = AuditCut.last()
        if last is not None and last.number is not None and (made is None or made.number < last.number):
            made = AuditCut(number=last.number, digest=last.digest)
            made.signature = signed(made.content())
            made.save(force_insert=True)
            note("audit.cut", number=made.number, digest=made.digest)
    return 0 if made is None else _delete_covered(made.number, most)


def _delete_covered(number: int, most: int) -> int:
    covered = AuditEntry.objects.filter(number__lte=number).order_by("number").values("pk")[:most]
    return AuditEntry.objects.filter(pk__in=covered).delete()[0]


def verify(*, expected: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain, from the last cut on. `expected`: a number and its digest, noted earlier."""
    begin = AuditCut.last()
    walk = _Walk() if begin is None else _Walk(begin.number, begin.digest)
    fault = None if begin is None or holds(begin.content(), begin.signature) else _forged(begin)
    fault = fault or next(walk.faults(), None)
    if fault is None and expected is not None:
        fault = _missing(*expected)
    unsealed = AuditEntry.objects.filter(number=None)
    if fault is None:
        fault = next((found for one in unsealed.iterator() if (found := _bad(one))), None)
    return Verdict(walk.count, unsealed.count(), walk.digest, fault)


def link(before: str, entry: AuditEntry) -> str:
    """An entry's digest: SHA-256 over the one before, its content, and its signature."""
    return hashlib.sha256(
        b"\n".join([before.encode(), entry.content(), entry.signature.encode()])
    ).hexdigest()


@dataclass(slots=True)
class _Walk:
    count: int = 0
    digest: str = START

    def faults(self) -> Iterator[Fault]:
        for entry in AuditEntry.objects.filter(number__gt=self.count).order_by("number").iterator(1_000):
            what = self._wrong(entry)
            if what:
                yield Fault(entry.number, str(entry.pk), what)
            assert entry.number is not None, "only entries with a number are walked"
            self.count, self.digest = entry.number, entry.digest

    def _wrong(self, entry: AuditEntry) -> str:
        if entry.number != self.count + 1:
            return f"entry {self.count + 1} is missing before it"
        if (fault := _bad(entry)) is not None:
            return fault.what
        if entry.digest != link(self.digest, entry):
            return "it does not follow from the entry before it"
        if not holds(_sealed(entry.number, entry.digest), entry.seal):
            return "its place in the chain was not given by us, or under another SECRET_KEY"
        return ""


def _bad(entry: AuditEntry) -> Fault | None:
    """What an entry shows by itself."""
    if not holds(entry.content(), entry.signature):
        what = "it was changed or made up, or written under another SECRET_KEY"
    elif not entry.forgotten and entry.digest_of_person() != entry.person_digest:
        what = "its name or address was changed"
    elif entry.forgotten and (entry.name or entry.address):
        what = "a name or an address was put into it"
    else:
        return None
    return Fault(entry.number, str(entry.pk), what)


def _forged(begin: AuditCut) -> Fault:
    return Fault(begin.number, "", "the cut after it was not made by us, or under another SECRET_KEY")


def _missing(number: int, digest: str) -> Fault | None:
    begin = AuditCut.last()
    known = AuditCut.objects.filter(number=number, digest=digest).exists()
    if known or AuditEntry.objects.filter(number=number, digest=digest).exists():
        return None
    if begin is not None and number < begin.number:
        return Fault(number, "", f"it was let go with all up to {begin.number}: note a newer head")
    return Fault(number, "", "it is not there any more as it was noted")


def _sealed(number: int, digest: str) -> bytes:
    return f"{number}:{digest}".encode()


def _head() -> tuple[int, str]:
    last = AuditEntry.objects.exclude(number=None).order_by("-number").first()
    begin = AuditCut.last()
    found = [(one.number or 0, one.digest) for one in (last, begin) if one is not None]
    return max(found, default=(0, START))


def _alone() -> bool:
    """Until this transaction ends; False at once while another one is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])
