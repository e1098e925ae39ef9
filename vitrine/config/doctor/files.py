"""The file store, and the ways that lead to it: signed addresses, the bucket's CORS, a CDN."""

import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F

from vitrine.catalog import files
from vitrine.catalog.models import Variant
from vitrine.config.doctor.asking import Heard, Unreachable, ask
from vitrine.config.doctor.finding import Finding
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import Key, key_of

_PART = b"doctor" * 100
_LIFE_S = 60


def store() -> Finding:
    where = (
        f"the bucket {settings.AWS_BUCKET_NAME}"
        if settings.AWS_BUCKET_NAME
        else f"{settings.DATA_DIR / 'files'}"
    )
    try:
        begun = time.perf_counter()
        files.store().check()
    except StoreFailed as error:
        cure = (
            "Look at AWS_BUCKET_NAME, AWS_ENDPOINT_URL, AWS_REGION, the keys, and what they may do: docs/operations.md."
            if settings.AWS_BUCKET_NAME
            else "Give the user that Vitrine runs as write access to DATA_DIR, and look whether the disk is full."
        )
        return Finding.failing(error.detail, cure)
    took_ms = (time.perf_counter() - begun) * 1000
    return Finding.ok(f"Wrote, listed, read and deleted a file in {where}, in {took_ms:.0f} ms.")


def signatures() -> Finding:
    """What we sign we believe, and the store believes what it signs."""
    if not settings.AWS_BUCKET_NAME:
        return _own_signatures()
    try:
        said = _with_a_part(lambda url: ask("PUT", url, body=_PART))
    except StoreFailed:
        return Finding.unasked("The store does not answer, so it cannot be asked for a signed address.")
    except Unreachable as error:
        return Finding.failing(
            f"A file could not be sent to a signed address: {error}",
            "Is AWS_ENDPOINT_URL one that browsers reach, too? Is this machine's clock right?",
        )
    if said.status != 200:
        return Finding.failing(
            f"The bucket answered {said.status} to an address that was signed for it.",
            "Look at AWS_REGION, the keys' rights (s3:PutObject) and this machine's clock.",
        )
    return _own_signatures()


def _own_signatures() -> Finding:
    key = "models/00000000-0000-4000-8000-000000000000/doctor.glb"
    path = files.url_to_read(key, "", public=False).partition("/files/")[2]
    leave = files.key_ring().read(path, now=time.time())
    if leave is None or leave.key != key:
        return Finding.failing(
            "An address that was just signed is not believed.", "Is this machine's clock right?"
        )
    return Finding.ok("Signed addresses are believed.")


def cors() -> Finding:
    if not settings.AWS_BUCKET_NAME:
        return Finding.unasked("Files are kept on this machine's disk: browsers send them to Vitrine itself.")
    origin = settings.PUBLIC_URL or "http://localhost:8000"
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    try:
        said = _with_a_part(lambda url: ask("OPTIONS", url, headers=asked))
    except (StoreFailed, Unreachable):
        return Finding.unasked("The store does not answer, so this could not be asked.")
    if _allows(said, origin) and "PUT" in said.headers.get("access-control-allow-methods", "PUT"):
        return Finding.ok(f"Browsers at {origin} may send parts straight into the bucket.")
    return Finding.warning(
        f"The bucket does not let pages of {origin} send parts to it (it answered {said.status}).",
        f"Its CORS needs a rule: AllowedOrigins {origin}, AllowedMethods PUT, AllowedHeaders *, ExposeHeaders ETag.",
    )


def _with_a_part(request: Callable[[str], Heard]) -> Heard:
    key, at = key_of("check", secrets.token_hex(16)), files.store()
    parts_id = at.begin_parts(key, media_type="application/octet-stream")
    try:
        url = at.url_to_put_part(key, parts_id, 1, size=len(_PART), life_s=_LIFE_S)
        assert url is not None, "a bucket has addresses"
        return request(url)
    finally:
        at.forget_parts(key, parts_id)


# --- The CDN -------------------------------------------------------------------------------------------------------


def cdn() -> Finding:
    if not settings.CDN_URL:
        return Finding.unasked("No CDN_URL: files are read from Vitrine itself.")
    try:
        key = _a_shown_file()
    except DatabaseError:
        connection.close()
        return Finding.unasked("The database does not answer, so no file to ask the CDN for is known.")
    if key is None:
        return Finding.unasked("Nothing is published yet, so there is no file to ask the CDN for.")
    url = files.url_to_read(key, "", public=True)
    origin = {"Origin": "https://shop.example"}
    try:
        said, again = ask("HEAD", url, headers=origin), ask("HEAD", url, headers=origin)
        forged = ask("HEAD", _forged(url))
    except Unreachable as error:
        return Finding.failing(
            str(error), "Is CDN_URL right, and does the CDN lead to this Vitrine or its bucket?"
        )
    return _judged(said, again, forged)


def _judged(said: Heard, again: Heard, forged: Heard) -> Finding:
    faults = [
        *([f"it answered {said.status} for a published file"] if said.status != 200 else []),
        *(
            ["no Access-Control-Allow-Origin: other shops' pages cannot show it"]
            if not _allows(said, "")
            else []
        ),
        *(
            ["no Cache-Control with a max-age"]
            if "max-age" not in said.headers.get("cache-control", "")
            else []
        ),
        *(["no ETag"] if "etag" not in said.headers else []),
    ]
    if settings.FILE_URLS == "signed" and forged.status == 200:
        faults.append("it gives files to addresses with a wrong signature")
    if faults:
        return Finding.failing(
            f"The CDN: {'; '.join(faults)}.",
            "See docs/operations.md, Addresses of files: it says what a CDN must do.",
        )
    hit = "age" in again.headers or "hit" in again.headers.get("x-cache", "").lower()
    if not hit:
        return Finding.warning(
            "The CDN answers well, but a file asked for twice shows no sign of having been kept (Age, X-Cache).",
            "Let it keep what Cache-Control allows.",
        )
    return Finding.ok(
        "The CDN gives a published file with the headers it needs, keeps it, and refuses forged addresses."
    )


def _a_shown_file() -> Key | None:
    shown = Variant.objects.filter(
        version__product__published_version=F("version"), version__product__deleted_at=None
    )
    key = shown.order_by("size").values_list("key", flat=True).first()
    return None if key is None else Key(key)


def _forged(url: str) -> str:
    """With another signature of the same form."""
    head, _, rest = url.partition("/files/")
    segment, _, key = rest.partition("/")
    signed, dot, mac = segment.rpartition(".")
    return f"{head}/files/{signed}{dot}{mac[::-1]}/{key}"


def _allows(said: Heard, origin: str) -> bool:
    return said.headers.get("access-control-allow-origin") in {"*", origin or "*"}
