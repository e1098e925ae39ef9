"""From bytes sent to a job queued: the way in of every model."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import partial

from django.db import transaction
from django.utils import timezone

from vitrine.access.models import User
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.errors import Conflict
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.doorbell import ring
from vitrine.processing.models import Job, Upload
from vitrine.storage.blobs import Key


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
    """

    optimize: bool = True
    publish: bool = True
    quality: float = 0.98
    max_bytes: int | None = None
    max_triangles: int | None = None
    max_texture_px: int | None = None

    def options(self) -> dict[str, float | int]:
        """Of the recipe `standard`."""
        limits = {name: getattr(self, name) for name in ("max_bytes", "max_triangles", "max_texture_px")}
        return {"quality": self.quality, **{name: most for name, most in limits.items() if most is not None}}


def accept_product(product: Product, arrived: Arrived, wishes: Wishes, *, by: User) -> Job:
    """Keep the file as version 1 of a new, unsaved product, and queue its job."""
    key = _keep(product, arrived)
    with transaction.atomic():
        product.created_by = by
        product.publish_wished = wishes.publish
        product.save()
        version = _record(product, arrived, key)
        job = _queue(version, wishes, by=by)
        arrived.upload.delete()
    return job


def accept_version(product: Product, arrived: Arrived, wishes: Wishes, *, by: User) -> Job:
    """Keep the file as the next version of a product, and queue its job."""
    key = _keep(product, arrived)
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=product.pk)
        version = _record(locked, arrived, key)
        job = _queue(version, wishes, by=by)
        arrived.upload.delete()
    return job


def optimize(version: AssetVersion, wishes: Wishes, *, by: User) -> Job:
    """Cook a version (or the one it was made from) again. An equal job that still runs is returned instead."""
    source = version.source
    if Format(source.format) is Format.USDZ:
        raise Conflict(
            "This version is a USDZ, which is handed to iPhones as it came. "
            "Upload a glb or gltf to get 3D on every device."
        )
    with transaction.atomic():
        return _queue(source, wishes, by=by)


def _keep(product: Product, arrived: Arrived) -> Key:
    key = files.original_key(product.pk, arrived.sha256, arrived.format)
    arrived.upload.note_kept(key)
    files.store().move(files.incoming_key(arrived.upload.pk), key, media_type=arrived.format.media_type)
    return key


def _record(product: Product, arrived: Arrived, key: Key) -> AssetVersion:
    version = product.add_version(
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


def _queue(version: AssetVersion, wishes: Wishes, *, by: User) -> Job:
    cooks = wishes.optimize and Format(version.format) is not Format.USDZ
    recipe, options = ("standard", wishes.options()) if cooks else ("check", {})
    identity = json.dumps([recipe, options, asdict(wishes)["publish"]], sort_keys=True)
    job, new = Job.enqueue(
        version,
        recipe=recipe,
        options=options,
        options_key=hashlib.sha256(identity.encode()).hexdigest(),
        publish=wishes.publish,
        rung_at=timezone.now(),
        created_by=by,
    )
    if new:
        transaction.on_commit(partial(ring, job))
    return job
