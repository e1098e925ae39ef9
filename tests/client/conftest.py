"""A service that answers as it was told to, over real connections."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass(slots=True)
class Answer:
    """`drops`: the connection is closed, and nothing is answered."""

    status: int = 200
    said: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drops: bool = False
    keeps: bool = True


@dataclass(slots=True)
class Script:
    """Answers in turn; the last one for ever."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def script() -> Iterator[Script]:
    told = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.asked.append(Asked(self.command, self.path, headers, body, self.client_address[1]))
            answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            if answer.drops:
                self.close_connection = True
                return
            text = answer.said if isinstance(answer.said, bytes) else json.dumps(answer.said).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(text)), **answer.headers}.items():
                self.send_header(name, value)
            if not answer.keeps:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815  # the server's names for them

        def log_message(self, *args: object) -> None:
            """Nothing."""

    return Handler


def problem(status: int, **fields: Any) -> Answer:
    shape = {
        "title": "Some fields are not right",
        "status": status,
        "detail": "",
        "code": "invalid",
        **fields,
    }
    return Answer(status, shape)
