"""Flows drawn: as Mermaid text, and as SVG with steps in layers from left to right. Pure.

The layers follow Sugiyama's method in its simplest form: edges that lead back are set aside, a step lies one layer after
the last of those that lead to it, and within a layer steps are ordered by the middle of their neighbours (barycentre).
"""

import re
from collections.abc import Mapping
from html import escape
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
    RESPOND,
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
_COLOURS: Final = {
    COLLECT: "#dbeafe", CONFIRM: "#dbeafe", VERIFY: "#dbeafe", BRANCH: "#fef3c7", ACTION: "#dcfce7", TICKET: "#dcfce7",
    KNOWLEDGE: "#ede9fe", HANDOFF: "#fee2e2", END: "#e5e7eb", CALL: "#cffafe", RESPOND: "#ffffff", SET: "#f3f4f6",
    CLEAR: "#f3f4f6",
}  # fmt: skip
_WIDTH, _HEIGHT, _BESIDE, _BELOW, _MARGIN = 168, 46, 74, 26, 24
_TITLE, _DETAIL = 20, 24


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


# SVG ----------------------------------------------------------------------------------------------------------


def svg(flow: Flow, language: str = "en", notes: Mapping[str, str] | None = None) -> str:
    """The flow as an SVG document; `notes` are put under steps, by id (counts, for example)."""
    drawing = layout(flow)
    tall = max(place for _, place in drawing.places.values()) + 1
    wide = max(layer for layer, _ in drawing.places.values()) + 1
    loops = sum(edge.back for edge in drawing.edges)
    bottom = _MARGIN + 28 + tall * (_HEIGHT + _BELOW)
    width = 2 * _MARGIN + wide * _WIDTH + (wide - 1) * _BESIDE
    height = bottom + loops * 12 + _MARGIN
    title = escape(flow.name.get(language) or flow.id)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{escape(title, quote=True)}" font-family="system-ui, sans-serif" font-size="12">'
        ),
        (
            "<defs><marker id='tip' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7' markerHeight='7' orient='auto'>"
            "<path d='M0 0 8 4 0 8z' fill='#4b5563'/></marker></defs>"
        ),
        f'<text x="{_MARGIN}" y="{_MARGIN + 4}" font-size="15" font-weight="600" fill="#111827">{title}</text>',
    ]
    lane = 0
    for edge in drawing.edges:
        lane += edge.back
        parts.append(_line(edge, drawing, bottom + lane * 12))
    for id, place in drawing.places.items():
        parts.append(_box(flow.steps.get(id), place, (notes or {}).get(id, "")))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return _MARGIN + place[0] * (_WIDTH + _BESIDE), _MARGIN + 28 + place[1] * (_HEIGHT + _BELOW)


def _box(step: Step | None, place: tuple[int, int], note: str) -> str:
    x, y = _corner(place)
    if step is None:
        return (
            f'<g><circle cx="{x + 14}" cy="{y + _HEIGHT // 2}" r="10" fill="#e5e7eb" stroke="#4b5563"/>'
            f'<circle cx="{x + 14}" cy="{y + _HEIGHT // 2}" r="5" fill="#4b5563"/></g>'
        )
    round_ = 23 if step.kind in (COLLECT, CONFIRM, VERIFY) else 6
    detail = f"{step.kind} {about(step)}".strip()
    under = (
        f'<text x="{x + _WIDTH / 2}" y="{y + _HEIGHT + 13}" text-anchor="middle" fill="#374151" font-size="11">'
        f"{escape(note)}</text>"
    )
    return (
        f"<g><title>{escape(f'{step.id}: {detail}')}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="{round_}" fill="{_COLOURS.get(step.kind, "#fff")}" '
        f'stroke="#4b5563"/>'
        f'<text x="{x + _WIDTH / 2}" y="{y + 19}" text-anchor="middle" font-weight="600" fill="#111827">'
        f"{escape(_short(step.id, _TITLE))}</text>"
        f'<text x="{x + _WIDTH / 2}" y="{y + 35}" text-anchor="middle" fill="#374151" font-size="11">'
        f"{escape(_short(detail, _DETAIL))}</text>{under if note else ''}</g>"
    )


def _line(edge: Edge, drawing: Drawing, below: int) -> str:
    x1, y1 = _corner(drawing.places[edge.start])
    x2, y2 = _corner(drawing.places[edge.end])
    if edge.back:
        a, b = x1 + _WIDTH * 3 // 4, x2 + _WIDTH // 4
        path = f"M{a} {y1 + _HEIGHT} V{below} H{b} V{y2 + _HEIGHT}"
        at = ((a + b) // 2, below - 3)
        style = ' stroke-dasharray="5 4"'
    else:
        a, b = x1 + _WIDTH, x2 + (4 if edge.end == OVER else 0)
        c, d = y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
        bend = min(60, (b - a) // 2)
        path = f"M{a} {c} C{a + bend} {c} {b - bend} {d} {b} {d}"
        at = (a + (_BESIDE // 2), c + (d - c) // 3 - 4)
        style = ""
    label = ""
    if edge.label:
        words = escape(_short(edge.label, 16))
        label = (
            f'<text x="{at[0]}" y="{at[1]}" text-anchor="middle" font-size="10" fill="#1f2937" stroke="#fff" '
            f'stroke-width="3" paint-order="stroke"><title>{escape(edge.label)}</title>{words}</text>'
        )
    line = f'<path d="{path}" fill="none" stroke="#4b5563"{style} marker-end="url(#tip)"/>'
    return f"<g>{line}{label}</g>"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
