"""Mail goes out over SMTP, and a mail server that is away keeps nobody from working."""

import socketserver
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests.builders import a_user
from vitrine.access import links

pytestmark = pytest.mark.django_db


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as it takes to get one letter."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(letter.decode())  # type: ignore[attr-defined]  # given below
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def letters(settings: Settings) -> Iterator[list[str]]:
    """What a mail server of our own got."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.letters = []  # type: ignore[attr-defined]  # read by its sessions
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        yield server.letters  # type: ignore[attr-defined]  # the same
        server.shutdown()


def test_an_invitation_goes_out_over_smtp(letters: list[str]) -> None:
    person = a_user(username=f"grace-{uuid4()}", email="grace@shop.example")

    assert links.invite(person, base="https://assets.example") is True

    (letter,) = letters
    assert "To: grace@shop.example" in letter
    assert "https://assets.example/password/new#" in letter.replace("=\r\n", "").replace("=3D", "=")


def test_a_mail_server_that_is_away_is_told_and_the_person_stays(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert links.invite(a_user(email="grace@shop.example"), base="https://assets.example") is False
