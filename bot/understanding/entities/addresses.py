"""Addresses to the level of districts: Chinese ones by the names of divisions, English ones by their shape. Pure."""

import re
from typing import Final

from bot.understanding.entities.divisions import CITIES, DISTRICTS, PROVINCES
from bot.understanding.entities.numerals import HAN_NUMERALS
from bot.understanding.entities.span import entity
from bot.understanding.model import Entity
from core.language import HAN

_SUFFIXES: Final = re.compile("特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|[省市]$|地区$")
_MUNICIPALITIES: Final = frozenset({"北京市", "上海市", "天津市", "重庆市"})
_PROVINCES: Final = (
    {*PROVINCES, *(_SUFFIXES.sub("", name) for name in PROVINCES)}
    - _MUNICIPALITIES
    - {name.removesuffix("市") for name in _MUNICIPALITIES}
)
_CITIES: Final = {*CITIES, *_MUNICIPALITIES}
_ALL_CITIES: Final = _CITIES | {_SUFFIXES.sub("", name) for name in _CITIES if len(name) > 2}
_LONGEST: Final = {
    name: max(map(len, table)) for name, table in (("d", DISTRICTS), ("c", _ALL_CITIES), ("p", _PROVINCES))
}
_END: Final = re.compile("[区县市旗]")
_HAN: Final = re.compile(f"[{HAN}]")
_LEFT: Final = re.compile("[在是到为住家于址至从去来给寄的:：,，。 ]$")
# Under a city that is known, a district that is not.
_NEW_DISTRICT: Final = re.compile(f"[{HAN}]{{1,4}}?(?:区|县)(?!别|号|间|域)")
_UNITS: Final = "号院|号楼|号|弄|室|楼|栋|幢|座|层|单元|户|巷|组|村|队|期|房|门|铺|档"
_NUMBERED: Final = rf"(?:[0-9]{{1,5}}(?:-[0-9]{{1,5}}){{0,2}}[A-Za-z]?|[A-Za-z][0-9]{{0,3}}|[{HAN_NUMERALS}]{{1,5}}|[甲乙丙东西南北])(?:{_UNITS})"
_QUIET: Final = "[^我你他她它的了吗呢在是有和网断没不能要来装开请修坏，。,.？！?!；;、：:（）() \\n]"
_PLACES: Final = "路|街道|街|大道|镇|乡|村|小区|花园|广场|大厦|新村|家园|公寓|中心|苑"
_DETAIL: Final = re.compile(
    rf"(?:{_QUIET}{{0,18}}?{_NUMBERED}(?:{_QUIET}{{0,8}}?{_NUMBERED}){{0,4}}(?:[0-9]{{3,4}}(?![0-9]))?"
    rf"|{_QUIET}{{1,12}}?(?:{_PLACES})(?![{HAN}]{{0,1}}[路街道区])(?:{_QUIET}{{1,8}}?(?:{_PLACES}))?)"
)

_STREET: Final = r"(?:Road|Street|Avenue|Lane|Boulevard|Drive|Alley|Highway|Rd|St|Ave|Blvd|Way|Square|Close|Court|Place|Terrace)\b\.?"
_INSIDE: Final = (
    r"(?:(?:Block|Tower|Building|Bldg|Unit|Flat|Room|Rm|Apartment|Apt|Suite|Floor|Level|House|Villa|Gate|Entrance)\.? ?#?[0-9A-Za-z-]{1,6}"
    r"|[0-9]{1,3}(?:st|nd|rd|th) [Ff]loor|[0-9]{1,3}/F|#[0-9-]{1,6}|[A-Z][A-Za-z]+ (?:Garden|Gardens|Community|Plaza|Mansion|Residence|Court|Tower|Building|Village))"
)
_ENGLISH: Final = re.compile(
    rf"(?P<detail>(?:{_INSIDE},? )*(?:No\.? ?)?(?<![0-9A-Za-z])[0-9]{{1,5}}[A-Za-z]?(?:-[0-9]{{1,4}})? (?:[A-Z0-9][A-Za-z0-9']*\.? ){{1,4}}{_STREET}"
    rf"(?: (?:North|South|East|West)\b)?(?:, {_INSIDE})*)"
    r"(?:,? (?P<district>[A-Z][A-Za-z']+(?: [A-Z][A-Za-z']+)? (?:District|County|New Area|Zone)))?"
    r"(?:(?:,|(?<=District),?|(?<=County),?| in) (?P<city>(?:[A-Z][A-Za-z']{2,}|[A-Z][a-z]+ City|Hong Kong)(?: City)?)(?![A-Za-z'0-9]|, [A-Z][a-z]+ (?:District|County)))?"
)
_NO_CITY: Final = frozenset(
    "Please Thanks Thank Can Could Would The And But For Our Not Yes Phone Call Tel Hello Mobile Fibre Bundle Senior"
    " Monday Tuesday Wednesday Thursday Friday Saturday Sunday Today Tomorrow Internet Wifi Broadband Name Contact".split()
)
_STREET_CANDIDATE: Final = re.compile(_STREET)


def addresses(plain: str) -> list[Entity]:
    """Addresses, each part as written. Chinese: `{"province"?, "city"?, "district", "detail"?}`, never without a
    district; English: `{"detail", "district"?, "city"?}`.
    """
    found = [] if plain.isascii() else _chinese(plain)
    if _STREET_CANDIDATE.search(plain):
        found += _english(plain)
    return found


def _chinese(plain: str) -> list[Entity]:
    found: list[Entity] = []
    done = 0
    for match in _END.finditer(plain):
        end = match.end()
        if end <= done:
            continue
        start = _begin(plain, done, end, DISTRICTS, _LONGEST["d"])
        if start < 0:
            start = _unlisted(plain, done, end)
        # "南京市" may end a city and not a district; "市中区" begins with what looks like one.
        if start < 0 or _goes_on(plain, start, end):
            continue
        value: dict[str, str] = {"district": plain[start:end]}
        city = _begin(plain, done, start, _ALL_CITIES, _LONGEST["c"])
        first = start
        if city >= 0:
            value, first = {"city": plain[city:start], **value}, city
        province = _begin(plain, done, first, _PROVINCES, _LONGEST["p"])
        if province >= 0:
            value, first = {"province": plain[province:first], **value}, province
        detail = _DETAIL.match(plain, end)
        stop = end
        if detail:
            stop = detail.end()
            value["detail"] = plain[end:stop]
        elif first == start and len(value["district"]) < 3 and not _LEFT.search(plain[:start][-1:] or ","):
            continue
        found.append(entity("address", value, plain, first, stop))
        done = stop
    return found


def _begin(plain: str, least: int, end: int, table: frozenset[str] | set[str], longest: int) -> int:
    """Where the longest name of `table` that ends at `end` begins, at `least` or later; -1 for none."""
    for size in range(min(longest, end - least), 1, -1):
        if plain[end - size : end] in table:
            return end - size
    return -1


def _unlisted(plain: str, least: int, end: int) -> int:
    if plain[end - 1] not in "区县":
        return -1
    for size in range(2, 6):
        start = end - size
        if start < least:
            return -1
        if plain[start - 1 : start] == "市" and _NEW_DISTRICT.fullmatch(plain, start, end):
            return start if _begin(plain, least, start, _ALL_CITIES, _LONGEST["c"]) >= 0 else -1
    return -1


def _goes_on(plain: str, start: int, end: int) -> bool:
    return any(plain[start : end + more] in DISTRICTS for more in (1, 2, 3, 4) if end + more <= len(plain))


def _english(plain: str) -> list[Entity]:
    found = []
    for match in _ENGLISH.finditer(plain):
        city = match["city"]
        value = {"detail": match["detail"]}
        end = match.end("detail")
        if match["district"]:
            value["district"] = match["district"]
            end = match.end("district")
        if city and city.split()[0] not in _NO_CITY:
            value["city"] = city
            end = match.end("city")
        found.append(entity("address", value, plain, match.start(), end))
    return found
