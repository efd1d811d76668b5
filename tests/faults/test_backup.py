"""A backup taken while customers talk is whole, and another folder goes on from it."""

import asyncio
from pathlib import Path

from tests.harness import Customer, Server, command, furnished


async def test_backup_and_restore_while_running(tmp_path: Path, data: Path, model: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    unlimited = Server(data, rate_limit_conversation="1000000")
    async with unlimited as server, Customer(lambda: server.url) as customer:
        for _ in range(5):
            await customer.ask("how do I get an invoice?")
        before = dict(customer.events)
        saving = asyncio.create_task(asyncio.to_thread(command, data, "backup", str(file)))
        while not saving.done():
            await customer.ask("hello")
        done = await saving
        again = command(data, "backup", str(file))
        known = dict(customer.events)

    assert done.returncode == 0, done.stderr
    assert again.returncode == 1 and "exists already" in again.stderr
    restored = tmp_path / "restored"
    assert command(restored, "restore", str(file)).returncode == 0
    assert command(restored, "restore", str(file)).returncode == 1
    furnished_again = furnished(restored, model)
    async with Server(furnished_again) as server:
        customer_there = Customer(lambda: server.url)
        customer_there.token = customer.token  # the signing key came with the backup
        async with customer_there:
            said = await customer_there.ask("thank you")

            asked = said[0]["in_reply_to"][0]
            # The last message may have been saved without its answer, which is then given there.
            last = max(
                n
                for n, event in customer_there.events.items()
                if n < asked and event["kind"] == "customer_said"
            )
            saved = {seq: event for seq, event in customer_there.events.items() if seq <= last}
            assert saved == {seq: known[seq] for seq in saved}
            assert before == {seq: saved[seq] for seq in before}
