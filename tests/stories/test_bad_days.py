"""The other system is slow, silent, down or talks nonsense: every customer has an answer, and no write happens twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from app import pack as packs
from app.pack import Pack
from app.server import bind
from app.wiring import System
from core import events as e
from core.time import SECOND
from governance.actions import parse
from governance.breaker import FAILURES, REST
from packs.telecom.backoffice import data
from packs.telecom.backoffice.dates import wall_clock
from packs.telecom.backoffice.store import Store
from tests.faults import trial
from tests.faults.office import Held, Hold, office
from tests.stories.conftest import Build
from tests.stories.people import Customer, Reply
from tests.stories.world import World

AMPLE, SHORT, AT_ONCE = 20.0, 2.5, 0.2
"""Deadlines in seconds: never reached; room for a second call's answer on a busy machine; where no answer comes."""

MODES = ("slow", "hang", "down", "closed", "wrong", "twice")
SILENT = ("slow", "hang")
DOES_NOTHING = ("down", "closed")
"""In the other modes the work is done, and its answer is lost."""

WISHES = {
    "look_at_line": ("/look",),
    "register_call": ("/call_me", "13900000001"),
    "restart_line": ("/restart_line",),
    "note_call": ("/note_call", "13900000001"),
}
OPERATIONS = {"look_at_line": "get_line", "restart_line": "restart_port"}
TOLD = {"look_at_line": "utter_line", "restart_line": "utter_line_restarted"}


class Day:
    """A service over the tests' own pack, and the back office beside it."""

    def __init__(self, world: World, held: Held, store: Store, http: httpx.AsyncClient) -> None:
        self.world, self.held, self.http = world, held, http
        self._store = store

    async def switch(self, mode: str, **more: Any) -> None:
        """See `packs.telecom.backoffice.faults.Switch`."""
        (await self.http.post("/_test/faults", json={"mode": mode, **more})).raise_for_status()

    def deadline(self, seconds: float) -> None:
        """Of every action, from now on."""
        self.world.system.actions.replace(_actions(self.world.pack, seconds))

    async def wishes(self, action: str, language: str) -> tuple[Customer, Reply]:
        """A new customer wants it."""
        customer = await self.world.customer(language)
        await customer.catch_up()
        return customer, await customer.follows(*WISHES[action])

    async def returned(self, customer: Customer) -> e.ActionReturned:
        """The one result of the customer's one call."""
        (called,) = await self.world.of(customer.conversation, e.ActionCalled)
        (result,) = await self.world.of(customer.conversation, e.ActionReturned)
        assert isinstance(result, e.ActionReturned) and called.call == result.call
        return result

    def effects(self, customer: Customer) -> int:
        """How often something was done for the customer; never under two keys."""
        found = self._store.read(
            lambda s: s.all("SELECT key FROM effects WHERE key LIKE ?", f"conversation:{customer.conversation}:%")
        )
        return len(found)


def _actions(pack: Pack, deadline: float) -> Any:
    text = pack.files["actions.yml"]
    return parse({"actions.yml": text.replace(f"deadline_seconds: {AMPLE:g}", f"deadline_seconds: {deadline:g}")})


@contextlib.asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """The address of an application that is served meanwhile."""
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture(scope="session")
def trial_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The tests' own pack."""
    return packs.load(trial.made(tmp_path_factory.mktemp("trial")))


@pytest_asyncio.fixture
async def day(build: Build, trial_pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Day]:
    """The breaker's time is that of the story."""
    store = Store(tmp_path / "office", wall_clock)
    store.write(data.seed)
    held = office(store)
    async with listening(held) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        monkeypatch.setenv("SWITCHBOARD_CONNECTOR_BACKOFFICE_URL", url)
        world = await build(pack=trial_pack)

        def story_time(system: System) -> None:
            system.actions._clock = lambda: world.clock() / SECOND

        story_time(world.system)
        made = Day(world, held, store, http)
        yield made
        await world.close()
    store.close()


def expected(action: str, mode: str, whole_day: bool) -> tuple[str, list[str], set[int]]:
    """Outcome, what the bot says, and how often the work is done."""
    told = [TOLD.get(action, "utter_call_noted"), "utter_anything_else"]
    done = {0} if mode in DOES_NOTHING else {0, 1} if mode in SILENT and whole_day else {1}
    if action == "look_at_line":
        return "failed", ["utter_not_looked", "utter_anything_else"], {0}
    if not whole_day and action == "register_call":
        return "ok", told, {1}
    if not whole_day and action == "restart_line":
        failed = ("failed", ["utter_not_done", "utter_anything_else"], done)
        return failed if mode in DOES_NOTHING else ("ok", told, done)
    return "unknown", ["utter_action_unknown"], done


def patience(action: str, mode: str, whole_day: bool) -> float:
    """The deadline that the row needs."""
    if mode not in SILENT:
        return AMPLE
    return SHORT if not whole_day and action in ("register_call", "restart_line") else AT_ONCE


@pytest.mark.parametrize("action", WISHES)
@pytest.mark.parametrize("mode", MODES)
async def test_a_bad_answer(day: Day, mode: str, action: str) -> None:
    """To one request, then all day long; and the other system is well again."""
    for whole_day, language in ((False, "zh"), (True, "zh"), (True, "en")):
        day.deadline(patience(action, mode, whole_day))
        outcome, responses, done = expected(action, mode, whole_day)
        once = {} if whole_day else {"times": 1, "operation": OPERATIONS.get(action, "register_callback")}
        await day.switch(mode, seconds=60, **once)
        customer, reply = await day.wishes(action, language)

        assert (await day.returned(customer)).outcome == outcome
        words = [event for event in reply.said if event["in_reply_to"]]
        assert reply.responses[: len(words)] == responses
        assert all(event["language"] == language and event["text"] for event in words)
        assert {tuple(event["in_reply_to"]) for event in words} == {(reply.of("customer_said")["seq"],)}
        assert (await day.world.mode(customer.conversation) == "waiting") == (outcome == "unknown")
        assert day.effects(customer) in done
    await day.switch("none")
    day.deadline(AMPLE)
    customer, reply = await day.wishes(action, "en")
    assert (await day.returned(customer)).outcome == "ok" and "utter_anything_else" in reply.responses


async def test_what_does_not_answer_rests_and_is_tried_again(day: Day) -> None:
    await day.switch("down")
    for _ in range(FAILURES):
        customer, reply = await day.wishes("look_at_line", "en")
        assert (await day.returned(customer)).error == "Unusable" and "utter_not_looked" in reply.responses
    await day.switch("none")
    asked = day.held.requests
    customer, reply = await day.wishes("look_at_line", "zh")
    assert (await day.returned(customer)).error == "resting" and "utter_not_looked" in reply.responses
    customer, reply = await day.wishes("note_call", "zh")
    assert (await day.returned(customer)).outcome == "failed" and "utter_not_done" in reply.responses
    assert day.held.requests == asked

    await day.world.pass_time(seconds=REST)
    for action in WISHES:
        customer, _ = await day.wishes(action, "zh")
        assert (await day.returned(customer)).outcome == "ok"


async def held_up(day: Day, action: str) -> tuple[Customer, Callable[[], Any]]:
    """A customer whose write is done and not answered; and what lets the answer go."""
    customer = await day.world.customer("en")
    await customer.catch_up()
    *before, last = WISHES[action]
    await customer.follows(*before)
    day.held.hold(Hold(conversations=[customer.conversation]))
    await customer.sends(*(("", last) if last.startswith("/") else (last,)))

    async def waits() -> bool:
        return customer.conversation in day.held.waiting()

    await day.world.until(waits)
    return customer, lambda: day.held.release([customer.conversation])


async def test_an_answer_after_the_deadline_counts_no_more(day: Day) -> None:
    day.deadline(SHORT)
    customer, release = await held_up(day, "note_call")
    reply = await customer.catch_up()
    assert (await day.returned(customer)).outcome == "unknown" and "utter_action_unknown" in reply.responses
    log = await day.world.log(customer.conversation)

    release()
    day.deadline(AMPLE)
    other, _ = await day.wishes("note_call", "en")

    assert (await day.returned(other)).outcome == "ok"
    assert await day.world.log(customer.conversation) == log
    assert day.effects(customer) == 1


async def test_two_answers_to_one_call_count_once(day: Day) -> None:
    """A process that has lost its lease answers beside the one that took the turn over."""
    customer, release = await held_up(day, "register_call")
    fold = await day.world.fold(customer.conversation)
    assert fold.call is not None
    await day.world.system.turns._acting.perform(fold, fold.call, again=True)
    first = await day.returned(customer)

    release()
    reply = await customer.catch_up()

    assert await day.returned(customer) == first and first.outcome == "ok"
    assert reply.responses.count("utter_call_noted") == 1
    assert day.effects(customer) == 1
