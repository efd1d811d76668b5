"""What both languages read alike, in the words of each: addresses, case numbers, phone numbers. Pure.

A reading stands between two `EDGE`s until the end, when blanks around it are set as its language has them.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from voice.tts.numbers import grouped
from voice.tts.patterns import HOST, is_ticket

EDGE: Final = "\ue000"
_RUNS: Final = re.compile(r"[A-Z]+|[0-9]+")
_PARTS: Final = re.compile(r"[A-Za-z]+|[0-9]+|[-_.+]")
_HAN_GAP: Final = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

Reading = Callable[[re.Match[str]], str | None]
"""What is said instead, or None where it is not what it looked like."""
Rule = tuple[re.Pattern[str], Reading]


class Tongue(msgspec.Struct, frozen=True):
    """A language's words. `digits` tells them one by one; `comma` is a short pause."""

    digits: Callable[[str], str]
    comma: str
    stop: str
    at: str
    dot: str
    point: str
    dash: str
    underscore: str
    plus: str
    star: str
    extension: str


def read(text: str, rules: Sequence[Rule]) -> str:
    """Applies the rules one after the other; what one has read is no longer digits for the next."""
    for pattern, reading in rules:
        text = pattern.sub(lambda found, reading=reading: _edged(reading(found), found), text)  # type: ignore[misc]
    return text


def _edged(said: str | None, found: re.Match[str]) -> str:
    return found[0] if said is None else f"{EDGE}{said}{EDGE}"


def in_groups(tongue: Tongue, *numbers: str | None) -> str:
    """Numbers digit by digit, with a pause between groups; what is empty is left out."""
    return tongue.comma.join(tongue.digits(part) for number in numbers if number for part in grouped(number))


def masked(tongue: Tongue) -> Reading:
    """138****8000."""
    return lambda found: tongue.comma.join((tongue.digits(found[1]), tongue.star, tongue.digits(found[2])))


def _named(tongue: Tongue, name: str) -> str:
    """A host or the name before the at, as it is dictated; a country's two letters one by one."""
    signs = {".": tongue.dot, "-": tongue.dash, "_": tongue.underscore, "+": tongue.plus.strip()}
    said = []
    for part in _PARTS.findall(name):
        if part.isdigit():
            said.append(tongue.digits(part))
        else:
            said.append(signs.get(part, part))
    return _HAN_GAP.sub("", " ".join(said))


def _host(tongue: Tongue, host: str) -> str:
    *front, last = host.split(".")
    country = len(last) == 2 and last.isalpha()
    return (
        _named(tongue, ".".join(front))
        + (f" {tongue.dot} " if front else "")
        + (" ".join(last.upper()) if country else _named(tongue, last))
    )


def email(tongue: Tongue) -> Reading:
    """name at host dot com."""
    return lambda found: f"{_named(tongue, found[1])} {tongue.at} {_host(tongue, found[2])}"


def address(tongue: Tongue) -> Reading:
    """Only the host: nobody writes down a path that is read to them."""

    def said(found: re.Match[str]) -> str:
        whole = found[1] or found[2]
        host = HOST.match(whole.removeprefix("www."))
        rest = whole[len(whole.rstrip(".,;:!?)*_~'")) :] if found[1] else ""
        return (_host(tongue, host[0]) if host else "") + rest.replace("*", "").replace("_", "").replace(
            "~", ""
        )

    return said


def ticket(tongue: Tongue) -> Reading:
    """T-1234-ABCD in groups, letters one by one."""

    def group(part: str) -> str:
        runs = _RUNS.findall(part)
        digits_last = len(runs) == 2 and runs[1].isdigit() and len(runs[1]) >= 3
        told = [in_groups(tongue, run) if run.isdigit() else " ".join(run) for run in runs]
        return (tongue.comma if digits_last else " ").join(told)

    def said(found: re.Match[str]) -> str | None:
        return tongue.comma.join(group(part) for part in found[0].split("-")) if is_ticket(found[0]) else None

    return said


def dotted(tongue: Tongue) -> Reading:
    """The address of a machine."""
    return lambda found: tongue.point.join(tongue.digits(part) for part in found[1].split("."))


def mobile(tongue: Tongue) -> Reading:
    """+86 138 0013 8000."""

    def said(found: re.Match[str]) -> str:
        country, *rest = found.groups()
        return (tongue.comma.join([_country(tongue, country), ""]) if country else "") + in_groups(
            tongue, *rest
        )

    return said


def _country(tongue: Tongue, code: str) -> str:
    return (tongue.plus if code.startswith("+") else "") + tongue.digits(code.lstrip("+"))


def landline(tongue: Tongue) -> Reading:
    """（021）61234567转801."""

    def said(found: re.Match[str]) -> str:
        opening, area, closing, number, extension = found.groups()
        end = f"{tongue.comma}{tongue.extension}{in_groups(tongue, extension)}" if extension else ""
        return f"{opening}{tongue.digits(area)}{closing}{tongue.comma}{in_groups(tongue, re.sub('[ -]', '', number))}{end}"

    return said


def overseas(tongue: Tongue) -> Reading:
    """+1 (555) 123-4567."""

    def said(found: re.Match[str]) -> str:
        country, opening, area, closing, middle, last = found.groups()
        front = f"{_country(tongue, country)}{tongue.comma}" if country else ""
        return (
            f"{front}{opening}{tongue.digits(area)}{closing}{tongue.comma}{in_groups(tongue, middle, last)}"
        )

    return said


def alone(tongue: Tongue) -> Reading:
    """Digits by themselves, in groups of our own."""
    return lambda found: in_groups(tongue, found[0])


def written(tongue: Tongue) -> Reading:
    """Digits by themselves, in the groups that the pattern found."""
    return lambda found: in_groups(tongue, *found.groups())
