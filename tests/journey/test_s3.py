"""The same journey with every file in S3: AWS_BUCKET_NAME alone chooses it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest

from tests.gltf_builders import a_plain_ball
from tests.journey.service import Service
from tests.storage.s3_server import moto_server

pytestmark = pytest.mark.journey

KEYS = {
    "AWS_ACCESS_KEY_ID": "a-key-of-16-chars",
    "AWS_SECRET_ACCESS_KEY": "a-secret",
    "AWS_REGION": "eu-central-1",
}


@pytest.fixture
def s3() -> Iterator[str]:
    with moto_server() as address:
        yield address


def test_a_model_goes_through_with_all_its_files_in_the_bucket(open_folder: Path, s3: str) -> None:
    bucket = boto3.resource(
        "s3",
        endpoint_url=s3,
        region_name=KEYS["AWS_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    ).create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    with Service(open_folder, KEYS | {"AWS_BUCKET_NAME": "models", "AWS_ENDPOINT_URL": s3}) as service:
        sent = service.upload(a_plain_ball().bytes())
        task = service.wait_for_end(sent["id"])
        product = service.product(sent["id"])
        web = product["variants"]["web"]
        whole = service.call("GET", web["url"])
        part = service.call("GET", web["url"], headers={"Range": "bytes=4-7"})

    assert (task["status"], task["attempts"]) == ("done", 1), task
    kept = {one.key: one.size for one in bucket.objects.all()}
    wanted = {
        "models/" + urlsplit(one["url"]).path.partition("/models/")[2]: one["size"]
        for one in product["variants"].values()
    }
    assert wanted.items() <= kept.items()
    assert not [key for key in kept if key.startswith("incoming/")]
    assert not (open_folder / "files").exists()
    assert (whole.status, whole.body[:4], len(whole.body)) == (200, b"glTF", web["size"])
    assert (part.status, part.body) == (206, whole.body[4:8])
