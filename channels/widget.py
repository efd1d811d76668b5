"""What a pack says about its chat: a form before it, consent, and what becomes of those who find nobody. All off by default."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.errors import Invalid, PackMistake
from core.yamlfile import Node, read

FILE: Final = "pack.yml"
FIELD_TYPES: Final = ("text", "name", "email", "phone")
MOST_FIELDS: Final = 6
LONGEST: Final = 256
"""Characters of one answer of the form before the chat."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")

Words = dict[str, str]


class FormField(msgspec.Struct, frozen=True):
    """One question before the chat; `label` by language."""

    name: str
    type: str
    label: Words
    required: bool = False


class Prechat(msgspec.Struct, frozen=True):
    """Asked before a conversation begins."""

    fields: tuple[FormField, ...]
    intro: Words = {}


class Consent(msgspec.Struct, frozen=True):
    """What the customer agrees to before a conversation begins; `link` leads to the whole of it."""

    text: Words
    link: Words = {}

    @property
    def version(self) -> str:
        """Changes with the words: what was agreed to can be told later."""
        return hashlib.sha256(msgspec.json.encode([self.text, self.link], order="sorted")).hexdigest()[:16]


class Offline(msgspec.Struct, frozen=True):
    """A message for those who wait while nobody is on duty; it becomes a ticket. `line` for mistakes."""

    ticket: str
    fields: tuple[str, ...]
    text: Words = {}
    line: int = 0


class WidgetSettings(msgspec.Struct, frozen=True):
    """Off: None."""

    prechat: Prechat | None = None
    consent: Consent | None = None
    offline: Offline | None = None
    line: int = 0

    def answers(self, form: Mapping[str, str], known: str = "") -> dict[str, str]:
        """The answers of the form, stripped; `known`: the name that is known already. Raises Invalid for what does not fit."""
        fields = {field.name: field for field in self.prechat.fields} if self.prechat else {}
        given = {name: text.replace("\0", "").strip() for name, text in form.items()}
        for name, text in given.items():
            if name not in fields:
                raise Invalid(f"The form has no field {name[:40]}.", field=f"form.{name[:40]}")
            if len(text) > LONGEST:
                raise Invalid(f"An answer has at most {LONGEST} characters.", field=f"form.{name}")
        for field in fields.values():
            if field.required and not given.get(field.name) and not (field.type == "name" and known):
                raise Invalid(f"The form needs {field.name}.", code="form_needed", field=f"form.{field.name}")
        return {name: text for name, text in given.items() if text}

    def named(self, answers: Mapping[str, str]) -> str:
        """The customer's name among the answers."""
        fields = self.prechat.fields if self.prechat else ()
        return next((answers[field.name] for field in fields if field.type == "name" and field.name in answers), "")


def parse(files: Mapping[str, str]) -> WidgetSettings:
    """Reads `widget:` of `pack.yml`. Raises PackMistake with the place of the mistake."""
    root = read(files[FILE], FILE) if FILE in files else None
    node = root.get("widget") if root else None
    if node is None:
        return WidgetSettings()
    node.only("prechat", "consent", "offline")
    return WidgetSettings(_prechat(node.get("prechat")), _consent(node.get("consent")), _offline(node.get("offline")), node.line)


def _words(node: Node | None) -> Words:
    return {language: words.text() for language, words in node} if node is not None else {}


def _prechat(node: Node | None) -> Prechat | None:
    if node is None:
        return None
    node.only("intro", "fields")
    fields = tuple(_field(item) for item in node.require("fields").list())
    names = [field.name for field in fields]
    if not 1 <= len(fields) <= MOST_FIELDS or len(set(names)) < len(names):
        raise node.mistake("the form has no fields, too many, or two of one name", f"write 1 to {MOST_FIELDS} fields with names of their own")
    return Prechat(fields, _words(node.get("intro")))


def _field(node: Node) -> FormField:
    node.only("name", "type", "label", "required")
    name, type = node.require("name"), node.get("type")
    if not _NAME.fullmatch(name.text()):
        raise name.mistake(f"`{name.text()}` is no name of a field", "use small letters, digits and _")
    kind = type.text() if type else "text"
    if type and kind not in FIELD_TYPES:
        raise type.mistake(f"`{kind}` is no type of a field", f"write one of: {', '.join(FIELD_TYPES)}")
    required = node.get("required")
    return FormField(name.text(), kind, _words(node.require("label")), required.flag() if required else False)


def _consent(node: Node | None) -> Consent | None:
    if node is None:
        return None
    node.only("text", "link")
    link = node.get("link")
    for _, address in link or ():
        if not address.text().startswith("https://"):
            raise address.mistake("the link is no address of the web", "begin it with https://")
    return Consent(_words(node.require("text")), _words(link))


def _offline(node: Node | None) -> Offline | None:
    if node is None:
        return None
    node.only("ticket", "fields", "text")
    fields = tuple(item.text() for item in node.require("fields").list())
    return Offline(node.require("ticket").text(), fields, _words(node.get("text")), node.line)


def check(
    settings: WidgetSettings, tickets: Mapping[str, Mapping[str, bool]], languages: tuple[str, ...]
) -> list[PackMistake]:
    """What is wrong between the widget, the pack's languages, and the tickets (type → field → whether it is required)."""
    found = [
        PackMistake(FILE, settings.line, f"the widget says something in {', '.join(sorted(words))} alone", f"write it in {', '.join(languages)}")
        for words in _said(settings) if set(words) != set(languages)
    ]  # fmt: skip
    return found + _tickets(settings.offline, tickets)


def _said(settings: WidgetSettings) -> list[Words]:
    said = [field.label for field in settings.prechat.fields] if settings.prechat else []
    if settings.prechat and settings.prechat.intro:
        said.append(settings.prechat.intro)
    if settings.consent:
        said.append(settings.consent.text)
        said += [settings.consent.link] if settings.consent.link else []
    if settings.offline and settings.offline.text:
        said.append(settings.offline.text)
    return said


def _tickets(offline: Offline | None, tickets: Mapping[str, Mapping[str, bool]]) -> list[PackMistake]:
    if offline is None:
        return []
    if offline.ticket not in tickets:
        return [PackMistake(FILE, offline.line, f"there is no ticket type `{offline.ticket}`", f"write one of: {', '.join(tickets)}")]
    fields = tickets[offline.ticket]
    found = [
        PackMistake(FILE, offline.line, f"a {offline.ticket} ticket has no field `{name}`", f"write one of: {', '.join(fields)}")
        for name in offline.fields if name not in fields
    ]  # fmt: skip
    missing = [name for name, required in fields.items() if required and name not in offline.fields]
    if missing:
        found.append(PackMistake(FILE, offline.line, f"a {offline.ticket} ticket needs {', '.join(missing)}", "add them to `fields`"))
    return found


def shown(settings: WidgetSettings, labels: Mapping[str, Words]) -> dict[str, Any]:
    """The settings as the widget reads them; `labels` of the ticket's fields."""
    values: dict[str, Any] = {
        "prechat": msgspec.to_builtins(settings.prechat),
        "consent": None, "offline": None,
    }  # fmt: skip
    if settings.consent:
        values["consent"] = {"text": settings.consent.text, "link": settings.consent.link, "version": settings.consent.version}
    if settings.offline:
        values["offline"] = {
            "text": settings.offline.text,
            "fields": [{"name": name, "label": labels.get(name, {})} for name in settings.offline.fields],
        }
    return values
