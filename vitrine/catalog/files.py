"""A product's files: what they are called, where they are kept, and the address they are read at."""

import re
from functools import cache
from uuid import UUID

from django.conf import settings

from vitrine.catalog.models import AssetVersion, Product
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import BlobStore, Key
from vitrine.storage.filesystem import FilesystemStore
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

_KEY = re.compile(r"^models/(?P<product>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[A-Za-z0-9._/-]+$")


@cache
def store() -> BlobStore:
    """The store of this installation: S3 when AWS_BUCKET_NAME is set, else the folder DATA_DIR/files."""
    if settings.AWS_BUCKET_NAME:
        return S3Store(
            Bucket(
                name=settings.AWS_BUCKET_NAME,
                region=settings.AWS_REGION,
                endpoint_url=settings.AWS_ENDPOINT_URL,
            )
        )
    return FilesystemStore(settings.DATA_DIR / "files")


def original_key(product_id: UUID, sha256: str, file_format: Format) -> Key:
    """Never shared between products, so that deleting one can never touch another."""
    return Key(f"models/{product_id}/{sha256}.{file_format}")


def variant_key(product_id: UUID, kind: Kind, sha256: str, file_format: Format) -> Key:
    """Named by its content, so a URL never changes its meaning."""
    return Key(f"models/{product_id}/{kind}-{sha256[:32]}.{file_format}")


def incoming_key(upload_id: UUID) -> Key:
    """Where bytes wait until they are accepted."""
    return Key(f"incoming/{upload_id}")


def url_to_read(key: str, base_url: str) -> str:
    """The absolute address of a file. `base_url` has no trailing slash."""
    return f"{settings.CDN_URL or base_url}/files/{key}"


def owner_of(key: str) -> tuple[Product, bool] | None:
    """The product whose file this is, and whether strangers may read it: its version was published once
    and the product still is. None for a key that is no product's file."""
    match = _KEY.match(key)
    if match is None:
        return None
    product = Product.objects.filter(pk=match["product"], deleted_at=None).first()
    if product is None:
        return None
    versions = AssetVersion.objects.filter(product=product)
    holding = list(versions.filter(key=key) | versions.filter(variants__key=key))
    if not holding:
        return None
    return product, product.published and any(version.published_at for version in holding)
