"""Finds the things that a message names: phone, ticket number, e-mail, amount, and the pack's own phrases.
Pure.

Offsets and texts refer to the message as it was written: every fold used here keeps its length.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bot.understanding.features import MASKS
from bot.understanding.model import Entity
from core.language import half_width, to_simplified

BUILT_IN: Final = ("email", "ticket", "phone", "amount")
"""In order of precedence where two overlap."""

_DASHES: Final = {ord(dash): "-" for dash in "‐‑‒–—―−﹣"}
_CANDIDATE: Final = re.compile(r"[0-9@]|-[A-Za-z0-9]{4}")
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
_SEPARATED: Final = r"[ -]?"
_MOBILE: Final = (
    rf"(?:(?:\+|00)?86{_SEPARATED})?1[3-9][0-9]{_SEPARATED}(?:[0-9]{{4}}{_SEPARATED}[0-9]{{4}}"
    rf"|[0-9]{{3}}{_SEPARATED}[0-9]{{3}}{_SEPARATED}[0-9]{{2}}|[0-9]{{3}}{_SEPARATED}[0-9]{{5}})"
)
_LANDLINE: Final = (
    rf"(?:(?:\+|00)86{_SEPARATED}\(?0?[1-9]|\(?0[1-9])[0-9]{{1,2}}(?:\) ?|{_SEPARATED})"
    rf"[2-8][0-9]{{2,3}}{_SEPARATED}[0-9]{{4}}"
)
_SERVICE_LINE: Final = r"[48]00-?[0-9]{3}-?[0-9]{4}"
_FOREIGN: Final = r"\+[1-9][0-9]{0,2}(?:[ -]?\(?[0-9]{1,5}\)?){2,5}"
_PHONE: Final = re.compile(
    rf"(?<![0-9A-Za-z.+-])(?:(?P<mobile>{_MOBILE})|(?P<landline>{_LANDLINE})|(?P<service>{_SERVICE_LINE})"
    rf"|(?P<foreign>{_FOREIGN}))(?![0-9]|[.-][0-9])"
)
_SUM: Final = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]{1,9}(?:\.[0-9]{1,2})?"
_AMOUNT: Final = re.compile(
    rf"(?:(?:[¥￥$£€]|\b(?:rmb|cny|usd)) ?(?P<after>{_SUM})(?![0-9.]*[0-9])"
    rf"|(?<![0-9.,A-Za-z])(?P<before>{_SUM}) ?(?:元|块|圆|¥|(?:yuan|rmb|cny|dollars?|bucks?|usd)\b))",
    re.IGNORECASE,
)
_NOT_DIGITS: Final = re.compile(r"[^0-9]")


def find_built_in(text: str) -> list[Entity]:
    """Phone, ticket, e-mail and amount entities of `text`, by position, not overlapping."""
    plain = half_width(text)
    if not plain.isascii():
        plain = plain.translate(_DASHES)
    if _CANDIDATE.search(plain) is None:
        return []
    found = _emails(plain) + _tickets(plain) + _phones(plain) + _amounts(plain)
    return _written(_without_overlap(found), text)


def mask(text: str, entities: Iterable[Entity]) -> str:
    """`text` with every built-in entity replaced by its one-character mask; `entities` by position."""
    parts: list[str] = []
    last = 0
    for entity in entities:
        if entity.name in MASKS:
            parts += [text[last : entity.start], " ", MASKS[entity.name], " "]
            last = entity.end
    if not parts:
        return text
    parts.append(text[last:])
    return "".join(parts)


def _emails(plain: str) -> list[Entity]:
    if "@" not in plain:
        return []
    return [Entity("email", m[0].lower(), m[0], m.start(), m.end()) for m in _EMAIL.finditer(plain)]


def _tickets(plain: str) -> list[Entity]:
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
            found.append(Entity("ticket", value, match[0], match.start(), match.end()))
    return found


def _phones(plain: str) -> list[Entity]:
    """Mainland numbers as digits without country code, area codes with their 0; others as `+` and digits
    (E.164).
    """
    found = []
    for match in _PHONE.finditer(plain):
        digits = _NOT_DIGITS.sub("", match[0])
        if match["foreign"]:
            if not 8 <= len(digits) <= 15 or digits.startswith("86"):
                continue
            value = "+" + digits
        else:
            value = digits.removeprefix("00") if match[0].startswith("00") else digits
            if len(value) > 11 or match[0].startswith(("+", "00")):
                value = value.removeprefix("86")
            if match["landline"] and not value.startswith("0"):
                value = "0" + value
            if match["landline"] and not 10 <= len(value) <= 12:
                continue
        found.append(Entity("phone", value, match[0], match.start(), match.end()))
    return found


def _amounts(plain: str) -> list[Entity]:
    """Sums of money; `value` is a plain decimal number without its currency."""
    found = []
    for match in _AMOUNT.finditer(plain):
        value = (match["after"] or match["before"]).replace(",", "")
        found.append(Entity("amount", value, match[0], match.start(), match.end()))
    return found


def _without_overlap(entities: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in entities:
        if all(entity.end <= other.start or other.end <= entity.start for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)


def _written(entities: list[Entity], text: str) -> list[Entity]:
    return [Entity(e.name, e.value, text[e.start : e.end], e.start, e.end) for e in entities]


class Phrases:
    """A table of phrases (lookup tables, synonyms, choices of slots), the longest match first.

    In Latin script a phrase matches whole words only. Immutable; one pass over the message per call.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]]) -> None:
        """`table`: phrase → (entity name, value). Phrases are folded; of two that fold alike the first
        stands.
        """
        self._table: dict[str, tuple[str, str]] = {}
        for phrase, meaning in table.items():
            self._table.setdefault(fold_phrase(phrase).strip(), meaning)
        self._table.pop("", None)
        sizes: dict[str, set[int]] = {}
        for phrase in self._table:
            sizes.setdefault(phrase[0], set()).add(len(phrase))
        firsts = sorted(sizes)
        latin, other = (
            "".join(map(re.escape, (c for c in firsts if c.isascii() == ascii))) for ascii in (True, False)
        )
        starts = ([rf"(?<![0-9a-z])[{latin}]"] if latin else []) + ([f"[{other}]"] if other else [])
        self._starts = re.compile("|".join(starts) or r"(?!)")
        self._sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}

    def find(self, text: str, taken: Iterable[Entity] = ()) -> list[Entity]:
        """The phrases in `text`, by position, not overlapping each other or `taken`."""
        plain = fold_phrase(text)
        sizes, table = self._sizes, self._table
        blocked = [(entity.start, entity.end) for entity in taken]
        found: list[Entity] = []
        resume = 0
        for match in self._starts.finditer(plain):
            start = match.start()
            if start < resume:
                continue
            for size in sizes[plain[start]]:
                end = start + size
                meaning = table.get(plain[start:end]) if end <= len(plain) else None
                if meaning is None or (
                    _word_character(plain[end - 1]) and _word_character(plain[end : end + 1])
                ):
                    continue
                if any(start < stop and begin < end for begin, stop in blocked):
                    continue
                found.append(Entity(meaning[0], meaning[1], text[start:end], start, end))
                resume = end
                break
        return found


def fold_phrase(text: str) -> str:
    """Half width, simplified, lower case; the length stays, so that offsets hold."""
    folded = to_simplified(half_width(text))
    lowered = folded.lower()
    return (
        lowered
        if len(lowered) == len(folded)
        else "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)
    )


def _word_character(character: str) -> bool:
    return character.isascii() and character.isalnum()
