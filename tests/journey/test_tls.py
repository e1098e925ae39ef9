"""`TLS=1`: https on this network, with an authority that a phone can be told to trust."""

import http.client
import re
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Browser

from tests.config.test_tls import drawn
from tests.gltf_builders import a_plain_ball
from tests.journey.processes import wait_until
from tests.journey.service import Service

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def service(open_folder: Path) -> Iterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        # What urllib trusts: the new authority alone.
        patch.setenv("SSL_CERT_FILE", str(open_folder / "tls" / "authority.crt"))
        everywhere = {"TLS": "1", "HOST": "0.0.0.0"}  # noqa: S104  # a phone comes from outside
        with Service(open_folder, everywhere, scheme="https") as running:
            yield running


def said(service: Service) -> str:
    return (service.folder / "up.log").read_text()


def test_it_serves_whoever_trusts_its_authority(service: Service) -> None:
    assert service.call("GET", "/health/ready").status == 200
    assert service.call("GET", "/api/auth/me/").json()["username"] == "admin"


def test_the_authority_is_handed_out_and_its_key_is_not(service: Service) -> None:
    answer = service.call("GET", "/ca.crt")

    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.body == (service.folder / "tls" / "authority.crt").read_bytes()
    assert b"PRIVATE" not in answer.body


def test_whoever_does_not_trust_it_is_not_served(service: Service) -> None:
    trusts_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    stranger = http.client.HTTPSConnection("127.0.0.1", service.port, timeout=60, context=trusts_nobody)

    with closing(stranger), pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/health/live")


def test_http_on_its_port_ends_at_once_and_harms_nobody(service: Service) -> None:
    with pytest.raises((http.client.RemoteDisconnected, http.client.BadStatusLine, ConnectionError)):
        urllib.request.urlopen(f"http://127.0.0.1:{service.port}/health/live", timeout=60)

    assert service.call("GET", "/health/live").status == 200


def test_the_console_s_cookies_travel_by_https_only_and_nothing_is_pinned(service: Service) -> None:
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    with opener.open(f"{service.url}/login") as page:
        headers = dict(page.headers)

    assert [cookie.secure for cookie in jar] == [True]
    assert "Strict-Transport-Security" not in headers


def test_files_are_addressed_by_https(service: Service) -> None:
    product = service.upload(a_plain_ball().bytes(), name="A ball")

    assert product["model_3d_url"].startswith(f"{service.url}/files/")


def test_the_terminal_shows_a_code_and_how_to_trust(service: Service) -> None:
    assert wait_until(lambda: "For a phone:" in said(service), limit_s=30)

    address = re.search(r"For a phone: (https://\S+)", said(service))
    block = "\n".join(line for line in said(service).splitlines() if re.fullmatch(r"  [█▀▄ ]{20,}", line))
    assert address is not None
    assert [found.text for found in zxingcpp.read_barcodes(drawn(block))] == [address.group(1)]
    assert f":{service.port}/ca.crt" in said(service)
    assert "Certificate Trust Settings" in said(service)


_BY_HTTP_2 = """async ({token, product}) => {
  const login = {Authorization: `Bearer ${token}`};
  const read = await fetch(product, {headers: login});
  const form = new FormData();
  form.set("name", "Large");
  form.set("optimize", "false");
  const head = new Uint8Array([0x67, 0x6c, 0x54, 0x46, 2, 0, 0, 0]);
  form.set("model_file", new Blob([head, new Uint8Array(20_000_000)]), "large.glb");
  const sent = await fetch("/api/assets/3d/", {method: "POST", headers: login, body: form});
  const stream = await fetch("/api/tasks/stream", {headers: {...login, Accept: "text/event-stream"}});
  const reader = stream.body.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  const entries = performance.getEntriesByType("resource").filter((one) => one.initiatorType === "fetch");
  return {
    protocols: [...performance.getEntriesByType("navigation"), ...entries].map((one) => one.nextHopProtocol),
    read: [read.status, read.headers.get("Server-Timing"), (await read.json()).name],
    sent: [sent.status, (await sent.json()).size],
    told: [stream.status, first.slice(0, 6)],
  };
}"""


def test_a_browser_reads_sends_and_listens_by_http_2(service: Service, browser: Browser) -> None:
    product = service.upload(a_plain_ball().bytes(), name="Of HTTP/2")
    page = browser.new_context(ignore_https_errors=True).new_page()
    try:
        page.goto(f"{service.url}/login")
        found = page.evaluate(
            _BY_HTTP_2, {"token": service.token, "product": f"/api/assets/3d/{product['id']}/"}
        )
    finally:
        page.context.close()

    assert set(found["protocols"]) == {"h2"}
    assert found["read"][0::2] == [200, "Of HTTP/2"]
    assert found["read"][1].startswith("cache;dur="), "it went the long way"
    assert found["sent"] == [201, 20_000_008]
    assert found["told"] == [200, "retry:"]
