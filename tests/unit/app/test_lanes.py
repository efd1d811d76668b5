"""A job out of retries is ended by the process that holds it, however long the store is away."""

from collections.abc import Sequence

from app.lanes import RETRY_AFTER, Lanes
from core.errors import Unavailable
from core.events import THE_CUSTOMER, CustomerSaid
from core.ports import Append, Job, JobKey, NewJob
from store.memory import MemoryStore

STREAM = "conversation:c1"


class Absent(MemoryStore):
    """A store that cannot bury for a while."""

    def __init__(self, refusals: int) -> None:
        super().__init__("me")
        self.refusals = refusals

    async def bury(self, job: JobKey, error: str, at: int) -> None:
        """Refuses as often as it was told to."""
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("The database does not answer.")
        await super().bury(job, error, at)


async def test_a_burial_is_tried_until_the_store_is_back() -> None:
    store = Absent(refusals=3)
    slept: list[float] = []

    async def fails(jobs: Sequence[Job]) -> int:
        raise ValueError("never")

    async def not_mine(job: Job, error: str) -> bool:
        return False

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    said = Append(STREAM, (CustomerSaid(id="m1", text="hello"),), THE_CUSTOMER, 1, jobs=(NewJob("turn"),))
    await store.append(said)
    lanes = Lanes(store, {"turn": fails}, not_mine, lambda: 1, sleep)

    lanes.push(JobKey(STREAM, "turn", 1))
    await lanes.idle(STREAM, "turn")

    assert slept == [*RETRY_AFTER, 1.0, 1.0, 1.0]
    assert [dead.error for dead in await store.dead()] == ["ValueError: never"]
    assert await store.pending() == 0
