"""What the person who runs it looks at: health, readiness, metrics, headers, log lines."""

import io
import json
import re

import pytest
import structlog

from tests.stories.conftest import Build
from tests.stories.talk import BOTH, PHONE, Talk, ask_for_person, name_of, report_fault
from tests.stories.world import World

pytestmark = pytest.mark.asyncio


async def test_health_and_readiness(world: World) -> None:
    assert (await world.http.get("/healthz")).json() == {"status": "ok"}
    ready = await world.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "problems": []})


async def test_not_ready_on_a_full_disk(build: Build) -> None:
    world = await build(min_free_mb=10**9)
    ready = await world.http.get("/readyz")
    assert ready.status_code == 503
    (problem,) = ready.json()["problems"]
    assert problem.startswith("disk: ") and str(world.settings.data) in problem
    assert (await world.http.get("/healthz")).status_code == 200


async def test_metrics_count_what_happens(world: World) -> None:
    def value(text: str, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} ([0-9.e+]+)$", text, re.MULTILINE)
        assert found is not None, name
        return float(found[1])

    before = (await world.http.get("/metrics")).text
    customer = await world.customer("zh")
    await customer.says("你好")
    await customer.does("close")
    after = await world.http.get("/metrics")

    assert after.headers["content-type"].startswith("text/plain")
    for name, more in (
        ('switchboard_messages_total{channel="webchat"}', 1),
        ("switchboard_turns_total", 1),
        ("switchboard_scored_total", 1),
        ("switchboard_ack_seconds_count", 1),
        ('switchboard_sockets{kind="chat"}', 1),
    ):
        if name in before:
            assert value(after.text, name) == value(before, name) + more, name
        else:
            assert value(after.text, name) == more, name
    assert "process_resident_memory_bytes" in after.text


async def test_headers_of_pages_and_answers(world: World) -> None:
    for path in ("/", "/desk", "/healthz", "/api/v1/webchat/events"):
        headers = (await world.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers or "uvicorn" not in headers["server"] or path
    for path in ("/", "/desk"):
        policy = (await world.http.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("talk", BOTH, ids=name_of)
async def test_no_log_line_holds_a_phone_number(world: World, talk: Talk, tape: io.StringIO) -> None:
    began = tape.tell()
    customer = await world.customer(talk.language)
    await report_fault(customer, talk)
    await ask_for_person(customer, talk)

    async def fails(*given: object, **more: object) -> None:
        raise RuntimeError(f"cannot store {PHONE} of this customer")

    world.system.after.score = fails  # type: ignore[assignment, method-assign]
    await customer.does("close")
    structlog.get_logger().warning("told", words=f"{talk.more} {PHONE}", conversation=customer.conversation)

    written = tape.getvalue()[began:]
    lines = [json.loads(line) for line in written.splitlines()]
    assert any(line["event"] == "job_failed" for line in lines)
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)
    assert PHONE not in written
    assert lines[-1]["conversation"] == customer.conversation
    assert customer.token not in written
