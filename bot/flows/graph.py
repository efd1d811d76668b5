"""Where the steps of a flow lie, who went which way, and the flow as Mermaid text. Pure.

The layers follow Sugiyama's method in its simplest form: edges that lead back are set aside, a step lies one layer after
the last of those that lead to it, and within a layer steps are ordered by the middle of their neighbours (barycentre).
"""

import re
from collections import Counter, deque
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import msgspec

from bot.flows.model import (
    ACTION,
    BRANCH,
    CALL,
    CLEAR,
    COLLECT,
    CONFIRM,
    END,
    HANDOFF,
    KNOWLEDGE,
    SET,
    TICKET,
    VERIFY,
    Flow,
    Step,
)

OVER: Final = ""
"""The end after the last step."""

_SHAPES: Final = {
    COLLECT: ("([", "])"), CONFIRM: ("([", "])"), BRANCH: ("{", "}"), ACTION: ("[[", "]]"), TICKET: ("[[", "]]"),
    KNOWLEDGE: ("[/", "/]"), HANDOFF: ("((", "))"), END: ("((", "))"), CALL: ("[[", "]]"), VERIFY: ("([", "])"),
}  # fmt: skip


class Edge(msgspec.Struct, frozen=True):
    """`back`: it leads to a step in the same layer or an earlier one."""

    start: str
    end: str
    label: str
    back: bool


class Drawing(msgspec.Struct, frozen=True):
    """Steps by id ("" is the end after the last) with layer and place in it, and the edges between them."""

    places: dict[str, tuple[int, int]]
    edges: tuple[Edge, ...]


def about(step: Step) -> str:
    """What a step does, in few words."""
    if step.kind == BRANCH:
        return "?"
    if step.kind in (SET, CLEAR):
        return ", ".join(step.values or step.slots)
    return step.name


def layout(flow: Flow) -> Drawing:
    """Where each step lies. Steps that nobody reaches are left out."""
    ways = _ways(flow)
    order, backward = _depth_first(flow.first, ways)
    layers = dict.fromkeys(order, 0)
    for start in reversed(_finished(flow.first, ways, backward)):
        for end, _ in ways.get(start, ()):
            if (start, end) not in backward:
                layers[end] = max(layers[end], layers[start] + 1)
    rows: dict[int, list[str]] = {}
    for id in order:
        rows.setdefault(layers[id], []).append(id)
    _untangle(rows, ways, layers)
    places = {id: (layer, place) for layer, row in rows.items() for place, id in enumerate(row)}
    edges = [
        Edge(start, end, label, layers[end] <= layers[start])
        for start in order
        for end, label in ways.get(start, ())
    ]
    return Drawing(places, tuple(edges))


def _ways(flow: Flow) -> dict[str, list[tuple[str, str]]]:
    """Step → (the next one, what leads there); several reasons for one way are joined."""
    ways: dict[str, list[tuple[str, str]]] = {}
    for step in flow.steps.values():
        labels: dict[str, list[str]] = {}
        for label, target in step.ways():
            if target == OVER or target in flow.steps:
                labels.setdefault(target, []).append(label)
        ways[step.id] = [(target, " / ".join(filter(None, words))) for target, words in labels.items()]
    return ways


def _depth_first(
    first: str, ways: Mapping[str, list[tuple[str, str]]]
) -> tuple[list[str], set[tuple[str, str]]]:
    """The steps as they are met, and the edges that lead back to a step on the way to it."""
    order: list[str] = [first]
    backward: set[tuple[str, str]] = set()
    way: list[tuple[str, int]] = [(first, 0)]
    on_way = {first}
    while way:
        here, at = way[-1]
        targets = ways.get(here, [])
        if at == len(targets):
            way.pop()
            on_way.discard(here)
            continue
        way[-1] = (here, at + 1)
        end = targets[at][0]
        if end in on_way:
            backward.add((here, end))
        elif end not in order:
            order.append(end)
            on_way.add(end)
            way.append((end, 0))
    return order, backward


def _finished(
    first: str, ways: Mapping[str, list[tuple[str, str]]], backward: set[tuple[str, str]]
) -> list[str]:
    """Steps after all that follow them (a topological order, reversed)."""
    done: list[str] = []
    seen: set[str] = set()
    open_: list[tuple[str, bool]] = [(first, False)]
    while open_:
        here, left = open_.pop()
        if left:
            done.append(here)
        elif here not in seen:
            seen.add(here)
            open_.append((here, True))
            open_ += [(end, False) for end, _ in ways.get(here, ()) if (here, end) not in backward]
    return done


def _untangle(
    rows: dict[int, list[str]], ways: Mapping[str, list[tuple[str, str]]], layers: Mapping[str, int]
) -> None:
    before: dict[str, list[str]] = {}
    for start in layers:
        for end, _ in ways.get(start, ()):
            if layers[end] > layers[start]:
                before.setdefault(end, []).append(start)
    for layer in sorted(rows)[1:]:
        at = {id: place for row in rows.values() for place, id in enumerate(row)}

        def middle(id: str, at: dict[str, int] = at) -> float:
            known = [at[other] for other in before.get(id, ())]
            return sum(known) / len(known) if known else float(at[id])

        rows[layer].sort(key=middle)


def traffic(flow: Flow, moves: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    """Edge (start, end) → how often it was passed.

    `moves` tells of steps that leave a trace in the log: (from, to) → how often, with "" for the start of the flow in the
    first place and for its completion in the second. Between two of them the shortest way is taken; who went another one,
    as after a correction, is counted on none.
    """
    ways = {id: [end for end, _ in ends] for id, ends in _ways(flow).items()}
    over = {OVER, *(step.id for step in flow.steps.values() if step.kind == END and step.name == "completed")}
    passed: Counter[tuple[str, str]] = Counter()
    for (start, end), count in moves.items():
        way = _shortest(ways, start or flow.first, {end} if end else over)
        for edge in pairwise(way):
            passed[edge] += count
    return passed


def _shortest(ways: Mapping[str, list[str]], start: str, ends: set[str]) -> list[str]:
    came: dict[str, str | None] = {start: None}
    ahead = deque([start])
    while ahead:
        here: str | None = ahead.popleft()
        if here in ends:
            way: list[str] = []
            while here is not None:
                way.append(here)
                here = came[here]
            return way[::-1]
        for end in ways.get(here or "", ()):
            if end not in came:
                came[end] = here
                ahead.append(end)
    return []


# Mermaid ------------------------------------------------------------------------------------------------------


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid flowchart, left to right."""
    drawing = layout(flow)
    names = {id: f"s{number}" for number, id in enumerate(drawing.places)}
    lines = ["flowchart LR"]
    for id, name in names.items():
        step = flow.steps.get(id)
        if step is None:
            lines.append(f'  {name}(("end"))')
            continue
        left, right = _SHAPES.get(step.kind, ("[", "]"))
        lines.append(f'  {name}{left}"{_quoted(f"{step.kind} {about(step)}".strip(), step.id)}"{right}')
    for edge in drawing.edges:
        label = f'|"{_quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"  {names[edge.start]} -->{label} {names[edge.end]}")
    return "\n".join(lines) + "\n"


def _quoted(*lines: str) -> str:
    """Text inside Mermaid's quotes: its own marks and HTML's as entities."""
    return "<br/>".join(re.sub(r"[\"<>#&;`]", lambda m: f"#{ord(m[0])};", line) for line in lines)
