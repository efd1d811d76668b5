"""The panel of suggestions on somebody else's page: its token, its page and its socket."""

from typing import Any

import pytest

from app.settings import load
from core import events as e
from core.errors import ConfigurationError
from tests.stories.conftest import Build
from tests.stories.people import Agent, Customer, Wire
from tests.stories.talk import EN, ask_for_person
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
CRM = "https://crm.example.com"


async def served(world: World) -> tuple[Customer, Agent]:
    """A customer and the agent who serves them."""
    anna = await world.agent("anna")
    customer = await world.customer("en")
    await ask_for_person(customer, EN)
    await anna.offer(customer.conversation)
    await anna.accepts(customer.conversation)
    await customer.catch_up()
    return customer, anna


async def token(agent: Agent, conversation: str) -> str:
    """A token for the panel of a conversation."""
    answer = await agent.http("POST", f"/conversations/{conversation}/assist")
    assert answer.status_code == 201
    given = answer.json()
    assert given["page"] == f"/desk/assist?conversation={conversation}" and given["token"] not in given["page"]
    assert given["expires_in"] == 900
    return str(given["token"])


async def opened(world: World, shown: str) -> tuple[Wire, dict[str, Any]]:
    """A panel with its token, and what it was told first."""
    wire = await Wire.open(world.address, "/api/v1/assist/ws")
    await wire.send({"type": "hello", "token": shown})
    return wire, await wire.until("ready", "error")


async def test_the_panel_shows_and_uses_the_suggestions_of_its_conversation(world: World) -> None:
    customer, anna = await served(world)
    wire, ready = await opened(world, await token(anna, customer.conversation))
    assert (ready["conversation"], ready["mine"], ready["suggestions"]) == (customer.conversation, True, [])
    await customer.sends(EN.question)
    first = await wire.until("suggestion")
    assert first["citations"][0]["document"] == EN.page
    await world.settled()
    again, ready = await opened(world, await token(anna, customer.conversation))
    assert first["id"] in [one["id"] for one in ready["suggestions"]]

    await wire.send({"type": "use", "suggestion": first["id"], "edited": first["text"]})
    for each in (wire, again):
        assert (await each.until("settled"))["suggestion"] == first["id"]
    (used,) = await world.of(customer.conversation, e.SuggestionUsed)
    assert (used.agent, used.edited) == ("anna", 0.0)
    other = ready["suggestions"][1]["id"]
    await again.send({"type": "dismiss", "suggestion": other, "reason": "wrong"})
    assert (await wire.until("settled", suggestion=other))["as"] == "dismissed"
    await customer.sends(EN.thanks)
    await wire.until("moved")
    assert (await opened(world, await token(anna, customer.conversation)))[1]["suggestions"] == []
    await anna.does("close", customer.conversation, disposition="resolved")
    await wire.until("over")
    for each in (wire, again):
        await each.close()


async def test_a_token_is_for_one_conversation_and_nothing_else(world: World) -> None:
    customer, anna = await served(world)
    shown = await token(anna, customer.conversation)
    other = await world.customer("en")
    await ask_for_person(other, EN)
    await anna.offer(other.conversation)
    await anna.accepts(other.conversation)
    await other.sends(EN.question)
    foreign = await anna.wire.until("suggestion", conversation=other.conversation)
    wire, _ = await opened(world, shown)
    await wire.send({"type": "use", "suggestion": foreign["id"]})
    assert (await wire.until("error"))["code"] == "not_found"
    assert await world.of(other.conversation, e.SuggestionUsed) == []
    await wire.send({"type": "hello", "token": await token(anna, other.conversation)})
    assert (await wire.until("error"))["code"] == "unauthenticated"
    for path in (f"/conversations/{customer.conversation}", "/tickets", "/approvals"):
        answer = await world.http.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {shown}"})
        assert answer.status_code == 401
    desk = await Wire.open(world.address, "/api/v1/desk/ws")
    await desk.send({"type": "hello", "token": shown})
    assert (await desk.until("error"))["code"] == "unauthenticated"
    for each in (wire, desk):
        await each.close()


async def test_who_serves_not_only_looks(world: World) -> None:
    customer, anna = await served(world)
    ben = await world.agent("ben")
    wire, ready = await opened(world, await token(ben, customer.conversation))
    assert ready["mine"] is False
    await customer.sends(EN.question)
    first = await wire.until("suggestion")
    await wire.send({"type": "use", "suggestion": first["id"]})
    assert (await wire.until("error", suggestion=first["id"]))["code"] == "not_yours"
    await wire.close()
    assert anna.present


@pytest.mark.parametrize("shown", ["", "nonsense", "access", "widget"])
async def test_other_tokens_open_no_panel(world: World, shown: str) -> None:
    customer, anna = await served(world)
    given = {"access": anna.token, "widget": customer.token}.get(shown, shown)
    wire, answer = await opened(world, given)
    assert answer["code"] == "unauthenticated"
    assert (await wire.ended())[0] == 4401


async def test_a_token_that_is_over_or_signed_out_is_no_token(world: World) -> None:
    customer, anna = await served(world)
    shown = await token(anna, customer.conversation)
    wire, _ = await opened(world, shown)
    await customer.sends(EN.question)
    first = await wire.until("suggestion")
    assert (await anna.http("POST", "/auth/logout")).status_code < 300
    await wire.send({"type": "use", "suggestion": first["id"]})
    assert (await wire.until("error"))["code"] == "unauthenticated"
    assert (await wire.ended())[0] == 4401
    world.clock.move(901 * 1_000_000)
    late, answer = await opened(world, shown)
    assert answer["code"] == "unauthenticated"
    await late.close()


async def test_frames_that_do_not_fit_are_answered(world: World) -> None:
    customer, anna = await served(world)
    wire = await Wire.open(world.address, "/api/v1/assist/ws")
    await wire.send({"type": "use", "suggestion": "x"})
    assert (await wire.until("error"))["code"] == "hello_first"
    await wire.send({"type": "hello", "token": await token(anna, customer.conversation)})
    await wire.until("ready")
    for frame, code in (("{", "bad_json"), ({"type": "message"}, "unknown_type"), ({"type": "use"}, "bad_frame")):
        await wire.send(frame)
        assert (await wire.until("error"))["code"] == code
    await wire.send({"type": "ping"})
    await wire.until("pong")
    await wire.close()


async def test_a_token_needs_an_agent_and_a_conversation(world: World) -> None:
    customer, anna = await served(world)
    path = f"/api/v1/conversations/{customer.conversation}/assist"
    for headers in ({}, {"Authorization": f"Bearer {customer.token}"}):
        assert (await world.http.post(path, headers=headers)).status_code == 401
    assert (await anna.http("POST", "/conversations/nobody/assist")).status_code == 404


async def test_only_allowed_pages_may_frame_the_panel_and_nothing_else(build: Build) -> None:
    world = await build(assist_origins=(CRM, "http://localhost:3000"))
    panel = await world.http.get("/desk/assist?conversation=x")
    assert panel.status_code == 200
    assert panel.headers["content-security-policy"].endswith(f"frame-ancestors {CRM} http://localhost:3000")
    assert f'content="{CRM} http://localhost:3000"' in panel.text
    for path in ("/desk", "/", "/desk/assist/"):
        policy = (await world.http.get(path)).headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'none'"), path


async def test_nobody_may_frame_it_unless_told(world: World) -> None:
    panel = await world.http.get("/desk/assist")
    assert panel.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert 'name="switchboard-origins" content=""' in panel.text


@pytest.mark.parametrize("origin", ["crm.example.com", "https://crm.example.com/path", "*", "https://a b", "https://x;", "'self'"])
async def test_what_is_no_origin_stops_the_start(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="ASSIST_ORIGINS"):
        load(assist_origins=origin, _env_file=None)
