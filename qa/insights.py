"""The supervisor's numbers: one formula for each, in words beside it. Pure.

The page and the HTTP interface show what these functions return, and nothing else counts them.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec

from core.time import SECOND
from qa.model import Ended, Facts, Tally, Wait

COUNT, SECONDS, SHARE, SCORE = "count", "seconds", "share", "score"
"""Units: a whole number, seconds, 0 to 1, 1 to 5."""


Formula = Callable[[Facts], float | None]


class Number(msgspec.Struct, frozen=True):
    """`title` and `formula` by language; `better`: "up", "down", or "" where neither is; `of` gives None where there is
    nothing to count from."""

    id: str
    title: Mapping[str, str]
    formula: Mapping[str, str]
    unit: str
    better: str
    of: Formula


def waiting(facts: Facts) -> float:
    """How many wait at the end of the window."""
    return sum(_waits_at(wait, facts.until) for wait in facts.waits)


def longest_wait(facts: Facts) -> float:
    """Seconds that the one who waits longest at the end of the window has waited; 0 when nobody waits."""
    return max((facts.until - w.asked_at for w in facts.waits if _waits_at(w, facts.until)), default=0) / SECOND


def _waits_at(wait: Wait, at: int) -> bool:
    return wait.asked_at < at and (not wait.ended_at or wait.ended_at >= at)


def arrivals(facts: Facts) -> float:
    """Conversations begun."""
    return _total(facts.started)


def handled_by_bot(facts: Facts) -> float:
    """Conversations closed that no person ever served."""
    return sum(one.count for one in facts.closed if not one.kind)


def handled_by_people(facts: Facts) -> float:
    """Conversations closed that a person served."""
    return sum(one.count for one in facts.closed if one.kind)


def containment(facts: Facts) -> float | None:
    """The bot's share of the closed."""
    closed = _total(facts.closed)
    return handled_by_bot(facts) / closed if closed else None


def first_response(facts: Facts) -> float | None:
    """The median of the seconds to a person's first words."""
    seconds = _answered(facts)
    return statistics.median(seconds) if seconds else None


def first_response_p95(facts: Facts) -> float | None:
    """The smallest number of seconds that 95 % of them do not exceed (nearest rank)."""
    seconds = sorted(_answered(facts))
    return seconds[math.ceil(0.95 * len(seconds)) - 1] if seconds else None


def _answered(facts: Facts) -> list[float]:
    spoken = [w for w in facts.waits if w.first and w.answered_at > 0]
    return [(w.answered_at - w.asked_at) / SECOND for w in spoken if facts.since <= w.answered_at < facts.until]


def csat(facts: Facts) -> float | None:
    """The mean of the ratings."""
    rated = _total(facts.rated)
    return sum(one.kind * one.count for one in facts.rated) / rated if rated else None


def csat_good(facts: Facts) -> float | None:
    """The share of ratings of 4 and 5."""
    rated = _total(facts.rated)
    return sum(one.count for one in facts.rated if one.kind >= 4) / rated if rated else None


def alerts(facts: Facts) -> float:
    """Alerts raised."""
    return _total(facts.alerts)


def staffed(facts: Facts) -> float:
    """How many people are on duty at the end of the window."""
    at = facts.until
    return sum(one.since < at and (not one.until or one.until >= at) for one in facts.duties)


def dispositions(facts: Facts) -> list[tuple[Ended, float]]:
    """How the conversations that people served ended, the most frequent first and what nobody named last; each with its
    share of them all."""
    total = sum(one.count for one in facts.ended)
    found = sorted(facts.ended, key=lambda one: (not one.disposition, -one.count, one.disposition))
    return [(one, one.count / total) for one in found if one.count]


DISPOSITIONS: Mapping[str, str] = {
    "zh": "时段内结束、有人接待过的会话，按坐席填写的处理结果分类计数；占比为该类 ÷ 全部此类会话。",
    "en": "Conversations closed in the period that a person served, by the disposition that the agent named; the share is "
    "of all of these.",
}
"""How `dispositions` counts, in words."""
NOT_NAMED: Mapping[str, str] = {"zh": "未填写", "en": "Not named"}


def _total(tallies: Sequence[Tally]) -> int:
    return sum(one.count for one in tallies)


NUMBERS: tuple[Number, ...] = (
    Number(
        "waiting", {"zh": "正在等待", "en": "Waiting now"},
        {"zh": "所选时段末仍在排队等待人工的会话数。", "en": "Conversations that wait for a person at the end of the period."},
        COUNT, "down", waiting,
    ),
    Number(
        "longest_wait", {"zh": "最长等待", "en": "Longest wait"},
        {
            "zh": "时段末仍在等待的会话中，等得最久的一个已等的时间；无人等待时为 0。",
            "en": "How long the one who waits longest at the end of the period has waited; 0 when nobody waits.",
        },
        SECONDS, "down", longest_wait,
    ),
    Number(
        "containment", {"zh": "机器人独立完成", "en": "Handled by the bot"},
        {
            "zh": "时段内结束且从未有人接待的会话 ÷ 时段内结束的全部会话。",
            "en": "Conversations closed in the period that no person ever served, divided by all closed in it.",
        },
        SHARE, "up", containment,
    ),
    Number(
        "handled_by_bot", {"zh": "机器人完成数", "en": "Closed by the bot alone"},
        {"zh": "时段内结束、从未有人接待的会话数。", "en": "Conversations closed in the period that no person ever served."},
        COUNT, "up", handled_by_bot,
    ),
    Number(
        "handled_by_people", {"zh": "人工接待数", "en": "Closed with a person"},
        {"zh": "时段内结束、有人接待过的会话数。", "en": "Conversations closed in the period that a person served."},
        COUNT, "", handled_by_people,
    ),
    Number(
        "first_response", {"zh": "首次响应（中位）", "en": "First response, median"},
        {
            "zh": "从客户转人工到坐席说出第一句话的时间，取时段内首次回应的中位数；转接的等待不计。",
            "en": "From the request for a person to that person's first words: the median of those first answered in the "
            "period. Waits after a transfer do not count.",
        },
        SECONDS, "down", first_response,
    ),
    Number(
        "first_response_p95", {"zh": "首次响应（P95）", "en": "First response, 95th percentile"},
        {
            "zh": "同上时间的第 95 百分位（最近秩）：95% 的首次回应不超过它。",
            "en": "The same times at the 95th percentile (nearest rank): 95 % were answered at least as fast.",
        },
        SECONDS, "down", first_response_p95,
    ),
    Number(
        "csat", {"zh": "满意度", "en": "CSAT"},
        {
            "zh": "时段内评分（1 至 5）的平均值，每个会话取最近一次评分。",
            "en": "The mean of the ratings (1 to 5) given in the period, each conversation by its latest.",
        },
        SCORE, "up", csat,
    ),
    Number(
        "csat_good", {"zh": "满意率", "en": "Satisfied"},
        {"zh": "时段内评分中 4 分和 5 分的占比。", "en": "The share of 4s and 5s among the ratings given in the period."},
        SHARE, "up", csat_good,
    ),
    Number(
        "alerts", {"zh": "预警", "en": "Alerts"},
        {"zh": "时段内触发的预警数。", "en": "Alerts raised in the period."},
        COUNT, "down", alerts,
    ),
    Number(
        "arrivals", {"zh": "进线", "en": "Arrivals"},
        {"zh": "时段内开始的会话数。", "en": "Conversations begun in the period."},
        COUNT, "", arrivals,
    ),
    Number(
        "staffed", {"zh": "在岗人数", "en": "On duty"},
        {
            "zh": "时段末在线且状态为可接待或忙碌的人数。",
            "en": "People who are signed in at the end of the period, available or busy.",
        },
        COUNT, "", staffed,
    ),
)  # fmt: skip
"""In the order of the page."""

BY_ID: Mapping[str, Number] = {number.id: number for number in NUMBERS}


def lines(numbers: Sequence[Number], facts: Facts, points: int) -> dict[str, list[float | None]]:
    """Each number in each of `points` equal parts of the window; the window is cut once for all of them."""
    parts = list(facts.parts(points))
    return {number.id: [number.of(part) for part in parts] for number in numbers}


def line(number: Number, facts: Facts, points: int) -> list[float | None]:
    """One number in each of `points` equal parts of the window."""
    return lines((number,), facts, points)[number.id]
