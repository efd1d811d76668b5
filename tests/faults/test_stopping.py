"""SIGTERM: what was begun is finished, clients are sent elsewhere, and the next process finds nothing left to do."""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from tests.harness import Customer, Server


async def test_a_turn_is_finished_before_the_process_ends(data: Path) -> None:
    async with Server(data) as server, Customer(lambda: server.url) as customer:
        await customer.until(lambda: customer.connections)
        ids = [uuid.uuid4().hex for _ in range(20)]
        for id in ids:
            await customer.post({"type": "message", "id": id, "text": "how do I get an invoice?"})
        await customer.until(lambda: customer.acked)
        code = await server.terminate()
        acked = dict(customer.acked)
        await customer.until(lambda: customer.closings)
        with closing(sqlite3.connect(data / "switchboard.db")) as database:
            (open_jobs,) = database.execute(
                "SELECT count(*) FROM jobs WHERE due = 0 OR owner <> ''"
            ).fetchone()
            (answered,) = database.execute(
                "SELECT count(DISTINCT value) FROM events, json_each(events.body, '$.in_reply_to') WHERE kind = 'bot_said'"
            ).fetchone()
            (said,) = database.execute("SELECT count(*) FROM events WHERE kind = 'customer_said'").fetchone()

        assert code == 0
        assert customer.closings[0] == 1012
        assert open_jobs == 0
        assert answered == said >= len(acked)
        assert "Traceback" not in server.said()

        await server.start()
        for seq in acked.values():
            await customer.until(lambda seq=seq: customer.answers(seq))  # type: ignore[misc]
