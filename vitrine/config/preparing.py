"""What an installation needs before its first web server and worker start. Each may run again, and do nothing then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3.session
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from vitrine.access import keys, moments
from vitrine.access.models import ApiKey, User
from vitrine.access.roles import Role, Scope
from vitrine.config.fault import SetupFault
from vitrine.errors import KeyUnknown

_LOCK = 0x76697472  # "vitr", so that no other program's advisory lock is ours
_KEY_LIFE = timedelta(days=5 * 365)
_RENEWED_WITHIN = timedelta(days=180)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Whoever else prepares the same database waits: two migrations at once would trip over each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def make_bucket() -> bool:
    """Whether it was missing."""
    name, region = settings.AWS_BUCKET_NAME, settings.AWS_REGION
    if not name:
        raise SetupFault("No bucket can be made: AWS_BUCKET_NAME is not set.")
    far = region not in {None, "us-east-1"}
    placed: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}} if far else {}
    client = boto3.session.Session(region_name=region).client("s3", endpoint_url=settings.AWS_ENDPOINT_URL)
    try:
        if name in {one["Name"] for one in client.list_buckets()["Buckets"]}:
            return False
        client.create_bucket(Bucket=name, **placed)
    except (ClientError, BotoCoreError) as error:
        raise SetupFault(f"The bucket {name} cannot be made: {error}") from error
    return True


def keep_metrics_key(file: Path) -> bool:
    """Whether one had to be made: there was none, or it ends within half a year or was revoked."""
    if file.is_file() and _holds(file.read_text().strip()):
        return False
    admin = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("date_joined").first()
    if admin is None:
        raise SetupFault("No key for Prometheus can be made: there is no active admin to make it for.")
    with transaction.atomic():
        row, key = ApiKey.issue(
            admin, name="Prometheus", scopes=[Scope.METRICS_READ], expires_at=timezone.now() + _KEY_LIFE
        )
        moments.key_issued(row)
        draft = file.with_name(f".{file.name}-{row.pk}")
        draft.write_text(key)
        draft.replace(file)
    return True


def _holds(key: str) -> bool:
    try:
        digest = keys.digest_of(key)
    except KeyUnknown:
        return False
    ends_after = timezone.now() + _RENEWED_WITHIN
    return ApiKey.objects.filter(digest=digest, revoked_at=None, expires_at__gt=ends_after).exists()
