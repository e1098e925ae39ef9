"""The contract as it is kept, read quickly: plain Python takes seconds for it, in every process of a run."""

from typing import Any

import yaml

from vitrine.config.environment import ROOT


def the_contract() -> dict[str, Any]:
    """One's own to change."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # where PyYAML came without its C part
    found: dict[str, Any] = yaml.load((ROOT / "contracts" / "openapi.yaml").read_text(), loader)  # noqa: S506  # both are safe
    return found
