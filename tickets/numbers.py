"""Ticket numbers: `F-7K2M-93QX`. Random, so that they cannot be counted through, and checked, so that a slip
is seen.

Symbols are Crockford's base 32 (https://www.crockford.com/base32.html) without his check symbols: seven
random ones (35 bits) and a check digit over the field GF(32), which also covers the prefix. With weights that
are different powers of a generator, every single wrong symbol and every swap of two is detected.
"""

import re
from collections.abc import Callable
from typing import Final

from core.language import half_width

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = re.compile(r"[A-Z]{1,4}\Z")

_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans("OIL", "011")
_SEPARATORS: Final = re.compile(r"[\s\-_.·‐‑‒–—−]+")
_WRITTEN: Final = re.compile(r"([A-Z]{1,4}?)([0-9A-Z]{8})\Z")
_LONGEST: Final = 64

# The field GF(2)[x] / (x^5 + x^2 + 1); x generates its 31 units.
_POLYNOMIAL: Final = 0b100101


def generate(prefix: str, below: Callable[[int], int]) -> str:
    """A new number. `below(n)` gives a random integer of [0, n); `prefix` is one to four letters A to Z."""
    if not PREFIX.match(prefix):
        raise ValueError("a ticket prefix is one to four letters A to Z")
    random = "".join(ALPHABET[below(32)] for _ in range(7))
    body = random + check_symbol(prefix, random)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def normalise(text: str) -> str | None:
    """`text` as a ticket number in its one spelling, or None when it is none.

    Lower case, full-width forms, spaces and missing dashes are accepted, and in the eight symbols O for 0 and
    I or L for 1.
    """
    if len(text) > _LONGEST:
        return None
    plain = _SEPARATORS.sub("", half_width(text)).upper()
    match = _WRITTEN.match(plain)
    if match is None:
        return None
    prefix, body = match[1], match[2].translate(_READ_AS)
    if any(symbol not in _VALUE for symbol in body) or check_symbol(prefix, body[:7]) != body[7]:
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"


def check_symbol(prefix: str, symbols: str) -> str:
    """The check digit for a prefix and seven symbols: minus the sum of value times weight, in GF(32)."""
    total, weight = 0, 1
    for symbol in reversed(symbols):
        weight = _times(weight, 2)
        total ^= _times(_VALUE[symbol], weight)
    for letter in prefix:
        weight = _times(weight, 2)
        total ^= _times(ord(letter) - ord("A") + 1, weight)
    return ALPHABET[total]


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= _POLYNOMIAL
        b >>= 1
    return product
