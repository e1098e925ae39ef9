"""A product's files: what they are called, where they are kept, and the address they are read at."""

import re
import time
from functools import cache
from uuid import UUID

from django.conf import settings

from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.catalog.signatures import Audience, KeyRing, step_end
from vitrine.catalog.timed_store import TimedStore
from vitrine.pipeline.work import Format, Kind
from vitrine.storage.blobs import BlobStore, Key
from vitrine.storage.filesystem import FilesystemStore
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

_KEY = re.compile(r"^models/(?P<product>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[A-Za-z0-9._/-]+$")
_ORIGINAL = re.compile(r"^models/[0-9a-f-]{36}/[0-9a-f]{64}\.[a-z]+$")
_STAFF_STEP_S = 3600
_PACKED = ".br"


@cache
def store() -> BlobStore:
    """The store of this installation: S3 when AWS_BUCKET_NAME is set, else the folder DATA_DIR/files."""
    if settings.AWS_BUCKET_NAME:
        return TimedStore(
            S3Store(
                Bucket(
                    name=settings.AWS_BUCKET_NAME,
                    region=settings.AWS_REGION,
                    endpoint_url=settings.AWS_ENDPOINT_URL,
                    tags_of=tags_of if settings.AWS_TAG_ORIGINALS else None,
                    upload_url=settings.AWS_UPLOAD_URL,
                )
            )
        )
    return TimedStore(FilesystemStore(settings.DATA_DIR / "files"))


def original_key(product_id: UUID, sha256: str, file_format: Format) -> Key:
    """Never shared between products, so that deleting one can never touch another."""
    return Key(f"models/{product_id}/{sha256}.{file_format}")


def tags_of(key: Key) -> dict[str, str]:
    """What a bucket's lifecycle rules can know an original by: its name begins as those of its variants do."""
    return {"vitrine": "original"} if _ORIGINAL.match(key) else {}


def variant_key(product_id: UUID, kind: Kind, sha256: str, file_format: Format) -> Key:
    """Named by its content, so a URL never changes its meaning."""
    return Key(f"models/{product_id}/{kind}-{sha256[:32]}.{file_format}")


def packed_key(key: str) -> Key:
    """Where the same file lies packed with brotli, if it shrinks by that."""
    return Key(f"{key}{_PACKED}")


def plain_key(key: str) -> Key:
    """The file's own key, by it or by its packed one."""
    return Key(key.removesuffix(_PACKED))


def incoming_key(upload_id: UUID) -> Key:
    """Where bytes wait until they are accepted."""
    return Key(f"incoming/{upload_id}")


@cache
def key_ring() -> KeyRing:
    """What file addresses are signed with: derived from SECRET_KEY, and believed from SECRET_KEY_FALLBACKS too."""
    return KeyRing.from_secrets([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])


def url_to_read(key: str, base_url: str, *, public: bool) -> str:
    """The address of a file, absolute when `base_url` is (no trailing slash).

    `public` says that strangers may read it now; otherwise it is made for somebody with a login, and shows what is
    not published: never hand that one to a stranger. Everybody gets the same until `url_step_end`, and it holds for
    one more step.
    """
    path = key
    if not (public and settings.FILE_URLS == "plain"):
        audience = Audience.PUBLIC if public else Audience.STAFF
        step_s = settings.FILE_URL_STEP_S if public else _STAFF_STEP_S
        path = key_ring().signed(key, audience=audience, expires=step_end(time.time(), step_s) + step_s)
    return f"{settings.CDN_URL or base_url}/files/{path}"


def url_step_end(*, public: bool = True) -> int:
    """Until when (seconds since 1970) `url_to_read` gives what it gives now: a kept answer should end then."""
    return step_end(time.time(), settings.FILE_URL_STEP_S if public else _STAFF_STEP_S)


def in_use(key: str) -> bool:
    """Whether a version or a variant has this file, plain or packed."""
    plain = plain_key(key)
    return AssetVersion.objects.filter(key=plain).exists() or Variant.objects.filter(key=plain).exists()


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
