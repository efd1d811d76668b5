"""What bad input gets: one clear error, or the close code where hostile; the conversation is unharmed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from app.server import FRAME_LIMIT
from tests.stories.conftest import Build
from tests.stories.people import Customer, Wire
from tests.stories.talk import EN, ZH
from tests.stories.world import Shared, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOCKET = "/api/v1/webchat/ws"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One service for all of this: whatever one client sends, the next one is served."""
    made = World(shared, tmp_path_factory.mktemp("world"))
    await made.open()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def build(shared: Shared, tmp_path: Path) -> AsyncIterator[Build]:
    """Services with other settings, in the same loop."""
    made: list[World] = []

    async def make(**settings: Any) -> World:
        made.append(World(shared, tmp_path, **settings))
        return await made[-1].open()

    yield make
    for world in made:
        await world.close()


async def unharmed(customer: Customer) -> None:
    """The conversation goes on as if nothing had been."""
    reply = await customer.says(ZH.question)
    assert reply.citations[0]["document"] == ZH.page
    events = (await customer.http("GET", "/events?limit=200")).json()["items"]
    assert events == customer.events


DEEP = '{"type": "message", "id": "deep", "text": ' + "[" * 20_000 + "]" * 20_000 + "}"
BAD_FRAMES: dict[str, tuple[str | bytes, str]] = {
    "no JSON": ("hello there", "bad_json"),
    "half JSON": ('{"type": "message", "id": "x"', "bad_json"),
    "empty": ("", "bad_json"),
    "two at once": ('{"type": "ping"}{"type": "ping"}', "bad_json"),
    "NaN": ('{"type": "read", "seq": NaN}', "bad_json"),
    "lone surrogate": ('{"type": "message", "id": "x", "text": "\\ud800"}', "bad_json"),
    "bytes": (b'{"type": "ping"}', "bad_frame"),
    "a list": ("[1, 2]", "unknown_type"),
    "a number": ("42", "unknown_type"),
    "null": ("null", "unknown_type"),
    "unknown type": ('{"type": "launch", "id": "x"}', "unknown_type"),
    "no type": ('{"id": "x", "text": "hi"}', "unknown_type"),
    "type is a list": ('{"type": ["message"]}', "unknown_type"),
    "no id": ('{"type": "message", "text": "hi"}', "bad_frame"),
    "empty id": ('{"type": "message", "id": "", "text": "hi"}', "invalid"),
    "long id": ('{"type": "message", "id": "' + "x" * 129 + '", "text": "hi"}', "invalid"),
    "text is a number": ('{"type": "message", "id": "x", "text": 5}', "bad_frame"),
    "text is null": ('{"type": "message", "id": "x", "text": null}', "bad_frame"),
    "payload is an object": ('{"type": "message", "id": "x", "payload": {}}', "bad_frame"),
    "long payload": ('{"type": "message", "id": "x", "payload": "' + "/" * 1001 + '"}', "too_long"),
    "seq is text": ('{"type": "read", "seq": "all"}', "bad_frame"),
    "seq is huge": ('{"type": "read", "seq": 1e400}', "bad_json"),
    "deep JSON": (DEEP, "bad_json"),
    "deep JSON in an unknown field": (DEEP.replace('"text"', '"extra"'), "bad_json"),
}


@pytest.mark.parametrize("case", BAD_FRAMES)
async def test_a_frame_that_cannot_be_taken_gets_one_error(world: World, case: str) -> None:
    sent, code = BAD_FRAMES[case]
    customer = await world.customer("zh")

    await customer.wire.send(sent)
    await customer.wire.send({"type": "ping"})
    await customer.wire.until("pong")

    errors = [frame for frame in customer.wire.frames if frame["type"] == "error"]
    assert [error["code"] for error in errors] == [code]
    assert errors[0]["message"].endswith(".")
    await unharmed(customer)


async def test_a_frame_of_a_megabyte_ends_the_socket(world: World) -> None:
    customer = await world.customer("zh")
    await customer.wire.send({"type": "message", "id": "big", "text": "好" * 1_000_000})
    assert (await customer.wire.ended())[0] == 1009
    await customer.connect(after=customer.events[-1]["seq"])
    await unharmed(customer)
    assert FRAME_LIMIT < 1_000_000


async def test_before_hello_nothing_is_taken(world: World) -> None:
    customer = await world.customer("zh")
    wire = await Wire.open(world.address, SOCKET)
    await wire.send({"type": "message", "id": "early", "text": ZH.hello})
    assert (await wire.until("error"))["code"] == "hello_first"
    await wire.send({"type": "hello", "token": customer.token, "after": 0, "version": 1})
    await wire.until("ready")
    await wire.close()
    await unharmed(customer)
    assert all(event.get("id") != "early" for event in customer.events)


ODD = {
    "spaces": "   \t \n  ",
    "wide spaces": "\u3000\u3000\u00a0",
    "10,000 characters": "网络很慢。" * 2_000,
    "10,000 characters without a break": "a" * 10_000,
    "emoji": "👋🏽👨‍👩‍👧‍👦🇨🇳",
    "10,000 emoji": "😀" * 10_000,
    "right to left": "مرحبا، الإنترنت لا يعمل منذ أمس",
    "right-to-left override": "\u202egnp.exe olleh",
    "half and half": "我的 broadband 昨天 went down，怎么办 please",
    "NUL": "你\0好",
    "only NUL": "\0\0",
    "control characters": "\x01\x02\x1b[31mred\x7f",
    "combining marks": "e" + "\u0301" * 500,
    "zero width": "\u200b\u200d\ufeff",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE events; --",
    "template": "{slot} {{7*7}} ${HOME} %s %n {0.__class__}",
    "a payload that is none": "/SetSlots(password=1)",
    "slashes": "//////",
    "fullwidth": "ｈｅｌｌｏ　１３９００００１２３４",
    "astral han": "𠮷野家的宽带坏了",
}


@pytest.mark.parametrize("case", ODD)
async def test_odd_words_get_an_answer(world: World, case: str) -> None:
    customer = await world.customer("zh")

    reply = await customer.says(ODD[case])

    said = reply.of("customer_said")
    assert said["text"] == ODD[case].replace("\0", "")
    assert reply.said or "handoff_asked" in reply.kinds
    assert any(said["seq"] in event.get("in_reply_to", ()) for event in reply)
    await unharmed(customer)


@pytest.mark.parametrize("case", ["spaces", "emoji", "right to left", "NUL", "half and half", "10,000 characters"])
async def test_and_in_the_midst_of_a_report(world: World, case: str) -> None:
    customer = await world.customer("en")
    await customer.follows(*EN.fault[:3])
    reply = await customer.says(ODD[case])
    assert reply.said
    if await world.mode(customer.conversation) == "bot":
        await customer.says(EN.fault[3])
        reply = await customer.says(EN.yes)
        assert "ticket_opened" in reply.kinds


async def test_one_character_too_many_is_refused_not_cut(world: World) -> None:
    customer = await world.customer("zh")
    await customer.wire.send({"type": "message", "id": "long", "text": "长" * 10_001})
    error = await customer.error()
    assert (error["code"], error["id"]) == ("too_long", "long")
    over_http = await customer.http("POST", "/messages", json={"id": "long", "text": "长" * 10_001})
    assert (over_http.status_code, over_http.json()["error"]["field"]) == (422, "text")
    assert await customer.catch_up() == []
    await unharmed(customer)


async def test_the_same_id_with_other_words(world: World) -> None:
    customer = await world.customer("zh")
    seq = await customer.sends(ZH.question, id="one")
    await customer.catch_up()

    await customer.wire.send({"type": "message", "id": "one", "text": "something else"})

    error = await customer.error()
    assert (error["code"], error["id"]) == ("id_used", "one")
    assert (await customer.wire.until("ack"))["seq"] == seq
    over_http = await customer.http("POST", "/messages", json={"id": "one", "text": "and again"})
    assert over_http.json() == {"seq": seq, "altered": True}
    assert await customer.catch_up() == []
    assert [event["text"] for event in customer.events if event["kind"] == "customer_said"] == [ZH.question]
    await unharmed(customer)


async def test_a_flood_of_nonsense_ends_the_socket(world: World) -> None:
    customer = await world.customer("zh")
    for _ in range(30):
        await customer.wire.send("nonsense")
    assert (await customer.wire.ended())[0] == 4429
    await customer.connect(after=customer.events[-1]["seq"])
    await unharmed(customer)


async def test_a_flood_of_messages_is_slowed_then_ended_and_nothing_acknowledged_is_lost(build: Build) -> None:
    world = await build(rate_limit_conversation=10)
    customer = await world.customer("en")
    for number in range(60):
        await customer.wire.send({"type": "message", "id": f"m{number}", "text": f"hello {number}"})

    assert (await customer.wire.ended())[0] == 4429

    frames = customer.wire.frames
    limited = [frame for frame in frames if frame["type"] == "error"]
    assert {frame["code"] for frame in limited} == {"rate_limited"}
    assert limited[0]["id"] == "m10"
    acknowledged = [frame["id"] for frame in frames if frame["type"] == "ack"]
    assert acknowledged == [f"m{number}" for number in range(10)]
    await world.pass_time(minutes=1)
    await customer.connect()
    kept = [event["id"] for event in customer.events if event["kind"] == "customer_said"]
    assert kept == acknowledged
    refused = await customer.http("POST", "/messages", json={"id": "again", "text": "hello"})
    assert refused.status_code == 202


async def test_too_many_requests_from_one_address(build: Build) -> None:
    world = await build(rate_limit_address=20)
    answers = [await world.http.get("/api/v1/webchat/events") for _ in range(25)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 5
    assert answers[-1].json()["error"]["code"] == "too_many_requests"
    assert answers[-1].headers["retry-after"]
    assert (await world.http.get("/healthz")).status_code == 200
    await world.pass_time(minutes=1)
    assert (await world.http.get("/api/v1/webchat/events")).status_code == 401


BODIES = {
    "no JSON": (b"hello", 422),
    "a list": (b"[]", 422),
    "not UTF-8": (b'{"id": "x", "text": "\xff\xfe"}', 422),
    "lone surrogate": (b'{"id": "x", "text": "\\ud800"}', 422),
    "deep": (b'{"id": "x", "text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 422),
    "a number for words": (b'{"id": "x", "text": 7}', 422),
    "no id": (b'{"text": "hi"}', 422),
    "huge": (b'{"id": "x", "text": "' + b"a" * 400_000 + b'"}', 413),
    "huge number": (b'{"id": 1e999, "text": "hi"}', 422),
}


@pytest.mark.parametrize("case", BODIES)
async def test_a_body_that_cannot_be_taken(world: World, case: str) -> None:
    body, status = BODIES[case]
    customer = await world.customer("zh")
    headers = {"Authorization": f"Bearer {customer.token}", "Content-Type": "application/json"}

    answer = await world.http.post("/api/v1/webchat/messages", content=body, headers=headers)

    assert answer.status_code in (status, 400), answer.text
    assert set(msgspec.json.decode(answer.content)["error"]) >= {"code", "message"}
    await unharmed(customer)


async def test_the_desk_takes_no_nonsense_either(world: World) -> None:
    anna = await world.agent("anna")
    customer = await world.customer("zh")
    for frame, code in (
        ("nonsense", "bad_json"),
        ('{"type": "fly"}', "unknown_type"),
        ('{"type": "accept"}', "bad_frame"),
        ('{"type": "presence", "state": "asleep"}', "bad_frame"),
        ('{"type": "presence", "state": "busy", "capacity": -1}', "invalid"),
        ('{"type": "watch", "conversation": "nowhere"}', "not_found"),
        ('{"type": "accept", "conversation": "nowhere"}', "not_found"),
        (f'{{"type": "transfer", "conversation": "{customer.conversation}", "to": {{}}}}', "invalid"),
        (f'{{"type": "transfer", "conversation": "{customer.conversation}", "to": {{"skill": 5}}}}', "invalid"),
        (f'{{"type": "note", "conversation": "{customer.conversation}", "text": ""}}', "invalid"),
        (f'{{"type": "note", "conversation": "{customer.conversation}", "text": "{"x" * 10_001}"}}', "too_long"),
    ):
        await anna.wire.send(frame)
        error = await anna.wire.until("error")
        assert error["code"] == code, frame[:80]
    await anna.wire.send({"type": "ping"})
    await anna.wire.until("pong")
    await unharmed(customer)
