"""Recognises personal data in text: telephone numbers, e-mail, identity cards, bank cards, passwords. Pure.

Everything here is linear in the length of the text: each position is looked at by patterns of bounded length
only.
"""

import re
from typing import Final

import msgspec

from core.language import half_width

PHONE, EMAIL, ID_CARD, BANK_CARD, PASSWORD = "phone", "email", "id_card", "bank_card", "password"


class Pii(msgspec.Struct, frozen=True):
    """`text` at [start, end) of the text, of one of the kinds above."""

    kind: str
    start: int
    end: int
    text: str


# A run of digits as people write numbers: groups with at most two separators in between.
_RUN: Final = re.compile(r"\+?\(?[0-9](?:[ \-.()]{0,2}[0-9])*[xX]?")
_GROUP: Final = re.compile(r"\+?\(?[0-9]+")

# Telephone numbers come before cards: "+86 138 1234 5678" passes Luhn.
_PHONES: Final = (
    # Mainland mobile numbers, with or without the country code.
    re.compile(r"(?:(?:\+|00)?86[ \-]?)?1[3-9][0-9](?:[ \-]?[0-9]){8}(?![0-9])"),
    # A trunk 0, an area and two groups, ten digits or more: mainland and British landlines, British mobiles.
    re.compile(
        r"(?=(?:[ \-()]{0,2}[0-9]){10})\(?0[1-9][0-9]{1,3}\)?[ \-]{0,2}[0-9]{3,4}[ \-]?[0-9]{3,4}(?![0-9])"
    ),
    # Mainland landlines behind the country code, where the trunk 0 is left out.
    re.compile(r"(?:\+|00)86[ \-]?\(?[1-9][0-9]{1,2}\)?(?:[ \-]?[0-9]){7,8}(?![0-9])"),
    # International: E.164 has at most 15 digits with the country code.
    re.compile(r"(?:\+|00)[1-9](?:[ \-.()]{0,2}[0-9]){7,14}(?![0-9])"),
    # North American numbers with their separators; 400 and 800 are hotlines, which belong to nobody.
    re.compile(r"\(?(?!400|800)[2-9][0-9]{2}(?:\) ?|[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}(?![0-9])"),
)
_ID_CARD: Final = re.compile(
    r"[1-9][0-9]{5}[ \-]?(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[ \-]?[0-9]{3}[0-9Xx](?![0-9])"
)
# Cards of payment schemes begin with these digits (ISO/IEC 7812); clocks in milliseconds begin with 1.
_CARD: Final = re.compile(r"[2-69](?:[ \-]?[0-9]){12,18}")

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"

_LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-"
_DOMAIN: Final = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])")

_PASSWORD: Final = re.compile(
    r"(?:密码|口令|(?<![a-z])(?:password|passwd|passcode|pwd)(?![a-z]))"
    r"(?P<link> {0,3}(?:是|为|[:：=]|is(?![a-z])|was(?![a-z])) {0,3}| {0,3})(?P<secret>[!-~]{4,64})",
    re.IGNORECASE,
)
_ABOUT_PASSWORDS: Final = frozenset(
    "wrong incorrect correct invalid expired required forgotten locked changed missing needed always still "
    "that this what right lost reset".split()
)


def find(text: str) -> tuple[Pii, ...]:
    """Personal data in `text`, in order, without overlaps. Full-width digits are read like half-width
    ones.
    """
    folded = half_width(text)
    found = [*_passwords(folded), *_emails(folded), *_numbers(folded)]
    found.sort(key=lambda item: (item[1], -item[2]))
    kept: list[Pii] = []
    for kind, start, end in found:
        if not kept or start >= kept[-1].end:
            kept.append(Pii(kind, start, end, text[start:end]))
    return tuple(kept)


def mask(text: str) -> str:
    """`text` with personal data made unreadable, the shape kept: `138****5678`, `z***@example.com`, `******`.

    Of telephone numbers the four digits before the last four are hidden, of identity and bank cards all but
    the last four.
    """
    parts: list[str] = []
    position = 0
    for item in find(text):
        parts += (text[position : item.start], _masked(item))
        position = item.end
    return "".join((*parts, text[position:])) if parts else text


def digits(text: str) -> str:
    """The digits of `text` (and a final X of an identity card), so that spellings of one number compare
    equal.
    """
    return "".join(c for c in half_width(text).upper() if c in "0123456789X")


def phone_key(text: str) -> str:
    """The digits of a telephone number without the mainland's country code; empty when it cannot be a
    number.
    """
    plain = "".join(c for c in half_width(text) if c in "0123456789")
    if plain.startswith("0086"):
        plain = plain[4:]
    elif plain.startswith("86") and len(plain) >= 12:
        plain = plain[2:]
    return plain if 5 <= len(plain) <= 17 else ""


def luhn(number: str) -> bool:
    """Whether a string of digits satisfies the formula of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = int(character)
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def id_card(number: str) -> bool:
    """Whether 18 characters end in the right check character of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[17].upper()


Span = tuple[str, int, int]


def _numbers(text: str) -> list[Span]:
    spans: list[Span] = []
    for run in _RUN.finditer(text):
        if run.end() - run.start() < 7:
            continue
        position = run.start()
        for group in _GROUP.finditer(text, run.start(), run.end()):
            if group.start() < position:
                continue
            span = _number(text, group.start())
            if span:
                spans.append(span)
                position = span[2]
    return spans


def _number(text: str, start: int) -> Span | None:
    for pattern in _PHONES:
        match = pattern.match(text, start)
        if match:
            return (PHONE, start, match.end())
    card_start = start + (text[start] in "+(")
    match = _ID_CARD.match(text, card_start)
    if match and id_card(match[0].replace(" ", "").replace("-", "")):
        return (ID_CARD, card_start, match.end())
    match = _CARD.match(text, card_start)
    if match:
        end = match.end()
        while end > card_start:
            number = digits(text[card_start:end])
            if len(number) < 13:
                break
            if not text[end : end + 1].isdigit() and luhn(number):
                return (BANK_CARD, card_start, end)
            end -= 1 + (text[end - 2] in " -")
    return None


def _emails(text: str) -> list[Span]:
    spans: list[Span] = []
    at = text.find("@")
    while at >= 0:
        head = text[max(0, at - 64) : at]
        local = head[len(head.rstrip(_LOCAL)) :].lstrip(".")
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            spans.append((EMAIL, at - len(local), domain.end()))
        at = text.find("@", at + 1)
    return spans


def _passwords(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _PASSWORD.finditer(text):
        secret = match["secret"].rstrip(".,;!?)")
        bare = not match["link"].strip()
        if len(secret) < 4 or secret.lower() in _ABOUT_PASSWORDS:
            continue
        if bare and not any(c in "0123456789" for c in secret):
            continue
        spans.append((PASSWORD, match.start("secret"), match.start("secret") + len(secret)))
    return spans


def _masked(item: Pii) -> str:
    if item.kind == PASSWORD:
        return "******"
    if item.kind == EMAIL:
        return f"{item.text[0]}***{item.text[half_width(item.text).index('@') :]}"
    places = [i for i, c in enumerate(item.text) if half_width(c) in "0123456789xX"]
    hidden = places[-8:-4] if item.kind == PHONE else places[:-4]
    characters = list(item.text)
    for place in hidden:
        characters[place] = "*"
    return "".join(characters)
