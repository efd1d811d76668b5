"""Every closing gets exactly one scorecard, with its evidence; what fails to be scored is named and mended."""

from typing import Any

import pytest

from app.after import score_missing
from app.lanes import RETRY_AFTER
from core import events as e
from tests.stories.talk import BOTH, ZH, Talk, ask_for_person, name_of
from tests.stories.world import World

pytestmark = pytest.mark.asyncio
BOTH_TALK = pytest.mark.parametrize("talk", BOTH, ids=name_of)
PROMISE = {"zh": "我会安排师傅明天上门。", "en": "I will send an engineer tomorrow."}


@BOTH_TALK
async def test_each_closing_has_one_scorecard_of_its_own(world: World, talk: Talk) -> None:
    customer = await world.customer(talk.language)
    await customer.says(talk.question)
    await customer.does("close")
    await customer.does("close")
    await customer.says(talk.hello)
    await customer.does("close")

    log = await world.log(customer.conversation)
    closings = [recorded.seq for recorded in log if isinstance(recorded.event, e.Closed)]
    scored = [recorded.event.closed for recorded in log if isinstance(recorded.event, e.Scored)]
    assert len(closings) == 2
    assert scored == closings
    assert await world.system.rows.unscored(100) == []
    boss = await world.staff("boss", role="supervisor")
    cards = (await boss.reads(f"/qa/scores/{customer.conversation}"))["scorecards"]
    assert [card["closed"] for card in cards] == closings
    (row,) = (await boss.reads("/qa/scores"))["items"]
    assert row["scores"] == {"bot": cards[-1]["bot"], "person": None}


@BOTH_TALK
async def test_findings_name_the_place_and_quote_it(world: World, talk: Talk) -> None:
    anna = await world.agent("anna")
    customer = await world.customer(talk.language)
    await ask_for_person(customer, talk)
    await anna.accepts(customer.conversation)
    await world.pass_time(minutes=5)
    await anna.says(customer.conversation, PROMISE[talk.language])
    await anna.does("close", customer.conversation, disposition="resolved")

    (card,) = await world.of(customer.conversation, e.Scored)

    assert len(card.findings) >= 8
    bad = {finding.check: finding for finding in card.findings if finding.score is not None and finding.score < 1}
    assert {"promise_without_ticket", "agent_response_time"} <= set(bad)
    said = {recorded.seq: recorded.event for recorded in await world.log(customer.conversation)}
    (seq,) = bad["promise_without_ticket"].evidence
    assert said[seq].text == PROMISE[talk.language]  # type: ignore[attr-defined]
    assert card.quotes[str(seq)] in PROMISE[talk.language]
    assert card.bot is not None and card.person is not None
    assert 0 <= card.person < card.bot <= 100


async def test_a_score_that_cannot_be_made_is_buried_and_mended_later(world: World) -> None:
    customer = await world.customer("zh")
    await customer.says(ZH.question)
    tries = 0
    score = world.system.after.score

    async def failing(*given: Any, **more: Any) -> e.Scored:
        nonlocal tries
        tries += 1
        raise RuntimeError("the scorecard is torn")

    world.system.after.score = failing  # type: ignore[method-assign]
    await customer.does("close")

    assert tries == len(RETRY_AFTER) + 1
    (dead,) = await world.system.jobs.dead()
    assert (dead.reaction, dead.stream) == ("qa", f"conversation:{customer.conversation}")
    assert "torn" in dead.error
    assert await world.system.rows.unscored(100) == [customer.conversation]
    world.system.after.score = score  # type: ignore[method-assign]
    assert await score_missing(world.system.after, world.system.log, world.system.rows) == 1
    assert await score_missing(world.system.after, world.system.log, world.system.rows) == 0
    assert await world.system.rows.unscored(100) == []
    assert len(await world.of(customer.conversation, e.Scored)) == 1
