"""What was stranded is taken up again, what is left over is swept. Every worker may do it at any time."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.catalog import files, publishing
from vitrine.catalog.holding import files_may_go
from vitrine.catalog.models import Product
from vitrine.errors import Broken
from vitrine.metrics.table import JOBS, JOBS_GIVEN_UP
from vitrine.processing.doorbell import ring
from vitrine.processing.models import Job, State, Upload, longer_ago, stranded
from vitrine.processing.scratch import sweep_scratch
from vitrine.storage.blobs import Key

log = structlog.get_logger()

_AT_ONCE = 100
_BEYOND_RECALL = datetime(1970, 1, 1, tzinfo=UTC)
_unfinished_due = {"at": 0.0}  # by this process's monotonic clock


def sweep() -> None:
    """One round of everything."""
    ring_again()
    give_up()
    sweep_uploads()
    sweep_unfinished()
    sweep_scratch()
    sweep_leftovers()
    sweep_deleted()


def ring_again() -> int:
    """Ring for jobs that wait too long or whose worker died. How many."""
    now = timezone.now()
    unheard = Q(rung_at=None) | longer_ago("rung_at", now - timedelta(seconds=settings.JOB_RING_AGAIN_S))
    with transaction.atomic():
        jobs = list(
            Job.objects.select_for_update(skip_locked=True)
            .filter(unheard, Q(state=State.QUEUED) | stranded(), attempts__lt=settings.JOB_ATTEMPTS)
            .order_by("created_at")[:_AT_ONCE]
        )
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(rung_at=now)
    for job in jobs:
        ring(job)
    return len(jobs)


def give_up() -> int:
    """Fail the jobs whose last attempt died with its worker. How many."""
    error = Broken(
        f"The worker died {settings.JOB_ATTEMPTS} times on this model, most likely for lack of memory. "
        "Give the workers more memory, or upload a smaller model."
    )
    dead = Job.objects.filter(stranded(), attempts__gte=settings.JOB_ATTEMPTS)
    count = 0
    for job in dead.select_related("version__product")[:_AT_ONCE]:
        with transaction.atomic():
            if job.fail(error):
                job.version.product.note_failed()
                JOBS.note(0, job.recipe, "died")
                JOBS_GIVEN_UP.count()
                count += 1
    return count


def sweep_uploads() -> int:
    """Forget uploads that never became a version. How many."""
    old = timezone.now() - timedelta(seconds=settings.UPLOAD_LIFE_S)
    uploads = list(Upload.objects.filter(created_at__lt=old)[:_AT_ONCE])
    for upload in uploads:
        forget(upload)
    return len(uploads)


def forget(upload: Upload) -> None:
    """An upload with all its bytes, wherever they have come to."""
    key = files.incoming_key(upload.pk)
    if upload.parts_id:
        files.store().forget_parts(key, upload.parts_id)
    files.store().delete(key)
    if upload.kept_key:
        _delete_unused(upload.kept_key)
    upload.delete()


def sweep_unfinished() -> int:
    """Forget writes that their writer never ended, once an hour: asking a bucket costs. How many."""
    now = time.monotonic()
    if now < _unfinished_due["at"]:
        return 0
    _unfinished_due["at"] = now + 3600
    return files.store().sweep_unfinished(older_than_s=settings.UPLOAD_LIFE_S)


def sweep_leftovers() -> int:
    """Delete what failed jobs had stored and no version refers to. How many jobs."""
    jobs = list(Job.objects.filter(state=State.FAILED).exclude(stored_keys=[])[:_AT_ONCE])
    for job in jobs:
        for key in job.stored_keys:
            _delete_unused(key)
        Job.objects.filter(pk=job.pk).update(stored_keys=[])
    return len(jobs)


def sweep_deleted(*, older_than: timedelta | None = None) -> int:
    """Delete the bytes and rows of products removed so long ago that nobody can restore them. How many."""
    life = publishing.kept_for() if older_than is None else older_than
    products = list(Product.objects.filter(deleted_at__lt=timezone.now() - life)[:_AT_ONCE])
    for product in products:
        purge(product)
    return len(products)


def purge(product: Product) -> None:
    """Every byte and row of a removed product, for good; nothing when it was restored just now. Jobs that still run
    lose their row, and so their lease. While a backup copies files it is only made unrecallable, and goes by the first
    sweep after."""
    removed = Product.objects.filter(pk=product.pk).exclude(deleted_at=None)
    if not removed.update(
        deleted_at=_BEYOND_RECALL
    ):  # first of all: of what has lost bytes nothing is brought back
        return
    with files_may_go() as free:
        if free:
            _purge_now(product)


def _purge_now(product: Product) -> None:
    prefix = f"models/{product.pk}/"
    _delete_all(
        prefix
    )  # before the row: whoever dies here leaves it to say that there is something to delete
    with transaction.atomic():
        for locked in Product.objects.select_for_update().filter(pk=product.pk):
            note("product.purged", target=locked)
            locked.delete()
    _delete_all(prefix)  # what a job stored meanwhile
    log.info("product_purged", product=prefix)


def _delete_all(prefix: str) -> None:
    for key in list(files.store().keys(prefix)):
        files.store().delete(key)


def _delete_unused(key: str) -> None:
    if not files.in_use(key):
        files.store().delete(Key(key))
