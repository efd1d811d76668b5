"""How long a customer waits for a person: when the clock starts, what stops it, and what the pack may set."""

import pytest

from core import conversation as conversations
from core import events as e
from core.errors import PackMistake
from core.time import SECOND
from handoff.routing import parse
from handoff.sla import Limits, owed

LIMITS = Limits(first_seconds=100, next_seconds=40)
ASKED = e.HandoffAsked(reason="asked", skill="general")
TAKEN = e.HandoffTaken(agent="anna")
SAID = e.CustomerSaid(id="1", text="hello")
REPLY = e.AgentSaid(id="2", agent="anna", text="hi")


def after(*events: e.Event) -> conversations.Conversation:
    """The conversation after these events, one every ten seconds; the first is at second 10."""
    recorded = [e.Recorded("conversation:c", n, 10 * n * SECOND, e.THE_SYSTEM, event) for n, event in enumerate(events, 1)]
    return conversations.fold(conversations.empty("c"), recorded)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((SAID,), None),
        ((ASKED,), ("first", 10, 110)),
        ((ASKED, SAID, SAID), ("first", 10, 110)),
        ((ASKED, TAKEN), ("first", 10, 110)),
        ((ASKED, TAKEN, SAID), ("first", 10, 110)),
        ((ASKED, TAKEN, e.AgentNoted(id="n", agent="anna", text="x")), ("first", 10, 110)),
        ((ASKED, TAKEN, REPLY), None),
        ((ASKED, TAKEN, REPLY, SAID, SAID), ("next", 40, 80)),
        ((ASKED, TAKEN, REPLY, SAID, REPLY), None),
        ((ASKED, TAKEN, REPLY, e.Transferred(by="anna", skill="x")), ("first", 40, 140)),
        ((ASKED, TAKEN, REPLY, SAID, e.Transferred(by="anna")), None),
        ((ASKED, TAKEN, SAID, e.HandoffReturned(agent="anna")), None),
        ((ASKED, e.HandoffCancelled()), None),
        ((ASKED, TAKEN, e.Closed(by="agent")), None),
        ((ASKED, TAKEN, REPLY, SAID, e.Closed(by="agent"), e.Reopened()), None),
    ],
)
def test_the_clock_starts_and_stops(events: tuple[e.Event, ...], expected: tuple[str, int, int] | None) -> None:
    debt = owed(after(*events), LIMITS)
    assert (debt and (debt.kind, debt.since // SECOND, debt.due // SECOND)) == expected


@pytest.mark.parametrize(("second", "level"), [(10, "muted"), (59, "muted"), (60, "warn"), (109, "warn"), (110, "bad"), (999, "bad")])
def test_it_warns_from_the_middle_on(second: int, level: str) -> None:
    debt = owed(after(ASKED), LIMITS)
    assert debt is not None and debt.level(second * SECOND) == level


def pack(response: str) -> Limits:
    return parse({"routing.yml": f"skills:\n  a: {{name: {{en: A}}}}\ndefault_skill: a\n{response}\n"}).response


def test_a_pack_sets_the_limits_it_wants() -> None:
    assert pack("") == Limits()
    assert pack("response: {next_seconds: 60}") == Limits(next_seconds=60)
    assert pack("response: {first_seconds: 30, next_seconds: 60}") == Limits(30, 60)


@pytest.mark.parametrize("wrong", ["{first_seconds: 0}", "{first_seconds: soon}", "{next_seconds: -5}", "{other: 5}", "5", "{next_seconds: 9999999}"])
def test_a_wrong_limit_is_named_with_its_place(wrong: str) -> None:
    with pytest.raises(PackMistake):
        pack(f"response: {wrong}")
