"""What deploy/compose.yaml and deploy/Dockerfile say, read as Docker reads them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from vitrine.config.environment import ROOT

DEPLOY = ROOT / "deploy"
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


def services(variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """compose.yaml's services, with `variables` put in."""
    read = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    found: dict[str, dict[str, Any]] = _filled(read, variables)
    return found


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _meant(match, variables), value)
    if isinstance(value, dict):
        return {name: _filled(one, variables) for name, one in value.items()}
    return [_filled(one, variables) for one in value] if isinstance(value, list) else value


def _meant(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match[0] == "$$":
        return "$"
    if chosen := variables.get(match["name"]):
        return chosen
    if match["how"] != "-":
        raise KeyError(match["name"])
    return str(match["rest"])


def env_file(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in their order, each with what it says, on one line."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]
