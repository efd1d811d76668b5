"""A pack as the bot reads it: settings, slots, responses and flows, frozen, with a hash of the files used."""

import hashlib
from typing import Any, Final

import msgspec

from bot.flows.model import TIMER, Flow, Trigger, link, parse_flow
from bot.flows.slots import Slot, parse_slot
from bot.flows.verification import Verification, make_flows, parse_verification
from bot.responses import Button, Response, parse_button, parse_response, texts
from core.errors import PackMistake
from core.hours import Hours
from core.hours import parse as parse_hours
from core.yamlfile import Node, read

LANGUAGES: Final = ("zh", "en")


class TicketType(msgspec.Struct, frozen=True):
    """What the dialogue has to know of a ticket type: who serves it, and its states in words."""

    skill: str
    prefix: str
    statuses: dict[str, dict[str, str]]


class BotPack(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the dialogue needs of a pack.

    `silence_ask` and `silence_close` are minutes of silence (0: never). `intents` maps an intent to the response
    that answers it; `triggers` maps an intent to the flow that it starts. `titles` are the titles of all buttons
    by payload; `reads` are the actions that change nothing. `hash` is the first 16 hex digits of the SHA-256 over the files used.
    """

    id: str
    name: dict[str, str]
    languages: tuple[str, ...]
    default_language: str
    bot_name: dict[str, str]
    greeting: str
    silence_ask: int
    silence_close: int
    failures_before_person: int
    reopen_hours: int
    starters: tuple[Button, ...]
    intents: dict[str, str]
    triggers: dict[str, str]
    slots: dict[str, Slot]
    responses: dict[str, Response]
    flows: dict[str, Flow]
    titles: dict[str, dict[str, str]]
    ticket_types: dict[str, TicketType]
    default_skill: str
    hash: str
    hours: Hours = Hours()
    nobody_there: str = ""
    file: str = "pack.yml"
    intent_lines: dict[str, int] = {}
    verifications: dict[str, Verification] = {}
    channels: tuple[str, ...] = ()
    reads: frozenset[str] = frozenset()

    def triggered_by(self, kind: str, name: str, status: str = "", minutes: int = 0) -> tuple[Flow, ...]:
        """The flows that this starts: a ticket of type `name` that is now in `status`, the webhook `name`, or
        (timer) `minutes` that have passed since the flow `name` was completed. In the order of the files."""
        asked = Trigger(kind, name, status, minutes)
        return tuple(
            flow
            for flow in self.flows.values()
            if any(start in (asked, Trigger(kind, name)) for start in flow.starts)
        )

    def timed(self, ended: str) -> tuple[tuple[str, int], ...]:
        """(flow, minutes): the flows that start by a timer this long after the flow `ended` was completed."""
        return tuple(
            (flow.id, start.minutes)
            for flow in self.flows.values()
            for start in flow.starts
            if start.kind == TIMER and start.name == ended
        )


def uses(path: str) -> bool:
    """Whether the bot reads this file of the pack."""
    if path in ("pack.yml", "slots.yml", "tickets.yml", "routing.yml", "actions.yml"):
        return True
    return path.endswith((".yml", ".yaml")) and path.startswith(("responses/", "flows/"))


def parse(files: dict[str, str]) -> BotPack:
    """Reads a pack. `files` maps paths relative to its folder to their text; others than the bot's are ignored.

    Raises PackMistake at the first mistake of shape; `bot.validate.check` finds those of meaning.
    """
    used = {path: files[path] for path in sorted(files) if uses(path)}
    if "pack.yml" not in used:
        raise PackMistake("pack.yml", 1, "the pack has no pack.yml", "add it with id, name and languages")
    digest = hashlib.sha256()
    for path, text in used.items():
        digest.update(f"{path}\0{text}\0".encode("utf-8", "surrogatepass"))
    nodes = {path: read(text, path) for path, text in used.items()}
    root = nodes["pack.yml"]
    languages = _languages(root)
    responses = _responses(nodes)
    verifications = parse_verification(root)
    flows = _flows(nodes, languages)
    flows |= make_flows(verifications, flows, responses.keys(), languages)
    flows = link(flows)
    starters = tuple(parse_button(item) for item in _items(root, "starters"))
    intents = root.get("intents")
    understanding, silence = root.get("understanding"), root.get("silence")
    default = root.get("default_language")
    return BotPack(
        id=root.require("id").text(),
        name=texts(root.require("name")),
        languages=languages,
        default_language=_default(default, languages),
        bot_name=texts(bot_name) if (bot_name := root.get("bot_name")) else {},
        greeting=_text(root, "greeting", "utter_greet"),
        silence_ask=_whole(silence, "ask_after_minutes", 10),
        silence_close=_whole(silence, "close_after_minutes", 20),
        failures_before_person=max(1, _whole(understanding, "failures_before_person", 2)),
        reopen_hours=_whole(root, "reopen_hours", 72),
        starters=starters,
        intents={intent: child.text() for intent, child in intents} if intents else {},
        intent_lines={intent: child.line for intent, child in intents} if intents else {},
        triggers=_triggers(flows),
        slots=_slots(nodes.get("slots.yml")),
        responses=responses,
        flows=flows,
        titles=_titles(starters, responses),
        ticket_types=_ticket_types(nodes.get("tickets.yml")),
        default_skill=_text(nodes.get("routing.yml"), "default_skill", "general"),
        hash=digest.hexdigest()[:16],
        hours=parse_hours(root),
        nobody_there=_text(nodes.get("routing.yml"), "nobody_there", ""),
        verifications=verifications,
        reads=_reads(nodes.get("actions.yml")),
        channels=tuple(item.text() for item in _items(root, "channels")),
    )


def _languages(root: Node) -> tuple[str, ...]:
    node = root.require("languages")
    languages = tuple(item.text() for item in node.list())
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages:
        raise node.mistake(
            f"languages {list(languages)} are not served", f"use one or both of {list(LANGUAGES)}"
        )
    return languages


def _default(node: Node | None, languages: tuple[str, ...]) -> str:
    if node is None:
        return languages[0]
    if node.text() not in languages:
        raise node.mistake(
            f"`{node.text()}` is none of the pack's languages", f"use one of {list(languages)}"
        )
    return node.text()


def _text(node: Node | None, key: str, default: str) -> str:
    child = node.get(key) if node else None
    return child.text() if child else default


def _whole(node: Node | None, key: str, default: int) -> int:
    child = node.get(key) if node else None
    return child.whole(0, 1_000_000) if child else default


def _items(node: Node, key: str) -> list[Node]:
    child = node.get(key)
    return child.list() if child else []


def _sections(nodes: dict[str, Node], folder: str, key: str) -> list[tuple[str, Node]]:
    """The named entries under `key` in all files of a folder; a name in two files is a mistake."""
    entries: dict[str, Node] = {}
    for path, node in nodes.items():
        section = node.get(key) if path.startswith(folder) else None
        for name, child in section or ():
            if name in entries:
                where = f"{entries[name].file}:{entries[name].line}"
                raise child.mistake(f"`{name}` is already in {where}", "keep one of the two")
            entries[name] = child
    return list(entries.items())


def _responses(nodes: dict[str, Node]) -> dict[str, Response]:
    return {name: parse_response(name, node) for name, node in _sections(nodes, "responses/", "responses")}


def _flows(nodes: dict[str, Node], languages: tuple[str, ...]) -> dict[str, Flow]:
    return {id: parse_flow(id, node, languages) for id, node in _sections(nodes, "flows/", "flows")}


def _slots(node: Node | None) -> dict[str, Slot]:
    section = node.get("slots") if node else None
    return {name: parse_slot(name, child) for name, child in section or ()}


def _triggers(flows: dict[str, Flow]) -> dict[str, str]:
    triggers: dict[str, str] = {}
    for flow in flows.values():
        for intent in flow.triggers:
            if intent in triggers:
                message = f"intent `{intent}` starts `{triggers[intent]}` already"
                raise PackMistake(flow.file, flow.line, message, "let one flow keep it")
            triggers[intent] = flow.id
    return triggers


def _titles(starters: tuple[Button, ...], responses: dict[str, Response]) -> dict[str, dict[str, str]]:
    titles: dict[str, dict[str, str]] = {}
    variants = [variant for response in responses.values() for variant in response.variants]
    for button in (*starters, *(button for variant in variants for button in variant.buttons)):
        titles.setdefault(button.payload, button.title)
    return titles


def _ticket_types(node: Node | None) -> dict[str, TicketType]:
    section = node.get("types") if node else None
    types: dict[str, TicketType] = {}
    for name, child in section or ():
        found = child.get("statuses")
        statuses: dict[str, Any] = {key: texts(words) for key, words in found} if found else {}
        types[name] = TicketType(_text(child, "skill", ""), _text(child, "prefix", ""), statuses)
    return types


def _reads(node: Node | None) -> frozenset[str]:
    section = node.get("actions") if node else None
    return frozenset(name for name, child in section or () if _text(child, "effect", "") == "read")
