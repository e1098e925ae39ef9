"""The certificate for phones: for whom, for how long, by whom, and when it is made anew."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from cryptography import x509
from PIL import Image

from tests.config.test_environment import an_environment
from vitrine.config import addresses
from vitrine.config.fault import SetupFault
from vitrine.config.phone import code, phone_url
from vitrine.config.tls import Tls, connection_to, names_of, provide, tls_of

NAMES = ("localhost", "127.0.0.1", "::1", "desk", "desk.local", "192.168.1.20")
EVERYWHERE = "0.0.0.0"  # noqa: S104  # read, not bound
NOW = datetime(2026, 5, 1, tzinfo=UTC)


# Asking for our own address connects a UDP socket, which sends nothing.
looks_outward = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "192.0.2.1"])


def certificate_of(tls: Tls) -> x509.Certificate:
    return x509.load_pem_x509_certificate(tls.certificate.read_bytes())


def names_in(tls: Tls) -> list[str]:
    extension = certificate_of(tls).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(name.value) for name in extension.value]


def test_it_is_good_for_every_name_for_as_long_as_phones_allow(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)

    assert provide(tls, NAMES, NOW)

    made = certificate_of(tls)
    assert names_in(tls) == list(NAMES)
    assert made.not_valid_before_utc < NOW
    assert timedelta(days=390) < made.not_valid_after_utc - made.not_valid_before_utc < timedelta(days=398)
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(tls.authority.read_bytes()))


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)

    provide(tls, NAMES, NOW)

    modes = {file.name: file.stat().st_mode & 0o777 for file in tls.folder.iterdir()}
    assert modes == {"authority.crt": 0o644, "authority.key": 0o600, "server.crt": 0o644, "server.key": 0o600}
    assert tls.folder.stat().st_mode & 0o777 == 0o700


def test_the_authority_speaks_for_this_network_only(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)

    provide(tls, NAMES, NOW)

    made = x509.load_pem_x509_certificate(tls.authority.read_bytes())
    constraints = made.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = [one.value for one in constraints.value.permitted_subtrees or []]
    assert constraints.critical
    assert {"localhost", "local", "desk"} <= set(permitted)
    assert ipaddress.ip_network("192.168.0.0/16") in permitted
    assert not any(network == ipaddress.ip_network("0.0.0.0/0") for network in permitted)


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)
    provide(tls, NAMES, NOW)
    before = {file.name: file.read_bytes() for file in tls.folder.iterdir()}

    assert not provide(tls, NAMES, NOW + timedelta(days=300))

    assert {file.name: file.read_bytes() for file in tls.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("names", "later"),
    [((*NAMES, "192.168.1.77"), timedelta(days=1)), (NAMES, timedelta(days=370))],
    ids=["another address", "about to run out"],
)
def test_it_is_made_anew_by_the_same_authority(
    tmp_path: Path, names: tuple[str, ...], later: timedelta
) -> None:
    tls = tls_of(tmp_path)
    provide(tls, NAMES, NOW)
    authority, before = tls.authority.read_bytes(), tls.certificate.read_bytes()

    assert not provide(tls, names, NOW + later)

    assert tls.authority.read_bytes() == authority
    assert tls.certificate.read_bytes() != before
    assert names_in(tls) == list(names)


@pytest.mark.parametrize("name", ["assets.example.com", "203.0.113.9"])
def test_a_name_that_the_authority_may_not_speak_for_needs_a_new_one(tmp_path: Path, name: str) -> None:
    tls = tls_of(tmp_path)
    provide(tls, NAMES, NOW)

    assert provide(tls, (*NAMES, name), NOW)

    assert not provide(tls, (*NAMES, name), NOW)
    assert names_in(tls) == [*NAMES, name]


def test_a_damaged_key_is_replaced(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)
    provide(tls, NAMES, NOW)
    tls.key.write_text("nothing")

    assert not provide(tls, NAMES, NOW)

    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tls.certificate, tls.key)


def test_a_folder_of_somebody_elses_is_told_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file in its place")

    with pytest.raises(SetupFault, match="it belongs to whoever first used TLS=1"):
        provide(tls_of(tmp_path), NAMES, NOW)


def test_a_browser_that_trusts_the_authority_accepts_it_by_name_and_by_address(tmp_path: Path) -> None:
    tls = tls_of(tmp_path)
    provide(tls, NAMES)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    with HTTPServer(("127.0.0.1", 0), _Silent) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

        for host in ("127.0.0.1", "localhost"):
            connection = connection_to(host, server.server_port, tls, timeout_s=5)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"hello"
            connection.close()
        server.shutdown()


class _Silent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        pass


@looks_outward
def test_everywhere_means_every_name_and_address_of_this_machine(tmp_path: Path) -> None:
    environment = an_environment(tmp_path, HOST=EVERYWHERE, TLS="1", ALLOWED_HOSTS="shop.local,.shop.test,*")

    names = names_of(environment)

    short = socket.gethostname().partition(".")[0]
    assert {"localhost", "127.0.0.1", "::1", f"{short}.local", "shop.local"} <= set(names)
    assert set(addresses.own_addresses()) <= set(names)
    assert not {"*", ".shop.test"} & set(names)


@looks_outward
def test_with_tls_every_one_of_them_is_answered_to(tmp_path: Path) -> None:
    with_tls = an_environment(tmp_path, HOST=EVERYWHERE, TLS="1").allowed_hosts
    without = an_environment(tmp_path, HOST=EVERYWHERE).allowed_hosts

    assert {*addresses.own_addresses(), *addresses.own_names()} <= set(with_tls)
    assert not any(name.endswith(".local") for name in without)


@looks_outward
@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({"HOST": "192.168.1.20", "PORT": "9000"}, "https://192.168.1.20:9000"),
        ({"HOST": "fd00::20"}, "https://[fd00::20]:8000"),
        ({"HOST": "127.0.0.1"}, None),
        ({"HOST": EVERYWHERE, "PUBLIC_URL": "https://assets.example.com"}, "https://assets.example.com"),
    ],
)
def test_a_phone_is_sent_where_it_can_reach_us(
    tmp_path: Path, variables: dict[str, str], url: str | None
) -> None:
    assert phone_url(an_environment(tmp_path, TLS="1", **variables)) == url


def test_the_code_in_the_terminal_is_one_that_cameras_read() -> None:
    address = "https://192.168.1.20:8000/p/5f0f4a52-3d6c-4d50-9d34-0a4c0a6f7a11"

    found = zxingcpp.read_barcodes(drawn(code(address)))

    assert [each.text for each in found] == [address]


def drawn(text: str) -> Image.Image:
    """What a terminal makes of block characters, light on dark, each module 8 pixels wide."""
    halves = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    lines = [[halves[sign] for sign in line.removeprefix("  ")] for line in text.splitlines()]
    rows = [[cell[half] for cell in line] for line in lines for half in (0, 1)]
    modules = np.array(rows, dtype=np.uint8) * 255
    return Image.fromarray(np.kron(modules, np.ones((8, 8), dtype=np.uint8)))
