"""CloudFront's logs where CloudFront puts them: counted out of the bucket, and gone from it once they count."""

import gzip
from typing import TYPE_CHECKING

import boto3
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.insight.test_cdn_logs import _FIELDS, CHAIR, a_file, a_line
from tests.storage.conftest import s3_address
from vitrine.insight.measures import last_days
from vitrine.insight.topics import Topic, rows_of

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

__all__ = ["s3_address"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(s3_address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> "S3Client":
    settings.AWS_ENDPOINT_URL, settings.AWS_REGION = s3_address, "us-east-1"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key-for-testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-for-testing")
    made = boto3.client("s3", endpoint_url=s3_address, region_name="us-east-1")
    made.create_bucket(Bucket="logs")
    return made


def keys(client: "S3Client") -> list[str]:
    return [found["Key"] for found in client.list_objects_v2(Bucket="logs").get("Contents", [])]


def test_logs_in_a_bucket_are_counted_and_deleted(
    client: "S3Client", capsys: pytest.CaptureFixture[str]
) -> None:
    log = gzip.compress((_FIELDS + a_line(a_file(CHAIR)) + a_line(a_file(CHAIR), "Miss")).encode())
    for key in ("cdn/E1.gz", "cdn/the-same-again.gz", "balancer/E1.gz"):
        client.put_object(Bucket="logs", Key=key, Body=log)

    call_command("cdn_logs", "s3://logs/cdn/")

    assert (
        capsys.readouterr().out
        == "cdn/E1.gz: 1 hits, 1 misses, 0 others\ncdn/the-same-again.gz: taken before\n"
    )
    assert rows_of(Topic.CACHE, last_days(2))[0]["cdn_hits"] == 1
    assert keys(client) == ["balancer/E1.gz"]


def test_what_is_no_log_stays_where_it_is(client: "S3Client") -> None:
    client.put_object(Bucket="logs", Key="cdn/no-log", Body=b"anything")

    with pytest.raises(CommandError, match="cdn/no-log: "):
        call_command("cdn_logs", "s3://logs/cdn/no-log")

    assert "cdn/no-log" in keys(client)


def test_a_bucket_that_is_not_there_is_named(client: "S3Client") -> None:
    with pytest.raises(CommandError, match="s3://no-such-bucket/cdn/"):
        call_command("cdn_logs", "s3://no-such-bucket/cdn/")
