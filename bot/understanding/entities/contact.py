"""E-mail addresses, telephone, ticket and identity numbers. Pure; each pattern is linear in the text."""

import re
from datetime import date
from typing import Final

from bot.understanding.entities.numerals import spelled_digits
from bot.understanding.entities.span import entity
from bot.understanding.model import Entity

_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-]{1,64}(?:\.[A-Za-z0-9_%+-]{1,64}){0,8}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)
_CROCKFORD: Final = "[0-9A-TV-Za-tv-z]{4}"
_TICKET: Final = re.compile(
    rf"(?<![A-Za-z0-9])([A-Za-z])([ -]{{0,3}})({_CROCKFORD})([ -]{{0,3}})({_CROCKFORD})(?![A-Za-z0-9])"
)
_CROCKFORD_READ: Final = str.maketrans("ILO", "110")
_DIGIT: Final = re.compile(r"[0-9]")
_SEPARATED: Final = r"[ .-]?"
_MOBILE: Final = (
    rf"(?:\(?(?:\+|00)?86\)?{_SEPARATED})?\(?1[3-9][0-9]\)?{_SEPARATED}"
    rf"(?:[0-9]{{4}}{_SEPARATED}[0-9]{{4}}"
    rf"|[0-9]{{3}}{_SEPARATED}[0-9]{{3}}{_SEPARATED}[0-9]{{2}}|[0-9]{{3}}{_SEPARATED}[0-9]{{5}})"
)
_LANDLINE: Final = (
    rf"(?:(?:\+|00)86{_SEPARATED}\(?0?[1-9]|\(?0[1-9])[0-9]{{1,2}}(?:\) ?|{_SEPARATED})"
    rf"[2-9][0-9]{{2,3}}{_SEPARATED}[0-9]{{4}}"
)
_FOREIGN: Final = r"(?:\+|(?<![0-9])00)[1-9][0-9]{0,2}(?:[ .-]?\(?[0-9]{1,5}\)?){2,5}"
_PHONE: Final = re.compile(
    rf"(?<![0-9A-Za-z.+-])(?:(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})"
    rf"|(?P<foreign>{_FOREIGN}))(?![0-9]|[.-][0-9])"
)
_NOT_DIGITS: Final = re.compile(r"[^0-9]")
_ID_CARD: Final = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ -]?[0-9]){16}[ -]?[0-9Xx](?![0-9A-Za-z])")
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK: Final = "10X98765432"


def emails(plain: str) -> list[Entity]:
    """Mailboxes, in lower case."""
    if "@" not in plain:
        return []
    return [Entity("email", m[0].lower(), m[0], m.start(), m.end()) for m in _EMAIL.finditer(plain)]


def tickets(plain: str) -> list[Entity]:
    """Numbers shaped `P-XXXX-XXXX`; Crockford's base 32 reads I and L as 1 and O as 0.

    English words have the same letters ("I need help"), so without its dashes a number must show digits.
    """
    found = []
    for match in _TICKET.finditer(plain):
        prefix, gap1, first, gap2, second = match.groups()
        digits = [bool(_DIGIT.search(part)) for part in (first, second)]
        if "-" in gap1 and "-" in gap2:
            sure = any(digits) or match[0].isupper()
        elif gap1 or gap2:
            sure = all(digits) or (any(digits) and match[0].isupper())
        else:
            sure = any(digits)
        if sure:
            body = (first + second).upper().translate(_CROCKFORD_READ)
            value = f"{prefix.upper()}-{body[:4]}-{body[4:]}"
            found.append(entity("ticket", value, plain, match.start(), match.end()))
    return found


def phones(plain: str) -> list[Entity]:
    """Mainland numbers as digits without country code, area codes with their 0; others as `+` and digits
    (E.164). Short codes and 400 numbers are companies' lines, and none.
    """
    found = []
    dictated = spelled_digits(plain)
    for match in _PHONE.finditer(dictated):
        digits = _NOT_DIGITS.sub("", match[0])
        start, end = match.span()
        if match[0].startswith("(") and ")" not in match[0]:
            start += 1
        international = match[0].lstrip("(").startswith(("+", "00"))
        if match["foreign"]:
            digits = digits.removeprefix("00")
            if not 8 <= len(digits) <= 15 or digits.startswith("86"):
                continue
            value = "+" + digits
        else:
            value = digits.removeprefix("00") if digits.startswith("00") else digits
            if len(value) > 11 or international:
                value = value.removeprefix("86")
            if match["landline"] and not value.startswith("0"):
                value = "0" + value
            if match["landline"] and not 10 <= len(value) <= 12:
                continue
        found.append(entity("phone", value, plain, start, end))
    return found


def id_cards(plain: str) -> list[Entity]:
    """Resident identity numbers with a birthday that exists and a right check character (GB 11643-1999: ISO
    7064 MOD 11-2), 18 characters, in blocks or not.
    """
    found = []
    for match in _ID_CARD.finditer(spelled_digits(plain)):
        digits = match[0].replace(" ", "").replace("-", "").upper()
        if is_id_card(digits):
            found.append(entity("id_card", digits, plain, match.start(), match.end()))
    return found


def is_id_card(digits: str) -> bool:
    """Whether 18 characters, the last a digit or X, are a resident identity number."""
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return born.year >= 1900 and _CHECK[total % 11] == digits[17]
