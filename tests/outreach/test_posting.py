"""One POST: bounded in time and bytes, to the name's own certificate, and no further."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.outreach.receiver import Receiver, a_receiver, handler_of
from vitrine.errors import NotDelivered
from vitrine.outreach.posting import KEPT_BYTES, Network, post

HASTY = Network(private=True, whole_s=0.3)


@contextmanager
def a_tls_receiver(folder: Path, name: str) -> Iterator[tuple[Receiver, ssl.SSLContext, list[str | None]]]:
    """A receiver with a certificate for `name`, who trusts it, and the names that callers asked for (SNI)."""
    _write_certificate(folder, name)
    receiver = Receiver()
    asked: list[str | None] = []
    server = HTTPServer(("127.0.0.1", 0), handler_of(receiver))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    context.sni_callback = lambda _socket, asked_name, _context: asked.append(asked_name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield receiver, ssl.create_default_context(cafile=str(folder / "certificate.pem")), asked
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def _write_certificate(folder: Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def test_tls_asks_for_the_name_and_checks_it_whatever_the_address(tmp_path: Path) -> None:
    with a_tls_receiver(tmp_path, "shop.example") as (receiver, trust, asked):
        network = Network(private=True, resolve=lambda _host, _port: ["127.0.0.1"], trust=trust)
        answer = post(f"https://shop.example:{receiver.port}/", {}, b"{}", network)
        with pytest.raises(NotDelivered, match=r"certificate of other\.example does not hold"):
            post(f"https://other.example:{receiver.port}/", {}, b"{}", network)

    assert (answer.status, answer.body) == (200, "thanks")
    assert asked == ["shop.example", "other.example"]
    assert len(receiver.received) == 1


@pytest.mark.parametrize("trick", ["hang", "drip"])
def test_a_receiver_that_takes_its_time_gets_so_much_and_no_more(trick: str) -> None:
    with a_receiver() as receiver:
        receiver.answers = [getattr(receiver, trick)]
        begun = time.monotonic()

        with pytest.raises(NotDelivered, match=r"No answer within 0\.3 seconds"):
            post(receiver.url, {}, b"{}", HASTY)

        took_s = time.monotonic() - begun

    assert took_s < 5  # and not the twenty seconds for which it hangs


def test_of_an_endless_answer_the_beginning_is_kept() -> None:
    with a_receiver() as receiver:
        receiver.answers = [receiver.flood]

        answer = post(receiver.url, {}, b"{}", HASTY)

    assert (answer.status, len(answer.body)) == (200, KEPT_BYTES)


def test_a_redirect_is_an_answer_and_goes_nowhere() -> None:
    with a_receiver() as elsewhere, a_receiver() as receiver:
        receiver.answers = [(307, {"Location": elsewhere.url}, b"")]

        answer = post(receiver.url, {}, b"{}", HASTY)

    assert answer.status == 307
    assert elsewhere.received == []


def test_no_proxy_of_the_environment_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_receiver() as proxy, a_receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        post(receiver.url, {}, b"{}", HASTY)

    assert (len(receiver.received), proxy.received) == (1, [])


def test_nobody_there_is_said_in_words() -> None:
    with a_receiver() as receiver:
        url = receiver.url

    with pytest.raises(NotDelivered, match=r"127\.0\.0\.1 cannot be reached"):
        post(url, {}, b"{}", HASTY)


def test_what_speaks_no_http_is_said_in_words() -> None:
    with a_receiver() as receiver:
        receiver.answers = [receiver.greet]

        with pytest.raises(NotDelivered, match="does not speak HTTP"):
            post(receiver.url, {}, b"{}", HASTY)
