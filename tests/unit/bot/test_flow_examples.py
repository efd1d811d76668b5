"""Every example of docs/flows.md runs, and the pack made of it has no mistake."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue import Dialogue
from bot.flows.model import KINDS
from bot.pack import parse
from bot.validate import check
from core.events import (
    ActionCalled,
    ActionReturned,
    BotSaid,
    Event,
    HandoffAsked,
    TicketOpened,
    Verified,
)
from core.hours import moments
from tests.unit.bot.world import FILES, KEYWORDS, Desk, Gate, Keywords, Talk, said

PAGE = (Path(__file__).parents[3] / "docs" / "flows.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml example\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def _title(example: str) -> str:
    before = PAGE[: PAGE.index(example)]
    heading = re.findall(r"^## (.*)$", before, re.MULTILINE)[-1]
    return f"{heading} {before.count('```yaml example')}"


def words(value: Any) -> Any:
    """The keys `yes` and `no` as the words that a pack's reader sees in them."""
    if isinstance(value, dict):
        return {{True: "yes", False: "no"}.get(key, key): words(inner) for key, inner in value.items()}
    return [words(inner) for inner in value] if isinstance(value, list) else value


def files(example: dict[str, Any]) -> dict[str, str]:
    """The example as a pack: what the engine says by itself comes from the tests' pack."""

    def dump(value: Any) -> str:
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)

    said = yaml.safe_load(FILES["responses/all.yml"])["responses"]
    own = {name: text for name, text in said.items() if not name.startswith("utter_ask_")}
    needed = {name for name in own if name not in SPECIAL} - set(example.get("responses", {}))
    settings = yaml.safe_load(FILES["pack.yml"]) | {"starters": []} | example.get("pack", {})
    return {
        "pack.yml": dump(settings),
        "routing.yml": FILES["routing.yml"],
        "tickets.yml": FILES["tickets.yml"],
        "slots.yml": dump({"slots": {"ticket": {"type": "ticket"}} | example.get("slots", {})}),
        "responses/all.yml": dump(
            {"responses": {n: own[n] for n in sorted(needed)} | example.get("responses", {})}
        ),
        "flows/all.yml": dump({"flows": words(example["flows"])}),
    }


SPECIAL = {"utter_confirm", "utter_status", "utter_invalid_service", "utter_invalid_phone", "utter_self_help"}


class Example(Talk):
    """A conversation whose actions answer what the example says."""

    def __init__(self, example: dict[str, Any]) -> None:
        super().__init__(files(example))
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
        self.dialogue = Dialogue(
            self.pack, Keywords(), self.pages, Desk(), Gate(), lambda: moments(self.pack.hours, self.now)
        )
        self.results: dict[str, Any] = example.get("results", {})

    def answer(self, called: ActionCalled) -> dict[str, Any]:
        result: dict[str, Any] = self.results.get(called.name, {})
        if "when" in result:
            fits = all(called.arguments.get(name) == value for name, value in result["when"].items())
            return dict(result["then"] if fits else result["else"])
        return result

    async def go(self, first: Any = None) -> list[Event]:
        events: list[Event] = []
        turn = first
        for _ in range(10):
            turn = turn or await self.dialogue.advance(self.conversation)
            events += turn.events
            for event in turn.events:
                self.add(event)
            if not turn.act:
                return events
            called = turn.events[-1]
            assert isinstance(called, ActionCalled)
            returned = ActionReturned(
                call=called.call, name=called.name, outcome="ok", result=self.answer(called)
            )
            self.add(returned)
            turn = None
        raise AssertionError("a turn without an end")


@pytest.mark.parametrize("text", EXAMPLES, ids=_title)
async def test_an_example_runs(text: str) -> None:
    example = yaml.safe_load(text)
    talk = Example(example)
    events: list[Event] = []
    for line in example["talk"]:
        ((kind, wanted),) = line.items()
        if kind == "user":
            talk.hear(*(("", wanted) if wanted.startswith("/") else (wanted,)))
            events = await talk.go()
        elif kind == "now":
            talk.now = datetime.fromisoformat(wanted)
        elif kind == "start":
            (what,) = [key for key in wanted if key in ("ticket", "webhook", "timer")]
            (flow,) = talk.pack.triggered_by(what, wanted[what], wanted.get("status", ""))
            events = await talk.go(await talk.dialogue.start(talk.conversation, flow.id))
        else:
            look(talk, events, kind, wanted)


def look(talk: Talk, events: list[Event], kind: str, wanted: Any) -> None:
    if kind == "bot":
        assert said(events) == wanted
    elif kind == "says":
        assert wanted in [event.text for event in events if isinstance(event, BotSaid)]
    elif kind == "slots":
        assert {name: talk.conversation.slots.get(name) for name in wanted} == wanted
    elif kind == "ticket":
        assert [event.type for event in events if isinstance(event, TicketOpened)] == [wanted]
    elif kind == "called":
        assert {event.name: event.ticket for event in events if isinstance(event, ActionCalled)} == wanted
    elif kind == "verified":
        known = [r.event for r in talk.log if isinstance(r.event, Verified)]
        assert [event.account for event in known] == [wanted] and talk.conversation.verified
        assert talk.conversation.slots["verified_as"] == wanted
    else:
        assert kind == "handoff"
        (asked,) = [event for event in events if isinstance(event, HandoffAsked)]
        assert {name: getattr(asked, name) for name in wanted} == wanted


@pytest.mark.parametrize("text", EXAMPLES, ids=_title)
def test_an_example_has_no_mistake(text: str) -> None:
    example = yaml.safe_load(text)
    pack = parse(files(example))
    found = check(
        pack,
        ticket_types={"fault": ["service", "description", "phone"]},
        actions=example.get("actions", {}),
        skills={"general", "faults"},
        intents={*KEYWORDS, *pack.triggers},
    )
    spare = [m for m in found if m.what != "slot `ticket` is never filled"]
    assert spare == []


def test_every_kind_of_step_has_an_example() -> None:
    text = "\n".join(EXAMPLES)
    assert [kind for kind in KINDS if f"{kind}:" not in text] == []
