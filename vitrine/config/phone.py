"""What a phone needs from the terminal: a code to open, and how to trust us."""

import io
import sys

import segno

from vitrine.config.addresses import own_addresses
from vitrine.config.environment import Environment

_WHITE_ON_BLACK, _AS_BEFORE = "\x1b[97;40m", "\x1b[0m"


def phone_url(environment: Environment) -> str | None:
    """Where a phone on the same network finds us; None when we listen to this machine alone."""
    if environment.public_url:
        return environment.public_url
    everywhere = environment.host in {"0.0.0.0", "::"}  # noqa: S104  # compared, not bound
    address = next(iter(own_addresses()), None) if everywhere else environment.host
    if address is None or address in {"localhost", "::1"} or address.startswith("127."):
        return None
    return f"https://{f'[{address}]' if ':' in address else address}:{environment.port}"


def code(text: str) -> str:
    """A QR code for a terminal, light on dark, also where the terminal is dark on light."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=out, border=2, compact=True)
    lines = out.getvalue().splitlines()
    if sys.stdout.isatty():
        lines = [f"{_WHITE_ON_BLACK}{line}{_AS_BEFORE}" for line in lines]
    return "\n".join(f"  {line}" for line in lines)


def how_to_trust(url: str) -> list[str]:
    """For the box that `up` prints."""
    return [
        "",
        f"On a phone  {url}/ca.crt, accept the warning this once, and install it:",
        "            iPhone   Settings > Profile Downloaded; then General > About >",
        "                     Certificate Trust Settings, and switch it on",
        "            Android  Settings > Security > Install a certificate > CA certificate",
    ]
