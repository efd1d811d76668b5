"""Nothing is lost and nothing comes twice: replay, reconnection, renewal, and the HTTP twin of the socket."""

import asyncio

import pytest

from app.tokens import WIDGET_SECONDS
from tests.stories.people import Customer, Wire, seqs
from tests.stories.talk import BOTH, ZH, Talk, ask_for_person, name_of, report_fault
from tests.stories.world import World

pytestmark = pytest.mark.asyncio

BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)
SOCKET = "/api/v1/webchat/ws"


@BOTH_TALK
async def test_hello_after_n_gives_exactly_the_rest(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await report_fault(customer, talk)
    everything = list(customer.events)
    assert seqs(everything) == sorted(set(seqs(everything)))

    for after in (0, 1, everything[3]["seq"], everything[-1]["seq"]):
        other = Customer(world, customer.conversation, customer.token)
        other.wire = await Wire.open(world.address, SOCKET)
        ready = await other.hello(after)
        assert ready["conversation"] == customer.conversation and ready["mode"] == "bot"
        assert ready["seq"] >= everything[-1]["seq"]
        await other.wire.send({"type": "ping"})
        await other.wire.until("pong")
        replayed = [frame["event"] for frame in other.wire.frames if frame["type"] == "event"]
        assert replayed == [event for event in everything if event["seq"] > after]
        await other.leave()


@BOTH_TALK
async def test_what_happened_while_the_line_was_cut_is_replayed_in_order(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    anna = await world.agent("anna")
    await anna.accepts(customer.conversation)
    await customer.catch_up()
    customer.wire.connection.transport.abort()

    await anna.says(customer.conversation, talk.agent_hello)
    await anna.says(customer.conversation, talk.agent_bye)
    await customer.connect(after=customer.events[-1]["seq"])

    assert [event["text"] for event in customer.events[-2:]] == [talk.agent_hello, talk.agent_bye]
    assert seqs(customer.events) == sorted(set(seqs(customer.events)))


@BOTH_TALK
async def test_a_message_sent_again_after_a_cut_counts_once(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    seq = await customer.sends(talk.question, id="typed-once")
    customer.wire.connection.transport.abort()
    customer.wire = await Wire.open(world.address, SOCKET)
    await customer.hello(after=0)

    assert await customer.sends(talk.question, id="typed-once") == seq

    await customer.catch_up()
    said = [event for event in customer.events if event["kind"] == "customer_said"]
    assert seqs(said) == [seq]
    named = [event["in_reply_to"] for event in customer.events if event["kind"] == "bot_said"]
    assert named.count([seq]) == len([event for event in named if seq in event])


async def test_two_sockets_of_one_conversation_see_the_same(world: World) -> None:
    first = await world.customer("zh")
    second = await world.again(first)

    await asyncio.gather(first.says(ZH.question), second.says(ZH.hello))
    await asyncio.gather(first.catch_up(), second.catch_up())

    assert first.events == second.events
    assert await second.sends(ZH.thanks, id="same") == await first.sends(ZH.thanks, id="same")


@BOTH_TALK
async def test_the_http_twin_equals_the_socket(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    over_socket = await customer.sends(talk.question, id="one")
    again = await customer.http("POST", "/messages", json={"id": "one", "text": talk.question})
    assert (again.status_code, again.json()) == (202, {"seq": over_socket, "altered": False})
    over_http = await customer.http("POST", "/messages", json={"id": "two", "payload": "/report_fault"})
    assert await customer.sends("", "/report_fault", id="two") == over_http.json()["seq"]
    await customer.catch_up()

    whole = (await customer.http("GET", "/events?limit=200")).json()
    assert whole == {"items": customer.events, "next": None}
    pages: list[dict[str, object]] = []
    after: str | None = "0"
    while after is not None:
        page = (await customer.http("GET", f"/events?after={after}&limit=2")).json()
        assert len(page["items"]) <= 2
        pages, after = pages + page["items"], page["next"]
    assert pages == customer.events
    rest = (await customer.http("GET", f"/events?after={over_socket}&limit=200")).json()["items"]
    assert rest == [event for event in customer.events if event["seq"] > over_socket]


async def test_a_token_is_renewed_over_http_and_in_place(world: World) -> None:
    customer = await world.customer("en")
    old = customer.token
    await world.pass_time(hours=24, minutes=1)
    await customer.catch_up()
    assert (await customer.http("GET", "/events")).status_code == 401

    renewed = await customer.http("POST", "/token")

    assert renewed.status_code == 200
    assert renewed.json()["conversation"] == customer.conversation and renewed.json()["token"] != old
    customer.token = renewed.json()["token"]
    assert (await customer.hello(after=0))["seq"] >= 2
    reply = await customer.says("hello again")
    assert "reopened" in reply.kinds, "the silence of a day had closed it"
    assert seqs(customer.events) == sorted(set(seqs(customer.events)))


async def test_nothing_is_renewed_30_days_after_the_last_message(world: World) -> None:
    customer = await world.customer("zh")
    await customer.says(ZH.hello)
    await world.pass_time(hours=30 * 24 + 1)
    answer = await customer.http("POST", "/token")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_expired")


async def test_a_socket_is_warned_before_its_token_ends(world: World) -> None:
    customer = await world.customer("en")
    world.clock.move((WIDGET_SECONDS - 60) * 1_000_000)
    await customer.hello()
    assert (await customer.wire.until("expiring"))["seconds"] in (59, 60)

    world.clock.move(60 * 1_000_000)
    late = await Wire.open(world.address, SOCKET)
    await late.send({"type": "hello", "token": customer.token, "after": 0, "version": 1})
    assert (await late.ended())[0] == 4401


@pytest.mark.parametrize("token", ["foreign", "agent", "garbage", "empty", "no conversation"])
async def test_a_token_that_opens_nothing(world: World, token: str) -> None:
    given = {
        "foreign": (await world.customer("zh")).token[:-3] + "abc",
        "agent": (await world.staff("anna")).token,
        "garbage": "not.a.token",
        "empty": "",
        "no conversation": world.system.tokens.widget("0" * 24),
    }[token]
    wire = await Wire.open(world.address, SOCKET)
    await wire.send({"type": "hello", "token": given, "after": 0, "version": 1})
    error = await wire.until("error")
    assert error["code"] == "unauthenticated" and error["message"]
    assert (await wire.ended())[0] == 4401


async def test_the_token_of_another_conversation_ends_the_socket_and_harms_neither(world: World) -> None:
    mine, other = await world.customer("zh"), await world.customer("zh")
    await mine.wire.send({"type": "hello", "token": other.token, "after": 0, "version": 1})
    assert (await mine.wire.ended())[0] == 4401
    await mine.connect(after=mine.events[-1]["seq"])
    assert (await mine.says(ZH.question)).citations
    assert (await other.says(ZH.hello)).said


async def test_a_customers_token_opens_no_desk(world: World) -> None:
    customer = await world.customer("zh")
    wire = await Wire.open(world.address, "/api/v1/desk/ws")
    await wire.send({"type": "hello", "token": customer.token})
    assert (await wire.until("error"))["code"] == "unauthenticated"
    assert (await wire.ended())[0] == 4401


@pytest.mark.parametrize("path", [SOCKET, "/api/v1/desk/ws"])
async def test_a_foreign_origin_is_refused_and_told_which_setting(world: World, path: str) -> None:
    wire = await Wire.open(world.address, path, origin="https://elsewhere.example")
    error = await wire.until("error")
    assert "SWITCHBOARD_ALLOWED_ORIGINS" in error["message"]
    code, reason = await wire.ended()
    assert code == 4403 and "SWITCHBOARD_ALLOWED_ORIGINS" in reason
    own = await Wire.open(world.address, path, origin=f"http://{world.address}")
    await own.send({"type": "ping"})
    assert (await own.until("error"))["code"] == "hello_first"
    await own.close()


async def test_a_restart_says_so_and_the_conversation_goes_on(world: World) -> None:
    customer = await world.customer("en")
    await customer.follows("no signal on my mobile", "not a single bar")
    before, token = list(customer.events), customer.token
    server = asyncio.create_task(world.restart())
    assert (await customer.wire.ended())[0] == 1012
    await server

    again = Customer(world, customer.conversation, token)
    await again.connect()

    assert again.events == before
    assert (await again.says("since yesterday")).asks == "contact_phone"
    await again.leave()
