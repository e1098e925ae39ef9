"""Servers that refuse, fail, stumble, hang, lie or go away: what is told, and that it is told in bounded time."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.storage.promise.acts import (
    GLB,
    MIB,
    all_of,
    keep,
    put_parts,
    some_bytes,
    write_in_steps,
)
from tests.storage.s3_server import SECRET, a_bucket, a_client, moto_server, odd_server
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobMissing, BlobStore, key_of
from vitrine.storage.s3 import S3Store
from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    pass


def test_a_server_that_says_no_such_upload_is_understood() -> None:
    with odd_server(refuse(404, "NoSuchUpload")) as address, pytest.raises(BlobMissing):
        put_parts(S3Store(a_bucket(address)), "gone", b"table", 1)


ASKS: dict[str, Callable[[BlobStore], object]] = {
    "put": lambda store: keep(store, "a"),
    "put in parts": lambda store: keep(store, "a", some_bytes(9 * MIB)),
    "open": lambda store: store.open(key_of("a")),
    "stat": lambda store: store.stat(key_of("a")),
    "delete": lambda store: store.delete(key_of("a")),
    "move": lambda store: store.move(key_of("a"), key_of("b"), media_type=GLB),
    "keys": lambda store: list(store.keys()),
    "sweep": lambda store: store.sweep_unfinished(older_than_s=0),
    "check": lambda store: store.check(),
}
every_ask = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)


@every_ask
def test_a_bucket_that_is_not_there_is_named_with_its_setting(
    s3_address: str, ask: Callable[[BlobStore], object]
) -> None:
    store = S3Store(a_bucket(s3_address, name="no-such-bucket"))

    with pytest.raises(
        StoreFailed, match=r"The bucket no-such-bucket \(AWS_BUCKET_NAME\) does not exist .* Create it"
    ):
        ask(store)


def refuse(status: int, code: str) -> Callable[[BaseHTTPRequestHandler], None]:
    body = f"<Error><Code>{code}</Code><Message>because</Message></Error>".encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

    return answer


@every_ask
def test_a_bucket_that_is_closed_to_us_is_named_with_what_to_allow(
    ask: Callable[[BlobStore], object],
) -> None:
    with (
        odd_server(refuse(403, "AccessDenied")) as address,
        pytest.raises(
            StoreFailed, match=r"denied \w+ on the bucket blobs \(AWS_BUCKET_NAME\). Allow the key"
        ),
    ):
        ask(S3Store(a_bucket(address)))


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])
def test_wrong_credentials_are_told_without_showing_them(code: str) -> None:
    with odd_server(refuse(403, code)) as address, pytest.raises(StoreFailed) as failure:
        keep(S3Store(a_bucket(address)), "a")

    assert failure.value.detail == (
        f"{address} does not accept the credentials ({code}). Check AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or the machine's role."
    )


@every_ask
def test_a_server_that_fails_is_asked_again_and_then_given_up(ask: Callable[[BlobStore], object]) -> None:
    with (
        odd_server(refuse(500, "InternalError")) as address,
        pytest.raises(StoreFailed, match=r"failed \w+ on the bucket blobs \(AWS_BUCKET_NAME\)"),
    ):
        ask(S3Store(a_bucket(address)))


def test_a_server_that_stumbles_once_is_not_noticed() -> None:
    requests: list[str] = []

    def stumble(request: BaseHTTPRequestHandler) -> None:
        requests.append(request.command)
        if len(requests) == 1:
            refuse(503, "SlowDown")(request)
            return
        request.send_response(200)
        request.send_header("Content-Length", "5")
        request.send_header("ETag", '"e"')
        request.end_headers()

    with odd_server(stumble) as address:
        blob = S3Store(a_bucket(address)).stat(key_of("a"))

    assert (blob.size, blob.etag) == (5, "e")
    assert requests == ["HEAD", "HEAD"]


@every_ask
def test_a_server_that_is_gone_is_told_in_bounded_time(
    gone_address: str, ask: Callable[[BlobStore], object]
) -> None:
    began = time.monotonic()

    with pytest.raises(StoreFailed, match=r"did not answer .* Check AWS_ENDPOINT_URL and the network"):
        ask(S3Store(a_bucket(gone_address)))

    assert time.monotonic() - began < 600


@pytest.fixture(scope="module")
def gone_address() -> str:
    with odd_server(refuse(500, "gone")) as address:
        pass
    return address


def test_a_server_that_goes_away_in_the_middle_of_a_write_is_told() -> None:
    server = ExitStack()
    address = server.enter_context(moto_server())
    a_client(address).create_bucket(Bucket="blobs")
    store = S3Store(a_bucket(address))

    with pytest.raises(StoreFailed, match="did not answer"):
        write_in_steps(store, key_of("a"), some_bytes(9 * MIB), server.close, some_bytes(9 * MIB))


def until(end: Event) -> None:
    end.wait()


def test_a_server_that_never_answers_is_given_up_in_bounded_time() -> None:
    end = Event()
    began = time.monotonic()

    with odd_server(lambda _: until(end)) as address:
        store = S3Store(replace(a_bucket(address), read_timeout_s=0.3))
        with pytest.raises(StoreFailed, match="ReadTimeoutError"):
            store.stat(key_of("a"))
        end.set()

    assert time.monotonic() - began < 60


def answer_with(
    status: int, length: int, body: bytes, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("ETag", '"e"')
        request.send_header("Content-Length", str(length))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)
        request.close_connection = True

    return answer


def test_a_body_that_ends_early_is_a_failure_not_a_short_blob() -> None:
    short = answer_with(206, 100, b"x" * 50, Content_Range="bytes 0-99/100")

    with odd_server(short) as address, pytest.raises(StoreFailed):
        all_of(S3Store(a_bucket(address)), key_of("a"))


def half_a_head(request: BaseHTTPRequestHandler) -> None:
    """As it is when the way to a server is cut before its answer's head has come whole."""
    request.send_response(200)
    request.end_headers()
    request.close_connection = True


def test_half_a_head_is_a_failure_of_the_store_and_not_an_empty_blob() -> None:
    with odd_server(half_a_head) as address:
        store = S3Store(a_bucket(address))

        with pytest.raises(StoreFailed, match="half an answer"):
            store.stat(key_of("a"))
        with pytest.raises(StoreFailed, match="half an answer"):
            all_of(store, key_of("a"))
        with pytest.raises(StoreFailed, match="half an answer"):
            list(store.keys())


@pytest.mark.parametrize(("start", "end"), [(3, None), (3, 5), (0, 5)])
def test_a_server_that_ignores_ranges_is_not_believed(start: int, end: int | None) -> None:
    whole = answer_with(200, 10, b"0123456789")

    with odd_server(whole) as address, pytest.raises(StoreFailed, match="does not answer range requests"):
        all_of(S3Store(a_bucket(address)), key_of("a"), start=start, end=end)


def test_a_server_that_ignores_ranges_still_gives_whole_blobs() -> None:
    with odd_server(answer_with(200, 10, b"0123456789")) as address:
        blob = all_of(S3Store(a_bucket(address)), key_of("a"))

    assert blob == b"0123456789"


def test_an_upload_that_arrived_with_another_size_is_deleted_and_told() -> None:
    asked: list[str] = []

    def keep_too_little(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.command)
        answer_with(200, 3 if request.command == "HEAD" else 0, b"")(request)

    with (
        odd_server(keep_too_little) as address,
        pytest.raises(StoreFailed, match=r"kept 3 of a's 5 bytes; deleted again"),
    ):
        keep(S3Store(a_bucket(address)), "a", b"chair")

    assert asked == ["PUT", "HEAD", "DELETE"]


def test_an_upload_that_did_not_arrive_at_all_is_told() -> None:
    def forget(request: BaseHTTPRequestHandler) -> None:
        key_asked = request.command == "HEAD" and request.path.endswith("/a")
        (refuse(404, "NoSuchKey") if key_asked else answer_with(200, 0, b""))(request)

    with odd_server(forget) as address, pytest.raises(StoreFailed, match="took a but does not have it"):
        keep(S3Store(a_bucket(address)), "a", b"chair")


def test_no_credentials_anywhere_is_told_with_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:  # noqa: TID251 -- to empty it
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(StoreFailed, match="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        S3Store(Bucket(name="blobs", region="us-east-1")).check()


@pytest.mark.parametrize(
    ("bucket", "told"),
    [
        (a_bucket("not an address"), "cannot be used .* Check AWS_ENDPOINT_URL"),
        (a_bucket("http://127.0.0.1:1", name="no/bucket?"), r"\(AWS_BUCKET_NAME\) cannot be a bucket's name"),
        (replace(a_bucket("http://127.0.0.1:1"), secret_access_key=None), "Set AWS_ACCESS_KEY_ID and AWS"),
    ],
    ids=["endpoint", "name", "half credentials"],
)
def test_a_setting_that_cannot_be_right_is_told(bucket: Bucket, told: str) -> None:
    with pytest.raises(StoreFailed, match=told):
        S3Store(bucket).check()


def test_a_bucket_shows_no_secret_when_printed() -> None:
    assert SECRET not in repr(a_bucket("http://127.0.0.1:1"))
