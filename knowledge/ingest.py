"""A folder of Markdown pages becomes documents."""

import datetime
import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import yaml

from core.errors import PackMistake
from knowledge.chunk import CHUNKER_VERSION, chunk
from knowledge.model import Document, Passage
from knowledge.ports import Documents

_FENCE: Final = "---"
_ASKED: Final = re.compile(r"^ {0,3}<!--\s*asked:", re.MULTILINE)
_NEEDED: Final = ("title", "version", "language", "audience", "updated")


class Report(msgspec.Struct, frozen=True):
    """What an ingestion did, as `language/slug`, sorted."""

    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


async def ingest(documents: Documents, files: Mapping[str, str], source: str = "pack") -> Report:
    """Makes the live documents of `source` those of `files` (path below the knowledge folder → text).

    All files are read before the first is published, so a mistake changes nothing. A page whose hash is live
    already is left alone; a live document of the same source without a file is removed; documents of other
    sources stay.
    Raises `core.errors.PackMistake`.
    """
    read = {path: parse(path, text, source) for path, text in sorted(files.items()) if path.endswith(".md")}
    _unique(read)
    live = {(one.slug, one.language): one for one in await documents.live()}
    published, unchanged, removed = [], [], []
    for document, passages in read.values():
        before = live.get((document.slug, document.language))
        if before is not None and before.hash == document.hash and before.source == source:
            unchanged.append(_name(document))
        else:
            await documents.put(document, passages)
            published.append(_name(document))
    kept = {(document.slug, document.language) for document, _ in read.values()}
    for key, document in live.items():
        if document.source == source and key not in kept:
            await documents.remove(*key)
            removed.append(_name(document))
    return Report(tuple(sorted(published)), tuple(sorted(unchanged)), tuple(sorted(removed)))


def parse(path: str, text: str, source: str) -> tuple[Document, list[Passage]]:
    """One page: YAML front matter (`title version language audience updated`), then Markdown.

    `path` is `<language>/<slug>.md`. Raises `core.errors.PackMistake` with file and line.
    """
    front, body, first = _split(path, text)
    meta = _meta(path, front)
    folder, _, rest = path.partition("/")
    if not rest or folder != meta["language"]:
        raise PackMistake(
            path, 1, f"the page says language: {meta['language']} but lies elsewhere",
            f"move it to {meta['language']}/ or correct the language",
        )  # fmt: skip
    _closed(path, body, first)
    digest = hashlib.blake2b(f"{CHUNKER_VERSION}\0{text}".encode(), digest_size=16).hexdigest()
    slug = rest.removesuffix(".md")
    name = f"{source}\0{slug}\0{meta['language']}\0{digest}"
    document = Document(str(_identifier(name)), slug, hash=digest, source=source, **meta)
    sections = chunk(body, document.title, document.language)
    if not sections:
        raise PackMistake(
            path, first, "the page has no text", "write at least one paragraph, or delete the file"
        )
    passages = [
        Passage(
            id=str(_identifier(f"{document.id}\0{ordinal}")), document=document.id, slug=slug,
            title=document.title, version=document.version, language=document.language, path=section.path,
            text=section.text, ordinal=ordinal, audience=document.audience, asked=section.asked,
        )
        for ordinal, section in enumerate(sections)
    ]  # fmt: skip
    return document, passages


def _split(path: str, text: str) -> tuple[str, str, int]:
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        raise PackMistake(
            path, 1, "no front matter", f"begin the page with {_FENCE}, {', '.join(_NEEDED)}, {_FENCE}"
        )
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == _FENCE:
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise PackMistake(path, 1, "the front matter has no end", f"put {_FENCE} on a line of its own below it")


def _closed(path: str, body: str, first: int) -> None:
    # An open comment would take the rest of the page with it, unseen.
    for begin in _ASKED.finditer(body):
        if "-->" not in body[begin.end() :]:
            line = first + body.count("\n", 0, begin.start())
            raise PackMistake(path, line, "this comment has no end", "close it with -->")


def _meta(path: str, front: str) -> dict[str, str]:
    try:
        loaded: Any = yaml.safe_load(front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 2
        raise PackMistake(
            path, line, "the front matter is not YAML", "quote texts that contain a colon"
        ) from error
    if not isinstance(loaded, dict):
        raise PackMistake(
            path, 2, "the front matter is not a list of names and values", "write name: value lines"
        )
    meta: dict[str, str] = {}
    for name in _NEEDED:
        value = loaded.get(name)
        if isinstance(value, datetime.date):
            value = value.isoformat()
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
            raise PackMistake(
                path, 2, f"{name} is missing or no text", f'add {name}: "…" to the front matter'
            )
        meta[name] = str(value).strip()
    return meta


def _unique(read: Mapping[str, tuple[Document, list[Passage]]]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for path, (document, _) in read.items():
        other = seen.setdefault((document.slug, document.language), path)
        if other != path:
            raise PackMistake(path, 1, f"the same page as {other}", "give one of them another file name")


def _identifier(name: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.blake2b(name.encode(), digest_size=16).digest())


def _name(document: Document) -> str:
    return f"{document.language}/{document.slug}"
