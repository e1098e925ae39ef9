"""Completing an upload in parts before a real S3 server whose answers fail: again is harmless, and nothing is lost."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from tests.api.sending import GLB, begun, completed, left_of, put_bytes
from tests.conftest import Caller
from tests.storage.s3_server import a_bucket, a_client, moto_server, odd_server
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion
from vitrine.processing.models import Upload
from vitrine.storage.blobs import Key
from vitrine.storage.s3 import S3Store

JOIN, LIST, HEAD = "join", "list", "head"
BEFORE, AFTER, CUT, HALF_A_HEAD = "500 and nothing done", "500 and done", "cut and done", "half a head"


@dataclass(slots=True)
class Spoiled:
    """Between us and the server: what of the next answers is spoiled, and how, as (operation, fault)."""

    server: str
    address: str = ""
    next: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body: bytes = getattr(request, "body", b"")
        fault = ""
        if self.next and self.next[0][0] == _operation(request):
            fault = self.next.pop(0)[1]
        if fault != BEFORE:
            status, headers, content = self._asked(request, body)
        if fault in {BEFORE, AFTER}:
            status, headers, content = 500, {}, b"<Error><Code>InternalError</Code></Error>"
        if fault == HALF_A_HEAD:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nServer: one that is cut o")
        elif fault != CUT:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name, value)
            if "Content-Length" not in headers:
                request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        request.close_connection = True

    def _asked(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(urlsplit(self.server).netloc, timeout=20)
        try:
            connection.request(request.command, request.path, body, dict(request.headers))
            answer = connection.getresponse()
            dropped = {"connection", "transfer-encoding"}
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
            return answer.status, headers, answer.read()
        finally:
            connection.close()


def _operation(request: BaseHTTPRequestHandler) -> str:
    of_parts = "uploadId" in parse_qs(urlsplit(request.path).query)
    return {("POST", True): JOIN, ("GET", True): LIST, ("HEAD", False): HEAD}.get(
        (request.command, of_parts), ""
    )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto_server() as address:
        a_client(address).create_bucket(Bucket="blobs")
        yield address


@pytest.fixture
def way(server: str) -> Iterator[Spoiled]:
    spoiled = Spoiled(server)
    with odd_server(spoiled.answer) as address:
        spoiled.address = address
        yield spoiled


@pytest.fixture
def editor(way: Spoiled, calling: Caller, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    store = S3Store(replace(a_bucket(way.address), attempts=1))
    monkeypatch.setattr(files, "store", lambda: store)
    return calling(Role.EDITOR)


def a_sent_upload(editor: APIClient) -> dict[str, Any]:
    upload = begun(editor, sha256=hashlib.sha256(GLB).hexdigest())
    sent = put_bytes(editor, f"/api/uploads/{upload['id']}/parts/1", GLB)
    assert sent.status_code == 200, sent.content
    return upload


@pytest.mark.parametrize("fault", [BEFORE, AFTER, CUT, HALF_A_HEAD])
@pytest.mark.parametrize("operation", [JOIN, LIST, HEAD])
def test_completing_again_after_a_fault_of_the_store_ends_well(
    editor: APIClient, way: Spoiled, operation: str, fault: str
) -> None:
    upload = a_sent_upload(editor)
    way.next = [(operation, fault)]

    first = completed(editor, upload)
    again = completed(editor, upload)
    made = editor.post("/api/assets/3d/", {"name": "Chair", "upload_id": upload["id"]})

    assert way.next == []
    assert first.status_code in {200, 503}, first.content
    assert (again.status_code, made.status_code) == (200, 201), (again.content, made.content)
    assert b"".join(files.store().open(Key(AssetVersion.objects.get().key))) == GLB
    assert (Upload.objects.count(), left_of(upload)) == (0, [])


def test_a_fault_at_every_step_of_the_way_is_survived_one_by_one(editor: APIClient, way: Spoiled) -> None:
    upload = a_sent_upload(editor)
    way.next = [(LIST, HALF_A_HEAD), (JOIN, BEFORE), (JOIN, CUT), (LIST, BEFORE), (HEAD, HALF_A_HEAD)]

    statuses = [completed(editor, upload).status_code for _ in range(6)]

    assert way.next == []
    assert set(statuses[:-1]) <= {200, 503}
    assert statuses[-1] == 200


def test_an_upload_that_the_store_has_forgotten_says_so_and_names_no_parts(editor: APIClient) -> None:
    upload = a_sent_upload(editor)
    row = Upload.objects.get()
    files.store().forget_parts(files.incoming_key(row.pk), row.parts_id)

    response = completed(editor, upload)

    assert response.status_code == 503
    assert "begin a new upload" in response.json()["detail"]
