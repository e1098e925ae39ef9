"""How an API key is written: `vtr_api_`, 43 letters and digits (256 random bits), and a checksum of 6.

The prefix lets scanners of repositories and logs recognise a key; the checksum tells a typo without a database.
"""

import hashlib
import re
import secrets
import zlib

from vitrine.errors import KeyUnknown

SHOWN = 12
"""Characters of a key that lists may show: its prefix and four more, which leave 232 bits to guess."""

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX = "vtr_api_"
_RANDOM = 43  # 62 ** 43 is just over 2 ** 256
_CHECKSUM = 6  # 62 ** 6 is over 2 ** 32
_FORM = re.compile(rf"{_PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECKSUM}}}")


def draw() -> str:
    """A new key."""
    body = _PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return body + _checksum(body)


def digest_of(key: str) -> str:
    """What is kept of a key. One round of SHA-256 is right here: slow hashes make guessing dear, and nobody guesses
    256 random bits; they would only make every call dear. KeyUnknown for what cannot be a key of ours.
    """
    if not _FORM.fullmatch(key) or _checksum(key[:-_CHECKSUM]) != key[-_CHECKSUM:]:
        raise KeyUnknown("This is no API key: its form or its checksum is wrong. Is a part of it missing?")
    return hashlib.sha256(key.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_LETTERS))
        digits = _LETTERS[digit] + digits
    return digits
