"""Each switch breaks the service in the way that it says, for the operation that it names."""

import json
from typing import Any

import httpx
import pytest

from tests.unit.backoffice.offices import Office, Process


async def _turn(office: Office, **switch: Any) -> None:
    assert (await office.http.post("/_test/faults", json=switch)).status_code == 200


async def _executions(office: Office) -> dict[str, int]:
    return {key: found["executions"] for key, found in (await office.get("/_test/keys")).items()}


async def test_down_does_nothing(office: Office) -> None:
    await _turn(office, mode="down", operation="suspend_line")
    response = await office.post("/lines/L1001-1/suspend", "a", {})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
    assert await _executions(office) == {}
    assert (await office.get("/lines/L1001-1"))["status"] == "active"
    await _turn(office, mode="none")
    assert (await office.post("/lines/L1001-1/suspend", "a", {})).status_code == 200


async def test_wrong_has_done_the_work(office: Office) -> None:
    await _turn(office, mode="wrong", operation="suspend_line")
    response = await office.post("/lines/L1001-1/suspend", "a", {})
    assert response.status_code == 200
    assert "line_id" not in response.json()
    assert await _executions(office) == {"a": 1}


async def test_wrong_covers_refusals_of_reads(office: Office) -> None:
    await _turn(office, mode="wrong", operation="get_line")
    assert (await office.http.get("/lines/L9999-1")).status_code == 200


async def test_twice_has_done_the_work_once(office: Office) -> None:
    await _turn(office, mode="twice")
    response = await office.post("/lines/L1001-1/suspend", "a", {})
    first, end = json.JSONDecoder().raw_decode(response.text)
    second, _ = json.JSONDecoder().raw_decode(response.text[end:])
    assert first == second
    with pytest.raises(json.JSONDecodeError):
        response.json()
    assert await _executions(office) == {"a": 1}


async def test_slow_answers_after_the_write(office: Office) -> None:
    await _turn(office, mode="slow", seconds=0.05)
    response = await office.post("/lines/L1001-1/suspend", "a", {})
    assert response.json()["status"] == "suspended"


async def test_times_and_operations_bound_a_switch(office: Office) -> None:
    await _turn(office, mode="down", times=2)
    await _turn(office, mode="wrong", operation="get_line", times=1)
    assert "line_id" not in await office.get("/lines/L1001-1")
    statuses = [(await office.http.get("/lines/L1001-1")).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    await _turn(office, mode="down", operation="get_line")
    await _turn(office, mode="none", operation="get_line")
    assert (await office.http.get("/lines/L1001-1")).status_code == 200


def test_connection_is_closed_inside_an_answer(process: Process) -> None:
    httpx.post(f"{process.url}/_test/faults", json={"mode": "closed", "operation": "list_plans", "times": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{process.url}/plans")
    assert httpx.get(f"{process.url}/plans").status_code == 200


async def test_reset_begins_anew_at_another_moment(office: Office) -> None:
    assert (await office.post("/lines/L1001-1/suspend", "a", {})).status_code == 200
    await _turn(office, mode="down")

    answer = await office.http.post("/_test/reset", json={"now": "2026-09-01T10:00"})

    assert answer.json() == {"now": "2026-09-01T10:00:00+08:00"}
    assert await _executions(office) == {}
    assert (await office.get("/lines/L1001-1"))["status"] == "active"
    bills = (await office.get("/customers/C1001/bills"))["bills"]
    assert max(bill["month"] for bill in bills) == "2026-07"
    assert (await office.http.post("/_test/clock", json={"now": "2026-09-04T10:00:00+08:00"})).status_code == 200
    assert office.store.now().day == 4
    assert (await office.http.post("/_test/clock", json={"now": "tomorrow"})).status_code == 422
