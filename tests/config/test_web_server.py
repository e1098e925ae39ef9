"""The web server itself: requests made so that two programs read them differently, and those that never end."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.journey.processes import wait_until
from tests.journey.service import a_free_port
from vitrine.config.environment import ROOT, for_child
from vitrine.config.serving import APPLICATION, GRANIAN

LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of granian with our application, as `make run` starts it; these requests need neither database nor Redis."""
    folder, chosen = tmp_path_factory.mktemp("web"), a_free_port()
    unused = {"DATABASE_URL": "postgresql://unused", "REDIS_URL": "redis://unused", "DATA_DIR": str(folder)}
    command = [sys.executable, *GRANIAN, "--host", "127.0.0.1"]
    command += ["--port", str(chosen), APPLICATION]
    with Path(folder, "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=for_child(**unused), stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert wait_until(lambda: _answers(chosen), limit_s=60), Path(folder, "log").read_text()
        yield chosen
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(port: int) -> bool:
    try:
        return said(port, f"{LIVE}Connection: close\r\n\r\n").startswith("HTTP/1.1 200")
    except OSError:
        return False


def said(port: int, request: str) -> str:
    """All that comes back until the server ends the connection, or says nothing more for a second."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except TimeoutError:
            pass
        return answer.decode("latin-1")


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 6\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        " Folded: line\r\n",
        "Bad Name: x\r\n",
        "Space-Before : x\r\n",
        "Null: a\x00b\r\n",
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_not_read(port: int, headers: str) -> None:
    smuggled = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = said(port, f"POST /health/live HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n0\r\n\r\n{smuggled}")

    assert answer.startswith("HTTP/1.1 400")
    assert answer.count("HTTP/1.1") == 1


def test_length_and_chunks_at_once_end_the_connection(port: int) -> None:
    """RFC 9112, 6.1: the chunks count, and what stands behind them is no request of that connection's owner."""
    both = "Content-Length: 60\r\nTransfer-Encoding: chunked\r\n"
    smuggled = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = said(port, f"POST /health/live HTTP/1.1\r\nHost: localhost\r\n{both}\r\n0\r\n\r\n{smuggled}")

    assert answer.count("HTTP/1.1") == 1


def test_those_who_send_a_body_slowly_do_not_keep_others_waiting(port: int) -> None:
    head = "POST /api/auth/token/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    slow = []
    try:
        for _ in range(settings.THREADS * 2):
            slow.append(socket.create_connection(("127.0.0.1", port)))
            slow[-1].sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
        answers: dict[socket.socket, bytes] = {}
        wanted = len(slow) - settings.BODIES_AT_ONCE

        assert wait_until(lambda: len(_heard(slow, answers)) >= wanted, limit_s=30), len(answers)
        assert len(answers) == wanted
        assert all(b'"code": "busy"' in answer for answer in answers.values())
        assert settings.BODIES_AT_ONCE < settings.THREADS
        assert said(port, f"{LIVE}Connection: close\r\n\r\n").startswith("HTTP/1.1 200")
    finally:
        for one in slow:
            one.close()
    assert wait_until(
        lambda: said(port, f"{head}Content-Length: 1\r\n\r\n{{").startswith("HTTP/1.1 400"), limit_s=30
    )


def _heard(
    connections: list[socket.socket], answers: dict[socket.socket, bytes]
) -> dict[socket.socket, bytes]:
    """`answers`, with what those who were silent until now have been told."""
    ready, _, _ = select.select([one for one in connections if one not in answers], [], [], 0)
    answers.update({one: one.recv(65_536) for one in ready})
    return answers


def test_headers_without_end_are_refused(port: int) -> None:
    answer = said(port, LIVE + "".join(f"X-{number}: {'x' * 4000}\r\n" for number in range(200)) + "\r\n")

    assert answer == "" or answer.startswith(("HTTP/1.1 431", "HTTP/1.1 400"))
