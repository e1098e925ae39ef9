"""Words and numbers as people read them in a terminal."""

_DOING = {
    "import": "Opening it",
    "gate": "Checking the model",
    "convert": "Unpacking it",
    "poster": "Taking the poster",
    "optimize": "Making it small",
    "optimize-1": "Trying again with what the proof told",
    "optimize-2": "Making it with more care",
    "optimize-3": "Making it with most care",
    "proof": "Comparing with the original",
    "usdz": "Making the USDZ",
    "channels": "Judging it by the channels' rules",
    "check": "Checking the USDZ",
}


def doing(step: str) -> str:
    """What a step does; a step that has no words here goes by its name."""
    return _DOING.get(step, step.replace("-", " ").capitalize())


def size(count: int) -> str:
    """Bytes in four digits at most, decimal: 912 B, 98.3 kB, 28.1 MB."""
    if count < 1000:
        return f"{count} B"
    value, unit = (count / 1000, "kB") if count < 999_500 else (count / 1_000_000, "MB")
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"


def share(part: int, whole: int) -> str:
    """A percentage; small ones keep a digit."""
    percent = 100 * part / whole
    return f"{percent:.1f} %" if percent < 9.95 else f"{percent:.0f} %"


def printable(text: str) -> str:
    """A model's own words without what could move a cursor or break an encoding."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
