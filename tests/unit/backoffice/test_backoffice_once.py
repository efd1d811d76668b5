"""A write happens once, whatever becomes of its answer."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from packs.telecom.backoffice import callbacks
from packs.telecom.backoffice.store import FILE, Refused, Request, Session
from tests.unit.backoffice.offices import Office, Process

BOOKING = {"slot_id": "renmin-20261124-1330", "phone": "13800000102"}


def _post(process: Process, path: str, key: str, body: Any, timeout: float = 20) -> httpx.Response:
    return httpx.post(process.url + path, json=body, headers={"Idempotency-Key": key}, timeout=timeout)


def _keys(process: Process) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = httpx.get(f"{process.url}/_test/keys").json()
    return found


async def test_same_key_and_body_give_the_same_answer(office: Office) -> None:
    first = await office.post("/appointments", "a", BOOKING)
    second = await office.post(
        "/appointments", "a", {"phone": "13800000102", "slot_id": "renmin-20261124-1330"}
    )
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert (await office.get("/_test/keys"))["a"] == {
        "operation": "book_appointment",
        "status": 200,
        "requests": 2,
        "executions": 1,
    }


async def test_same_key_for_something_else_is_refused(office: Office) -> None:
    assert (await office.post("/lines/L1001-1/suspend", "a", {"reason": "lost"})).status_code == 200
    others: list[tuple[str, dict[str, Any] | None]] = [
        ("/lines/L1001-1/suspend", {"reason": "stolen"}),
        ("/lines/L1002-1/suspend", {"reason": "lost"}),
        ("/lines/L1001-1/resume", None),
    ]
    for path, body in others:
        assert await office.code(path, "a", body) == "key_reused"
    assert (await office.get("/lines/L1001-1"))["reason"] == "lost"
    assert (await office.get("/_test/keys"))["a"]["requests"] == 4
    assert len(await office.get("/_test/effects")) == 1


async def test_a_refusal_is_kept_with_nothing_done(office: Office) -> None:
    assert await office.code("/lines/L1001-1/resume", "a") == "not_suspended"
    assert (await office.post("/lines/L1001-1/suspend", "b", {})).status_code == 200
    assert await office.code("/lines/L1001-1/resume", "a") == "not_suspended"
    keys = await office.get("/_test/keys")
    assert (keys["a"]["executions"], keys["a"]["status"], keys["b"]["executions"]) == (0, 409, 1)


async def test_a_request_that_is_not_understood_uses_up_no_key(office: Office) -> None:
    assert (
        await office.code("/appointments", "a", {"slot_id": "x", "phone": "13800000102"}) == "invalid_request"
    )
    assert (await office.post("/appointments", "a", BOOKING)).status_code == 200


async def test_twenty_at_once_act_once(process: Process) -> None:
    async with httpx.AsyncClient(base_url=process.url, timeout=30) as http:
        headers = {"Idempotency-Key": "same"}
        answers = await asyncio.gather(
            *(http.post("/appointments", json=BOOKING, headers=headers) for _ in range(20))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    key = _keys(process)["same"]
    assert (key["requests"], key["executions"]) == (20, 1)


async def test_a_slot_is_never_overbooked(office: Office) -> None:
    slots = (await office.get("/appointment-slots", district="renmin"))["slots"]
    slot = next(each for each in slots if each["free"] == 2)["slot_id"]
    answers = await asyncio.gather(
        *(office.post("/appointments", f"k{i}", {"slot_id": slot, "phone": "13800000102"}) for i in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]


@pytest.mark.parametrize("mode", ["hang", "slow"])
def test_killed_between_write_and_answer(process: Process, mode: str) -> None:
    change = {"plan_id": "mobile-99"}
    switch = {"mode": mode, "operation": "change_plan", "seconds": 30}
    assert httpx.post(f"{process.url}/_test/faults", json=switch).status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        _post(process, "/lines/L1001-1/plan-change", "k", change, timeout=0.5)
    assert _keys(process)["k"]["executions"] == 1
    process.kill()
    process.start()
    again = _post(process, "/lines/L1001-1/plan-change", "k", change)
    assert again.status_code == 200
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["change_id"] == "P100002"
    key = _keys(process)["k"]
    assert (key["requests"], key["executions"]) == (2, 1)
    assert httpx.get(f"{process.url}/lines/L1001-1").json()["next_plan_id"] == "mobile-99"


def test_killed_while_many_write(process: Process) -> None:
    """Whatever was cut off: after the same requests again, each act happened once."""
    bodies = {f"k{i}": {"phone": f"138000001{i:02d}"} for i in range(12)}

    async def cut_off() -> None:
        async with httpx.AsyncClient(base_url=process.url, timeout=30) as http:
            sent = [
                asyncio.ensure_future(http.post("/callbacks", json=body, headers={"Idempotency-Key": key}))
                for key, body in bodies.items()
            ]
            await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
            process.kill()
            await asyncio.gather(*sent, return_exceptions=True)

    for _ in range(3):
        asyncio.run(cut_off())
        process.start()
    answers = {
        key: _post(process, "/callbacks", key, body).json()["callback_id"] for key, body in bodies.items()
    }
    assert len(set(answers.values())) == len(bodies)
    assert {key: found["executions"] for key, found in _keys(process).items()} == dict.fromkeys(bodies, 1)


def _callback(session: Session) -> BaseModel:
    return callbacks.call_back(session, "13800000101", "bill", None)


def _refused_after_writing(session: Session) -> BaseModel:
    _callback(session)
    raise Refused(409, "too_late", "Decided after something was written.")


REQUEST = Request("k", "register_callback", "13800000101", b"")


def test_a_refusal_takes_back_what_was_written_before_it(office: Office) -> None:
    assert office.store.once(REQUEST, _refused_after_writing).status == 409
    assert office.store.read(lambda s: s.count("SELECT count(*) FROM callbacks")) == 0
    assert office.store.read(lambda s: s.count("SELECT count(*) FROM effects")) == 0


def test_the_effect_is_not_there_without_its_key(office: Office, tmp_path: Path) -> None:
    """The key is the last that is written: cut off there, nothing of the act remains, and it can be asked for again."""
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("CREATE TRIGGER cut BEFORE INSERT ON keys BEGIN SELECT RAISE(ABORT, 'cut off'); END")
        other.commit()
        with pytest.raises(sqlite3.IntegrityError, match="cut off"):
            office.store.once(REQUEST, _callback)
        assert other.execute("SELECT count(*) FROM callbacks").fetchone() == (0,)
        other.execute("DROP TRIGGER cut")
        other.commit()
    assert office.store.once(REQUEST, _callback).status == 200
    assert office.store.once(REQUEST, _callback).replayed
    assert office.store.read(lambda s: s.count("SELECT count(*) FROM callbacks")) == 1
