"""YAML in which every value knows its line, so that a mistake in a pack can be named by file and line."""

from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from core.errors import PackMistake

MAX_DEPTH = 40
"""Deeper nesting is a mistake: no pack needs it, and recursion has an end."""


class Node:
    """A value of a YAML file: `value` is plain Python, `line` counts from 1, `file` is relative to the pack.

    A mapping's children come by `get`, `require` and `mapping`, a list's by `list`; each accessor raises
    `PackMistake` with this place where the value has another shape.
    """

    __slots__ = ("_children", "file", "line", "value")

    def __init__(
        self, value: Any, line: int, file: str, children: "dict[str, Node] | list[Node] | None" = None
    ) -> None:
        self.value = value
        self.line = line
        self.file = file
        self._children = children

    def mistake(self, message: str, mend: str) -> PackMistake:
        """The mistake at this place, to be raised or collected."""
        return PackMistake(self.file, self.line, message, mend)

    @property
    def empty(self) -> bool:
        """Whether nothing is written here."""
        return self.value is None

    def mapping(self) -> "dict[str, Node]":
        """The children by key; keys are read as text."""
        if isinstance(self._children, dict):
            return self._children
        self._wrong("a mapping", "write `key: value` lines here")

    def list(self) -> "list[Node]":
        """The children in order."""
        if isinstance(self._children, list):
            return self._children
        self._wrong("a list", "write `- item` lines or [a, b] here")

    def text(self) -> str:
        """The scalar as text; numbers and true/false as they would be written."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, int | float):
            return str(self.value)
        self._wrong("a text", "write one value here, in quotes where it has special characters")

    def number(self) -> float:
        """The scalar as a number."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return self.value
        self._wrong("a number", "write a number without quotes")

    def whole(self, least: int = 0, most: int = 1_000_000_000) -> int:
        """The scalar as a whole number from `least` to `most`."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and least <= self.value <= most:
            return self.value
        self._wrong(f"a whole number from {least} to {most}", "write such a number without quotes")

    def flag(self) -> bool:
        """The scalar as true or false."""
        if isinstance(self.value, bool):
            return self.value
        self._wrong("true or false", "write true or false without quotes")

    def get(self, key: str) -> "Node | None":
        """The child under `key`, or None when it is absent or empty."""
        child = self.mapping().get(key)
        return None if child is None or child.empty else child

    def require(self, key: str) -> "Node":
        """The child under `key`; its absence is a mistake."""
        child = self.get(key)
        if child is None:
            raise self.mistake(f"`{key}` is missing", f"add `{key}:` with its value")
        return child

    def only(self, *keys: str) -> None:
        """Raises when the mapping has a key that nobody reads: most often a slip of the pen."""
        for key, child in self.mapping().items():
            if key not in keys:
                raise child.mistake(f"`{key}` is not known here", f"use one of: {', '.join(keys)}")

    def __iter__(self) -> "Iterator[tuple[str, Node]]":
        return iter(self.mapping().items())

    def _wrong(self, wanted: str, mend: str) -> NoReturn:
        found = "nothing" if self.value is None else type(self.value).__name__
        found = {"dict": "a mapping", "list": "a list", "str": "a text"}.get(found, found)
        raise self.mistake(f"{wanted} is needed, but here is {found}", mend)


def read(text: str, file: str) -> Node:
    """Parses one YAML document safely (no tags that build objects, no aliases for lists or mappings).

    An empty file gives an empty mapping. Raises PackMistake for wrong syntax, duplicate keys and keys that are
    lists or mappings.
    """
    loader: Any = None
    try:
        # The loader's constructor reads already: characters that YAML forbids are found there.
        loader, root = _fast(text)
        if loader is None:
            loader = yaml.SafeLoader(text)
            root = _compose(loader, file)
        if root is None:
            return Node({}, 1, file, {})
        return _node(loader, root, file, 0, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = error.problem or error.context or "wrong syntax"
        mend = "check indentation, colons and quotes of this line"
        raise PackMistake(file, line, f"not YAML: {problem}", mend) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        raise PackMistake(
            file, line, "a character that YAML forbids", "remove it and save as UTF-8"
        ) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise PackMistake(file, 1, f"a value cannot be read: {error}", "put it in quotes") from None
    finally:
        if loader is not None:
            loader.dispose()


def _fast(text: str) -> tuple[Any, yaml.Node | None]:
    """libyaml's reading, ten times as fast, where it is there and takes the text; else nothing: PyYAML's own explains
    mistakes better."""
    if not hasattr(yaml, "CSafeLoader"):
        return None, None
    loader = None
    try:
        if not _shallow(text):
            return None, None
        loader = yaml.CSafeLoader(text)
        return loader, loader.get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        if loader is not None:
            loader.dispose()
        return None, None


def _shallow(text: str) -> bool:
    """Whether it is nested no deeper than is allowed: libyaml composes without a limit, and would run out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return True


_PLAIN = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


def _compose(loader: yaml.SafeLoader, file: str) -> yaml.Node | None:
    try:
        return loader.get_single_node()
    except RecursionError:
        raise PackMistake(file, 1, "nested too deeply", f"at most {MAX_DEPTH} levels") from None


def _node(loader: yaml.SafeLoader, node: yaml.Node, file: str, depth: int, seen: set[int]) -> Node:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise PackMistake(file, line, "nested too deeply", f"use at most {MAX_DEPTH} levels")
    if isinstance(node, yaml.CollectionNode):
        if id(node) in seen:
            # An alias may stand for itself or multiply without end.
            raise PackMistake(file, line, "an alias for a list or mapping", "write it out where it is needed")
        seen.add(id(node))
        if node.tag not in _PLAIN:
            raise PackMistake(file, line, f"the tag {node.tag} is not allowed", "remove the tag")
    if isinstance(node, yaml.MappingNode):
        children: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = _key(loader, key_node, file)
            if key in children:
                where = key_node.start_mark.line + 1
                raise PackMistake(file, where, f"`{key}` is written twice", "keep one of the two")
            children[key] = _node(loader, value_node, file, depth + 1, seen)
        return Node({key: child.value for key, child in children.items()}, line, file, children)
    if isinstance(node, yaml.SequenceNode):
        items = [_node(loader, item, file, depth + 1, seen) for item in node.value]
        return Node([item.value for item in items], line, file, items)
    return Node(_scalar(loader, node, file), line, file)


def _key(loader: yaml.SafeLoader, node: yaml.Node, file: str) -> str:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode):
        raise PackMistake(file, line, "a key must be a word", "write `word: value`")
    # As written: an unquoted `yes` or `no` as a key is that word, not true or false.
    return node.value if isinstance(node.value, str) else str(node.value)


def _scalar(loader: yaml.SafeLoader, node: yaml.Node, file: str) -> Any:
    try:
        value = loader.construct_object(node, deep=True)
    except (ValueError, OverflowError):
        raise PackMistake(
            file, node.start_mark.line + 1, "this value cannot be read", "put it in quotes"
        ) from None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    # Dates and the like stay the words that were written.
    return str(node.value)
