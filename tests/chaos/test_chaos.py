"""What `make chaos` stands on: its ways are as bad as they should be, and its books see what is wrong."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from copy import deepcopy
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.chaos.books import ALL, faults
from tests.chaos.ledger import Kept, Ledger
from tests.chaos.proxy import Proxy, Way
from tests.chaos.run import Order, fault
from tests.storage.s3_server import odd_server

SHA256 = hashlib.sha256(b"a model").hexdigest()


def test_a_number_is_always_the_same_fault_and_every_kind_has_its_turn() -> None:
    order = Order(seed=1, disk=True, clock=True)

    kinds = [fault(order, number).kind for number in range(200)]

    assert kinds == [fault(order, number).kind for number in range(200)]
    assert {"kill web", "freeze chromium", "busy store", "half database", "full disk", "clock behind"} <= {
        *kinds
    }


# --- The books see what is wrong -----------------------------------------------------------------------------------


def an_installation() -> tuple[Ledger, dict[str, Any]]:
    """One product with one version that was published by its job, and three events: the books balance."""
    ledger = Ledger()
    ledger.take(Kept("id-1", "Chair", {1: SHA256}, touches=3))
    version = {"number": 1, "sha256": SHA256, "passed": True, "optimized": False, "made_from": None}
    chair = {
        "name": "Chair",
        "removed": False,
        "published": 1,
        "shown_when_removed": None,
        "versions": [version],
        "jobs": [{"of": 1, "state": "done", "publish": True}],
    }
    told = {
        **{name: [] for name in ("open_jobs", "unexplained", "bad_files", "orphans")},
        "leased": 0,
        "uploads": 0,
        "audit": "",
        "products": {"id-1": chair},
        "touches": {"id-1": 3, ALL: 3},
        "batches": 3,
        "done": {"product.created": {"id-1": 1}, "version.created": {"id-1": 1}},
    }
    return ledger, told


def test_books_that_balance_have_no_fault() -> None:
    assert faults(*an_installation()) == []


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("products", "id-1", "published"), None, "Chair shows version None; it should be 1"),
        (("products", "id-1", "removed"), True, "Chair is removed, and should not be"),
        (
            ("products", "id-1", "versions", 0, "sha256"),
            "",
            "Chair's version 1 was taken and is not there as it was sent",
        ),
        (("products",), {}, "Chair was taken and is not there"),
        (("touches", "id-1"), 4, "Chair: 3 events were taken, 4 are counted"),
        (("open_jobs",), ["id-2"], "job id-2 never ended"),
        (("orphans",), ["models/id-1/x.glb"], "nobody refers to models/id-1/x.glb"),
        (("bad_files",), ["models/x is missing"], "file models/x is missing"),
        (("audit",), "7: it was changed", "the audit log is broken at 7: it was changed"),
        (("done", "product.created", "id-1"), 2, "the audit log has Chair made 2 times"),
    ],
)
def test_books_that_do_not_balance_say_why(where: tuple[Any, ...], value: Any, said: str) -> None:
    ledger, balanced = an_installation()
    told = deepcopy(balanced)
    place: Any = told
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value

    assert said in faults(ledger, told)


# --- Ways that are bad ---------------------------------------------------------------------------------------------


def _a_kilobyte(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1024")
    request.end_headers()
    request.wfile.write(bytes(1024))


@pytest.fixture
def way() -> Iterator[Proxy]:
    with odd_server(_a_kilobyte) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        with Proxy((host, int(port))).running() as proxy:
            yield proxy


def asked(way: Proxy) -> str:
    """What becomes of a request within a second."""
    try:
        with urllib.request.urlopen(f"http://{way.place}/", timeout=1) as answer:
            return f"{answer.status}, {len(answer.read())} bytes"
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("bad", "becomes"),
    [(Way.OPEN, "200, 1024 bytes"), (Way.SLOW, "200, 1024 bytes"), (Way.BUSY, "503")],
)
def test_a_way_answers_as_it_is_told_to(way: Proxy, bad: Way, becomes: str) -> None:
    way.go(bad)

    assert asked(way) == becomes


@pytest.mark.parametrize("bad", [Way.REFUSED, Way.HANGING])
def test_a_way_that_is_cut_lets_nothing_through_until_it_is_open_again(way: Proxy, bad: Way) -> None:
    way.go(bad)
    meanwhile = asked(way)
    way.go(Way.OPEN)

    assert meanwhile in {"URLError", "TimeoutError"}
    assert asked(way) == "200, 1024 bytes"


def test_half_an_answer_ends_before_its_end(way: Proxy) -> None:
    way.go(Way.HALF)

    assert asked(way) in {"RemoteDisconnected", "BadStatusLine", "IncompleteRead", "ConnectionResetError"}
