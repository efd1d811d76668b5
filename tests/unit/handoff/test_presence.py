"""Who is on duty, and that silence ends it."""

import pytest

from core.errors import Invalid
from core.time import SECOND
from handoff.ports import Presence
from handoff.presence import MemoryPresence


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


async def test_an_agent_without_a_beat_is_gone() -> None:
    clock = Hands()
    presence: Presence = MemoryPresence(clock)
    await presence.set("anna", "available", 2, name="Anna", skills=("faults",), languages=("zh",))
    await presence.set("bo", "busy", 1)
    clock.now = 40 * SECOND
    await presence.beat("anna")
    clock.now = 45 * SECOND
    (anna,) = await presence.all()
    assert (anna.agent, anna.name, anna.skills, anna.languages) == ("anna", "Anna", ("faults",), ("zh",))
    await presence.beat("bo")
    assert len(await presence.all()) == 1
    await presence.gone("anna")
    assert await presence.all() == []


async def test_idleness_counts_from_the_end_of_work() -> None:
    clock = Hands()
    presence = MemoryPresence(clock)
    await presence.set("anna", "available", 2)
    clock.now = 1
    await presence.loaded("anna", 2)
    clock.now = 2
    await presence.loaded("anna", 1)
    clock.now = 3
    await presence.set("anna", "available", 3)
    (anna,) = await presence.all()
    assert (anna.load, anna.idle_since, anna.capacity) == (1, 2, 3)
    await presence.set("anna", "busy", 3)
    clock.now = 4
    await presence.set("anna", "available", 3)
    assert (await presence.all())[0].idle_since == 4
    await presence.loaded("nobody", 1)


async def test_other_states_are_refused() -> None:
    with pytest.raises(Invalid):
        await MemoryPresence(Hands()).set("anna", "sleeping", 1)
    with pytest.raises(Invalid):
        await MemoryPresence(Hands()).set("anna", "away", -1)
