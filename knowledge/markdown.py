"""Markdown as blocks and as plain text."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["paragraph", "list", "table", "heading", "asked", "other"]

_KINDS: Final[dict[str, Kind]] = {
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "heading_open": "heading",
}
_ASKED: Final = re.compile(r"\s*<!--\s*asked:(.*?)-->", re.DOTALL)
_BETWEEN_WORDINGS: Final = re.compile(r"[|｜]")
_BETWEEN_HAN: Final = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


class Block(msgspec.Struct, frozen=True):
    """A top-level block. `source` is the Markdown as written; `lines` is its plain text, a list item each.

    `level` is 1–6 for a heading, else 0. A table has `header` and `rows` of plain cells, and no `lines`.
    "asked" is a comment `<!-- asked: one | another -->`: its `lines` are wordings of a question, no text.
    """

    kind: Kind
    source: str
    lines: tuple[str, ...] = ()
    level: int = 0
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


REMEMBERED: Final = 512
REMEMBERED_CHARACTERS: Final = 4_000


class Reader:
    """Reads Markdown (CommonMark and tables). Any text is Markdown, so nothing is refused."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark").enable("table")
        # The passages that answer today's questions are few, and parsing one takes about a millisecond.
        self._remembered = lru_cache(REMEMBERED)(self._blocks)

    def blocks(self, text: str) -> list[Block]:
        """The top-level blocks in order. Other raw HTML and rules across the page are left out."""
        return list(self._remembered(text)) if len(text) <= REMEMBERED_CHARACTERS else self._blocks(text)

    def _blocks(self, text: str) -> list[Block]:
        lines = text.split("\n")
        tokens = self._parser.parse(text)
        blocks: list[Block] = []
        start = 0
        for position, token in enumerate(tokens):
            if token.level or token.nesting == 1 or token.map is None:
                if token.level == 0 and token.nesting == -1:
                    blocks.append(_block(tokens[start : position + 1], lines))
                if token.level == 0 and token.nesting == 1:
                    start = position
            elif token.type in ("fence", "code_block"):
                blocks.append(_code(token, lines))
            elif token.type == "html_block" and (comment := _ASKED.match(token.content)):
                wordings = (" ".join(one.split()) for one in _BETWEEN_WORDINGS.split(comment[1]))
                blocks.append(Block("asked", token.content.strip(), tuple(filter(None, wordings))))
        return blocks


def _block(tokens: Sequence[Token], lines: Sequence[str]) -> Block:
    first = tokens[0]
    begin, end = first.map or [0, 0]
    source = "\n".join(lines[begin:end]).strip("\n")
    kind = _KINDS.get(first.type, "other")
    if kind == "table":
        header, *rows = _table(tokens)
        return Block(kind, source, header=header, rows=tuple(rows))
    level = int(first.tag[1]) if kind == "heading" else 0
    plain = _items(tokens) if kind == "list" else _inlines(tokens)
    return Block(kind, source, tuple(plain), level)


def _code(token: Token, lines: Sequence[str]) -> Block:
    begin, end = token.map or [0, 0]
    return Block("other", "\n".join(lines[begin:end]), tuple(token.content.rstrip("\n").split("\n")))


def _inlines(tokens: Sequence[Token]) -> list[str]:
    return [_plain(token) for token in tokens if token.type == "inline"]


def _plain(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(_plain(child))
    return _BETWEEN_HAN.sub("", "".join(parts)).strip()


def _items(tokens: Sequence[Token]) -> list[str]:
    items: list[str] = []
    counters: list[int | None] = []
    mark = ""
    for token in tokens:
        if token.type == "ordered_list_open":
            counters.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            counters.append(None)
        elif token.type.endswith("_list_close"):
            counters.pop()
        elif token.type == "list_item_open":
            number = counters[-1]
            mark = "• " if number is None else f"{number}. "
            counters[-1] = None if number is None else number + 1
        elif token.type == "inline":
            items.append(f"{mark}{_plain(token)}")
            mark = ""
    return items


def _table(tokens: Sequence[Token]) -> list[tuple[str, ...]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_plain(token))
    return [tuple(row) for row in rows]
