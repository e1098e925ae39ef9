"""A name and a password, looked at only so often.

Three buckets hold back who guesses: one for each account and network, one for each address, and one for each account
as far as it is tried from networks that it was never used from. The last is what stands against many addresses at
once, and it could shut out an account's owner; so whoever logged in from a network lately is not counted in it, and
no bucket stays empty longer than its `every_s`. A right password gives back what it took.
"""

import hashlib
import math

from django.contrib.auth import authenticate
from django.utils import timezone

from vitrine.access import moments
from vitrine.access.addresses import shortened
from vitrine.access.counting import Bucket, counts
from vitrine.access.models import User
from vitrine.errors import LoginNeeded, TooManyLogins

LONGEST_PASSWORD = 1024
"""Argon2 would read any length; nobody's password is longer."""
_KNOWN_S = 30 * 24 * 3600.0


def log_in(username: str, password: str, address: str) -> User:
    """The person with that name and password. LoginNeeded for a wrong one, TooManyLogins before it is looked at.

    A name that nobody has takes as long as one that somebody has: Django hashes the password then too.
    """
    held = Hold(username, address)
    held.take()
    found = authenticate(username=username, password=password[: LONGEST_PASSWORD + 1])
    if not isinstance(found, User):
        moments.login_failed(username, address)
        raise LoginNeeded("There is no login with this name and password.")
    held.forget()
    User.objects.filter(pk=found.pk).update(last_login=timezone.now())
    moments.logged_in(found, address)
    return found


class Hold:
    """What one try of a password takes."""

    def __init__(self, username: str, address: str) -> None:
        self._username, self._address = username, address
        self._taken: list[Bucket] = []
        account = hashlib.sha256(username.casefold().encode(errors="replace")).hexdigest()[:32]
        network = shortened(address)
        self._known = f"known:{account}:{network}"
        self._pair = Bucket(f"pair:{account}:{network}", burst=8, every_s=60)
        place = network if ":" in address else address  # one customer has a whole /48 of IPv6
        self._place = Bucket(f"address:{place}", burst=40, every_s=15)
        self._account = Bucket(f"account:{account}", burst=60, every_s=60)

    def take(self) -> None:
        """TooManyLogins when there were too many already; this one then does not count."""
        buckets = [self._pair, self._place]
        if not counts().knows(self._known):
            buckets.append(self._account)
        wait_s = math.ceil(counts().take(buckets))
        self._taken = buckets
        if wait_s > 0:
            moments.login_held_back(self._username, self._address, wait_s)
            raise TooManyLogins(
                f"Too many wrong passwords were tried. Wait {wait_s} seconds, then try again.",
                retry_after_s=wait_s,
            )

    def forget(self) -> None:
        """It was the right one."""
        counts().give_back(self._taken)
        counts().remember(self._known, _KNOWN_S)
