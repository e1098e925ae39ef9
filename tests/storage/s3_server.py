"""S3 servers on this machine: a whole one, and small ones that do what a whole one never would."""

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from vitrine.storage.s3_upload import Bucket

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3 import S3Client

ACCESS_KEY_ID, SECRET = "a-key-of-16-and-more", "a-secret-for-testing"
READY_WITHIN_S = 60
_ROOT = Path(__file__).parents[2]


def a_bucket(address: str, *, name: str = "blobs") -> Bucket:
    return Bucket(
        name=name,
        region="us-east-1",
        endpoint_url=address,
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET,
        connect_timeout_s=1,
        read_timeout_s=20,
        attempts=2,
    )


def a_client(address: str) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET,
    )


@contextmanager
def moto_server() -> Iterator[str]:
    """The address of a fresh server on a free port; ended with the block."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("wb") as out:
            command = [sys.executable, "-m", "tests.storage.dated_moto", "-H", "127.0.0.1", "-p", "0"]
            child = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            yield _address(child, log, r"Running on (\S+)\n")
        finally:
            child.kill()
            child.wait()


@contextmanager
def rclone_bucket() -> Iterator[Bucket]:
    """The one bucket of a fresh `rclone serve s3`, which checks signatures and expiry; ended with the block."""
    with rclone_server(ACCESS_KEY_ID, SECRET) as address:
        yield Bucket(
            name="blobs",
            region="us-east-1",
            endpoint_url=address,
            access_key_id=ACCESS_KEY_ID,
            secret_access_key=SECRET,
            attempts=2,
        )


@contextmanager
def rclone_server(access_key_id: str, secret: str) -> Iterator[str]:
    """Its address; it serves a folder with one bucket `blobs`."""
    with tempfile.TemporaryDirectory() as folder:
        log, served = Path(folder, "log"), Path(folder, "served")
        (served / "blobs").mkdir(parents=True)
        with log.open("wb") as out:
            command = [str(Path(sys.executable).with_name("rclone")), "serve", "s3", str(served)]
            command += ["--addr", "127.0.0.1:0", "--auth-key", f"{access_key_id},{secret}"]
            command += ["--config", str(Path(folder, "config"))]
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            yield _address(child, log, r"Starting s3 server on \[(\S+)/\]\n")
        finally:
            child.kill()
            child.wait()


def _address(child: subprocess.Popen[bytes], log: Path, told: str) -> str:
    """The server chooses its port itself and says which, so no two runs can meet."""
    give_up = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up and child.poll() is None:
        if found := re.search(told, log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"The S3 server did not start within {READY_WITHIN_S} s: {log.read_text()}")


@contextmanager
def odd_server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """The address of a server that answers every request by `answer`."""

    class Odd(BaseHTTPRequestHandler):
        body = b""

        def handle_any(self) -> None:
            self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer(self)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 -- the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
