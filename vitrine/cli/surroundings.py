"""What the command line takes from the environment. The service has its own reader, which wants a DATA_DIR."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`chromium`, `node`, `converter`: programs, as for the service. `plain`: no colours, and no line drawn twice."""

    chromium: str | None
    node: str | None
    converter: str | None
    plain: bool


def look_around() -> Surroundings:
    """Read once, at start. Also says where Playwright's own browser lies: beside Playwright, as `make run` put it."""
    variables = os.environ  # noqa: TID251  # the service's reader would make folders and secrets
    variables.setdefault("PLAYWRIGHT_BROWSERS_PATH", "0")
    return Surroundings(
        chromium=variables.get("CHROMIUM") or None,
        node=variables.get("NODE") or None,
        converter=variables.get("CONVERTER_PYTHON") or None,
        plain=bool(variables.get("NO_COLOR")) or variables.get("TERM") == "dumb",
    )
