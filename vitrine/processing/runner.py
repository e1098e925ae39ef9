"""One job, from claim to published. Slow work stands outside transactions; one short one shows the result."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from vitrine.catalog import files
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.errors import Broken, EngineFailed, Refused
from vitrine.pipeline import recipes
from vitrine.pipeline.digest import sha256_of
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.legible import legible
from vitrine.pipeline.packing import PACKABLE, pack
from vitrine.pipeline.recipe import cook
from vitrine.pipeline.report import proof_of, report_of
from vitrine.pipeline.work import PICTURES, Format, Kind, Made, Work
from vitrine.processing import recall
from vitrine.processing.heart import held
from vitrine.processing.models import Job
from vitrine.processing.scratch import scratch_folder
from vitrine.processing.watching import JobClock, StepClock, traced
from vitrine.storage.blobs import Key

log = structlog.get_logger()

_NOTE_EVERY_S = 0.5


class LeaseLost(Exception):
    """Another worker has the job now: leave everything as it is."""


def run(job_id: UUID | str) -> None:
    """Cook a job if it is free. Whatever happens, the row says how it ended or somebody takes it up again."""
    job = Job.claim(job_id)
    if job is not None:
        asked = {"request_id": job.request_id} if job.request_id else {}
        with structlog.contextvars.bound_contextvars(**asked), traced(job):
            _attempt(job)


def _attempt(job: Job) -> None:
    job_log = log.bind(job=str(job.pk), product=str(job.version.product_id), attempt=job.attempts)
    job_log.info("job_started", recipe=job.recipe)
    clock = JobClock(job, job_log)
    try:
        with held(job) as lost, scratch_folder() as folder, clock.steps() as steps:
            _cook_and_finish(job, folder, steps, lost)
    except LeaseLost:
        outcome = "put-back" if recall.is_recalled() else "lost"
        job_log.warning("job_given_back" if recall.is_recalled() else "job_lease_lost")
    except Refused as error:
        outcome = "refused"
        _fail(job, error)
        job_log.warning("job_refused", code=error.code, detail=error.detail)
    except Broken as error:
        outcome = _try_later(job, error)
        job_log.warning("job_broken", code=error.code, detail=error.detail)
    except Exception:  # noqa: BLE001  # a worker's outermost edge: no job may hang for what nobody foresaw
        job_log.exception("job_crashed")
        outcome = _try_later(
            job, Broken("The job failed in a way nobody foresaw. The worker's log has the details.")
        )
    else:
        outcome = "done"
        job_log.info("job_done")
    clock.end(outcome)


def _cook_and_finish(job: Job, folder: Path, steps: StepClock, lost: threading.Event) -> None:
    progress = _Progress(job, steps)
    progress("fetch", 0.0)
    recipe, tools = recipes.named(job.recipe, job.options), steps.heard(recipes.tools_of(settings.PIPELINE))
    tools = replace(tools, engine=replace(tools.engine, on_tick=partial(_end_if_lost, lost)))
    versions = recipes.versions(tools)
    fingerprint = recipe.fingerprint(versions)
    existing = AssetVersion.objects.filter(made_from=job.version, fingerprint=fingerprint).first()
    if existing is not None:
        _finish(job, existing)
        return
    work = Work(
        source=_fetch(job.version, folder),
        source_format=Format(job.version.format),
        folder=_scratch(folder),
    )
    work = cook(recipe, work, tools, on_progress=progress, on_step=partial(show_pictures, job))
    report = legible(report_of(recipe, work, tools=versions))
    progress("store", 1.0)
    packed = _pack(work, tools.engine)
    if work.variants:
        stored = store(job, work, packed)
        try:
            _finish_with(job, work, stored, fingerprint=fingerprint, report=report)
        except IntegrityError:  # an order that differed only in its publishing made the same version first
            _finish(job, AssetVersion.objects.get(made_from=job.version, fingerprint=fingerprint))
    else:
        _put(job, {files.packed_key(job.version.key): (path, work.source_format) for path in packed.values()})
        _finish_checked(job, work, report)


def show_pictures(job: Job, work: Work) -> None:
    """Its pictures go with the version that was sent as soon as they are taken: nobody need wait for the rest to see
    what it is. Again, and by another worker, is harmless."""
    _renew_connection()
    made = [work.variants[kind] for kind in PICTURES if kind in work.variants]
    if not made or job.version.variants.filter(kind=Kind.POSTER).exists():
        return
    pictures = {kind: one for kind, one in work.variants.items() if one in made}
    stored = store(job, replace(work, variants=pictures), {})
    with transaction.atomic():
        _locked_product(job)
        Variant.objects.bulk_create(
            (_variant(job.version, pictures[kind], one) for kind, one in stored.items()),
            ignore_conflicts=True,
        )


def _pack(work: Work, engine: Engine) -> dict[Path, Path]:
    """Plain to packed: of the variants, else of the model that is shown as it came. Nobody's job fails for it."""
    shown = [(made.path, made.format) for made in work.variants.values()]
    shown = shown or [(work.source, work.source_format)]
    paths = [path for path, file_format in shown if file_format in PACKABLE]
    try:
        return pack(engine, paths, folder=work.folder)
    except (EngineFailed, Refused) as error:
        log.warning("not_packed", reason=error.detail)
        return {}


def store(job: Job, work: Work, packed: Mapping[Path, Path]) -> dict[Kind, "Stored"]:
    """Every variant into the store, each under a name of its own content; twice is harmless. What is `packed` goes
    beside it, and first: a file is never there without the packed one that answers would promise."""
    stored = {kind: Stored.of(job.version.product_id, made) for kind, made in work.variants.items()}
    placed = {one.key: (work.variants[kind].path, work.variants[kind].format) for kind, one in stored.items()}
    beside = {
        files.packed_key(key): (packed[path], file_format)
        for key, (path, file_format) in placed.items()
        if path in packed
    }
    _put(job, {**beside, **placed})
    return stored


def _put(job: Job, placed: Mapping[Key, tuple[Path, Format]]) -> None:
    """Files into the store, noted before in the job: if nothing comes of it, upkeep knows what to delete."""
    if not job.note_stored(list(placed)):
        raise LeaseLost
    for key, (path, file_format) in placed.items():
        with path.open("rb") as file:
            files.store().put(key, file, media_type=file_format.media_type)
    _forget_if_purged(job, placed)


def _forget_if_purged(job: Job, keys: Iterable[Key]) -> None:
    """A purge may have looked for files before ours came; its row is gone, so no upkeep would find them."""
    if not Product.objects.filter(pk=job.version.product_id).exists():
        for key in keys:
            files.store().delete(key)
        raise LeaseLost


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a variant lies. `size` in bytes."""

    key: Key
    size: int
    sha256: str

    @classmethod
    def of(cls, product_id: UUID, made: Made) -> "Stored":
        sha256 = sha256_of(made.path)
        key = files.variant_key(product_id, made.kind, sha256, made.format)
        return cls(key=key, size=made.path.stat().st_size, sha256=sha256)


def publish(job: Job, product: Product, version: AssetVersion) -> None:
    """Show `version` if that is wished and nothing newer is shown already; of a removed product, once it is restored.
    Call it with the product locked."""
    shown = product.published_version or product.shown_when_removed
    outdated = shown is not None and shown.source.number > version.source.number
    if job.publish and product.publish_wished and not outdated:
        product.publish(version)


def _fetch(version: AssetVersion, folder: Path) -> Path:
    source = folder / f"source.{version.format}"
    with source.open("wb") as file:
        for piece in files.store().open(Key(version.key)):
            file.write(piece)
    folder.chmod(0o755)  # the engine, which reads it, runs as an unprivileged user
    source.chmod(0o644)
    return source


def _scratch(folder: Path) -> Path:
    scratch = folder / "work"
    scratch.mkdir()
    scratch.chmod(0o777)  # so that the engine, an unprivileged user, can write to it
    return scratch


def _finish(job: Job, version: AssetVersion) -> None:
    """The last, short transaction: the result becomes visible at once, or not at all."""
    with transaction.atomic():
        product = _locked_product(job)
        if not job.finish(version):
            raise LeaseLost
        product.note_passed()
        product.refresh_from_db()
        publish(job, product, version)


def _finish_with(
    job: Job, work: Work, stored: dict[Kind, Stored], *, fingerprint: str, report: dict[str, Any]
) -> None:
    main = Kind.ANDROID
    with transaction.atomic():
        product = _locked_product(job)
        _mark_checked(job.version, work, report)
        version = product.add_version(
            key=stored[main].key,
            format=work.variants[main].format,
            source_format=job.version.source_format,
            size=stored[main].size,
            sha256=stored[main].sha256,
            optimized=True,
            made_from=job.version,
            fingerprint=fingerprint,
            dimensions_m=_dimensions(work),
            report=report,
            passed=True,
        )
        Variant.objects.bulk_create(
            _variant(version, work.variants[kind], one) for kind, one in stored.items()
        )
        _announce_ready(job, version, [kind for kind in Kind if kind in stored])
        _finish(job, version)


def _finish_checked(job: Job, work: Work, report: dict[str, Any]) -> None:
    """The recipe only looked at the file: the version as it was sent is the result."""
    with transaction.atomic():
        _locked_product(job)
        if _mark_checked(job.version, work, report):
            _announce_ready(job, job.version, list(job.version.variants.values_list("kind", flat=True)))
        job.version.refresh_from_db()
        _finish(job, job.version)


def _announce_ready(job: Job, version: AssetVersion, kinds: list[Any]) -> None:
    told = {"version": version.number, "task_id": str(job.pk), "variants": kinds}
    announce(Topic.VERSION_READY, version.product_id, **told)


def _locked_product(job: Job) -> Product:
    """The job's product, always the first to be locked. LeaseLost when it was purged, and the job with it."""
    try:
        return Product.objects.select_for_update().get(pk=job.version.product_id)
    except Product.DoesNotExist as error:
        raise LeaseLost from error


def _mark_checked(version: AssetVersion, work: Work, report: dict[str, Any]) -> bool:
    """Whether it had not passed before."""
    sent_report = {key: report[key] for key in ("recipe", "tools", "source", "notices", "steps")}
    if not work.variants:  # else they speak of files that this version has not
        sent_report["channels"] = report["channels"]
    unchecked = AssetVersion.objects.filter(pk=version.pk, passed=False)
    return bool(unchecked.update(passed=True, dimensions_m=_dimensions(work), report=sent_report))


def _variant(version: AssetVersion, made: Made, stored: Stored) -> Variant:
    return Variant(
        version=version,
        kind=made.kind,
        key=stored.key,
        format=made.format,
        size=stored.size,
        sha256=stored.sha256,
        triangles=made.triangles,
        textures=made.textures,
        texture_max_px=made.texture_max_px,
        width_px=made.width_px,
        height_px=made.height_px,
        proof=proof_of(made),
    )


def _dimensions(work: Work) -> list[float] | None:
    if work.facts is None or work.facts.dimensions_m is None:
        return None
    return [round(metres, 6) for metres in work.facts.dimensions_m]


def _fail(job: Job, error: Refused | Broken) -> None:
    with transaction.atomic():
        if job.fail(error):
            job.version.product.note_failed()


def _try_later(job: Job, error: Broken) -> str:
    """Put the job back for another attempt, or fail it when it had its last. Says which."""
    if job.attempts >= settings.JOB_ATTEMPTS:
        _fail(job, error)
        return "failed"
    job.put_back()
    return "put-back"


@dataclass(slots=True)
class _Progress:
    """Writes the job's step and progress, not more often than worth it. Raises when the lease is lost."""

    job: Job
    clock: StepClock
    step: str = ""
    written_at: float = field(default=0.0)

    def __call__(self, step: str, progress: float) -> None:
        self.clock.now_at(step)
        now = time.monotonic()
        if step == self.step and now - self.written_at < _NOTE_EVERY_S:
            return
        _renew_connection()
        if not self.job.note_step(step, progress):
            raise LeaseLost
        self.step, self.written_at = step, now


def _renew_connection() -> None:
    """While Playwright holds a browser its event loop runs in this thread, and Django has another connection for that.
    Nobody else looks whether it lives: once PostgreSQL was restarted, each job would fail by it."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _end_if_lost(lost: threading.Event) -> None:
    if lost.is_set():
        raise LeaseLost
