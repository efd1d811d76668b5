"""A flow as SVG: steps in layers from left to right, lines as wide as what passed along them. Pure."""

from collections.abc import Mapping
from html import escape
from typing import Final

import msgspec

from bot.flows.graph import OVER, Drawing, Edge, about, layout
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

_WIDTH, _HEIGHT, _BESIDE, _BELOW, _MARGIN = 168, 46, 74, 26, 24
_LIFT = 52
_TITLE, _DETAIL, _LABEL = 20, 24, 12
_THIN, _THICK = 1.5, 9.0
"""Widths of a line that one passed at least, and of the busiest one; pixels."""


class Paint(msgspec.Struct, frozen=True):
    """Colours as SVG takes them. `kinds`: fills of boxes by kind of step; `box` is that of all others."""

    text: str
    muted: str
    line: str
    box: str
    halo: str
    warn: str
    kinds: dict[str, str]


def _kinds(asks: str, decides: str, acts: str, reads: str, hands: str, small: str) -> dict[str, str]:
    return {
        COLLECT: asks, CONFIRM: asks, VERIFY: asks, BRANCH: decides, ACTION: acts, TICKET: acts, CALL: acts,
        KNOWLEDGE: reads, HANDOFF: hands, END: small, SET: small, CLEAR: small,
    }  # fmt: skip


def _mixed(name: str) -> str:
    return f"color-mix(in srgb, var(--{name}) 14%, var(--bg))"


PLAIN: Final = Paint(
    text="#111827", muted="#374151", line="#4b5563", box="#ffffff", halo="#ffffff", warn="#9a5b00",
    kinds=_kinds("#dbeafe", "#fef3c7", "#dcfce7", "#ede9fe", "#fee2e2", "#e5e7eb"),
)  # fmt: skip
"""For a file of its own, whatever reads it."""

THEMED: Final = Paint(
    text="var(--text)", muted="var(--muted)", line="var(--edge)", box="var(--bg)",
    halo="var(--bg)", warn="var(--warn)",
    kinds=_kinds("var(--tint)", _mixed("warn"), _mixed("good"), _mixed("muted"), _mixed("bad"), "var(--surface)"),
)  # fmt: skip
"""For a page that has the custom properties of the desk, light or dark."""


class Seen(msgspec.Struct, frozen=True):
    """How many reached a step, and how many left the flow there."""

    reached: int = 0
    left: int = 0


class Picture(msgspec.Struct, frozen=True):
    """What is drawn besides the flow: counts of steps, and of edges (start, end); `told` says what a step does."""

    seen: Mapping[str, Seen] = {}
    passed: Mapping[tuple[str, str], int] = {}
    told: Mapping[str, str] = {}


def svg(flow: Flow, language: str = "en", picture: Picture | None = None, paint: Paint = PLAIN) -> str:
    """The flow as an SVG document."""
    return _Canvas(flow, picture or Picture(), paint).document(flow.name.get(language) or flow.id)


class _Canvas:
    """One drawing."""

    def __init__(self, flow: Flow, picture: Picture, paint: Paint) -> None:
        self._flow = flow
        self._picture = picture
        self._paint = paint
        self._drawing: Drawing = layout(flow)
        self._most = max(picture.passed.values(), default=0)
        self._counted = bool(picture.seen)
        self._labels: dict[tuple[int, int], list[str]] = {}

    def document(self, title: str) -> str:
        """All of it."""
        places = self._drawing.places.values()
        tall, wide = max(place for _, place in places) + 1, max(layer for layer, _ in places) + 1
        loops = sum(edge.back for edge in self._drawing.edges)
        bottom = _MARGIN + 28 + tall * (_HEIGHT + _BELOW)
        width = 2 * _MARGIN + wide * _WIDTH + (wide - 1) * _BESIDE
        height = bottom + loops * 12 + _MARGIN
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                f'height="{height}" role="img" aria-label="{escape(title, quote=True)}" '
                f'font-family="system-ui, sans-serif" font-size="12">'
            ),
            (
                f"<defs><marker id='{self._tip}' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='9' markerHeight='9' "
                f"markerUnits='userSpaceOnUse' orient='auto'><path d='M0 0 8 4 0 8z' fill='{self._paint.line}'/>"
                "</marker></defs>"
            ),
            (
                f'<text x="{_MARGIN}" y="{_MARGIN + 4}" font-size="15" font-weight="600" fill="{self._paint.text}">'
                f"{escape(title)}</text>"
            ),
        ]
        lane = 0
        for edge in self._drawing.edges:
            lane += edge.back
            parts.append(self._line(edge, bottom + lane * 12))
        parts += [self._label(at, labels) for at, labels in self._labels.items()]
        parts += [self._box(id, place) for id, place in self._drawing.places.items()]
        return "\n".join([*parts, "</svg>"]) + "\n"

    @property
    def _tip(self) -> str:
        return escape(f"tip-{self._flow.id}", quote=True)

    def _box(self, id: str, place: tuple[int, int]) -> str:
        step = self._flow.steps.get(id)
        x, y = _corner(place)
        if step is None:
            return self._end(x + 14, y + _HEIGHT // 2)
        paint = self._paint
        round_ = 23 if step.kind in (COLLECT, CONFIRM, VERIFY) else 6
        detail = self._told(step)
        middle = x + _WIDTH / 2
        return (
            f"<g><title>{escape(f'{step.id}: {detail}')}</title>"
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="{round_}" '
            f'fill="{paint.kinds.get(step.kind, paint.box)}" stroke="{paint.line}"/>'
            f'<text x="{middle}" y="{y + 19}" text-anchor="middle" font-weight="600" fill="{paint.text}">'
            f"{escape(_short(step.id, _TITLE))}</text>"
            f'<text x="{middle}" y="{y + 35}" text-anchor="middle" fill="{paint.muted}" font-size="11">'
            f"{escape(_short(detail, _DETAIL))}</text>{self._counts(id, middle, y + _HEIGHT + 14)}</g>"
        )

    def _told(self, step: Step) -> str:
        return self._picture.told.get(step.id) or f"{step.kind} {about(step)}".strip()

    def _counts(self, id: str, x: float, y: int) -> str:
        seen = self._picture.seen.get(id)
        if seen is None or not (seen.reached or seen.left):
            return ""
        left = f'<tspan fill="{self._paint.warn}" font-weight="600"> · −{seen.left}</tspan>' if seen.left else ""
        return (
            f'<text x="{x}" y="{y}" text-anchor="middle" fill="{self._paint.text}" font-size="12">{seen.reached}{left}</text>'
        )

    def _end(self, x: int, y: int) -> str:
        line, fill = self._paint.line, self._paint.kinds[END]
        return (
            f'<g><circle cx="{x}" cy="{y}" r="10" fill="{fill}" stroke="{line}"/>'
            f'<circle cx="{x}" cy="{y}" r="5" fill="{line}"/></g>'
        )

    def _line(self, edge: Edge, below: int) -> str:
        x1, y1 = _corner(self._drawing.places[edge.start])
        x2, y2 = _corner(self._drawing.places[edge.end])
        if edge.back:
            a, b = x1 + _WIDTH * 3 // 4, x2 + _WIDTH // 4
            path = f"M{a} {y1 + _HEIGHT} V{below} H{b} V{y2 + _HEIGHT}"
            at = ((a + b) // 2, below - 3)
        else:
            a, b = x1 + _WIDTH, x2 + (4 if edge.end == OVER else 0)
            c, d = y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
            lift = _LIFT if c == d and b - a > _BESIDE else 0  # over the steps between, not behind them
            bend = 20 if lift else min(60, (b - a) // 2)
            path = f"M{a} {c} C{a + bend} {c - lift} {b - bend} {d - lift} {b} {d}"
            at = (a + (_BESIDE // 2), c + (d - c) // 3 - 4 - lift // 3)
        if edge.label:
            self._labels.setdefault(at, []).append(edge.label)
        passed = self._picture.passed.get((edge.start, edge.end), 0)
        told = f"<title>{passed}</title>" if self._counted else ""
        return f"<g>{told}<path d=\"{path}\" fill=\"none\" {self._stroke(edge, passed)}/></g>"

    def _stroke(self, edge: Edge, passed: int) -> str:
        dashes = ' stroke-dasharray="5 4"' if edge.back else ""
        width = _THIN + (_THICK - _THIN) * passed / self._most if passed else 1.0
        return f'stroke="{self._paint.line}" stroke-width="{width:.1f}"{dashes} marker-end="url(#{self._tip})"'

    def _label(self, at: tuple[int, int], labels: list[str]) -> str:
        """Lines that run together there have one label."""
        label = " / ".join(labels)
        return (
            f'<text x="{at[0]}" y="{at[1]}" text-anchor="middle" font-size="11" fill="{self._paint.muted}" '
            f'stroke="{self._paint.halo}" stroke-width="3" paint-order="stroke"><title>{escape(label)}</title>'
            f"{escape(_short(label, _LABEL))}</text>"
        )


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return _MARGIN + place[0] * (_WIDTH + _BESIDE), _MARGIN + 28 + place[1] * (_HEIGHT + _BELOW)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
