"""OpenUSD's own validators over a package."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pxr import Tf, Usd, UsdValidation


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a validator says. `severe` for what it calls an error, not a warning."""

    validator: str
    message: str
    severe: bool

    def __str__(self) -> str:
        return f"{self.validator}: {self.message}"


class Unopenable(ValueError):
    """OpenUSD cannot open the file."""


def opened(path: Path) -> Any:
    """The stage at `path`."""
    try:
        stage = Usd.Stage.Open(str(path))
    except Tf.ErrorException as error:
        raise Unopenable(_first_line(error)) from error
    if not stage:
        raise Unopenable("there is no stage in it")
    return stage


def findings(stage: Any) -> list[Finding]:
    """What all of OpenUSD's validators say about the stage."""
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    found = UsdValidation.ValidationContext(validators).Validate(stage)
    return [
        Finding(
            str(error.GetValidator().GetMetadata().name).split(":")[-1],
            " ".join(error.GetMessage().split())[:500],
            error.GetType() == UsdValidation.ValidationErrorType.Error,
        )
        for error in found
        if not error.HasNoError()
    ]


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it has no reason to give"
