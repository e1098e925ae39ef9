"""A name and a password, looked at only so often.

Three buckets hold back who guesses: one for each account and network, one for each address, and one for each account
as far as it is tried from networks that it was never used from. The last is what stands against many addresses at
once, and it could shut out an account's owner; so whoever logged in from a network lately is not counted in it, and
no bucket stays empty longer than its `every_s`. A right password gives back what it took.
"""

import hashlib
import math
from datetime import timedelta

from django.contrib.auth import authenticate, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from vitrine.access import moments, second_factor
from vitrine.access.addresses import digest_of, shortened
from vitrine.access.counting import Bucket, counts
from vitrine.access.models import User
from vitrine.access.passwords import LONGEST
from vitrine.errors import CodeNeeded, CodeWrong, LoginNeeded, TooManyLogins
from vitrine.metrics.table import LIMITS_HIT

KNOWN = timedelta(days=30)
"""How long a network counts as one that a person uses."""


def log_in(username: str, password: str, address: str, *, code: str = "") -> User:
    """The person with that name and password, and with the code of the second factor where there is one. LoginNeeded
    for a wrong password, CodeNeeded and CodeWrong for the code, TooManyLogins before anything is looked at.
    """
    person = check_password(username, password, address)
    if person.has_second_factor:
        if not code:
            raise CodeNeeded("Send the code of your authenticator app, or one that you wrote down, as `otp`.")
        check_code(person, code, address)
    welcome(person, address)
    return person


def check_password(username: str, password: str, address: str) -> User:
    """Half a login for those with a second factor. A name that nobody has takes as long as one that somebody has:
    Django hashes the password then too.
    """
    held = Hold(username, address)
    held.take()
    found = authenticate(username=username, password=password[: LONGEST + 1])
    if not isinstance(found, User):
        moments.login_failed(username, address)
        raise LoginNeeded(gettext("There is no login with this name and password."))
    held.give_back()
    return found


def check_code(person: User, code: str, address: str) -> None:
    held = Hold(person.username, address)
    held.take()
    if not second_factor.accepts(person, code):
        moments.login_failed(person.username, address)
        raise CodeWrong(
            gettext("This code is not right, or was used already. Codes change every 30 seconds.")
        )
    held.give_back()


def welcome(person: User, address: str) -> None:
    """All that a login takes was there."""
    Hold(person.username, address).remember()
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(last_login=timezone.now())
        moments.logged_in(person, address)


def counted_as(name: str) -> str:
    """What stands in the counters for a name or a mailbox, whichever capitals it was typed in."""
    return hashlib.sha256(name.casefold().encode(errors="replace")).hexdigest()[:32]


def farewell(request: HttpRequest) -> None:
    """The console's session ends; it has no tokens of its own. A stranger has nothing to end."""
    person = request.user
    with transaction.atomic():
        if isinstance(person, User):
            moments.logged_out(person)
        logout(request)


class Hold:
    """What one try of a password takes."""

    def __init__(self, username: str, address: str) -> None:
        self._username, self._address = username, address
        self._taken: list[Bucket] = []
        account = counted_as(username)
        network = shortened(address)
        self._known = f"known:{account}:{network}"
        self._pair = Bucket(f"pair:{account}:{network}", burst=8, every_s=60)
        place = network if ":" in address else address  # one customer has a whole /48 of IPv6
        self._place = Bucket(f"address:{digest_of(place)}", burst=40, every_s=15)
        self._account = Bucket(f"account:{account}", burst=60, every_s=60)

    def take(self) -> None:
        """TooManyLogins when there were too many already; this one then does not count."""
        buckets = [self._pair, self._place]
        if not counts().knows(self._known):
            buckets.append(self._account)
        wait_s = math.ceil(counts().take(buckets))
        self._taken = buckets
        if wait_s > 0:
            LIMITS_HIT.count("login")
            moments.login_held_back(self._username, self._address, wait_s)
            raise TooManyLogins(
                gettext("Too many wrong passwords were tried. Wait %(wait_s)d seconds, then try again.")
                % {"wait_s": wait_s},
                retry_after_s=wait_s,
            )

    def give_back(self) -> None:
        """It was right."""
        counts().give_back(self._taken)

    def remember(self) -> None:
        """The account's owner was here."""
        counts().remember(self._known, KNOWN.total_seconds())
