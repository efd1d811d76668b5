"""What must hold after calls were cut short, read from the log, the back office and the customers' screens."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import settings as configuration
from app import storage
from channels.webchat import visible
from core import conversation as conversations
from core import events as e
from core.events import Recorded
from governance.gateway import FAILED, OK, UNKNOWN
from tests.faults.outside import Outside
from tests.faults.verify import quiet
from tests.faults.visits import Visit

ENDING = {
    OK: ("utter_anything_else",),
    FAILED: ("utter_not_done", "utter_anything_else"),
    UNKNOWN: ("utter_action_unknown",),
}


async def between(data: Path, database_url: str, visits: Sequence[Visit]) -> None:
    """Raises AssertionError unless every visit's one call is begun and not noted as answered."""
    settings = configuration.load(data=data, database_url=database_url)
    async with storage.opened(settings) as backends:
        for visit in visits:
            events = await backends.store.read(conversations.PREFIX + visit.customer.conversation)
            assert len(_of(events, e.ActionCalled)) == 1, f"{visit.kind.name}: not called once"
            assert not _of(events, e.ActionReturned), f"{visit.kind.name}: the answer was noted already"


async def verify(data: Path, database_url: str, visits: Sequence[Visit], outside: Outside) -> dict[str, Any]:
    """Raises AssertionError with the first thing that is wrong; returns what was counted."""
    settings = configuration.load(data=data, database_url=database_url)
    keys, effects, answers = await outside.keys(), await outside.effects(), outside.answers()
    done = Counter(effect["key"] for effect in effects)
    assert set(done.values()) <= {1}, f"done twice under one key: {done.most_common(3)}"
    called: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    async with storage.opened(settings) as backends:
        await quiet(backends)
        assert await backends.store.dead() == []
        for visit in visits:
            events = await backends.store.read(conversations.PREFIX + visit.customer.conversation)
            call, returned = _call(visit, events)
            called[call.call] += 1
            counted[f"{visit.kind.name} {returned.outcome}"] += 1
            repeated = keys.get(call.call, {}).get("requests", 1) > 1
            counted["known to be cut short"] += repeated or returned.error.endswith("interrupted")
            _agrees(visit, returned, done[call.call], answers.get(call.call, ""))
            _told(visit, events, returned)
    assert set(keys) <= set(called), f"keys that no ActionCalled has: {set(keys) - set(called)}"
    assert all(called[effect["key"]] == 1 for effect in effects), "an effect without its one ActionCalled"
    return {"effects": len(effects), "calls": len(called), "outcomes": dict(sorted(counted.items()))}


def _of(events: Sequence[Recorded], kind: type[e.Event]) -> list[Any]:
    return [recorded.event for recorded in events if isinstance(recorded.event, kind)]


def _call(visit: Visit, events: Sequence[Recorded]) -> tuple[e.ActionCalled, e.ActionReturned]:
    """The wish's one call and its one result."""
    assert [r.seq for r in events] == list(range(1, len(events) + 1)), "a gap in the log"
    assert not _of(events, e.TurnFailed), "a turn was given up"
    called, returned = _of(events, e.ActionCalled), _of(events, e.ActionReturned)
    assert len(called) == 1, f"{visit.kind.name}: decided {len(called)} times"
    assert len(returned) == 1, f"{visit.kind.name}: {len(returned)} results of one call"
    assert called[0].call == returned[0].call
    assert bool(called[0].confirmer) == visit.kind.click, "acted without the click, or asked for one that nobody needs"
    return called[0], returned[0]


def _agrees(visit: Visit, returned: e.ActionReturned, done: int, answer: str) -> None:
    """What the log says is what the other system has."""
    outcome = returned.outcome
    assert not visit.expected or outcome == visit.expected, f"{visit.kind.name}: {outcome}, not {visit.expected}"
    if outcome == OK:
        assert done == 1, f"{visit.kind.name}: told as done and done {done} times"
        kept = json.loads(answer)
        assert {name: kept[name] for name in returned.result} == returned.result
        assert returned.result
    elif outcome == FAILED:
        assert done == 0, f"{visit.kind.name}: told as not done and done"


def _told(visit: Visit, events: Sequence[Recorded], returned: e.ActionReturned) -> None:
    """The customer was answered once, with the result, and saw it."""
    kind, customer = visit.kind, visit.customer
    said = [r.event for r in events if isinstance(r.event, e.BotSaid) and visit.asked in r.event.in_reply_to]
    ending = ENDING[returned.outcome]
    expected = [*(["utter_action_proposed"] if kind.click else []), *([kind.told] if returned.outcome == OK else []), *ending]
    assert [one.response for one in said] == expected, f"{kind.name}, {returned.outcome}: {[s.response for s in said]}"
    assert {one.in_reply_to for one in said} == {(visit.asked,)}, "answered as part of several turns"
    read = sum(isinstance(r.event, e.Understood) and r.event.message == visit.asked for r in events)
    assert read == 1, f"read {read} times"
    if returned.outcome == OK:
        value = returned.result.get("callback_id") or returned.result["line_id"]
        assert value in said[-2].text, f"{value} was not told: {said[-2].text}"
    handed = [event.reason for event in _of(events, e.HandoffAsked)]
    assert handed == (["action"] if returned.outcome == UNKNOWN else []), f"{kind.name}: handed over for {handed}"
    shown = [event for r in events if (event := visible(r)) is not None]
    seen = list(customer.events.values())
    assert seen == shown[: len(seen)], f"{customer!r} saw something else"
    assert sum(visit.asked in event.get("in_reply_to", ()) for event in seen) == len(said) + len(handed)
