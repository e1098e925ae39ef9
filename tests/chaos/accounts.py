"""What an installation's own books say: `python -m tests.chaos.accounts` within its environment, as one line of JSON.

First whatever is old is swept, as it would be a day later; what is there after that is meant to be there.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

from vitrine.config.environment import choose_settings

choose_settings()
django.setup()

from django.db.models import F, QuerySet, Sum  # noqa: E402  # Django must be ready
from django.utils import timezone  # noqa: E402

from vitrine.access import audit, chain  # noqa: E402
from vitrine.catalog import files  # noqa: E402
from vitrine.catalog.models import AssetVersion, Product, Variant  # noqa: E402
from vitrine.insight import rollup  # noqa: E402
from vitrine.insight.models import Event, Mark, Measure, TakenBatch  # noqa: E402
from vitrine.processing import upkeep  # noqa: E402
from vitrine.processing.models import Job, State, Upload  # noqa: E402
from vitrine.storage.blobs import BlobMissing, Key  # noqa: E402

_ENDED = [State.DONE, State.FAILED]
_WAIT_S = 90.0


def main() -> None:
    waited_s = _until_all_is_quiet()
    _sweep_as_a_day_later()
    told = {
        "waited_s": round(waited_s, 1),
        "open_jobs": [str(one) for one in Job.objects.exclude(state__in=_ENDED).values_list("pk", flat=True)],
        "leased": Job.objects.filter(state__in=_ENDED).exclude(token=None, lease_until=None).count(),
        "jobs": {state: Job.objects.filter(state=state).count() for state in State.values},
        "attempts": Job.objects.filter(attempts__gt=1).aggregate(sum=Sum(F("attempts") - 1))["sum"] or 0,
        "unexplained": [str(one.pk) for one in Job.objects.filter(state=State.FAILED, error=None)],
        "failures": [one.error for one in Job.objects.filter(state=State.FAILED)],
        "uploads": Upload.objects.count(),
        "products": {str(one.pk): _of(one) for one in Product.objects.select_related("published_version")},
        "bad_files": list(_bad_files()),
        "orphans": [key for key in files.store().keys("") if not files.in_use(key)],
        "audit": _audit(),
        "done": _done(),
        "touches": _touches(),
        "batches": TakenBatch.objects.aggregate(sum=Sum("accepted"))["sum"] or 0,
    }
    sys.stdout.write(json.dumps(told, default=str) + "\n")


def _until_all_is_quiet() -> float:
    """Until no job is open, or nothing has moved for so long that nothing will."""
    begun = last = time.monotonic()
    left: list[tuple[object, ...]] | None = None
    while left != [] and time.monotonic() < last + _WAIT_S:
        open_jobs = Job.objects.exclude(state__in=_ENDED).order_by("pk")
        before, left = left, list(open_jobs.values_list("pk", "state", "attempts", "step", "progress"))
        last = time.monotonic() if left != before else last
        time.sleep(0.5)
    return time.monotonic() - begun


def _sweep_as_a_day_later() -> None:
    Upload.objects.update(created_at=timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_S + 60))
    upkeep.sweep_uploads()
    upkeep.sweep_leftovers()
    files.store().sweep_unfinished(older_than_s=0)
    chain.seal()
    for _ in range(20):  # a worker may be at it, and then we do nothing
        if not rollup.roll_up() and not _pending().exists():
            break
        time.sleep(0.5)


def _of(product: Product) -> dict[str, Any]:
    shown = product.published_version
    return {
        "name": product.name,
        "removed": product.deleted_at is not None,
        "published": shown.number if shown else None,
        "shown_when_removed": product.shown_when_removed.number if product.shown_when_removed else None,
        "versions": [
            {
                "number": one.number,
                "sha256": one.sha256,
                "passed": one.passed,
                "optimized": one.optimized,
                "made_from": one.made_from.number if one.made_from else None,
            }
            for one in product.versions.select_related("made_from").order_by("number")
        ],
        "jobs": [
            {"of": one.version.number, "state": one.state, "publish": one.publish}
            for one in Job.objects.filter(version__product=product).select_related("version")
        ],
    }


def _bad_files() -> Iterator[str]:
    """Files that the database names and the store has not, or otherwise than it says."""
    rows: list[AssetVersion | Variant] = [*AssetVersion.objects.all(), *Variant.objects.all()]
    for row in rows:
        try:
            digest = hashlib.sha256()
            for piece in files.store().open(Key(row.key)):
                digest.update(piece)
        except BlobMissing:
            yield f"{row.key} is missing"
            continue
        if digest.hexdigest() != row.sha256:
            yield f"{row.key} is not what it was"


def _audit() -> str:
    fault = chain.verify().fault
    return "" if fault is None else f"{fault.number}: {fault.what}"


def _done() -> dict[str, dict[str, int]]:
    """By action and product, how often the audit log says that it was done."""
    done: dict[str, dict[str, int]] = {}
    for entry in audit.AuditEntry.objects.filter(target_kind="product"):
        by_product = done.setdefault(entry.action, {})
        by_product[entry.target_id] = by_product.get(entry.target_id, 0) + 1
    return done


def _pending() -> QuerySet[Event]:
    mark = Mark.objects.first()
    return Event.objects.filter(id__gt=mark.upto if mark else 0)


def _touches() -> dict[str, int]:
    """By product: what was added up, and what is still to be."""
    counted: dict[str, int] = {}
    for one in _pending().filter(kind="interaction"):
        counted[str(one.product_id)] = counted.get(str(one.product_id), 0) + (one.count or 1)
    for measure in Measure.objects.filter(span="day"):
        for entry, count in measure.told.items():
            if entry.startswith("touch|"):
                counted[str(measure.product_id)] = counted.get(str(measure.product_id), 0) + int(count)
    return counted


if __name__ == "__main__":
    main()
