"""Canned replies: the pack's file of them, and what makes one good."""

import re
from collections.abc import Mapping
from typing import Final

from core.errors import Invalid
from core.yamlfile import Node, read
from handoff.model import CannedReply

FILE = "canned.yml"
LANGUAGES: Final = ("zh", "en")
VARIABLES: Final = ("customer", "agent", "ticket")
"""What the desk fills in: what the customer and the agent are called, and the number of the newest ticket."""
TITLE_LENGTH, TEXT_LENGTH = 80, 4_000
_SHORTCUT: Final = re.compile(r"[\w-]{1,32}\Z")
_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")


def wrong(reply: CannedReply) -> tuple[str, str] | None:
    """Field and sentence of the first thing that does not fit; None for a good one."""
    if reply.language not in LANGUAGES:
        return "language", f"A language is one of {', '.join(LANGUAGES)}."
    if not _SHORTCUT.match(reply.shortcut):
        return "shortcut", "A shortcut has 1 to 32 letters, digits, - or _, and no spaces."
    if not reply.title.strip() or len(reply.title) > TITLE_LENGTH:
        return "title", f"A title has 1 to {TITLE_LENGTH} characters."
    if not reply.text.strip() or len(reply.text) > TEXT_LENGTH:
        return "text", f"A reply has 1 to {TEXT_LENGTH} characters."
    for name in _VARIABLE.findall(reply.text):
        if name not in VARIABLES:
            known = ", ".join(f"{{{one}}}" for one in VARIABLES)
            return "text", f"There is no variable {{{name[:40]}}}; use {known}."
    return None


def checked(reply: CannedReply) -> CannedReply:
    """The reply itself. Raises Invalid with the field."""
    if found := wrong(reply):
        raise Invalid(found[1], field=found[0])
    return reply


def parse(files: Mapping[str, str]) -> tuple[CannedReply, ...]:
    """Reads `canned.yml` among the pack's files (path → text); without it there are none.

    Raises PackMistake with the place of the mistake.
    """
    if FILE not in files:
        return ()
    root = read(files[FILE], FILE)
    root.only("replies")
    found: dict[str, CannedReply] = {}
    for node in root.require("replies").list():
        node.only("shortcut", *LANGUAGES)
        shortcut = node.require("shortcut")
        written = [language for language in LANGUAGES if node.get(language) is not None]
        if not written:
            raise node.mistake("the reply has no words", f"write it under one of: {', '.join(LANGUAGES)}")
        for language in written:
            reply = _reply(node.require(language), shortcut.text(), language)
            if reply.id in found:
                raise shortcut.mistake(f"`{reply.shortcut}` is there already", "choose another shortcut")
            found[reply.id] = reply
    return tuple(found.values())


def _reply(node: Node, shortcut: str, language: str) -> CannedReply:
    node.only("title", "text")
    reply = CannedReply(
        f"pack:{shortcut}:{language}", language, shortcut, node.require("title").text(), node.require("text").text().strip()
    )
    if found := wrong(reply):
        raise node.mistake(f"`{shortcut}`: {found[1]}", f"mend `{found[0]}`")
    return reply
