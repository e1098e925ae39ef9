"""What the command line takes from the environment. The service has its own reader, which wants a DATA_DIR."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`chromium`, `node`, `converter`: programs, as for the service. `plain`: no colours, and no line drawn twice.
    `url`, `api_key`: they win over a login. `config`, `state`: our folders (XDG)."""

    chromium: str | None
    node: str | None
    converter: str | None
    plain: bool
    url: str | None
    api_key: str | None
    config: Path
    state: Path


def look_around() -> Surroundings:
    """Read once, at start. Also says where Playwright's own browser lies: beside Playwright, as `make run` put it."""
    variables = os.environ  # noqa: TID251  # the service's reader would make folders and secrets
    variables.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")
    return Surroundings(
        chromium=variables.get("CHROMIUM") or None,
        node=variables.get("NODE") or None,
        converter=variables.get("CONVERTER_PYTHON") or None,
        plain=bool(variables.get("NO_COLOR")) or variables.get("TERM") == "dumb",
        url=variables.get("VITRINE_URL", "").rstrip("/") or None,
        api_key=variables.get("VITRINE_API_KEY") or None,
        config=_folder(variables, "XDG_CONFIG_HOME", ".config"),
        state=_folder(variables, "XDG_STATE_HOME", ".local/state"),
    )


def _folder(variables: Mapping[str, str], name: str, usual: str) -> Path:
    """The XDG Base Directory Specification: a relative path counts as none."""
    said = Path(variables.get(name) or "")
    return (said if said.is_absolute() else Path.home() / usual) / "vitrine"
