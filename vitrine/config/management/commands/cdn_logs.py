"""`manage.py cdn_logs FILE …` or `s3://BUCKET/BEGINNING`: adds CloudFront's standard logs to the numbers, each once."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vitrine.errors import Refused
from vitrine.insight.cdn_logs import take_log


class Command(BaseCommand):
    help = "Adds CloudFront's standard logs to the numbers: hits, misses and bytes of models' files. Each log once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "logs",
            nargs="+",
            help="as CloudFront writes them, packed (.gz) or not; of those in a bucket each is deleted once it counts",
        )

    def handle(self, *, logs: list[str | Path], **_: Any) -> None:
        for log in map(str, logs):
            if log.startswith("s3://"):
                _take_all(*log.removeprefix("s3://").split("/", 1))
            else:
                _take(Path(log), log)


def _take(path: Path, name: str) -> None:
    try:
        counted = take_log(path)
    except (Refused, OSError, EOFError) as error:
        raise CommandError(f"{name}: {error}") from error
    if counted is None:
        print(f"{name}: taken before")
    else:
        print(f"{name}: {counted.hits:,} hits, {counted.misses:,} misses, {counted.others:,} others")


def _take_all(bucket: str, beginning: str = "") -> None:
    """Deleted only once it counts: whoever dies in between takes it again, and it counts no more."""
    try:
        client = boto3.client("s3", region_name=settings.AWS_REGION, endpoint_url=settings.AWS_ENDPOINT_URL)
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=beginning)
        for key in [found["Key"] for page in pages for found in page.get("Contents", [])]:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder, "log")
                client.download_file(bucket, key, str(copy))
                _take(copy, key)
            client.delete_object(Bucket=bucket, Key=key)
    except (ClientError, BotoCoreError) as error:
        raise CommandError(f"s3://{bucket}/{beginning}: {error}") from error
