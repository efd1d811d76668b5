"""The pack's scorecard: which checks are made, of whom, and what each weighs."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from core.conversation import BOT
from core.yamlfile import Node, read
from qa.checks import FAMILIES
from qa.checks.base import Check
from qa.transcript import PERSON

FILE = "scorecard.yml"
_HEAVIEST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the scorecard; `check` is ready to run, `title` by language."""

    id: str
    who: str
    weight: float
    title: Mapping[str, str]
    check: Check


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`version` changes with every change of the file, so that scores name what they were made with."""

    version: str
    entries: tuple[Entry, ...]

    def title(self, id: str, language: str) -> str:
        """The title of a line; its id where the scorecard no longer has it."""
        titles = next((entry.title for entry in self.entries if entry.id == id), {})
        return titles.get(language) or next(iter(titles.values()), id)


def parse(files: Mapping[str, str]) -> Scorecard:
    """Reads `scorecard.yml` among the pack's files (path → text). Without it nothing is checked.

    Raises PackMistake with the place of the mistake.
    """
    text = files.get(FILE, "checks: []")
    root = read(text, FILE)
    root.only("checks")
    entries: list[Entry] = []
    seen: set[str] = set()
    for node in root.require("checks").list():
        entry = _entry(node)
        if entry.id in seen:
            raise node.mistake(f"the id `{entry.id}` is used twice", "give each check an id of its own")
        seen.add(entry.id)
        entries.append(entry)
    return Scorecard(hashlib.sha256(text.encode()).hexdigest()[:12], tuple(entries))


def _entry(node: Node) -> Entry:
    node.only("id", "check", "who", "weight", "title", "params")
    name, who, weight = node.require("check"), node.require("who"), node.require("weight")
    family = FAMILIES.get(name.text())
    if family is None:
        raise name.mistake(f"there is no check `{name.text()}`", f"use one of: {', '.join(FAMILIES)}")
    if who.text() not in (BOT, PERSON):
        raise who.mistake(f"`{who.text()}` cannot be scored", f"write {BOT} or {PERSON}")
    if not 0 < weight.number() <= _HEAVIEST:
        raise weight.mistake("this weight is out of range", f"write a number above 0, up to {_HEAVIEST}")
    params_node, title = node.get("params"), node.get("title")
    try:
        params = msgspec.convert(params_node.value if params_node else {}, family.params)
    except msgspec.ValidationError as error:
        known = ", ".join(family.params.__struct_fields__) or "none"
        raise (params_node or node).mistake(f"wrong parameters: {error}", f"it has: {known}") from None
    return Entry(
        id=node.require("id").text(),
        who=who.text(),
        weight=float(weight.number()),
        title={language: words.text() for language, words in title} if title else {},
        check=family.prepare(who.text(), params),
    )
