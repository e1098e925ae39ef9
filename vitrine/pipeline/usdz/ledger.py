"""The ledger of a conversion: what USDZ keeps of a model, what it only imitates, what it cannot hold."""

from dataclasses import dataclass, field
from typing import Any

_SAYING = {
    "emulated": "{feature} is imitated, because Quick Look has no such thing.",
    "dropped": "{feature} is left out of the USDZ, because Quick Look cannot show it.",
}
_SAYING_WHERE = {
    "emulated": "{feature} is imitated, because Quick Look has no such thing: {names}.",
    "dropped": "{feature} is left out of the USDZ, because Quick Look cannot show it: {names}.",
}
_NAMES_TOLD = 8


@dataclass(slots=True)
class Ledger:
    """Features by fate. Each entry names its material, or None where it is the whole model's."""

    kept: list[tuple[str | None, str]] = field(default_factory=list)
    emulated: list[tuple[str | None, str]] = field(default_factory=list)
    dropped: list[tuple[str | None, str]] = field(default_factory=list)

    def keep(self, feature: str, material: str | None = None) -> None:
        _add(self.kept, (material, feature))

    def emulate(self, feature: str, material: str | None = None) -> None:
        _add(self.emulated, (material, feature))

    def drop(self, feature: str, material: str | None = None) -> None:
        _add(self.dropped, (material, feature))

    def fidelity(self) -> dict[str, list[dict[str, str | None]]]:
        """For the report: {kept, emulated, dropped}, each a list of {material, feature}."""
        return {
            fate: [{"material": material, "feature": feature} for material, feature in getattr(self, fate)]
            for fate in ("kept", "emulated", "dropped")
        }

    def notices(self) -> list[dict[str, Any]]:
        """One notice for each feature that is not simply kept, naming its materials."""
        return [
            {"code": f"usdz-{fate}", "detail": _sentence(fate, feature, materials)}
            for fate in ("emulated", "dropped")
            for feature, materials in _by_feature(getattr(self, fate)).items()
        ]


def _add(entries: list[tuple[str | None, str]], entry: tuple[str | None, str]) -> None:
    if entry not in entries:
        entries.append(entry)


def _by_feature(entries: list[tuple[str | None, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for material, feature in entries:
        grouped.setdefault(feature, []).extend([material] if material is not None else [])
    return grouped


def _sentence(fate: str, feature: str, materials: list[str]) -> str:
    begun = feature[:1].upper() + feature[1:]
    if not materials:
        return _SAYING[fate].format(feature=begun)
    more = len(materials) - _NAMES_TOLD
    names = ", ".join(materials[:_NAMES_TOLD])
    if more > 0:
        names = f"{names} and {more} more"
    return _SAYING_WHERE[fate].format(feature=begun, names=names)
