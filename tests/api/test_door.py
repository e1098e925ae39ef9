"""The web server itself with our application: reads, bodies, streams, and what becomes of them when things break."""

import http.client
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import DjangoDbBlocker

from tests.api.sending import GLB
from tests.api.served import Served, quick, start
from tests.builders import a_product, a_user
from tests.journey.processes import descendants, wait_until
from vitrine.access import tokens
from vitrine.access.roles import Role
from vitrine.catalog.models import AssetVersion

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Served]:
    with django_db_blocker.unblock():
        served = start(tmp_path_factory.mktemp("door"))
        connection.close()
    yield served
    served.kill()


def test_reads_are_quick_one_after_another_on_one_connection(server: Served) -> None:
    product = a_product()
    path = f"/api/assets/3d/{product.pk}/"
    assert wait_until(lambda: quick(server.ask("GET", path)[0]), limit_s=30)

    one = server.connection()
    one.request("GET", path, headers={"Host": "localhost"})
    first = one.getresponse()
    body = first.read()
    one.request("HEAD", path, headers={"Host": "localhost"})
    head = one.getresponse()
    nothing = head.read()
    one.request("GET", path, headers={"Host": "localhost", "If-None-Match": first.headers["ETag"]})
    same = one.getresponse()
    nothing += same.read()
    one.request("GET", f"/files/models/{product.pk}/none.glb", headers={"Host": "localhost"})
    other = one.getresponse()
    other.read()
    one.close()

    assert [first.status, head.status, same.status, other.status] == [200, 200, 304, 404]
    assert [quick(answer) for answer in (first, head, same, other)] == [True, True, True, False]
    assert int(first.headers["Content-Length"]) == int(head.headers["Content-Length"]) == len(body)
    assert first.headers.get_all("Content-Length") == [str(len(body))]
    assert nothing == b""
    assert f"http://localhost/p/{product.pk}" in body.decode()


def test_a_host_that_is_not_ours_is_refused(server: Served) -> None:
    answer, _ = server.ask("GET", f"/api/assets/3d/{a_product().pk}/", Host="evil.example")

    assert answer.status == 400


def test_connections_to_the_database_that_were_ended_are_replaced(server: Served) -> None:
    path = f"/api/assets/3d/{a_product().pk}/"
    assert wait_until(lambda: quick(server.ask("GET", path)[0]), limit_s=30)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1

    assert server.ask("GET", path)[0].status == 200
    assert wait_until(lambda: quick(server.ask("GET", path)[0]), limit_s=30)


def test_a_large_body_that_comes_slowly_holds_nobody_up(server: Served) -> None:
    product, who = a_product(), a_user(Role.EDITOR)
    path = f"/api/assets/3d/{product.pk}/"
    file = SimpleUploadedFile("large.glb", GLB + bytes(8_000_000))
    body, kind = encode_multipart(BOUNDARY, {"name": "Large", "model_file": file}), MULTIPART_CONTENT
    head = {
        "Host": "localhost",
        "Content-Type": kind,
        "Authorization": f"Bearer {tokens.begin(who).access}",
    }
    one = server.connection()
    one.putrequest("POST", "/api/assets/3d/", skip_host=True)
    for name, text in {**head, "Content-Length": str(len(body))}.items():
        one.putheader(name, text)
    one.endheaders()
    for at in range(0, len(body), 1_000_000):
        one.send(body[at : at + 1_000_000])
        assert server.ask("GET", path)[0].status == 200
    answer = one.getresponse()
    said = answer.read()
    one.close()

    assert answer.status == 201, said
    assert AssetVersion.objects.latest("created_at").size == len(GLB) + 8_000_000


def _peak_mb(process: int) -> float:
    """Of its memory since the mark was last reset."""
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_form_of_200_megabytes_takes_no_memory_to_speak_of(server: Served) -> None:
    (web,) = descendants(server.process.pid)
    head = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nLarge\r\n--x\r\nContent-Disposition: '
    head += b'form-data; name="model_file"; filename="large.glb"\r\n\r\n' + GLB
    tail, piece, pieces = b"\r\n--x--\r\n", bytes(1_000_000), 200
    Path(f"/proc/{web}/clear_refs").write_text("5")  # the mark begins anew
    before = _peak_mb(web)

    one = server.connection()
    one.putrequest("POST", "/api/assets/3d/", skip_host=True)
    one.putheader("Host", "localhost")
    one.putheader("Authorization", f"Bearer {tokens.begin(a_user(Role.EDITOR)).access}")
    one.putheader("Content-Type", "multipart/form-data; boundary=x")
    one.putheader("Content-Length", str(len(head) + pieces * len(piece) + len(tail)))
    one.endheaders(head)
    for _ in range(pieces):
        one.send(piece)
    one.send(tail)
    answer = one.getresponse()
    said = answer.read()
    one.close()

    assert answer.status == 201, said
    assert AssetVersion.objects.latest("created_at").size == len(GLB) + pieces * len(piece)
    assert _peak_mb(web) - before < 50


def test_a_sender_who_goes_away_leaves_the_server_well(server: Served) -> None:
    token = tokens.begin(a_user(Role.EDITOR)).access
    for _ in range(settings.BODIES_AT_ONCE + 1):
        with socket.create_connection(("127.0.0.1", server.port)) as gone:
            gone.sendall(
                b"POST /api/assets/3d/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n"
                + f"Authorization: Bearer {token}\r\n\r\n--x\r\n".encode()
            )

    def well() -> bool:
        one = server.connection()
        one.request(
            "POST", "/api/auth/token/", "{", {"Host": "localhost", "Content-Type": "application/json"}
        )
        status = one.getresponse().status
        one.close()
        return status == 400

    assert wait_until(well, limit_s=30)


def _listen(server: Served, cookie: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    one = server.connection()
    one.request(
        "GET",
        "/api/tasks/stream",
        headers={"Host": "localhost", "Accept": "text/event-stream", "Cookie": cookie},
    )
    return one, one.getresponse()


def _cookie() -> str:
    client = Client()
    client.force_login(a_user(Role.EDITOR))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def test_listeners_who_went_away_give_their_places_back(server: Served) -> None:
    cookie = _cookie()
    for _ in range(4):  # as many as one person may have
        one, answer = _listen(server, cookie)
        assert answer.status == 200
        assert answer.readline().startswith(b"retry:")
        one.close()
        answer.close()

    def a_place_is_free() -> bool:
        one, answer = _listen(server, cookie)
        one.close()
        answer.close()
        return answer.status == 200

    assert wait_until(a_place_is_free, limit_s=60)


def test_told_to_end_it_ends_open_streams_and_itself(tmp_path: Path) -> None:
    served = start(tmp_path)
    one, answer = _listen(served, _cookie())
    try:
        assert answer.readline().startswith(b"retry:")
        family = descendants(served.process.pid)

        served.end()

        assert b"event: over" not in answer.read()  # its end, and nobody's login
        assert not [pid for pid in family if Path(f"/proc/{pid}/cmdline").exists()]
    finally:
        one.close()
        answer.close()
        served.kill()
