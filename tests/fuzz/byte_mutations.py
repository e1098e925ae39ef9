"""Mutations of bytes: of the buffer, the images in it, a zip, or a whole file."""

import random
import struct
from collections.abc import Callable

_WILD = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
_NOT_FINITE = (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff", b"\xff\xff\x7f\x7f")


def mutate(data: bytes, random_: random.Random) -> tuple[bytes, str]:
    """`data` changed once, somewhere, and how."""
    if not data:
        return data, "empty"
    mutation = random_.choice(_MUTATIONS)
    return bytes(mutation(bytearray(data), random_)), mutation.__name__.strip("_")


def _flip_bits(data: bytearray, random_: random.Random) -> bytearray:
    for _ in range(random_.choice((1, 1, 4, 32))):
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    return data


def _wild_word(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data))
    word = struct.pack(random_.choice(("<I", ">I")), random_.choice(_WILD))[: random_.choice((1, 2, 4))]
    data[at : at + len(word)] = word
    return data


def _not_finite(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data)) // 4 * 4
    data[at : at + 4] = random_.choice(_NOT_FINITE)
    return data


def _cut(data: bytearray, random_: random.Random) -> bytearray:
    return data[: random_.randrange(len(data))]


def _remove(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data))
    del data[at : at + random_.choice((1, 4, 100))]
    return data


def _insert(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data))
    data[at:at] = random_.randbytes(random_.choice((1, 4, 100)))
    return data


def _repeat(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data))
    data[at:at] = data[at : at + random_.choice((4, 64, 1000))]
    return data


def _blank(data: bytearray, random_: random.Random) -> bytearray:
    at = random_.randrange(len(data))
    length = min(random_.choice((4, 64, 1000)), len(data) - at)
    data[at : at + length] = random_.choice((b"\x00", b"\xff", b" ")) * length
    return data


_MUTATIONS: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    _flip_bits,
    _flip_bits,
    _wild_word,
    _wild_word,
    _not_finite,
    _cut,
    _remove,
    _insert,
    _repeat,
    _blank,
)
