"""Signed paths of files: what holds, what does not, and that a CDN's edge agrees with us to the letter."""

import json
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from vitrine.catalog import files
from vitrine.catalog.signatures import Audience, KeyRing, SigningKey, is_signed, step_end
from vitrine.config.environment import ROOT
from vitrine.config.secrets import without_secrets
from vitrine.pipeline.engine import WHEEL_NODE

GIVEN: dict[str, Any] = json.loads(Path(__file__).with_name("signed_paths.json").read_text())
RING = KeyRing.from_secrets(GIVEN["secrets"])
AT_THE_EDGE = """
const [code, now, paths] = JSON.parse(require("fs").readFileSync(0, "utf8"));
Date.now = () => now * 1000;
const handler = new Function("require", code + "; return handler;")((name) => {
  if (name !== "crypto") throw new Error(name);
  return { createHmac: require("crypto").createHmac };
});
const requested = (path) => ({ request: { method: "GET", uri: path, querystring: { a: { value: "b" } } } });
const answers = paths.map((path) => handler(requested(path)));
process.stdout.write(JSON.stringify(answers));
"""
"""A CloudFront Function's surroundings, as little as they are: one module, one clock."""


def at_the_edge(code: str, paths: list[str], *, now: float = GIVEN["now"]) -> list[dict[str, Any]]:
    """What the edge function makes of requests for these paths."""
    done = subprocess.run(
        [WHEEL_NODE, "-e", AT_THE_EDGE],
        input=json.dumps([code, now, paths]).encode(),
        capture_output=True,
        check=True,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.fixture
def edge_function(settings: Settings) -> str:
    """As it is printed for an installation with the vectors' secrets."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GIVEN["secrets"][0], GIVEN["secrets"][1:]
    files.key_ring.cache_clear()
    printed = StringIO()
    call_command("cdn_function", stdout=printed)
    files.key_ring.cache_clear()
    return printed.getvalue()


@pytest.mark.parametrize("one", GIVEN["vectors"], ids=lambda one: one["name"])
def test_each_path_is_read_as_the_vectors_say(one: dict[str, Any]) -> None:
    leave = RING.read(one["path"], now=GIVEN["now"])

    assert (leave and leave.key, leave and leave.audience) == (one["key"], one["audience"])


def test_the_edge_reads_each_path_as_we_do(edge_function: str) -> None:
    paths = [f"/files/{one['path']}" for one in GIVEN["vectors"]]

    answers = at_the_edge(edge_function, paths)

    expected = [f"/{one['key']}" if one["key"] else 404 for one in GIVEN["vectors"]]
    assert [answer.get("uri") or answer["statusCode"] for answer in answers] == expected


def test_the_edge_hands_on_no_query_and_lets_nobody_keep_a_refusal(edge_function: str) -> None:
    good = GIVEN["vectors"][0]["path"]

    let_through, refused = at_the_edge(edge_function, [f"/files/{good}", "/files/models/x.glb"])

    assert let_through["querystring"] == {}
    assert refused["headers"] == {"cache-control": {"value": "no-store"}}


@pytest.mark.parametrize("path", ["/", "/models/x.glb", "/incoming/x", "/FILES/x", "//files/x", "/files"])
def test_nothing_else_of_the_bucket_is_reached_by_the_edge(edge_function: str, path: str) -> None:
    assert at_the_edge(edge_function, [path])[0]["statusCode"] == 404


def test_the_edge_holds_derived_keys_and_no_secret(edge_function: str) -> None:
    assert all(f'"{key_id}": "{text}"' in edge_function for key_id, text in GIVEN["keys"].items())
    assert not any(secret in edge_function for secret in GIVEN["secrets"])


def test_the_file_in_the_checkout_lets_nobody_through() -> None:
    code = (ROOT / "deploy" / "cdn" / "signed_files.js").read_text()

    assert at_the_edge(code, [f"/files/{GIVEN['vectors'][0]['path']}"])[0]["statusCode"] == 404


def test_keys_are_derived_always_the_same_way() -> None:
    assert {one.id: one.text for one in RING.keys} == GIVEN["keys"]
    assert SigningKey.from_secret("a") != SigningKey.from_secret("b")
    assert SigningKey.from_secret("a").text not in repr(SigningKey.from_secret("a"))


def test_a_new_secret_signs_and_the_old_one_is_still_believed() -> None:
    old, new = KeyRing.from_secrets(["old"]), KeyRing.from_secrets(["new", "old"])
    path = old.signed("models/a.glb", audience=Audience.PUBLIC, expires=10)

    assert new.read(path, now=9) is not None
    assert KeyRing.from_secrets(["new"]).read(path, now=9) is None
    assert new.signed("models/a.glb", audience=Audience.PUBLIC, expires=10) != path


@pytest.mark.parametrize(("now", "end"), [(0, 86_400), (86_399.9, 86_400), (86_400, 172_800)])
def test_an_address_stays_the_same_until_its_step_ends(now: float, end: int) -> None:
    assert step_end(now, 86_400) == end


@pytest.mark.parametrize("now", [0.0, 1.5, 86_399.0])
def test_everybody_gets_the_same_address_for_a_step_and_it_holds_for_one_more(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, now: float
) -> None:
    settings.FILE_URL_STEP_S, key = 86_400, "models/a.glb"
    monkeypatch.setattr("time.time", lambda: now)
    address = files.url_to_read(key, "http://shop", public=True)
    path = address.removeprefix("http://shop/files/")

    assert files.url_step_end() == 86_400
    assert (
        address
        == f"http://shop/files/{files.key_ring().signed(key, audience=Audience.PUBLIC, expires=172_800)}"
    )
    assert files.key_ring().read(path, now=now + 86_400) is not None
    assert files.key_ring().read(path, now=172_800) is None


def test_an_address_ends_with_the_file_s_own_name() -> None:
    address = files.url_to_read("models/0/web-1.glb", "http://shop", public=True)

    assert address.endswith("/models/0/web-1.glb")
    assert is_signed(address.removeprefix("http://shop/files/"))
    assert "?" not in address


def test_no_signature_stands_in_the_log() -> None:
    address = files.url_to_read("models/0/web-1.glb", "http://shop", public=False)

    told = without_secrets({"request": f"GET {address}", "code": 200})

    assert told["request"].endswith("…/models/0/web-1.glb")
    assert not is_signed(told["request"].removeprefix("GET http://shop/files/"))
