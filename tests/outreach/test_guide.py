"""The receivers of docs/webhooks.md take what we send, and nothing else."""

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import a_user
from tests.outreach.receiver import Received, a_receiver
from vitrine.access.roles import Role
from vitrine.catalog.announcements import Topic
from vitrine.config.environment import ROOT
from vitrine.config.machine import node
from vitrine.outreach import endpoints
from vitrine.outreach.courier import Courier
from vitrine.outreach.posting import Network

GUIDE = (ROOT / "docs/webhooks.md").read_text()
CALL = """
import { readFileSync } from "node:fs";
const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try { verify(secret, headers, Buffer.from(body)); } catch (error) { console.log(error.message); }
"""

Verify = Callable[[str, dict[str, str], bytes], str]


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"the page has lost its {language}"
    return found[1]


def by_python(secret: str, headers: dict[str, str], body: bytes) -> str:
    """What it objects to; nothing if it takes the message."""
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102  # our own page
    try:
        names["verify"](secret, headers, body)
    except ValueError as error:
        return str(error)
    return ""


def by_node(secret: str, headers: dict[str, str], body: bytes) -> str:
    told = {"secret": secret, "headers": headers, "body": body.decode()}
    command = [str(node()), "--input-type=module", "-e", block("javascript") + CALL]
    ran = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture
def sent(db: None, settings: Any) -> tuple[Received, str]:
    """A message that really came, and the secret it was signed with."""
    settings.WEBHOOKS_TO = "private"
    with a_receiver() as receiver:
        endpoint, secret = endpoints.make(by=a_user(Role.ADMIN), url=receiver.url)
        endpoints.test(endpoint)
        courier = Courier(Network(private=True))
        courier.round()
        courier.finish()
    return receiver.received[0], secret


@pytest.mark.parametrize("verify", [by_python, by_node])
def test_the_guide_s_receiver_takes_ours_alone(sent: tuple[Received, str], verify: Verify) -> None:
    received, secret = sent
    headers = {name.lower(): value for name, value in received.headers.items()}

    assert verify(secret, headers, received.body) == ""
    assert verify(secret, headers, received.body + b" ") == "not from Vitrine"
    assert verify(secret, headers | {"webhook-id": "msg_other"}, received.body) == "not from Vitrine"
    assert verify(secret, headers | {"webhook-timestamp": "1700000000"}, received.body) == "too old"
    assert verify("whsec_" + "A" * 44, headers, received.body) == "not from Vitrine"


@pytest.mark.parametrize("topic", list(Topic))
def test_the_guide_tells_of_every_topic(topic: Topic) -> None:
    assert f"\n| `{topic}` | " in GUIDE
