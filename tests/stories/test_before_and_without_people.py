"""What a pack asks before a chat, and the message of those who find nobody."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from core import events as e
from tests.stories.conftest import Build
from tests.stories.talk import BOTH, PHONE, Talk, ask_for_person, name_of
from tests.stories.world import Shared, World, changed

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("talk", BOTH, ids=name_of)]
ASKS = """
widget:
  prechat:
    fields:
      - {name: who, type: name, label: {zh: 称呼, en: Name}, required: true}
      - {name: order, label: {zh: 订单号, en: Order}}
  consent: {text: {zh: 我同意, en: I agree}}
"""
TAKES = """
widget:
  offline: {ticket: complaint, fields: [topic, description, phone]}
"""
FIELDS = {"topic": "charges", "description": "charged twice", "phone": PHONE}


async def served(build: Build, shared: Shared, folder: Path, widget: str) -> World:
    """A service whose pack says so."""
    text = (shared.pack.folder / "pack.yml").read_text("utf-8")
    pack = changed(shared.pack, folder, {"pack.yml": text + widget})
    return await build(pack=pack)


async def begin(world: World, talk: Talk, **body: Any) -> httpx.Response:
    """The request that begins a conversation."""
    return await world.http.post("/api/v1/webchat/conversations", json={"locale": talk.language, **body})


async def test_a_conversation_begins_when_the_form_and_consent_are_there(
    build: Build, shared: Shared, tmp_path: Path, talk: Talk
) -> None:
    world = await served(build, shared, tmp_path, ASKS)
    config = (await world.http.get("/api/v1/webchat/config")).json()
    assert [field["name"] for field in config["prechat"]["fields"]] == ["who", "order"]
    assert config["consent"]["text"][talk.language] and config["offline"] is None

    for body, code in (
        ({}, "consent_needed"),
        ({"form": {"who": "Lin"}}, "consent_needed"),
        ({"consent": True}, "form_needed"),
        ({"consent": True, "form": {"who": " "}}, "form_needed"),
        ({"consent": True, "form": {"who": "Lin", "colour": "red"}}, "invalid"),
        ({"consent": "perhaps", "form": {"who": "Lin"}}, "invalid"),
        ({"consent": True, "form": {"who": "x" * 300}}, "invalid"),
    ):
        refused = await begin(world, talk, **body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, code), body

    customer = await world.customer(talk.language, consent=True, form={"who": "Lin", "order": "77"})
    (started,) = await world.of(customer.conversation, e.Started)
    assert started.name == "Lin"
    assert started.attributes["form"] == {"who": "Lin", "order": "77"}
    assert started.attributes["consent"]["version"] == config["consent"]["version"]
    again = await world.customer(talk.language, continues=customer.conversation, proof=customer.token)
    assert (await world.of(again.conversation, e.Started))[0].name == "Lin"


async def test_who_waits_while_nobody_is_there_leaves_a_message(
    build: Build, shared: Shared, tmp_path: Path, talk: Talk
) -> None:
    world = await served(build, shared, tmp_path, TAKES)
    config = (await world.http.get("/api/v1/webchat/config")).json()
    assert config["away"] is True
    assert config["offline"]["fields"][0]["label"][talk.language]
    customer = await world.customer(talk.language)
    early = await customer.http("POST", "/offline", json={"fields": FIELDS})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_waiting")

    await ask_for_person(customer, talk)
    for wrong in ({}, {**FIELDS, "phone": ""}, {**FIELDS, "wanted": "money"}, {**FIELDS, "topic": "x" * 10_000}):
        assert (await customer.http("POST", "/offline", json={"fields": wrong})).status_code == 422
    assert await world.mode(customer.conversation) == "waiting"

    both = await asyncio.gather(*(customer.http("POST", "/offline", json={"fields": FIELDS}) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]  # pressed twice, one ticket
    (number,) = [answer.json()["ticket"] for answer in both if answer.status_code == 201]
    heard = await customer.catch_up()
    assert heard.of("ticket_opened")["ticket"] == number
    assert await world.mode(customer.conversation) == "bot"
    (opened,) = await world.of(customer.conversation, e.TicketOpened)
    assert opened.fields == FIELDS and opened.contact == (await world.fold(customer.conversation)).contact
    assert (await world.system.tickets.read(number))["status"] == "open"

    await world.agent("anna")
    assert (await world.http.get("/api/v1/webchat/config")).json()["away"] is False


async def test_packs_that_say_nothing_ask_nothing(world: World, talk: Talk) -> None:
    config = (await world.http.get("/api/v1/webchat/config")).json()
    assert {name: config[name] for name in ("prechat", "consent", "offline")} == {"prechat": None, "consent": None, "offline": None}
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    refused = await customer.http("POST", "/offline", json={"fields": FIELDS})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "offline_off")
