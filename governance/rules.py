"""What a pack forbids: `rules.yml`, about what is done and about what is said."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from core.expressions import Expression, ExpressionError, compile_expression
from core.yamlfile import Node, read
from governance.actions import READ, Action

FILE = "rules.yml"
ALL: Final = "*"


class Facts(msgspec.Struct, frozen=True):
    """A read that a rule looks at: its arguments are expressions over those of the action that is judged."""

    action: str
    arguments: dict[str, Expression]


class Rule(msgspec.Struct, frozen=True):
    """An action of `actions` is refused where `when` holds; `refuse` is told to the customer (language → words)."""

    id: str
    actions: tuple[str, ...]
    when: Expression
    refuse: dict[str, str]
    facts: Facts | None = None


class Saying(msgspec.Struct, frozen=True):
    """Words that must not be said. `patterns` and `unless` are for all languages together: an answer may mix them.

    A sentence in which an `unless` stands too is a warning, not the advice itself. `instead` is said in its place.
    """

    id: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    instead: dict[str, str] = {}


class Rules(msgspec.Struct, frozen=True):
    """`done` about actions, `said` about words, each in the file's order."""

    done: tuple[Rule, ...] = ()
    said: tuple[Saying, ...] = ()

    def of(self, action: Action) -> list[Rule]:
        """Those that an action is judged by."""
        return [
            rule
            for rule in self.done
            if action.name in rule.actions or ALL in rule.actions or rule.id in action.rules
        ]


def parse(files: Mapping[str, str], actions: Mapping[str, Action]) -> Rules:
    """Reads `rules.yml` among the pack's files (path → text). Without it nothing is forbidden.

    Raises PackMistake with the place of the mistake.
    """
    rules = Rules()
    if FILE in files:
        root = read(files[FILE], FILE)
        root.only("rules", "said")
        done, said = root.get("rules"), root.get("said")
        rules = Rules(
            tuple(_rule(node, actions) for node in done.list()) if done else (),
            tuple(_saying(node) for node in said.list()) if said else (),
        )
        _once(root)
    known = {rule.id for rule in rules.done}
    for action in actions.values():
        for id in action.rules:
            if id not in known:
                where = read(files["actions.yml"], "actions.yml").require("actions").require(action.name)
                raise where.require("rules").mistake(f"there is no rule `{id}`", f"write it in {FILE}")
    return rules


def _once(root: Node) -> None:
    seen: set[str] = set()
    for section in ("rules", "said"):
        node = root.get(section)
        for item in node.list() if node else ():
            id = item.require("id")
            if id.text() in seen:
                raise id.mistake(f"rule `{id.text()}` is there twice", "give each rule its own id")
            seen.add(id.text())


def _rule(node: Node, actions: Mapping[str, Action]) -> Rule:
    node.only("id", "actions", "when", "refuse", "facts", "description")
    names = node.get("actions")
    wanted = tuple(item.text() for item in names.list()) if names else ()
    for item in names.list() if names else ():
        if item.text() not in actions and item.text() != ALL:
            raise item.mistake(f"there is no action `{item.text()}`", "name an action of actions.yml, or *")
    facts, when = node.get("facts"), node.require("when")
    condition = _expression(when, frozenset({"result"}))
    if condition.fields and facts is None:
        raise when.mistake("`result` has no action that it is of", "name a read in `facts: {action: …}`")
    refuse = {language: words.text() for language, words in node.require("refuse")}
    return Rule(node.require("id").text(), wanted, condition, refuse, _facts(facts, actions) if facts else None)


def _facts(node: Node, actions: Mapping[str, Action]) -> Facts:
    node.only("action", "arguments")
    name, given = node.require("action"), node.get("arguments")
    action = actions.get(name.text())
    if action is None or action.effect != READ:
        raise name.mistake(f"`{name.text()}` is no read of actions.yml", "name an action whose effect is read")
    arguments = {key: _expression(child, frozenset()) for key, child in given} if given else {}
    for key in arguments:
        if key not in action.parameters:
            raise name.mistake(f"`{name.text()}` has no parameter `{key}`", f"use: {', '.join(action.parameters)}")
    return Facts(name.text(), arguments)


def _expression(node: Node, results: frozenset[str]) -> Expression:
    try:
        return compile_expression(node.text(), results)
    except ExpressionError as error:
        raise node.mistake(f"`{node.text()}`: {error}", "write it as in a flow's branch") from None


def _saying(node: Node) -> Saying:
    node.only("id", "patterns", "unless", "instead", "description")
    instead = node.get("instead")
    return Saying(
        node.require("id").text(),
        _patterns(node.require("patterns")),
        _patterns(node.get("unless")),
        {language: words.text() for language, words in instead} if instead else {},
    )


def _patterns(node: Node | None) -> tuple[re.Pattern[str], ...]:
    found = []
    for _, items in () if node is None else node:
        for item in items.list():
            try:
                pattern = re.compile(item.text(), re.IGNORECASE)
            except re.error as error:
                raise item.mistake(f"`{item.text()}` is no pattern ({error})", "write a regular expression") from None
            if pattern.search(""):
                raise item.mistake(f"`{item.text()}` fits everything", "write at least one letter that has to be there")
            found.append(pattern)
    return tuple(found)


