"""What lasts: products, their versions, and the files that go with a version."""

import uuid
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils import timezone

from vitrine.access.models import User
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.branding import Branding  # noqa: F401  # Django looks for models here
from vitrine.catalog.saved import SavedView  # noqa: F401  # Django looks for models here
from vitrine.errors import Conflict
from vitrine.pipeline.work import Format, Kind

_FORMATS = [(one.value, one.value) for one in Format]
_HERE = Q(deleted_at=None)


class Status(models.TextChoices):
    """Where a product stands until its first job has ended, and ever after."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Product(models.Model):
    """A thing sold, shown in 3D. What shoppers see is its published version: one pointer, moved by `publish`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    ar_enabled = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True)
    alt = models.CharField(max_length=1000, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PROCESSING)
    publish_wished = models.BooleanField(default=True)
    published_version: "models.ForeignKey[AssetVersion | None, AssetVersion | None]" = models.ForeignKey(
        "AssetVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    newest_version: "models.ForeignKey[AssetVersion | None, AssetVersion | None]" = models.ForeignKey(
        "AssetVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What `restore` publishes again; set while it is removed, and by a job that ends meanwhile.
    shown_when_removed: "models.ForeignKey[AssetVersion | None, AssetVersion | None]" = models.ForeignKey(
        "AssetVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # The database raises it with every change of the product, of a version or a variant (migration 0003).
    revision = models.BigIntegerField(default=1, db_default=1, editable=False)
    # To be found by; the database keeps these too (migration 0004): words of name, tags and alt, and of what is shown.
    search = models.GeneratedField(
        expression=Func("name", "tags", "alt", function="catalog_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    shown_format = models.CharField(max_length=8, null=True, editable=False)  # noqa: DJ001  # unknown at first
    shown_size = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), condition=_HERE, name="product_newest"),
            models.Index(F("updated_at").desc(), F("id").desc(), condition=_HERE, name="product_changed"),
            models.Index(Lower("name"), F("id"), condition=_HERE, name="product_by_name"),
            models.Index(F("shown_size"), F("id"), condition=_HERE, name="product_by_size"),
            models.Index(
                "status", F("created_at").desc(), F("id").desc(), condition=_HERE, name="product_status"
            ),
            models.Index(
                "shown_format", F("created_at").desc(), F("id").desc(), condition=_HERE, name="product_format"
            ),
            models.Index(
                F("created_at").desc(),
                F("id").desc(),
                condition=_HERE & Q(published_version=None),
                name="product_unpublished",
            ),
            models.Index(
                F("deleted_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at__isnull=False),
                name="product_deleted",
            ),
            GinIndex(fields=["tags"], name="product_tags"),
            # Without a list of what is still to be sorted in, which every search would have to read through.
            GinIndex(fields=["search"], fastupdate=False, name="product_words"),
            GinIndex(
                OpClass(F("metadata"), name="jsonb_path_ops"), fastupdate=False, name="product_metadata"
            ),
        ]

    @property
    def published(self) -> bool:
        """Strangers can read it now."""
        return self.published_version_id is not None and self.deleted_at is None

    @property
    def shown_version(self) -> "AssetVersion":
        """The published version, else the newest. Every product has one: the two are made together."""
        version = self.published_version or self.newest_version
        assert version is not None, "a product is made with its first version"
        return version

    def add_version(self, **fields: Any) -> "AssetVersion":
        """The next version, numbered under a lock on this product. Call it inside a transaction."""
        Product.objects.filter(pk=self.pk).update(version_count=F("version_count") + 1)
        self.refresh_from_db(fields=["version_count"])
        version = AssetVersion.objects.create(product=self, number=self.version_count, **fields)
        self.newest_version = version
        self.save(update_fields=["newest_version", "updated_at"])
        made_from = version.made_from.number if version.made_from else None
        announce(Topic.VERSION_CREATED, self.pk, version=version.number, made_from=made_from)
        return version

    def publish(self, version: "AssetVersion") -> None:
        """Show `version` to everybody; the same call rolls back. Conflict for one that never passed its proofs.

        A removed product stays hidden, and shows it once it is restored.
        """
        if not version.passed:
            raise Conflict(
                f"Version {version.number} has not passed its checks, so it cannot be published. "
                "Optimize it, or publish another version."
            )
        if self.deleted_at is not None:
            self.shown_when_removed = version
            self.save(update_fields=["shown_when_removed"])
            return
        moved = self.published_version_id != version.pk
        with transaction.atomic():
            AssetVersion.objects.filter(pk=version.pk, published_at=None).update(published_at=timezone.now())
            self.published_version = version
            self.publish_wished = True
            self.save(update_fields=["published_version", "publish_wished", "updated_at"])
            if moved:
                announce(Topic.PRODUCT_PUBLISHED, self.pk, version=version.number)

    def withdraw(self) -> None:
        """Hide it from strangers, at once."""
        was_published = self.published_version_id is not None
        with transaction.atomic():
            self.published_version = None
            self.publish_wished = False
            self.save(update_fields=["published_version", "publish_wished", "updated_at"])
            if was_published:
                announce(Topic.PRODUCT_UNPUBLISHED, self.pk)

    def note_passed(self) -> None:
        """A job ended well."""
        Product.objects.filter(pk=self.pk).update(status=Status.READY, updated_at=timezone.now())

    def note_failed(self) -> None:
        """A job ended badly: the product has failed only if no version ever passed."""
        never_passed = Product.objects.filter(pk=self.pk).exclude(versions__passed=True)
        never_passed.update(status=Status.FAILED, updated_at=timezone.now())

    def remove(self) -> None:
        """Hide it at once from everybody; upkeep deletes the bytes later, and until then `restore` undoes it."""
        now = timezone.now()
        with transaction.atomic():
            here = Product.objects.filter(pk=self.pk, deleted_at=None)
            removed = here.update(
                deleted_at=now,
                shown_when_removed=F("published_version"),
                published_version=None,
                updated_at=now,
            )
            if removed:  # else somebody else removed it at the same moment
                announce(Topic.PRODUCT_DELETED, self.pk)
        self.refresh_from_db(fields=["deleted_at", "shown_when_removed", "published_version", "updated_at"])

    def restore(self) -> None:
        """Undo `remove`: what was published then is published again, as if nothing had been. Call it under its lock."""
        if self.deleted_at is None:
            return
        back = self.shown_when_removed
        with transaction.atomic():
            if back is not None:  # a job that ended meanwhile may have brought a version that nobody has seen
                AssetVersion.objects.filter(pk=back.pk, published_at=None).update(published_at=timezone.now())
            self.deleted_at, self.published_version, self.shown_when_removed = None, back, None
            self.save(update_fields=["deleted_at", "published_version", "shown_when_removed", "updated_at"])
            announce(Topic.PRODUCT_RESTORED, self.pk, published=back.number if back else None)


class AssetVersion(models.Model):
    """One immutable, numbered state of a product: as it was sent, or made by a recipe, with its variants.

    `key` names the file at the API's `url`: the upload itself, or the `android` file of an optimized version.
    Two marks are set later, once each: `passed` by the job that checked it, `published_at` by the first publishing.
    `note` is what people say of it, and may change: it is about the version, not part of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=512)
    format = models.CharField(max_length=8, choices=_FORMATS)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    source_format = models.CharField(max_length=8, choices=_FORMATS)
    optimized = models.BooleanField(default=False)
    made_from: "models.ForeignKey[AssetVersion | None, AssetVersion | None]" = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="made"
    )
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    dimensions_m: "models.JSONField[Any, Any]" = models.JSONField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    passed = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["made_from", "fingerprint"], condition=Q(optimized=True), name="version_made_once"
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="version_key"),
            models.Index(fields=["sha256"], name="version_sha256"),
        ]

    @property
    def source(self) -> Self:
        """The version as it was sent: itself, or the one this was made from."""
        return self if self.made_from is None else self.made_from  # type: ignore[return-value]  # Self across a ForeignKey


class Variant(models.Model):
    """A companion file of a version, of one Kind. `proof` is null where it was not rendered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(AssetVersion, on_delete=models.CASCADE, related_name="variants")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Kind])
    key = models.CharField(max_length=512)
    format = models.CharField(max_length=8, choices=_FORMATS)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    triangles = models.PositiveIntegerField(null=True, blank=True)
    textures = models.PositiveIntegerField(null=True, blank=True)
    texture_max_px = models.PositiveIntegerField(null=True, blank=True)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    proof: "models.JSONField[Any, Any]" = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="variant_kind_once")]
        indexes = [models.Index(fields=["key"], name="variant_key")]
