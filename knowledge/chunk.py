"""A Markdown page becomes passages: one for each heading's own text."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from knowledge.markdown import Block, Reader

CHUNKER_VERSION: Final = "2"
"""Part of a document's hash: pages cut by another version are cut and published again."""

_LONGEST: Final = {"zh": 700, "en": 1_800}
"""Characters of a passage before it is split; about what a person reads in a minute."""

_SENTENCE_END: Final = re.compile(r"(?<=[。！？；\n])|(?<=[.!?])\s+")
_LEADS_IN: Final = (":", "：")


class Section(msgspec.Struct, frozen=True):
    """`path`: the headings above, outermost first; `text`: Markdown, never empty; `asked`: how people ask for
    it."""

    path: tuple[str, ...]
    text: str
    asked: tuple[str, ...] = ()


def chunk(text: str, title: str, language: str) -> list[Section]:
    """The sections of `text` (Markdown without front matter), in order.

    A heading without text of its own gives no section. A level-1 heading that repeats `title` is no part of
    the path.
    A section longer than 700 characters (Chinese) or 1,800 (English) is split between paragraphs, each part
    under the same path. Lists and tables stay whole, with the paragraph that leads in to them ("…:").
    Comments `<!-- asked: one | another -->` are taken out of the text: every part of their section has them in
    `asked`.
    """
    sections: list[Section] = []
    for path, blocks in _by_heading(Reader().blocks(text), title):
        asked = tuple(wording for block in blocks if block.kind == "asked" for wording in block.lines)
        written = [block for block in blocks if block.kind != "asked"]
        parts = _parts(written, _LONGEST.get(language, _LONGEST["en"]))
        sections.extend(Section(path, part, asked) for part in parts)
    return sections


def _by_heading(blocks: Sequence[Block], title: str) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    path: list[tuple[int, str]] = []
    body: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            body.append(block)
            continue
        if body:
            yield tuple(heading for _, heading in path), body
        body = []
        heading = block.lines[0] if block.lines else ""
        path = [(level, above) for level, above in path if level < block.level]
        if heading and not (block.level == 1 and heading == title):
            path.append((block.level, heading))
    if body:
        yield tuple(heading for _, heading in path), body


def _parts(blocks: Sequence[Block], longest: int) -> Iterator[str]:
    part: list[str] = []
    for unit in _units(blocks, longest):
        if part and sum(map(len, part)) + len(unit) > longest:
            yield "\n\n".join(part)
            part = []
        part.append(unit)
    if part:
        yield "\n\n".join(part)


def _units(blocks: Sequence[Block], longest: int) -> Iterator[str]:
    lead = ""
    for block in blocks:
        if lead:
            yield f"{lead}\n\n{block.source}"
            lead = ""
        elif block.kind == "paragraph" and block.source.rstrip().endswith(_LEADS_IN):
            lead = block.source
        elif block.kind == "paragraph" and len(block.source) > longest:
            yield from _sentences(block.source, longest)
        else:
            yield block.source
    if lead:
        yield lead


def _sentences(paragraph: str, longest: int) -> Iterator[str]:
    part = ""
    for sentence in _SENTENCE_END.split(paragraph):
        if part and len(part) + len(sentence) > longest:
            yield part.strip()
            part = ""
        part = f"{part} {sentence}" if part and part.isascii() else part + sentence
    if part.strip():
        yield part.strip()
