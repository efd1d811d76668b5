"""What kinds of case there are: `tickets.yml` of the pack."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.errors import Invalid
from core.yamlfile import Node, read
from tickets.numbers import PREFIX

FILE = "tickets.yml"
OPEN = "open"
"""The status that every case begins in."""

LONGEST_VALUE = 4000
"""Characters of one field."""

Words = dict[str, str]
"""A text by language."""


class Field(msgspec.Struct, frozen=True):
    """One field of a case."""

    name: str
    label: Words
    required: bool = False


class TicketType(msgspec.Struct, frozen=True):
    """A kind of case. `skill` names who works on it; `promise` says what the customer may expect, and
    when.
    """

    id: str
    name: Words
    prefix: str
    fields: dict[str, Field]
    statuses: dict[str, Words]
    promise: Words = {}
    skill: str = ""

    def checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`fields` without empty values. Raises Invalid for a name or value that does not belong here."""
        kept: dict[str, Any] = {}
        for name, value in fields.items():
            if name not in self.fields:
                raise Invalid(f"A ticket of type {self.id} has no field {name}.", field=name)
            if value is None or value == "":
                continue
            if not isinstance(value, str | int | float | bool):
                raise Invalid(f"The field {name} takes one text, number or yes/no.", field=name)
            if isinstance(value, str) and len(value) > LONGEST_VALUE:
                raise Invalid(f"The field {name} takes at most {LONGEST_VALUE} characters.", field=name)
            kept[name] = value
        return kept

    def complete(self, fields: Mapping[str, Any]) -> None:
        """Raises Invalid when a required field is missing."""
        for field in self.fields.values():
            if field.required and field.name not in fields:
                raise Invalid(f"The field {field.name} is required.", field=field.name)


class TicketTypes(msgspec.Struct, frozen=True):
    """All kinds of case of a pack, by id."""

    types: dict[str, TicketType] = {}

    def get(self, type: str) -> TicketType:
        """Raises Invalid when the pack has no such type."""
        found = self.types.get(type)
        if found is None:
            known = ", ".join(self.types) or "none"
            raise Invalid(f"There is no ticket type {type}; the pack has: {known}.", field="type")
        return found

    def status_words(self, type: str, status: str, language: str) -> str:
        """The status as a customer reads it; the bare status where the pack no longer has words for it."""
        found = self.types.get(type)
        words = found.statuses.get(status, {}) if found else {}
        return worded(words, language) or status

    def type_words(self, type: str, language: str) -> str:
        """The name of the type in a language; its id where the pack no longer has it."""
        found = self.types.get(type)
        return (worded(found.name, language) if found else "") or type


def worded(words: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in any; empty when there is none."""
    return words.get(language) or next(iter(words.values()), "")


def parse(files: Mapping[str, str]) -> TicketTypes:
    """Reads `tickets.yml` among the pack's files (path → text). Without it there are no types.

    Raises PackMistake with the place of the mistake.
    """
    if FILE not in files:
        return TicketTypes()
    root = read(files[FILE], FILE)
    root.only("types")
    types: dict[str, TicketType] = {}
    prefixes: dict[str, str] = {}
    for id, node in root.require("types"):
        type = _type(id, node)
        if type.prefix in prefixes:
            raise node.require("prefix").mistake(
                f"the prefix {type.prefix} is taken by {prefixes[type.prefix]}",
                "give each type its own letters",
            )
        prefixes[type.prefix] = id
        types[id] = type
    return TicketTypes(types)


def _type(id: str, node: Node) -> TicketType:
    node.only("name", "prefix", "fields", "statuses", "promise", "skill")
    prefix = node.require("prefix")
    if not PREFIX.match(prefix.text()):
        raise prefix.mistake(f"`{prefix.text()}` is no prefix", "write one to four letters A to Z")
    statuses = node.require("statuses")
    if statuses.get(OPEN) is None:
        raise statuses.mistake(f"the status `{OPEN}` is missing", "add it: every ticket begins there")
    promise, skill = node.get("promise"), node.get("skill")
    return TicketType(
        id=id,
        name=_words(node.require("name")),
        prefix=prefix.text(),
        fields={name: _field(name, field) for name, field in node.require("fields")},
        statuses={status: _words(words) for status, words in statuses},
        promise=_words(promise) if promise else {},
        skill=skill.text() if skill else "",
    )


def _field(name: str, node: Node) -> Field:
    node.only("label", "required")
    required = node.get("required")
    return Field(name, _words(node.require("label")), required.flag() if required else False)


def _words(node: Node) -> Words:
    words = {language: text.text() for language, text in node}
    if not words:
        raise node.mistake("a text is missing", "write {zh: …, en: …}")
    return words
