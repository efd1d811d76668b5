"""Responses of a pack: wordings per language, channel and condition, with placeholders and buttons. Rendering is pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from bot.flows.expressions import Expression, ExpressionError, compile_expression
from bot.flows.slots import YES_NO, Slot, shown, worded
from bot.speech import PHONE, speakable
from core.events import Asks, Choice
from core.yamlfile import Node

MAX_VALUE: Final = 600
"""Characters of one placeholder's value; longer ones end in an ellipsis."""

PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)\}")


class Template(msgspec.Struct, frozen=True):
    """A wording cut at its placeholders: literal text at even places, names at odd ones."""

    pieces: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders in it."""
        return self.pieces[1::2]


class Button(msgspec.Struct, frozen=True):
    """A quick reply in all languages."""

    title: dict[str, str]
    payload: str


class Variant(msgspec.Struct, frozen=True):
    """One wording per language, with its buttons; for one channel ("": any), and where `condition` holds."""

    text: dict[str, Template]
    buttons: tuple[Button, ...]
    line: int
    channel: str = ""
    condition: Expression | None = None


class Response(msgspec.Struct, frozen=True):
    """All wordings of one response; `plain`: none of them is for one channel or has a condition."""

    name: str
    variants: tuple[Variant, ...]
    file: str
    line: int
    plain: bool = True


class Rendered(msgspec.Struct, frozen=True):
    """What a customer gets."""

    text: str
    quick_replies: tuple[Choice, ...] = ()


def template(text: str) -> Template:
    """Cuts a wording at its placeholders."""
    return Template(tuple(PLACEHOLDER.split(text)))


def texts(node: Node) -> dict[str, str]:
    """`{zh: …, en: …}` as plain text; one text alone stands for every language under the key ""."""
    if isinstance(node.value, str):
        return {"": node.text()}
    return {language: child.text() for language, child in node}


def parse_button(node: Node) -> Button:
    """Reads `{title: {zh, en}, payload}`. Raises PackMistake."""
    node.only("title", "payload")
    return Button(texts(node.require("title")), node.require("payload").text())


def parse_response(name: str, node: Node) -> Response:
    """Reads one response in the manner of Rasa's domain: a list of variants. Raises PackMistake."""
    variants = []
    for item in node.list():
        item.only("text", "buttons", "channel", "if", "metadata")
        buttons, channel = item.get("buttons"), item.get("channel")
        variants.append(
            Variant(
                {language: template(text) for language, text in texts(item.require("text")).items()},
                tuple(parse_button(button) for button in buttons.list()) if buttons else (),
                item.line,
                channel.text() if channel else "",
                _condition(item.get("if")),
            )
        )
    if not variants:
        raise node.mistake(f"response `{name}` has no wording", "add `- text: {…}`")
    plain = not any(variant.channel or variant.condition for variant in variants)
    return Response(name, tuple(variants), node.file, node.line, plain)


def _condition(node: Node | None) -> Expression | None:
    if node is None:
        return None
    try:
        return compile_expression(node.text())
    except ExpressionError as error:
        mend = "use slot names, literals, == != < <= > >= in, and, or, not, result.<field>"
        raise node.mistake(f"condition `{node.text()[:60]}`: {error}", mend) from None


def choice(button: Button, language: str) -> Choice:
    """The button in one language."""
    title = button.title.get(language) or button.title.get("") or next(iter(button.title.values()), "")
    return Choice(title, button.payload)


def render(
    response: Response,
    language: str,
    values: Mapping[str, Any],
    slots: Mapping[str, Slot],
    turn: int = 0,
    last: tuple[str, ...] = (),
    channel: str = "",
) -> Rendered:
    """Words and buttons in `language`. The variant follows from `turn`; one that was the `last` words is passed over.

    Wordings for the channel go before those for any, and those whose condition holds before those without one. An
    unset placeholder is empty; choices show their title. On the phone only what can be spoken is left.
    """
    variants = response.variants if response.plain else _fitting(response, channel, values)
    count = len(variants)
    for offset in range(count):
        variant = variants[(turn + offset) % count]
        text = _fill(variant, language, values, slots)
        if text not in last:
            break
    if channel == PHONE:
        text = speakable(text)
    if not variant.buttons:
        return Rendered(text)
    return Rendered(text, tuple([choice(button, language) for button in variant.buttons]))


def _fitting(response: Response, channel: str, values: Mapping[str, Any]) -> tuple[Variant, ...]:
    found = values.get("result")
    result = found if isinstance(found, Mapping) else {}
    holding = [v for v in response.variants if v.condition is None or v.condition.holds(values, result)]
    own = [v for v in holding if v.channel == channel] if channel else []
    some = own or [v for v in holding if not v.channel] or list(response.variants)
    return tuple([v for v in some if v.condition is not None] or some)


def _fill(variant: Variant, language: str, values: Mapping[str, Any], slots: Mapping[str, Slot]) -> str:
    wording = variant.text.get(language) or variant.text.get("") or next(iter(variant.text.values()))
    pieces = wording.pieces
    if len(pieces) == 1:
        return pieces[0]
    parts = list(pieces)
    for place in range(1, len(parts), 2):
        parts[place] = _value(parts[place], language, values, slots)
    return "".join(parts)


def _value(name: str, language: str, values: Mapping[str, Any], slots: Mapping[str, Slot]) -> str:
    value = values.get(name)
    if value is None and "." in name:
        owner, _, field = name.partition(".")
        found = values.get(owner)
        value = found.get(field) if isinstance(found, Mapping) else None
    if value is None:
        return ""
    slot = slots.get(name)
    if slot is not None:
        text = shown(slot, value, language)
    elif isinstance(value, bool):
        text = YES_NO.get(language, YES_NO["en"])[0 if value else 1]
    else:
        text = worded(value, language)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def asks_slot(slot: Slot, language: str) -> Asks:
    """What a question for this slot wants, with its choices."""
    if slot.options:
        titles = [(option.title.get(language) or option.value, option.value) for option in slot.options]
        choices = tuple([Choice(title, f"/SetSlots({slot.name}={value})") for title, value in titles])
        return Asks(slot.name, slot.type, choices)
    if slot.type == "yes_no":
        yes, no = YES_NO.get(language, YES_NO["en"])
        both = (Choice(yes, f"/SetSlots({slot.name}=true)"), Choice(no, f"/SetSlots({slot.name}=false)"))
        return Asks(slot.name, slot.type, both)
    return Asks(slot.name, slot.type)


def asks_confirmation(language: str, quick_replies: tuple[Choice, ...]) -> Asks:
    """What a confirmation wants; the response's own titles for yes and no go before the plain ones."""
    own = {reply.payload: reply for reply in quick_replies}
    yes, no = YES_NO.get(language, YES_NO["en"])
    return Asks(
        "confirm",
        "yes_no",
        (own.get("/affirm") or Choice(yes, "/affirm"), own.get("/deny") or Choice(no, "/deny")),
    )
