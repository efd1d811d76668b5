"""Slots: what a flow collects, and how the words of a customer become a value of its type. Pure.

Values are plain JSON: text for most types, the choice's `value`, true or false, a number for `number` and `amount`,
`{"date", "time", "part"?}` for a `date_time` that the understanding read, else its words.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from bot.flows.affirmation import yes_or_no
from bot.flows.choices import EDGES, HAN_DIGITS, Option, chosen, fold
from core.language import HAN, half_width, words
from core.ports import Entity
from core.yamlfile import Node

TYPES: Final = (
    "text", "choice", "yes_no", "phone", "email", "date_time", "number", "amount", "address", "name", "id_card",
    "ticket",
)  # fmt: skip
FREE: Final = frozenset({"text", "address", "name", "date_time"})
"""Types whose value is the customer's own words: almost any message could be one."""

MAX_TEXT: Final = 4000
"""Characters kept of a free text."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """`entity`: which entity of the understanding fills it, also before it is asked ("" for none).

    `pattern`: a regular expression for the part of the words that is the value of a text ("" for all of them).
    """

    name: str
    type: str
    file: str
    line: int
    label: dict[str, str] = {}
    entity: str = ""
    private: bool = False
    options: tuple[Option, ...] = ()
    pattern: str = ""

    @property
    def free(self) -> bool:
        """Whether almost any message could be its value."""
        return self.type in FREE and not self.pattern


class Value(msgspec.Struct, frozen=True):
    """What was read; `exact`: the whole message is the answer, not a part of it."""

    value: Any
    exact: bool = True


def parse_slot(name: str, node: Node) -> Slot:
    """Reads one slot of `slots.yml`. Raises PackMistake."""
    node.only("type", "label", "private", "entity", "choices", "pattern", "description")
    kind = node.require("type")
    if kind.text() not in TYPES:
        raise kind.mistake(f"`{kind.text()}` is no type of slot", f"use one of: {', '.join(TYPES)}")
    label, entity, private, choices = (node.get(key) for key in ("label", "entity", "private", "choices"))
    return Slot(
        name=name,
        type=kind.text(),
        file=node.file,
        line=node.line,
        label={key: child.text() for key, child in label} if label else {},
        entity=entity.text() if entity else "",
        private=private.flag() if private else False,
        options=tuple(_option(item) for item in choices.list()) if choices else (),
        pattern=_pattern(node.get("pattern"), kind.text()),
    )


def _pattern(node: Node | None, kind: str) -> str:
    if node is None:
        return ""
    if kind != "text":
        raise node.mistake("only a text has a pattern", "remove it, or use `type: text`")
    try:
        re.compile(node.text())
    except re.error as error:
        raise node.mistake(f"no regular expression: {error}", "correct it") from None
    return node.text()


def _option(node: Node) -> Option:
    node.only("value", "title", "synonyms")
    value = node.require("value").text()
    title = {key: child.text() for key, child in node.require("title")}
    synonyms = node.get("synonyms")
    spelled = [value, *title.values(), *([item.text() for item in synonyms.list()] if synonyms else [])]
    folded = {fold(item) for item in spelled}
    return Option(value, title, tuple(sorted(filter(None, folded), key=lambda item: (-len(item), item))))


MAX_CHOICES: Final = 20
"""Choices of an action's result that are offered; more are no choice."""


def with_choices(slot: Slot, items: Any, language: str) -> Slot:
    """The slot with the choices that an action returned: a list of `{value, title, synonyms?}`, where `title` is a text
    or `{zh: …, en: …}`; items of another shape are left out."""
    options = []
    for item in items[:MAX_CHOICES] if isinstance(items, list | tuple) else ():
        value = item.get("value") if isinstance(item, dict) else None
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            continue
        given = item.get("title")
        title = given if isinstance(given, dict) else {language: str(given or value)}
        more = item.get("synonyms")
        synonyms = more if isinstance(more, list | tuple) else ()
        words = {fold(str(word)) for word in (value, *title.values(), *synonyms)} - {""}
        ordered = tuple(sorted(words, key=lambda word: (-len(word), word)))
        options.append(Option(str(value), {str(k): str(v) for k, v in title.items()}, ordered))
    return msgspec.structs.replace(slot, options=tuple(options))


_WORDLIKE: Final = re.compile(r"[^\W_]")


def read(slot: Slot, text: str, entities: Sequence[Entity] = (), intent: str | None = None) -> Value | None:
    """The value that `text`, given as the answer to this slot's question, has for it; None when it has none."""
    if slot.type == "yes_no":
        answer = yes_or_no(text, intent)
        return None if answer is None else Value(answer)
    if slot.type == "choice":
        return _choice(slot.options, text) or from_entities(slot, entities)
    if slot.pattern:
        match = re.search(slot.pattern, half_width(text[:MAX_TEXT]))
        return Value(match[0], len(text.strip(EDGES)) <= len(match[0]) + 2) if match else None
    if slot.type in FREE:
        return _understood(slot, text, entities) or _offered(slot, text) or _free(slot.type, text)
    return from_entities(slot, entities) or _typed(slot.type, text)


def from_entities(slot: Slot, entities: Sequence[Entity]) -> Value | None:
    """The value that the understanding found for it, as an entity or a part of one (the district of an address); two
    that differ are none."""
    kind = slot.entity or (slot.type if slot.type in _OWN_ENTITY else "")
    if not kind or not entities:
        return None
    found: list[Any] = []
    for entity in entities:
        parts = entity.value if isinstance(entity.value, dict) else {}
        if entity.name == kind or kind in parts:
            # Where the words are the value, what was read from them (the parts of an address) is not.
            whole = entity.text if slot.type in _WORDS else entity.value
            value = accept(slot, whole if entity.name == kind else parts[kind])
            if slot.type == "address" and "detail" not in parts:
                value = None  # a city or a district alone is no place to go to
            if value is not None and value not in found:
                found.append(value)
    return Value(found[0], False) if len(found) == 1 else None


_OWN_ENTITY: Final = frozenset({"phone", "email", "ticket", "amount", "id_card"})
_WORDS: Final = frozenset({"text", "address", "name"})
_BESIDE: Final = 6
"""Characters that an answer may have beside a date or a name, as a whole: "on …, please"."""


def _understood(slot: Slot, text: str, entities: Sequence[Entity]) -> Value | None:
    """The date or the name that a free answer gives, where the slot has it from the understanding."""
    if slot.type not in ("date_time", "name") or not slot.entity:
        return None
    found = from_entities(slot, entities)
    if found is None:
        return None
    said = max(len(entity.text) for entity in entities if entity.name == slot.entity)
    return Value(found.value, len(text.strip(EDGES)) <= said + _BESIDE)


def spells(slot: Slot, text: str) -> bool:
    """Whether the words are nothing but a spelling of one of the slot's choices."""
    folded = fold(text) if slot.options else ""
    return any(folded in option.words for option in slot.options)


def _offered(slot: Slot, text: str) -> Value | None:
    """The answer of one's own words that the slot offers beside them ("skip", "as soon as possible"). Within a longer
    text it counts only where a moment was asked for: a story may hold any words."""
    found = _choice(slot.options, text) if slot.options else None
    return found if found is not None and (found.exact or slot.type == "date_time") else None


def accept(slot: Slot, value: Any) -> Any:
    """A value given as such (a payload, an entity) in its canonical form, or None when the slot cannot have it."""
    if isinstance(value, bool):
        return value if slot.type == "yes_no" else None
    if isinstance(value, dict):
        return value if slot.type == "date_time" and isinstance(value.get("date"), str) else None
    if isinstance(value, int | float):
        if slot.type in ("number", "amount"):
            return value
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    if slot.type == "yes_no":
        return yes_or_no(value, None)
    if slot.pattern:
        match = re.search(slot.pattern, half_width(value[:MAX_TEXT]))
        return match[0] if match else None
    if slot.type == "choice":
        folded = fold(value)
        if not slot.options:  # they come from an action's result, where the question is asked
            return value.strip()[:MAX_TEXT]
        return next((option.value for option in slot.options if folded in option.words), None)
    if slot.type in FREE:
        folded = fold(value) if slot.options else ""
        named = next((option.value for option in slot.options if folded in option.words), None)
        return named or value.strip()[:MAX_TEXT]
    read_value = _typed(slot.type, value)
    return read_value.value if read_value else None


def shown(slot: Slot, value: Any, language: str) -> str:
    """The value as the customer reads it: choices by their title, yes and no in the language."""
    for option in slot.options:
        if option.value == value:
            return option.title.get(language) or option.value
    if isinstance(value, bool):
        return YES_NO.get(language, YES_NO["en"])[0 if value else 1]
    if isinstance(value, dict) and slot.type == "date_time":
        return _shown_moment(value, language)
    return worded(value, language)


def worded(value: Any, language: str) -> str:
    """A value of another system as text; `{zh: …, en: …}` in the language."""
    if isinstance(value, dict):
        found = value.get(language) or next((words for words in value.values() if isinstance(words, str)), "")
        return found if isinstance(found, str) else ""
    return str(value)


_PARTS: Final = {
    "morning": ("上午", "in the morning"), "noon": ("中午", "at noon"), "afternoon": ("下午", "in the afternoon"),
    "evening": ("晚上", "in the evening"), "night": ("凌晨", "at night"),
}  # fmt: skip
_WEEKDAYS: Final = ("一二三四五六日", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _shown_moment(value: dict[str, Any], language: str) -> str:
    """`{"date", "time", "part"?}` in words: "11月27日（周五）15:00", "Friday 27 November, 15:00"."""
    try:
        day = date.fromisoformat(str(value.get("date")))
    except ValueError:
        return str(value.get("date"))
    part = _PARTS.get(str(value.get("part")), ("", ""))
    clock = str(value.get("time") or "")
    if language == "zh":
        return f"{day.month}月{day.day}日（周{_WEEKDAYS[0][day.weekday()]}）{clock or part[0]}"
    shown_day = f"{_WEEKDAYS[1][day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{shown_day}, {clock}" if clock else f"{shown_day} {part[1]}".strip()


YES_NO: Final[dict[str, tuple[str, str]]] = {"zh": ("是", "否"), "en": ("Yes", "No")}

# Free text --------------------------------------------------------------------------------------------------

_NAME_PREFIX: Final = re.compile(
    r"^(?:我(?:的名字)?(?:叫|是|姓)|姓名[是:：]?|名字[是:：]?|my name(?: is|'s)|i am|i'm|this is|it's|name:)\s*",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"\d|[一二三四五六七八九十百](?:号|室|栋|楼|层|单元|幢|座|弄|组|队)")


def _choice(options: tuple[Option, ...], text: str) -> Value | None:
    found = chosen(options, text)
    return None if found is None else Value(*found)


def _free(kind: str, text: str) -> Value | None:
    said = text.strip()[:MAX_TEXT]
    if not _WORDLIKE.search(said):
        return None
    if kind == "name":
        name = _NAME_PREFIX.sub("", said).strip(EDGES)
        if not 1 <= len(name) <= 40 or re.search(r"\d", name) or len(name.split()) > 5:
            return None
        return Value(name)
    if kind == "address":
        # The digits of a phone number are no house number.
        place = re.sub(r"[0-9][0-9 -]{5,}[0-9]", " ", half_width(said))
        if len(words(place)) < 3 or not _NUMBERED.search(place):
            return None
    return Value(said)


# Typed values -----------------------------------------------------------------------------------------------

_EMAIL: Final = re.compile(
    r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,24}", re.IGNORECASE
)
_PHONE: Final = re.compile(r"\+?[0-9(][0-9 ()\-]{5,22}[0-9]")
_NUMBER: Final = re.compile(r"(?<![\w.])-?[0-9]{1,12}(?:,[0-9]{3})*(?:\.[0-9]{1,4})?(?![\w]*[0-9])")
_ID_CARD: Final = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_TICKET: Final = re.compile(
    r"(?<![A-Z0-9])([A-Z])[ -]{0,3}([0-9A-TV-Z]{4})[ -]{0,3}([0-9A-TV-Z]{4})(?![A-Z0-9])"
)
_CROCKFORD: Final = str.maketrans("ILO", "110")


def _typed(kind: str, text: str) -> Value | None:
    plain = half_width(text).strip()
    reader = _READERS[kind]
    found = reader(plain)
    if found is None:
        return None
    value, said = found
    return Value(value, len(plain.strip(EDGES)) <= len(said) + 2)


def _email(plain: str) -> tuple[Any, str] | None:
    match = _EMAIL.search(plain)
    return (match[0].lower(), match[0]) if match else None


def _phone(plain: str) -> tuple[Any, str] | None:
    """Mainland mobiles as 11 digits, landlines with their area code, anything else as `+` and 8 to 15 digits."""
    for match in _PHONE.finditer(plain):
        digits = re.sub(r"[^0-9]", "", match[0])
        foreign = match[0].startswith("+") or digits.startswith("00")
        digits = digits.removeprefix("00")
        if digits.startswith("86") and len(digits) in (12, 13):
            digits, foreign = digits[2:], False
            digits = digits if digits.startswith("1") else "0" + digits
        if foreign:
            if 8 <= len(digits) <= 15:
                return "+" + digits, match[0]
        elif re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[48]00[0-9]{7}", digits):
            return digits, match[0]
    return None


def _number(plain: str) -> tuple[Any, str] | None:
    match = _NUMBER.search(plain)
    if match is None:
        bare = plain.strip(EDGES)
        return (HAN_DIGITS[bare], bare) if bare in HAN_DIGITS else None
    digits = match[0].replace(",", "")
    return (float(digits) if "." in digits else int(digits)), match[0]


def _amount(plain: str) -> tuple[Any, str] | None:
    found = _number(
        re.sub(r"元|块钱?|圆|人民币|[¥￥$£€]|\b(?:rmb|cny|yuan)\b", " ", plain, flags=re.IGNORECASE)
    )
    return found if found and found[0] >= 0 else None


def _id_card(plain: str) -> tuple[Any, str] | None:
    """A resident identity number; its last character is checked after ISO 7064 MOD 11-2 (GB 11643-1999)."""
    match = _ID_CARD.search(plain.replace(" ", ""))
    if match is None:
        return None
    digits = match[0].upper()
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits[:17]))
    return (digits, match[0]) if "10X98765432"[total % 11] == digits[17] else None


def _ticket(plain: str) -> tuple[Any, str] | None:
    """Numbers shaped `P-XXXX-XXXX` in Crockford's base 32, which reads I and L as 1 and O as 0."""
    for match in _TICKET.finditer(plain.upper()):
        body = (match[2] + match[3]).translate(_CROCKFORD)
        # One number in twenty has no digit; then its dashes tell it from a word.
        if re.search(r"[0-9]", body) or match[0].count("-") == 2:
            return f"{match[1]}-{body[:4]}-{body[4:]}", match[0]
    return None


_READERS: Final = {
    "email": _email, "phone": _phone, "number": _number, "amount": _amount, "id_card": _id_card, "ticket": _ticket,
}  # fmt: skip


def plausible(slot: Slot, text: str) -> bool:
    """Whether an answer that could not be read was at least an attempt at this type (digits for a phone, …)."""
    if slot.type in ("phone", "number", "amount", "id_card", "ticket"):
        return any(character.isdigit() for character in text)
    if slot.type == "email":
        return "@" in text
    return bool(_WORDLIKE.search(text)) or bool(re.search(f"[{HAN}]", text))
