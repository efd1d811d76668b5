"""What the benchmark's customers say is answered in one turn each: a flow that asks back would make another measure of it."""

import pytest

from benchmarks.mix import GREETINGS, QUESTIONS, THANKS
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_message_gets_one_answer_and_leaves_nothing_open(world: World, language: str) -> None:
    customer = await world.customer(language)
    for text in (*GREETINGS[language], *QUESTIONS[language], *THANKS[language]):
        reply = await customer.says(text)
        fold = await world.fold(customer.conversation)
        assert len(reply.said) == 1, (text, reply.responses)
        assert (fold.mode, fold.stack, fold.asks) == ("bot", (), None), text
