"""The first frame that a person chose for a product: where the camera stands, and how bright the light is.

It lies in `metadata.view`, which is anybody's JSON: `viewer/src/view.ts` reads the same with the same rules, so that
the poster stays the viewer's first frame. What is not right is left out, and the viewer's own stands in.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

_NUMBER = r"-?(?:\d{1,6}(?:\.\d{0,9})?|\.\d{1,9})"
_ANGLE = rf"(?:auto|{_NUMBER}(?:deg|rad))"
_LENGTH = rf"(?:auto|{_NUMBER}(?:mm|cm|m))"
_FORMS = {
    "orbit": re.compile(rf"{_ANGLE} {_ANGLE} (?:auto|{_NUMBER}(?:mm|cm|m|%))", re.ASCII),
    "target": re.compile(rf"{_LENGTH} {_LENGTH} {_LENGTH}", re.ASCII),
    "fov": re.compile(rf"(?:auto|{_NUMBER}deg)", re.ASCII),
}
DARKEST, BRIGHTEST = 0.2, 3.0
ROOMS = ("legacy", "neutral")
"""The two of model-viewer's own environments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """`orbit`, `target` and `fov` as <model-viewer> takes them; None leaves the viewer's own."""

    orbit: str | None = None
    target: str | None = None
    fov: str | None = None
    exposure: float | None = None
    room: str | None = None

    @classmethod
    def of(cls, given: object) -> Self | None:
        """None when nothing of it can be used."""
        fields = given if isinstance(given, Mapping) else {}
        read = {name: _text(fields.get(name), form) for name, form in _FORMS.items()}
        room = fields.get("room")
        found = cls(**read, exposure=_light(fields.get("exposure")), room=room if room in ROOMS else None)
        return None if found == cls() else found

    def options(self) -> dict[str, Any]:
        """What was said, for a job's options."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def scene(self) -> dict[str, Any]:
        """The same in the words of the viewer's scene."""
        named = {
            "cameraOrbit": self.orbit,
            "cameraTarget": self.target,
            "fieldOfView": self.fov,
            "exposure": self.exposure,
            "environmentImage": self.room,
        }
        return {name: value for name, value in named.items() if value is not None}


def _text(given: object, form: re.Pattern[str]) -> str | None:
    return given if isinstance(given, str) and form.fullmatch(given) else None


def _light(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return float(given) if DARKEST <= given <= BRIGHTEST else None
