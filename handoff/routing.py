"""Who gets which waiting conversation. Pure; `routing.yml` of the pack says which skills there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from core.conversation import Conversation
from core.errors import Invalid
from core.time import HOUR
from core.yamlfile import Node, read
from handoff import sla
from handoff.ports import AVAILABLE, AWAY, AgentState

FILE = "routing.yml"
_DEFAULT_SKILL: Final = "general"
_OFFER_SECONDS: Final = 30
_CAPACITY: Final = 3
_RETURN_AFTER: Final = 5
_DISPOSITIONS: Final = {
    "resolved": {"zh": "已解决", "en": "Resolved"},
    "follow_up": {"zh": "需跟进", "en": "Follow up"},
    "spam": {"zh": "骚扰", "en": "Spam"},
    "no_answer": {"zh": "客户无回应", "en": "No answer"},
    "other": {"zh": "其他", "en": "Other"},
}
"""How a conversation can have ended, where the pack has no list of its own."""

PATIENCE: Final = HOUR
"""How long one to whom nothing was promised can wait before a promise no longer goes first, in microseconds."""


class Routing(msgspec.Struct, frozen=True):
    """Skills with their names by language; how long an offer stands, in seconds; an agent's usual
    capacity; the flow that serves when nobody is there ("": none); after how many minutes a customer
    who waits for an answer of somebody who is gone comes back into the line; how a conversation can have ended, with
    names by language, and how many seconds an agent has after each to say so (0: it is said at the closing).
    """

    skills: dict[str, dict[str, str]]
    default_skill: str = _DEFAULT_SKILL
    offer_seconds: int = _OFFER_SECONDS
    capacity: int = _CAPACITY
    nobody_there: str = ""
    return_after_minutes: int = _RETURN_AFTER
    response: sla.Limits = sla.Limits()
    dispositions: dict[str, dict[str, str]] = msgspec.field(default_factory=lambda: dict(_DISPOSITIONS))
    wrap_up_seconds: int = 0

    def skill_words(self, skill: str, language: str) -> str:
        """The name of a skill; its id where the pack has none."""
        words = self.skills.get(skill, {})
        return words.get(language) or next(iter(words.values()), skill)

    def check_disposition(self, disposition: str) -> None:
        """Raises Invalid for one that is not in the list."""
        if disposition not in self.dispositions:
            raise Invalid(f"A disposition is one of {', '.join(self.dispositions)}.", field="disposition")


class Waiting(msgspec.Struct, frozen=True):
    """A conversation in the line; instants in microseconds since the epoch.

    `refused` in the order of refusal; `offered` to whom an offer stands until `offer_expires`; `wanted` names
    the agent whom a colleague chose; `due` until when a person was to take over (0: nothing was promised).
    """

    conversation: str
    skill: str
    language: str
    priority: int = 0
    waiting_since: int = 0
    refused: tuple[str, ...] = ()
    offered: str = ""
    offer_expires: int = 0
    wanted: str = ""
    due: int = 0

    def overdue(self, now: int) -> bool:
        """Whether what was promised is over."""
        return 0 < self.due <= now

    def offered_at(self, now: int) -> bool:
        """Whether an offer stands."""
        return bool(self.offered) and self.offer_expires > now


class Assignment(msgspec.Struct, frozen=True):
    """`conversation` is to be offered to `agent`."""

    conversation: str
    agent: str


def waiting(conversation: Conversation, priority: int = 0) -> Waiting:
    """A conversation's place in the line, from its fold; the priority stands in its row."""
    offer = conversation.offer
    return Waiting(
        conversation=conversation.id,
        skill=conversation.skill,
        language=conversation.language,
        priority=priority,
        waiting_since=conversation.waiting_since,
        refused=conversation.refused,
        offered=offer.agent if offer else "",
        offer_expires=offer.expires_at if offer else 0,
        wanted=conversation.wanted,
        due=conversation.due,
    )


def order(line: Iterable[Waiting], now: int = 0) -> list[Waiting]:
    """The line at an instant: what is overdue, then higher priority, then the earliest deadline.

    Where nothing was promised the deadline is PATIENCE after somebody began to wait: then who waits longest comes
    first, and a promise of few minutes goes before those who came a little earlier (earliest deadline first).
    """
    return sorted(
        line,
        key=lambda w: (
            not w.overdue(now), -w.priority, w.due or w.waiting_since + PATIENCE, w.waiting_since, w.conversation
        ),
    )  # fmt: skip


def choose(line: Iterable[Waiting], agents: Sequence[AgentState], now: int) -> list[Assignment]:
    """Which agent is to be offered which conversation, in the order of the line.

    An agent is suited by skill and language. Where nobody on duty has both, language alone counts, then skill
    alone, then anybody: a customer who asks for a person gets one. Among the suited who are available and
    have a place left (standing offers take one), the one who was chosen by a colleague comes first, then who
    has been idle longest, counting a place given in this call. Who refused is passed over, unless all those
    refused; then who refused longest ago. A conversation with a standing offer is left alone. What is overdue
    waits for nobody better suited: it goes to the first on the ladder who is free.
    """
    ordered = order(line, now)
    ladders: dict[tuple[str, str], list[list[AgentState]]] = {}
    load = {state.agent: state.load for state in agents}
    for item in ordered:
        if item.offered_at(now) and item.offered in load:
            load[item.offered] += 1
    given: dict[str, int] = {}
    chosen: list[Assignment] = []
    for item in ordered:
        if item.offered_at(now):
            continue
        kind = (item.skill, item.language)
        if kind not in ladders:
            ladders[kind] = _ladder(item, agents)
        rungs = (
            [a for a in rung if a.state == AVAILABLE and load[a.agent] < a.capacity] for rung in ladders[kind]
        )
        free = next((rung for rung in rungs if rung or not item.overdue(now)), [])
        best = _best(item, free, agents, load, given)
        if best is not None:
            chosen.append(Assignment(item.conversation, best.agent))
            load[best.agent] += 1
            given[best.agent] = given.get(best.agent, 0) + 1
    return chosen


def suited(item: Waiting, agents: Iterable[AgentState]) -> list[AgentState]:
    """Agents on duty who should serve a conversation, by the ladder that `choose` describes, free or not."""
    return next(iter(_ladder(item, agents)), [])


def _ladder(item: Waiting, agents: Iterable[AgentState]) -> list[list[AgentState]]:
    """Everybody on duty who fits a conversation, the best suited first; no rung is empty."""
    on_duty = [state for state in agents if state.state != AWAY and state.capacity > 0]
    rungs = ([state for state in on_duty if fits(item, state)] for fits in _LADDER)
    return [rung for rung in (*rungs, on_duty) if rung]


def _speaks(item: Waiting, state: AgentState) -> bool:
    return not state.languages or not item.language or item.language in state.languages


def _knows(item: Waiting, state: AgentState) -> bool:
    return not state.skills or not item.skill or item.skill in state.skills


_LADDER: Final[tuple[Callable[[Waiting, AgentState], bool], ...]] = (
    lambda item, state: _speaks(item, state) and _knows(item, state),
    _speaks,
    _knows,
)


def _best(
    item: Waiting,
    free: Sequence[AgentState],
    agents: Sequence[AgentState],
    load: Mapping[str, int],
    given: Mapping[str, int],
) -> AgentState | None:
    if item.wanted and item.wanted not in item.refused:
        named = next(
            (a for a in agents if a.agent == item.wanted and a.state != AWAY and a.capacity > 0), None
        )
        if named is not None:
            # The one who was named may be full for a moment; the customer was promised this person.
            return named if named.state == AVAILABLE and load[named.agent] < named.capacity else None
    last_refusal = {agent: place for place, agent in enumerate(item.refused)}
    fresh = [state for state in free if state.agent not in last_refusal]
    candidates = fresh or free
    return min(
        candidates,
        key=lambda a: (
            last_refusal.get(a.agent, -1), given.get(a.agent, 0), a.idle_since, load[a.agent], a.agent
        ),
        default=None,
    )  # fmt: skip


def parse(files: Mapping[str, str]) -> Routing:
    """Reads `routing.yml` among the pack's files (path → text). Without it there is one skill, `general`.

    Raises PackMistake with the place of the mistake.
    """
    if FILE not in files:
        return Routing({_DEFAULT_SKILL: {"zh": "综合客服", "en": "Customer service"}})
    root = read(files[FILE], FILE)
    root.only(
        "skills", "default_skill", "offer_seconds", "capacity", "nobody_there", "return_after_minutes", "response",
        "dispositions", "wrap_up_seconds",
    )  # fmt: skip
    skills = {skill: _names(node) for skill, node in root.require("skills")}
    default = root.require("default_skill")
    if default.text() not in skills:
        raise default.mistake(f"`{default.text()}` is no skill", f"write one of: {', '.join(skills)}")
    offer, capacity = root.get("offer_seconds"), root.get("capacity")
    flow, back = root.get("nobody_there"), root.get("return_after_minutes")
    outcomes, wrapping = root.get("dispositions"), root.get("wrap_up_seconds")
    return Routing(
        skills=skills,
        default_skill=default.text(),
        offer_seconds=offer.whole(5, 600) if offer else _OFFER_SECONDS,
        capacity=capacity.whole(1, 50) if capacity else _CAPACITY,
        nobody_there=flow.text() if flow else "",
        return_after_minutes=back.whole(1, 1440) if back else _RETURN_AFTER,
        response=sla.parse(root.get("response")),
        dispositions={name: _names(node) for name, node in outcomes} if outcomes else dict(_DISPOSITIONS),
        wrap_up_seconds=wrapping.whole(0, 3600) if wrapping else 0,
    )


def _names(node: Node) -> dict[str, str]:
    node.only("name")
    return {language: words.text() for language, words in node.require("name")}
