"""What goes in and what comes out, one way each; a contract's field is never tied to a column's name."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework import serializers

from vitrine.api.fields import Metadata, Words
from vitrine.api.placing import PlacementFields
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product, Status, Variant
from vitrine.catalog.publishing import MOST_TAGS as TAGS
from vitrine.catalog.reports import Credits
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.models import Job, State
from vitrine.wording import worded_failure

NAME_LENGTH = 200


def base_url(request: HttpRequest) -> str:
    """Where this service is reached: PUBLIC_URL, else the host that was asked (an allowed one)."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


# --- In -----------------------------------------------------------------------------------------------------------


class ProductFields(serializers.Serializer[Any]):
    """What may be changed about a product; fields that are not sent stay as they are."""

    name = Words(max_length=NAME_LENGTH, required=False)
    ar_enabled = serializers.BooleanField(required=False)
    metadata = Metadata(required=False)
    alt = Words(max_length=1000, required=False, allow_blank=True)
    tags = serializers.ListField(child=Words(max_length=60), max_length=TAGS, required=False)
    published = serializers.BooleanField(required=False)


def _one_of(known: type[StrEnum]) -> serializers.ChoiceField:
    said: dict[str, Any] = {"invalid_choice": f'"{{input}}" is none of {", ".join(known)}.'}
    return serializers.ChoiceField(choices=[one.value for one in known], required=False, error_messages=said)


class QualityField(serializers.Serializer[Any]):
    """How a version is cooked. `quality`: the mean SSIM that every variant must reach against the original. Given a
    limit, `web`, `mobile` and `android` fit into it and look as good as that lets them, whatever `quality` says.
    `units` and `up_axis` are those of an OBJ, STL or PLY, which cannot say them; a notice tells what was assumed."""

    quality = serializers.FloatField(min_value=0.9, max_value=0.999, required=False, default=0.98)
    max_bytes = serializers.IntegerField(min_value=20_000, required=False)
    max_triangles = serializers.IntegerField(min_value=100, required=False)
    max_texture_px = serializers.IntegerField(min_value=16, max_value=8192, required=False)
    units = _one_of(Units)
    up_axis = _one_of(UpAxis)


def given_in(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of a QualityField besides the quality."""
    names = ("max_bytes", "max_triangles", "max_texture_px", "units", "up_axis", "placement")
    return {name: fields[name] for name in names if fields.get(name) is not None}


class CookingFields(QualityField):
    """`publish`: `manual` leaves what shoppers see as it is until somebody publishes the version. `placement` stays as
    it is shown when it is not sent. `version` is the one to cook, or what was made of it; the newest without it."""

    version = serializers.IntegerField(min_value=1, required=False)
    placement = PlacementFields(required=False)

    publish = serializers.ChoiceField(choices=["auto", "manual"], required=False, default="auto")


class ModelForm(QualityField):
    """multipart/form-data; `model_file` is streamed into the store while it comes. `upload_id` goes instead of it."""

    model_file = serializers.FileField(required=False, allow_empty_file=True)
    upload_id = serializers.UUIDField(required=False)
    optimize = serializers.BooleanField(required=False, default=True)


class VersionForm(ModelForm, CookingFields):
    """The next model of a product."""


class VersionFields(serializers.Serializer[Any]):
    """What may be changed about a version: what people say of it. `If-Match` takes the product's ETag."""

    note = Words(max_length=500, required=False, allow_blank=True)


class ProductId(serializers.Serializer[Any]):
    product = serializers.UUIDField(required=False)


class ProductForm(ModelForm):
    """multipart/form-data: a model file and what is said about it."""

    name = Words(max_length=NAME_LENGTH)
    ar_enabled = serializers.BooleanField(required=False, default=True)
    metadata = Metadata(required=False, default=dict)
    alt = Words(max_length=1000, required=False, allow_blank=True, default="")
    tags = serializers.ListField(child=Words(max_length=60), max_length=TAGS, required=False, default=list)
    published = serializers.BooleanField(required=False, default=True)


# --- Out ----------------------------------------------------------------------------------------------------------


class ViewOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    ssim = serializers.FloatField()


class ProofOut(serializers.Serializer[Any]):
    """Measured against the untouched upload; bounds are null where bytes decide, not looks.

    `flip` is LDR-FLIP of the worst view: 0 for the same picture, lower is better.
    """

    ssim = serializers.FloatField()
    worst_ssim = serializers.FloatField()
    flip = serializers.FloatField()
    bound = serializers.FloatField(allow_null=True)
    worst_bound = serializers.FloatField(allow_null=True)
    views = ViewOut(many=True)
    passed = serializers.BooleanField()


class VariantOut(serializers.Serializer[Any]):
    """`proof` is null where it was not rendered: "not proven". Sizes in bytes."""

    url = serializers.URLField()
    format = serializers.ChoiceField(choices=[one.value for one in Format])
    size = serializers.IntegerField()
    triangles = serializers.IntegerField(allow_null=True)
    textures = serializers.IntegerField(allow_null=True)
    texture_max_px = serializers.IntegerField(allow_null=True)
    width_px = serializers.IntegerField(allow_null=True)
    height_px = serializers.IntegerField(allow_null=True)
    proof = ProofOut(allow_null=True)


class VariantsOut(serializers.Serializer[Any]):
    """By kind; one that was not made is absent."""

    preview = VariantOut(required=False)
    mobile = VariantOut(required=False)
    web = VariantOut(required=False)
    android = VariantOut(required=False)
    ios = VariantOut(required=False)
    poster = VariantOut(required=False)
    thumbnail = VariantOut(required=False)
    turntable = VariantOut(required=False)


class LinksOut(serializers.Serializer[Any]):
    self = serializers.URLField()
    versions = serializers.URLField()
    page = serializers.URLField()


class ProductOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    model_3d_url = serializers.URLField()
    ar_enabled = serializers.BooleanField()
    format = serializers.ChoiceField(choices=[one.value for one in Format])
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    metadata = serializers.DictField()
    status = serializers.ChoiceField(choices=Status.values)
    published = serializers.BooleanField()
    version = serializers.IntegerField()
    variants = VariantsOut()
    dimensions_m = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    alt = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    source_format = serializers.ChoiceField(choices=[one.value for one in Format])
    links = LinksOut()


class ProductsOut(serializers.Serializer[Any]):
    results = ProductOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class VersionOut(serializers.Serializer[Any]):
    """`author`, `license` and `copyright` as the model's file says; empty where it says nothing."""

    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    version = serializers.IntegerField()
    url = serializers.URLField()
    format = serializers.ChoiceField(choices=[one.value for one in Format])
    size = serializers.IntegerField()
    optimized = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    made_from = serializers.IntegerField(allow_null=True)
    published = serializers.BooleanField()
    passed = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    source_format = serializers.ChoiceField(choices=[one.value for one in Format])
    dimensions_m = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    author = serializers.CharField(allow_blank=True)
    license = serializers.CharField(allow_blank=True)
    copyright = serializers.CharField(allow_blank=True)
    variants = VariantsOut()


class VersionsOut(serializers.Serializer[Any]):
    versions = VersionOut(many=True)


class TaskError(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()


class TaskOut(serializers.Serializer[Any]):
    """`progress` from 0 to 1; `version` is the one that was made, once it is."""

    task_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=State.values)
    step = serializers.CharField()
    progress = serializers.FloatField()
    attempts = serializers.IntegerField()
    product_id = serializers.UUIDField()
    version = serializers.IntegerField(allow_null=True)
    error = TaskError(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class TasksOut(serializers.Serializer[Any]):
    results = TaskOut(many=True)


class StartedOut(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["processing"])


def product_shape(product: Product, base: str) -> Mapping[str, Any]:
    """The product, all fields. `product` comes with its versions' variants, see `catalog/queries.py`."""
    shown = product.shown_version
    link = f"{base}/api/assets/3d/{product.pk}/"
    return {
        "id": str(product.pk),
        "name": product.name,
        "model_3d_url": files.url_to_read(shown.key, base, public=product.published),
        "ar_enabled": product.ar_enabled,
        "format": shown.format,
        "size": shown.size,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
        "metadata": product.metadata,
        "status": product.status,
        "published": product.published,
        "version": shown.number,
        "variants": _variants(shown, base, public=product.published),
        "dimensions_m": shown.dimensions_m,
        "alt": product.alt,
        "tags": product.tags,
        "source_format": shown.source_format,
        "links": {"self": link, "versions": f"{link}versions", "page": f"{base}/p/{product.pk}"},
    }


def version_shape(version: AssetVersion, base: str) -> Mapping[str, Any]:
    public = version.product.published and version.published_at is not None
    return {
        "id": str(version.pk),
        "product_id": str(version.product_id),
        "version": version.number,
        "url": files.url_to_read(version.key, base, public=public),
        "format": version.format,
        "size": version.size,
        "optimized": version.optimized,
        "created_at": version.created_at,
        "made_from": version.made_from.number if version.made_from else None,
        "published": version.product.published_version_id == version.pk,
        "passed": version.passed,
        "note": version.note,
        "source_format": version.source_format,
        "dimensions_m": version.dimensions_m,
        **asdict(Credits.of(version)),
        "variants": _variants(version, base, public=public),
    }


def preview_shape(product: Product, version: AssetVersion, base: str) -> Mapping[str, Any]:
    """The product as it would be if `version` were shown."""
    told = version_shape(version, base)
    shown = {
        name: told[name]
        for name in ("format", "size", "version", "variants", "dimensions_m", "source_format")
    }
    return {**product_shape(product, base), **shown, "model_3d_url": told["url"]}


def task_shape(job: Job) -> Mapping[str, Any]:
    return {
        "task_id": str(job.pk),
        "status": job.state,
        "step": job.step,
        "progress": round(job.progress, 4),
        "attempts": job.attempts,
        "product_id": str(job.version.product_id),
        "version": job.made_version.number if job.made_version else None,
        "error": worded_failure(job.error),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _variants(version: AssetVersion, base: str, *, public: bool) -> dict[str, Any]:
    """Keyed by kind, never an ordered list: a viewer must not pick a USDZ by its place."""
    found = {variant.kind: variant for variant in version.variants.all()}
    return {kind.value: _variant(found[kind], base, public=public) for kind in Kind if kind in found}


def _variant(variant: Variant, base: str, *, public: bool) -> dict[str, Any]:
    return {
        "url": files.url_to_read(variant.key, base, public=public),
        "format": variant.format,
        "size": variant.size,
        "triangles": variant.triangles,
        "textures": variant.textures,
        "texture_max_px": variant.texture_max_px,
        "width_px": variant.width_px,
        "height_px": variant.height_px,
        "proof": variant.proof,
    }
