"""A customer sees what is promised and nothing else; an agent sees everything."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.webchat import event_frame, for_agent, for_agent_bytes, instant, visible, visible_bytes
from core import events as e
from core.time import iso

AT = 1_790_000_000_123_456
HEAD = {"seq": 7, "at": "2026-09-21T14:13:20.123Z"}


def at(event: e.Event) -> e.Recorded:
    return e.Recorded("conversation:k", 7, AT, e.THE_BOT, event)


FILE = e.File("f1", "a.png", "image/png", 5)
SEEN: list[tuple[e.Event, dict[str, Any]]] = [
    (
        e.CustomerSaid(id="m1", text="hi", files=(FILE,)),
        {
            "kind": "customer_said", "id": "m1", "text": "hi",
            "files": [{"file": "f1", "name": "a.png", "type": "image/png", "size": 5}],
        },
    ),
    (
        e.CustomerSaid(id="m1", payload="/x"),
        {"kind": "customer_said", "id": "m1", "text": "", "payload": "/x"},
    ),
    (
        e.BotSaid(
            text="您好", language="zh", in_reply_to=(3, 4), response="utter_x", flow="f", step="s", more=True,
            failure=True, quick_replies=(e.Choice("是", "/affirm"),),
            citations=(e.Citation("d", "T", "1", "q"),),
            asks=e.Asks("service", "choice", (e.Choice("TV", "/SetSlots(service=tv)"),)),
        ),
        {
            "kind": "bot_said", "text": "您好", "language": "zh", "in_reply_to": [3, 4],
            "quick_replies": [{"title": "是", "payload": "/affirm"}],
            "citations": [{"document": "d", "title": "T", "version": "1", "quote": "q"}],
            "asks": {
                "slot": "service", "type": "choice",
                "choices": [{"title": "TV", "payload": "/SetSlots(service=tv)"}],
            },
        },
    ),
    (
        e.BotSaid(text="a", language="en"),
        {"kind": "bot_said", "text": "a", "language": "en", "in_reply_to": []},
    ),
    (
        e.AgentSaid(id="x", agent="anna", name="Anna", text="hello"),
        {"kind": "agent_said", "agent": "Anna", "text": "hello"},
    ),
    (
        e.TicketOpened(ticket="F-1", type="fault", contact="c", phone="138", fields={"a": 1}),
        {"kind": "ticket_opened", "ticket": "F-1", "type": "fault"},
    ),
    (
        e.TicketUpdated(ticket="F-1", status="closed", fields={"a": 1}),
        {"kind": "ticket_updated", "ticket": "F-1", "status": "closed"},
    ),
    (
        e.HandoffAsked(reason="asked", skill="general", in_reply_to=(5,), priority=3),
        {"kind": "handoff_asked", "reason": "asked", "in_reply_to": [5]},
    ),
    (e.HandoffTaken(agent="anna", name="Anna"), {"kind": "handoff_taken", "agent": "Anna"}),
    (e.TakenOver(agent="sue", name="Sue", before="anna"), {"kind": "handoff_taken", "agent": "Sue"}),
    (e.HandoffReturned(agent="anna"), {"kind": "handoff_returned"}),
    (e.HandoffCancelled(), {"kind": "handoff_cancelled"}),
    (e.Rated(score=2, comment="slow"), {"kind": "rated"}),
    (e.Closed(by="agent", disposition="solved"), {"kind": "closed", "by": "agent"}),
    (e.Reopened(), {"kind": "reopened"}),
]  # fmt: skip


@pytest.mark.parametrize(("event", "shape"), SEEN)
def test_what_a_customer_sees(event: e.Event, shape: dict[str, Any]) -> None:
    assert visible(at(event)) == HEAD | shape
    encoded = visible_bytes(at(event))
    assert encoded is not None
    assert json.loads(encoded) == HEAD | shape
    frame = event_frame(at(event))
    assert frame is not None
    assert json.loads(frame) == {"type": "event", "event": HEAD | shape}


@pytest.mark.parametrize("kind", sorted(set(e.KINDS.values()) - {type(event) for event, _ in SEEN}, key=str))
def test_the_rest_stays_inside(kind: type[e.Event]) -> None:
    recorded = at(blank(kind))
    assert visible(recorded) is None
    assert visible_bytes(recorded) is None
    assert event_frame(recorded) is None


@pytest.mark.parametrize("event", [e.Delivered(upto=5), e.Seen(upto=5)])
def test_a_customer_sees_how_far_people_have_read_and_no_other(event: e.Delivered | e.Seen) -> None:
    by_agent = e.Recorded("conversation:k", 7, AT, e.Actor(e.AGENT, "anna"), event)
    assert visible(by_agent) == HEAD | {"kind": event.KIND, "upto": 5}
    assert visible(e.Recorded("conversation:k", 7, AT, e.THE_CUSTOMER, event)) is None


def blank(kind: type[e.Event]) -> e.Event:
    simple: dict[Any, Any] = {str: "x", int: 1, float: 0.5, bool: False}
    required = {
        field.name: simple.get(field.type, () if "tuple" in str(field.type) else None)
        for field in msgspec.structs.fields(kind)
        if field.required
    }
    return kind(**required)


@pytest.mark.parametrize("kind", e.KINDS.values())
def test_an_agent_sees_every_field(kind: type[e.Event]) -> None:
    shown = for_agent(at(blank(kind)))
    assert set(kind.__struct_fields__) <= set(shown)
    assert shown["kind"] == kind.KIND
    assert shown["actor"] == {"executor": "machine", "name": "bot"}
    assert json.loads(for_agent_bytes(at(blank(kind)))) == shown


def test_an_unknown_kind_is_shown_to_agents_only() -> None:
    recorded = at(e.Unknown(kind="later", body={"a": 1, "seq": 99}))
    assert visible(recorded) is None
    assert for_agent(recorded) == HEAD | {
        "kind": "later",
        "a": 1,
        "actor": {"executor": "machine", "name": "bot"},
    }


def test_an_alert_keeps_its_own_place_and_the_one_it_points_at() -> None:
    shown = for_agent(at(e.Alerted(rule="words", seq=3)))
    assert (shown["seq"], shown["about"]) == (7, 3)


@given(st.integers(0, 4_000_000_000_000_000))
def test_instants_are_written_as_everywhere(moment: int) -> None:
    assert instant(moment) == iso(moment)
