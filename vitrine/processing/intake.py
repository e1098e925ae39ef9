"""From bytes sent to a job queued: the way in of every model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vitrine.access.audit import note
from vitrine.access.calling import current_request_id
from vitrine.access.models import User
from vitrine.catalog import files
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.errors import Conflict
from vitrine.pipeline.first import First
from vitrine.pipeline.formats import INSTALL
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.doorbell import ring
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import BlobMissing, Key
from vitrine.traces.spans import current_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A model file that is wholly in the store, under its upload's incoming key. `size` in bytes."""

    upload: Upload
    size: int
    sha256: str
    format: Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the sender wants done: cook it at all, show it when it passed, how good it must look (SSIM), and what it
    must fit into whatever that costs in looks: bytes, triangles, px of a texture's longer side; None for no limit.

    `units` and `up_axis` are those of a file that does not say its own; None guesses. `placement` is that of one that
    was exported wrongly, empty for as it was sent.
    """

    optimize: bool = True
    publish: bool = True
    quality: float = 0.98
    max_bytes: int | None = None
    max_triangles: int | None = None
    max_texture_px: int | None = None
    units: str | None = None
    up_axis: str | None = None
    placement: Mapping[str, Any] | None = None

    def options(self, recipe: str) -> dict[str, Any]:
        """Of that recipe: `check` makes nothing, so only how the file stands matters to it."""
        limits = self._said("max_bytes", "max_triangles", "max_texture_px")
        made = {"quality": self.quality, **limits, **self._said("placement")} if recipe == "standard" else {}
        return {**made, **self._said("units", "up_axis")}

    def _said(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def accept_product(product: Product, arrived: Arrived, wishes: Wishes, *, by: User) -> Job:
    """Keep the file as version 1 of a new, unsaved product, and queue its job."""
    with arrived.upload.claimed():
        key = _keep(product, arrived)
        with transaction.atomic():
            product.created_by = by
            product.publish_wished = wishes.publish
            product.save()
            announce(Topic.PRODUCT_CREATED, product.pk)
            version = _record(product, arrived, key)
            job = _queue(version, wishes, by=by)
            arrived.upload.spend()
    return job


def accept_version(
    product: Product, arrived: Arrived, wishes: Wishes, *, by: User, version_id: UUID | None = None
) -> Job:
    """Keep the file as the next version of a product, under that id if one is given, and queue its job."""
    with arrived.upload.claimed():
        key = _keep(product, arrived)
        with transaction.atomic():
            locked = Product.objects.select_for_update().get(pk=product.pk)
            version = _record(locked, arrived, key, version_id)
            job = _queue(version, wishes, by=by)
            arrived.upload.spend()
    return job


def optimize(version: AssetVersion, wishes: Wishes, *, by: User | None) -> Job:
    """Cook a version (or the one it was made from) again. An equal job that still runs is returned instead.

    Units and up axis that are not sent stay as they were last said, the placement as it is shown.
    """
    source = version.source
    if Format(source.format) is Format.USDZ and not settings.PIPELINE.converts:
        raise Conflict(
            "This version is a USDZ, which is handed to iPhones as it came. "
            f"Upload a glb or gltf to get 3D on every device, or {INSTALL}."
        )
    with transaction.atomic():
        job = _queue(source, _as_last_said(source, wishes), by=by)
        asked = {"version": source.number, "task_id": job.pk, **job.options}
        note("product.optimize-asked", target=("product", source.product_id), by=by, **asked)
    return job


def _as_last_said(source: AssetVersion, wishes: Wishes) -> Wishes:
    """The wishes, with the units and the up axis of the newest job in whose order they stand, and with the placement
    that is shown."""
    if wishes.placement is None:
        wishes = replace(wishes, placement=_placement_shown(source))
    for options in (
        Job.objects.filter(version=source).order_by("-created_at").values_list("options", flat=True)
    ):
        said = {name: options[name] for name in ("units", "up_axis") if options.get(name)}
        if said:
            kept = {name: value for name, value in said.items() if getattr(wishes, name) is None}
            return replace(wishes, **kept)
    return wishes


def _placement_shown(source: AssetVersion) -> dict[str, Any] | None:
    """Of what shoppers see, if it was made of `source`: whoever rolled back does not want it turned again. Else of the
    newest that was."""
    cooked = Job.objects.filter(version=source, made_version__optimized=True).order_by("-created_at")
    job = cooked.filter(made_version=source.product.published_version_id).first() or cooked.first()
    return job.options.get("placement") if job else None


def _keep(product: Product, arrived: Arrived) -> Key:
    key, incoming = (
        files.original_key(product.pk, arrived.sha256, arrived.format),
        files.incoming_key(arrived.upload.pk),
    )
    if arrived.upload.kept_key:
        _bring_back(Key(arrived.upload.kept_key), incoming)
    arrived.upload.note_kept(key)
    files.store().move(incoming, key, media_type=arrived.format.media_type)
    return key


def _bring_back(kept: Key, incoming: Key) -> None:
    """An attempt that failed or died may have kept the bytes already. A version that has the same ones keeps them."""
    store = files.store()
    if not files.in_use(kept):
        store.move(kept, incoming, media_type="application/octet-stream")
        return
    try:
        store.stat(incoming)
    except BlobMissing:
        with store.write(incoming, media_type="application/octet-stream") as file:
            file.writelines(store.open(kept))


def _record(product: Product, arrived: Arrived, key: Key, version_id: UUID | None = None) -> AssetVersion:
    version = product.add_version(
        **({"id": version_id} if version_id else {}),
        key=key,
        format=arrived.format,
        source_format=arrived.format,
        size=arrived.size,
        sha256=arrived.sha256,
    )
    if arrived.format is Format.USDZ:  # handed to iPhones as it came
        Variant.objects.create(
            version=version,
            kind=Kind.IOS,
            key=key,
            format=Format.USDZ,
            size=arrived.size,
            sha256=arrived.sha256,
        )
    return version


def _view_of(version: AssetVersion) -> dict[str, Any]:
    """The first frame that a person chose for the product, which the poster must show."""
    first = First.of(version.product.metadata.get("view"))
    return {} if first is None else {"view": first.options()}


def _queue(version: AssetVersion, wishes: Wishes, *, by: User | None) -> Job:
    cooks = wishes.optimize and (Format(version.format) is not Format.USDZ or settings.PIPELINE.converts)
    recipe = "standard" if cooks else "check"
    options = wishes.options(recipe) | (_view_of(version) if cooks else {})
    identity = json.dumps([recipe, options, asdict(wishes)["publish"]], sort_keys=True)
    job, new = Job.enqueue(
        version,
        recipe=recipe,
        options=options,
        options_key=hashlib.sha256(identity.encode()).hexdigest(),
        publish=wishes.publish,
        rung_at=timezone.now(),
        created_by=by,
        request_id=current_request_id(),
        trace=place.header if (place := current_place()) else "",
    )
    if new:
        transaction.on_commit(partial(ring, job))
    return job
