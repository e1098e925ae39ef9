"""The templates themselves: complete, in all three sizes, and nothing that CloudFormation would refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from vitrine_aws.choices import NotChosen, choices_of
from vitrine_aws.sizes import SIZES

from tests.conftest import HERE, MORE, SAID, Made


def test_every_size_is_tried() -> None:
    assert set(MORE) == set(SIZES)


def test_nothing_has_to_be_looked_up_in_an_account(made: Made) -> None:
    assert "missing" not in json.loads((made.folder / "manifest.json").read_text())


def test_cfn_lint_finds_nothing(every_size: dict[str, Made]) -> None:
    templates = [str(file) for one in every_size.values() for file in one.folder.glob("*.template.json")]
    assert len(templates) == 2 * len(SIZES)

    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([cfn_lint, *templates], cwd=HERE, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", ["account", "region", "domain", "edge_certificate", "certificate", "tag"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(NotChosen, match=f"-c {name}="):
        choices_of({**SAID, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "huge"),
        ("domain", "https://assets.example.com"),
        ("edge_function", "/no/such.js"),
        ("archive_days", "-1"),
        ("deep_archive_days", "soon"),
        ("deep_archive_days", "30"),
        ("replicate_to", "arn:aws:s3:::elsewhere"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(NotChosen, match=name):
        choices_of({**SAID, name: value})
