"""Things that tests need, each with what matters said and the rest made up."""

import hashlib
import io
import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Role, Scope
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product, Status, Variant
from vitrine.pipeline.work import PICTURES, Format, Kind
from vitrine.processing.models import Job

PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


def a_user(role: Role = Role.EDITOR, *, with_password: bool = False, **fields: Any) -> User:
    """A person; with PASSWORD only if the test logs in with it, since hashing one takes its time."""
    user = User(username=fields.pop("username", f"person-{next(_numbers)}"), role=role, **fields)
    if with_password:
        user.set_password(PASSWORD)
    else:
        user.set_unusable_password()
    user.save()
    return user


def a_key(*scopes: Scope, by: User | None = None, **fields: Any) -> tuple[ApiKey, str]:
    """Its row, and the key; of an admin unless told."""
    defaults: dict[str, Any] = {"name": "A program", "expires_at": timezone.now() + timedelta(days=1)}
    key = ApiKey.issue(by or a_user(Role.ADMIN), scopes=list(scopes), **defaults)
    if fields:
        ApiKey.objects.filter(pk=key[0].pk).update(**fields)
    return key


def a_product(*, published: bool = True, variants: tuple[Kind, ...] = (), **fields: Any) -> Product:
    """A product whose version 1 is stored, checked, and published if wished. Files hold a few made-up bytes."""
    defaults: dict[str, Any] = {
        "name": f"Chair {next(_numbers)}",
        "status": Status.READY,
        "publish_wished": published,
    }
    product = Product.objects.create(**defaults | fields)
    content = f"model of {product.pk}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    key = files.original_key(product.pk, sha256, Format.GLB)
    files.store().put(key, io.BytesIO(content), media_type="model/gltf-binary")
    version = product.add_version(
        key=key, format=Format.GLB, source_format=Format.GLB, size=len(content), sha256=sha256, passed=True
    )
    for kind in variants:
        _a_variant(version, kind)
    if published:
        product.publish(version)
    product.refresh_from_db()
    return product


def _a_variant(version: Any, kind: Kind) -> Variant:
    file_format = {**dict.fromkeys(PICTURES, Format.WEBP), Kind.IOS: Format.USDZ}.get(kind, Format.GLB)
    content = f"{kind} of {version.pk}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    key = files.variant_key(version.product_id, kind, sha256, file_format)
    files.store().put(key, io.BytesIO(content), media_type=file_format.media_type)
    return Variant.objects.create(
        version=version, kind=kind, key=key, format=file_format, size=len(content), sha256=sha256
    )


def file_address(product: Product, kind: Kind, base: str = "") -> str:
    """Where the product's variant of that kind is read now."""
    variant = product.shown_version.variants.get(kind=kind)
    return files.url_to_read(variant.key, base, public=product.published)


def a_job(*, passed: bool = True, **fields: Any) -> Job:
    """A queued job on version 1 of a product of its own."""
    product = a_product(published=False)
    version = product.shown_version
    if not passed:
        AssetVersion.objects.filter(pk=version.pk).update(passed=False)
    defaults: dict[str, Any] = {"recipe": "standard", "options": {}, "options_key": "k" * 64}
    return Job.objects.create(version=version, **defaults | fields)
