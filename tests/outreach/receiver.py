"""A receiver of webhooks on 127.0.0.1: it keeps what came, and answers as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b"thanks")


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`answers` are given in turn, the last one for ever; a callable writes to the socket itself."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: list[Answer | Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=lambda: [OK])
    came: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """Never a word."""
        self.closing.wait(20)

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """A header that never ends, a letter at a time."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.closing.is_set():
            handler.wfile.write(b"x")
            time.sleep(0.02)

    def greet(self, handler: BaseHTTPRequestHandler) -> None:
        """Another protocol's words."""
        handler.wfile.write(b"220 mail.example ESMTP\r\n")

    def flood(self, handler: BaseHTTPRequestHandler) -> None:
        """A body without end."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.closing.is_set():
            handler.wfile.write(b"x" * 65_536)


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(receiver)) as server:
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield receiver
        finally:
            receiver.closing.set()
            server.shutdown()
            serving.join()


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name for it
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(Received(self.path, dict(self.headers.items()), body))
            receiver.came.set()
            answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            try:
                if callable(answer):
                    answer(self)
                else:
                    self._say(*answer)
            except OSError:
                return  # the sender had enough

        def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return Handler
