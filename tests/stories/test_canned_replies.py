"""Canned replies: those of the pack, and what supervisors make of them."""

from typing import Any

import pytest

from tests.stories.world import World

pytestmark = pytest.mark.asyncio

NEW = {"language": "en", "shortcut": "refund", "title": "Refund", "text": "Dear {customer}, your refund is on its way."}


async def found(world: World, shortcut: str, language: str) -> list[dict[str, Any]]:
    agent = await world.staff(f"reader-{next(world.numbers)}")
    items = (await agent.reads("/canned"))["items"]
    return [one for one in items if (one["shortcut"], one["language"]) == (shortcut, language)]


async def test_a_supervisor_writes_what_agents_pick(world: World) -> None:
    roy = await world.staff("roy", role="supervisor")
    made = await roy.http("POST", "/canned", json=NEW)
    assert made.status_code == 201, made.text
    (shown,) = await found(world, "refund", "en")
    assert (shown["text"], shown["source"], shown["by"]) == (NEW["text"], "people", "roy")

    path = f"/canned/{shown['id']}"
    changed = await roy.http("PUT", path, json={"shortcut": "money", "title": "Money", "text": "It is on its way."})
    assert changed.status_code == 200, changed.text
    assert await found(world, "refund", "en") == []
    assert (await found(world, "money", "en"))[0]["title"] == "Money"

    assert (await roy.http("DELETE", path)).status_code == 204
    assert (await roy.http("DELETE", path)).status_code == 404
    assert (await roy.http("PUT", path, json={key: NEW[key] for key in ("shortcut", "title", "text")})).status_code == 404
    assert await found(world, "money", "en") == []


async def test_people_take_the_place_of_the_packs_words(world: World) -> None:
    (given,) = await found(world, "hello", "zh")
    assert (given["source"], given["by"]) == ("pack", None)
    assert "{customer}" in given["text"]
    roy = await world.staff("roy", role="supervisor")
    words = {"shortcut": "hello", "title": "问候", "text": "{customer}，下午好。"}
    for answer in (await roy.http("PUT", f"/canned/{given['id']}", json=words), await roy.http("DELETE", f"/canned/{given['id']}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "of_the_pack")
    made = await roy.http("POST", "/canned", json={**words, "language": "zh"})
    assert [one["text"] for one in await found(world, "hello", "zh")] == [words["text"]]
    assert [one["source"] for one in await found(world, "hello", "en")] == ["pack"]
    await roy.http("DELETE", f"/canned/{made.json()['id']}")
    assert [one["id"] for one in await found(world, "hello", "zh")] == [given["id"]]


async def test_bad_replies_and_wrong_people_are_refused(world: World) -> None:
    anna = await world.staff("anna")
    roy = await world.staff("roy", role="supervisor")
    assert (await anna.http("POST", "/canned", json=NEW)).status_code == 403
    for field, value in (
        ("text", "{password}"), ("text", ""), ("text", "x" * 4_001), ("shortcut", "two words"), ("shortcut", "x" * 33),
        ("title", " "), ("language", "fr"), ("shortcut", 5),
    ):  # fmt: skip
        answer = await roy.http("POST", "/canned", json={**NEW, field: value})
        assert answer.status_code == 422, (field, value)
        assert answer.json()["error"]["field"] == field
    assert (await roy.http("POST", "/canned", json=NEW)).status_code == 201
    again = await roy.http("POST", "/canned", json=NEW)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "exists")
    script = {**NEW, "shortcut": "script", "text": "<script>alert(1)</script>"}
    assert (await roy.http("POST", "/canned", json=script)).json()["text"] == script["text"]
