"""What a client can unpack (RFC 9110, section 12.5.3)."""

import re

_QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)", re.IGNORECASE)


def takes_brotli(accept_encoding: str) -> bool:
    """Whether `br` is named, or `*`, and not with the quality 0. What cannot be read is not taken."""
    named = dict(_weighed(part) for part in accept_encoding.split(","))
    return named.get("br", named.get("*", 0.0)) > 0


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    if not parameters:
        return name.lower(), 1.0
    found = _QUALITY.fullmatch(parameters[0])
    return name.lower(), float(found[1]) if found else 0.0
