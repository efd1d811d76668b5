"""Reads training data in the NLU format of Rasa 3 (`version: "3.1"`, `nlu: […]`).

The format: https://rasa.com/docs/rasa/nlu-training-data. Understood are intents, synonyms, lookup tables and
regular expressions, examples as a `|` block of `- ` lines or as a YAML list, and the entity annotations
`[text](entity)`, `[text](entity:value)`, `[text]{"entity": …, "role": …, "group": …, "value": …}` and
`[text][{…}, {…}]`. Every mistake names file, line and mend.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec
import yaml

from core.errors import PackMistake
from core.language import normalise, recognise

_ANNOTATION: Final = re.compile(
    r"\[(?P<text>[^\[\]]+)\]"
    r"(?:\((?P<entity>[^:()]+)(?::(?P<value>[^()]+))?\)|(?P<one>\{[^{}]*\})|(?P<many>\[\s*\{[^\[\]]*\}\s*\]))"
)
_SECTIONS: Final = ("intent", "synonym", "lookup", "regex")


class NluMistake(PackMistake):
    """A mistake in the training data; `file` as it was given, `line` from 1."""

    code = "nlu"


class Annotation(msgspec.Struct, frozen=True):
    """An entity marked in an example: `example.text[start:end]` names `entity` with the canonical `value`."""

    start: int
    end: int
    entity: str
    value: str
    role: str = ""
    group: str = ""


class Example(msgspec.Struct, frozen=True):
    """One sentence of an intent, without its markup; `language` is `"zh"` or `"en"`, `line` counts from 1."""

    text: str
    intent: str
    language: str
    annotations: tuple[Annotation, ...] = ()
    file: str = ""
    line: int = 0


class TrainingData(msgspec.Struct, frozen=True):
    """All that the NLU files of a pack say. `synonyms`: phrase → value; `lookups` and `regexes`: by entity
    name.
    """

    examples: tuple[Example, ...]
    synonyms: dict[str, str] = {}
    lookups: dict[str, tuple[str, ...]] = {}
    regexes: dict[str, tuple[str, ...]] = {}


def load(files: Mapping[str, str]) -> TrainingData:
    """Parses NLU files (name → content). Raises `NluMistake` at the first mistake.

    The language of an example is told by its characters; where they do not tell ("ok"), a file whose name
    begins with `zh` means Chinese and any other English. A sentence repeated within an intent counts once;
    the same sentence under two intents is a mistake, because one of the two is wrong.
    """
    reader = _Reader()
    for file in sorted(files):
        reader.read(file, files[file])
    return reader.data()


def split_annotations(marked: str, file: str, line: int) -> tuple[str, tuple[Annotation, ...]]:
    """The plain text of a marked example, and what was marked in it."""
    plain: list[str] = []
    length = last = 0
    found: list[Annotation] = []
    for match in _ANNOTATION.finditer(marked):
        before, text = marked[last : match.start()], match["text"]
        start = length + len(before)
        for entry in _entries(match, file, line):
            name = entry.get("entity")
            if not isinstance(name, str) or not name:
                raise NluMistake(
                    file, line, f"the annotation of “{text}” names no entity", 'add "entity": "<name>"'
                )
            value, role, group = (str(entry.get(key, "")) for key in ("value", "role", "group"))
            found.append(Annotation(start, start + len(text), name, value or text, role, group))
        plain += [before, text]
        length, last = start + len(text), match.end()
    plain.append(marked[last:])
    return "".join(plain), tuple(found)


def _entries(match: re.Match[str], file: str, line: int) -> list[dict[str, Any]]:
    if match["entity"] is not None:
        return [{"entity": match["entity"].strip(), "value": (match["value"] or "").strip()}]
    written = match["one"] or match["many"]
    try:
        entries = json.loads(written)
    except ValueError:
        raise NluMistake(
            file,
            line,
            f"the annotation {written} is not JSON",
            'write it like {"entity": "service", "value": "tv"}',
        ) from None
    return entries if isinstance(entries, list) else [entries]


class _Reader:
    """Collects the sections of all files."""

    def __init__(self) -> None:
        self._examples: list[Example] = []
        self._places: dict[str, Example] = {}
        self._synonyms: dict[str, str] = {}
        self._lookups: dict[str, list[str]] = {}
        self._regexes: dict[str, list[str]] = {}

    def data(self) -> TrainingData:
        return TrainingData(
            tuple(self._examples),
            self._synonyms,
            {name: tuple(phrases) for name, phrases in self._lookups.items()},
            {name: tuple(patterns) for name, patterns in self._regexes.items()},
        )

    def read(self, file: str, content: str) -> None:
        try:
            root = yaml.compose(content, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise NluMistake(
                file, line, f"not YAML: {error.problem}", "check indentation and quotes"
            ) from None
        except yaml.YAMLError as error:
            where = content.count("\n", 0, max(getattr(error, "position", 0), 0)) + 1
            raise NluMistake(
                file, where, "a character that YAML does not allow", "save the file as UTF-8 text"
            ) from None
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            raise NluMistake(
                file, _line(root), "the file is not a mapping", 'begin it with `version: "3.1"` and `nlu:`'
            )
        for key, value in root.value:
            if key.value == "nlu":
                self._sections(file, value)

    def _sections(self, file: str, node: yaml.Node) -> None:
        if not isinstance(node, yaml.SequenceNode):
            raise NluMistake(
                file, _line(node), "`nlu` is not a list", "write its items as `- intent: <name>`"
            )
        for item in node.value:
            if not isinstance(item, yaml.MappingNode):
                raise NluMistake(
                    file, _line(item), "an item of `nlu` is not a mapping", "write `- intent: <name>`"
                )
            fields = {key.value: value for key, value in item.value}
            kind = next((name for name in _SECTIONS if name in fields), None)
            if kind is None:
                raise NluMistake(
                    file, _line(item), "an item of `nlu` has no kind", f"use one of {', '.join(_SECTIONS)}"
                )
            name = fields[kind]
            if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
                raise NluMistake(file, _line(name), f"this {kind} has no name", f"write `- {kind}: <name>`")
            if "examples" not in fields:
                raise NluMistake(
                    file,
                    _line(item),
                    f"{kind} {name.value} has no examples",
                    "add `examples: |` and lines of `- text`",
                )
            self._section(file, kind, name.value.strip(), fields["examples"])

    def _section(self, file: str, kind: str, name: str, node: yaml.Node) -> None:
        found = False
        for text, line in _lines(file, node):
            found = True
            if kind == "intent":
                self._example(file, line, name, text)
            elif kind == "synonym":
                self._synonyms[normalise(text)] = name
            elif kind == "lookup":
                self._lookups.setdefault(name, []).append(text)
            else:
                try:
                    re.compile(text)
                except re.error as error:
                    raise NluMistake(
                        file, line, f"the regular expression {text} is broken: {error}", "mend or remove it"
                    ) from None
                self._regexes.setdefault(name, []).append(text)
        if not found:
            raise NluMistake(file, _line(node), f"{kind} {name} has no examples", "add lines of `- text`")

    def _example(self, file: str, line: int, intent: str, marked: str) -> None:
        text, annotations = split_annotations(marked, file, line)
        base = "zh" if PurePosixPath(file).name.startswith("zh") else "en"
        example = Example(text, intent, recognise(text, base), annotations, file, line)
        key = normalise(text)
        before = self._places.setdefault(key, example)
        if before is example:
            self._examples.append(example)
        elif before.intent != intent:
            raise NluMistake(
                file,
                line,
                f"“{text}” is an example of {intent} here and of {before.intent} "
                f"at {before.file}:{before.line}",
                "keep it under one of the two",
            )


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _lines(file: str, node: yaml.Node) -> Iterator[tuple[str, int]]:
    """The examples under a node with their lines."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            text = item
            if isinstance(item, yaml.MappingNode):
                text = next((value for key, value in item.value if key.value == "text"), None)
            if not isinstance(text, yaml.ScalarNode) or not text.value.strip():
                raise NluMistake(
                    file, _line(item), "an example without text", "write `- <sentence>` or `- text: …`"
                )
            written = text.value.strip()
            yield (
                (written[2:].strip() if text.style == "|" and written.startswith("- ") else written),
                _line(text),
            )
        return
    if not isinstance(node, yaml.ScalarNode):
        raise NluMistake(
            file, _line(node), "`examples` is a mapping", "write `examples: |` and lines of `- text`"
        )
    first = _line(node) + (1 if node.style in ("|", ">") else 0)
    for offset, raw in enumerate(node.value.split("\n")):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        text = line[1:].strip()
        if line[0] != "-" or not text:
            raise NluMistake(
                file, first + offset, f"“{line}” is not an example", "begin the line with `- ` and a text"
            )
        yield text, first + offset
