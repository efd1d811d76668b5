"""A disk that takes no more: nothing is acknowledged that was not written, everybody is told, and it mends itself."""

import asyncio
import resource
import uuid
from pathlib import Path

import httpx

from tests.harness import Customer, Server

FULL = 16 * 1024
"""Bytes that a file may have while the disk is full: less than the database has already."""


async def test_a_full_disk_refuses_and_comes_back(data: Path) -> None:
    async with Server(data) as server, Customer(lambda: server.url) as customer:
        await customer.ask("hello")
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))

        frame = {"type": "message", "id": uuid.uuid4().hex, "text": "thank you for your help"}
        await customer.post(frame)
        await customer.until(lambda: customer.errors)
        async with httpx.AsyncClient(base_url=server.url) as client:
            not_ready = await client.get("/readyz")
            refused = await client.post(
                "/api/v1/webchat/messages",
                json={"id": "over-http", "text": "hello"},
                headers={"Authorization": f"Bearer {customer.token}"},
            )

        assert (customer.errors[0]["code"], customer.errors[0]["id"]) == ("unavailable", frame["id"])
        assert frame["id"] not in customer.acked
        assert not_ready.status_code == 503 and "database" in not_ready.json()["problems"][0]
        assert refused.status_code == 503 and refused.json()["error"]["code"] == "unavailable"

        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        async with asyncio.timeout(20):
            await server.until_ready()
        seq = await customer.deliver(frame)
        await customer.until(lambda: customer.answers(seq))

        assert [event.get("text") for event in customer.events.values()].count("thank you for your help") == 1
        assert await server.terminate() == 0


async def test_too_little_space_is_not_ready(data: Path) -> None:
    server = Server(data, min_free_mb=str(2**40))
    try:
        await server.start(ready=False)
        async with httpx.AsyncClient(base_url=server.url) as client:
            answer = await client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["problems"][0].startswith("disk: ")
    finally:
        await server.kill()
