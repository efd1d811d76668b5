"""What the operator's pages promise is what the back office does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from packs.telecom.backoffice import data
from packs.telecom.backoffice.dates import (
    ZONE,
    due_date,
    last_billed_month,
    next_callback,
    plan_starts,
    promised_until,
)
from tests.unit.backoffice.offices import NOON, ROOT, Office

PAGES = ROOT / "packs/telecom/knowledge"


async def _refused(office: Office, path: str, **query: str) -> str:
    response = await office.http.get(path, params=query)
    assert response.status_code == 409, response.text
    return str(response.json()["error"]["code"])


# Data --------------------------------------------------------------------------------------------------------------


async def test_prices_are_those_of_the_pages(office: Office) -> None:
    pages = {
        language: "".join(
            (PAGES / language / f"{name}.md").read_text(encoding="utf-8")
            for name in ("tariffs-mobile", "tariffs-fibre", "bundles")
        )
        for language in ("zh", "en")
    }
    for plan in (await office.get("/plans"))["plans"]:
        price = plan["price"]
        assert f"{price} 元" in pages["zh"] and f"{price} yuan" in pages["en"], plan
        if plan["service"] == "broadband":
            assert f"| {plan['speed_mbps']} Mbps" in pages["en"]
        else:
            assert plan["title"]["zh"] in pages["zh"] and plan["title"]["en"] in pages["en"]


async def test_seed_is_the_same_every_time_and_whole(office: Office) -> None:
    assert data.people() == data.people()
    assert office.store.write(data.seed) == 0
    for number in range(1, data.CUSTOMERS + 1):
        customer = await office.get("/customers", phone=13_800_000_100 + number)
        assert customer["customer_id"] == f"C{1_000 + number}"
        bills = (await office.get(f"/customers/{customer['customer_id']}/bills"))["bills"]
        assert [bill["month"] for bill in bills] == [f"2026-{month:02d}" for month in (10, 9, 8, 7, 6, 5)]
        for bill in bills:
            found = await office.get(f"/customers/{customer['customer_id']}/bills/{bill['month']}")
            assert round(sum(item["amount"] for item in found["items"]), 2) == bill["total"] == found["total"]
            if found["difference"] is not None:
                assert (
                    round(sum(change["difference"] for change in found["changes"]), 2) == found["difference"]
                )


# Dates -------------------------------------------------------------------------------------------------------------


def test_calendar() -> None:
    assert plan_starts(NOON).isoformat() == "2026-12-01"
    assert plan_starts(datetime(2026, 11, 30, 17, 59, tzinfo=ZONE)).isoformat() == "2026-12-01"
    assert plan_starts(datetime(2026, 11, 30, 18, 0, tzinfo=ZONE)).isoformat() == "2027-01-01"
    assert last_billed_month(datetime(2026, 12, 2, 9, tzinfo=ZONE)).isoformat() == "2026-10-01"
    assert last_billed_month(datetime(2026, 12, 3, 9, tzinfo=ZONE)).isoformat() == "2026-11-01"
    assert (
        due_date(datetime(2026, 11, 1, tzinfo=ZONE).date()).isoformat() == "2026-12-21"
    )  # the 20th is a Sunday
    assert promised_until(NOON.date(), 3).isoformat() == "2026-11-25"  # over a weekend
    assert (
        promised_until(datetime(2026, 9, 30, tzinfo=ZONE).date(), 3).isoformat() == "2026-10-07"
    )  # and a holiday


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-20T12:00", "2026-11-20T12:00"),
        ("2026-11-20T21:00", "2026-11-21T09:00"),
        ("2026-11-21T17:30", "2026-11-22T09:00"),
        ("2026-11-23T03:00", "2026-11-23T08:00"),
    ],
)
def test_calls_are_returned_while_people_are_there(now: str, start: str) -> None:
    starts, ends = next_callback(datetime.fromisoformat(now).replace(tzinfo=ZONE))
    assert starts == datetime.fromisoformat(start).replace(tzinfo=ZONE)
    assert ends - starts == timedelta(hours=2)


# Plans -------------------------------------------------------------------------------------------------------------


async def test_preview_says_what_the_change_does(office: Office) -> None:
    preview = await office.get("/lines/L1001-1/plan-change", plan_id="bundle-169")
    assert (preview["old_price"], preview["new_price"], preview["difference"]) == (158, 169, 11)
    assert (preview["effective"], preview["lines"]) == ("2026-12-01", ["L1001-1", "L1001-2"])
    assert "158" in preview["summary"]["zh"] and "158" in preview["summary"]["en"]
    changed = (await office.post("/lines/L1001-1/plan-change", "a", {"plan_id": "bundle-169"})).json()
    assert changed.pop("change_id")
    assert changed == preview
    assert (await office.get("/lines/L1001-2"))["next_plan_from"] == "2026-12-01"
    assert (await office.get("/lines/L1001-2"))["plan_id"] == "fibre-500"
    assert await _refused(office, "/lines/L1001-2/plan-change", plan_id="fibre-1000") == "already_changed"
    office.now = datetime(2026, 12, 1, 0, 0, tzinfo=ZONE)
    assert (await office.get("/lines/L1001-2"))["plan_id"] == "bundle-169"
    assert (await office.get("/lines/L1001-2"))["fee"] == 0
    assert (await office.get("/lines/L1001-1"))["fee"] == 169


async def test_savings_of_bundles_are_those_of_the_page(office: Office) -> None:
    """Home 239 replaces Max 159, 2000 Mbps and TV: 164 saved, of which 30 are three family SIMs."""
    preview = await office.get("/lines/L1009-1/plan-change", plan_id="bundle-239")
    assert preview["difference"] == -(164 - 30)
    assert preview["visit_needed"] is False


@pytest.mark.parametrize(
    ("line", "plan", "code"),
    [
        ("L1001-1", "mobile-59", "same_plan"),
        ("L1001-1", "fibre-300", "wrong_service"),
        ("L1001-1", "senior-19", "shop_only"),
        ("L1003-2", "fibre-500", "line_locked"),
        ("L1003-1", "bundle-169", "line_locked"),
        ("L1004-1", "mobile-59", "bundle_contract"),
        ("L1005-3", "mobile-29", "wrong_service"),
        ("L1007-1", "mobile-29", "line_suspended"),
        ("L1009-1", "mobile-59", "contract_minimum"),
        ("L1009-2", "fibre-500", "contract_minimum"),
        ("L1011-1", "mobile-159", "already_changed"),
        ("L1011-1", "bundle-129", "bundle_incomplete"),
    ],
)
async def test_changes_that_are_not_possible(office: Office, line: str, plan: str, code: str) -> None:
    assert await _refused(office, f"/lines/{line}/plan-change", plan_id=plan) == code
    assert await office.code(f"/lines/{line}/plan-change", "k", {"plan_id": plan}) == code
    listed = (await office.get("/plans", line_id=line))["plans"]
    assert plan not in [each["plan_id"] for each in listed]


async def test_faster_broadband_starts_today_and_slower_on_the_first(office: Office) -> None:
    faster = await office.get("/lines/L1002-2/plan-change", plan_id="fibre-2000")
    assert (faster["effective"], faster["visit_needed"]) == ("2026-11-20", True)
    slower = await office.get("/lines/L1009-2/plan-change", plan_id="fibre-1000")
    assert (slower["effective"], slower["difference"]) == ("2026-12-01", -60)


# Bills -------------------------------------------------------------------------------------------------------------


async def test_a_higher_bill_is_explained(office: Office) -> None:
    bill = await office.get("/customers/C1001/bills/latest")
    assert (bill["total"], bill["previous_total"], bill["difference"]) == (188, 158, 30)
    assert [change["code"] for change in bill["changes"]] == ["data_overage"]
    assert "超额流量" in bill["explanation"]["zh"] and "Extra data" in bill["explanation"]["en"]
    ended = await office.get("/customers/C1010/bills/latest")
    assert (ended["changes"][0]["code"], ended["difference"]) == ("discount", 20)
    oldest = await office.get("/customers/C1001/bills/2026-05")
    assert (oldest["previous_total"], oldest["difference"], oldest["changes"]) == (None, None, [])


async def test_debts_are_overdue_after_the_day(office: Office) -> None:
    bills = await office.get("/customers/C1007/bills")
    assert [bill["status"] for bill in bills["bills"]] == ["open", "overdue", "paid", "paid", "paid", "paid"]
    assert bills["unpaid"] == 118


# The network -------------------------------------------------------------------------------------------------------


async def test_outages_are_known_by_district(office: Office) -> None:
    for name in ("jiangbei", "江北", "江北区", " Jiangbei  District "):
        found = await office.get("/outages", district=name)
        assert (found["active"], found["planned"], found["until"]) == (
            True,
            False,
            "2026-11-20T20:00:00+08:00",
        )
    assert (await office.get("/outages", district="jiangbei", service="mobile"))["active"] is False
    planned = await office.get("/outages", district="南湖区")
    start = datetime.fromisoformat(planned["outages"][0]["starts"])
    assert (planned["active"], planned["planned"]) == (False, True)
    assert start - NOON >= timedelta(hours=72) and start.hour < 6
    quiet = await office.get("/outages", district="renmin")
    assert (quiet["message"], quiet["outages"]) == (None, [])
    office.now = NOON + timedelta(hours=9)
    assert (await office.get("/outages", district="jiangbei"))["active"] is False


@pytest.mark.parametrize(
    ("line", "result", "outage"),
    [
        ("L1001-1", "ok", None),
        ("L1001-2", "fibre_fault", "O1001"),
        ("L1002-2", "router_offline", None),
        ("L1004-2", "fibre_fault", None),
        ("L1005-1", "no_signal", None),
        ("L1008-1", "no_signal", None),
    ],
)
async def test_diagnosis(office: Office, line: str, result: str, outage: str | None) -> None:
    found = await office.get(f"/lines/{line}/diagnosis")
    assert (found["result"], found["outage_id"]) == (result, outage)


async def test_a_restart_brings_the_router_back_but_mends_no_fibre(office: Office) -> None:
    assert (await office.post("/lines/L1002-2/restart-port", "a")).json()["result"] == "ok"
    assert (await office.get("/lines/L1002-2/diagnosis"))["result"] == "ok"
    assert (await office.post("/lines/L1004-2/restart-port", "b")).json()["result"] == "fibre_fault"
    assert await office.code("/lines/L1003-2/restart-port", "c") == "line_locked"
    assert await office.code("/lines/L1001-1/restart-port", "d") == "wrong_service"


async def test_a_lost_sim_is_blocked_and_found_again(office: Office) -> None:
    blocked = (await office.post("/lines/L1001-1/suspend", "a", {"reason": "lost"})).json()
    assert (blocked["status"], blocked["works_within_minutes"]) == ("suspended", 5)
    assert await office.code("/lines/L1001-1/suspend", "b", {}) == "already_suspended"
    assert (await office.post("/lines/L1001-1/resume", "c")).json()["status"] == "active"
    assert await office.code("/lines/L1007-1/resume", "d") == "suspended_for_debt"
    assert await office.code("/lines/L1001-2/suspend", "e", {}) == "wrong_service"


# Visits and calls --------------------------------------------------------------------------------------------------


async def test_windows_of_visits(office: Office) -> None:
    found = await office.get("/appointment-slots", district="qingshan", days=28)
    assert found["promised_until"] == "2026-11-27"
    for slot in found["slots"]:
        starts, ends = datetime.fromisoformat(slot["starts"]), datetime.fromisoformat(slot["ends"])
        assert ends - starts == timedelta(hours=2) and starts.date() > NOON.date()
        assert (starts.hour, starts.minute) >= (8, 30) and (ends.hour, ends.minute) <= (20, 0)
        assert slot["within_promise"] == (starts.date().isoformat() <= "2026-11-27")
        assert slot["free"] == 1
    assert (await office.get("/appointment-slots", district="qingshan", **{"from": "9999-12-31"}))[
        "slots"
    ] == []


async def test_a_booking_takes_the_place_and_cancelling_gives_it_back(office: Office) -> None:
    slot = (await office.get("/appointment-slots", district="qingshan"))["slots"][0]["slot_id"]
    body: dict[str, Any] = {"slot_id": slot, "phone": "+86 138 0000 0110", "plan_id": "fibre-300"}
    made = (await office.post("/appointments", "a", body)).json()
    assert made["fee"] == 0
    assert await office.code("/appointments", "b", body) == "slot_full"
    cancel = f"/appointments/{made['appointment_id']}/cancel"
    assert await office.code(cancel, "c", {"phone": "13800000111"}) == "appointment_unknown"
    gone = (await office.post(cancel, "d", {"phone": "13800000110"})).json()
    assert (gone["late"], gone["next_visit_fee"]) == (False, 0)
    assert await office.code(cancel, "e", {"phone": "13800000110"}) == "already_cancelled"
    again = (await office.post("/appointments", "f", {**body, "contract": False})).json()
    assert again["fee"] == 100
    office.now = datetime.fromisoformat(again["starts"]) - timedelta(hours=3, minutes=59)
    cancel = f"/appointments/{again['appointment_id']}/cancel"
    late = (await office.post(cancel, "g", {"phone": "13800000110"})).json()
    assert (late["late"], late["next_visit_fee"]) == (True, 30)


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        ("renmin-20261120-1530", "slot_closed"),
        ("renmin-20270120-1530", "slot_closed"),
        ("renmin-20261124-0900", "slot_unknown"),
        ("renmin-20261399-0830", "slot_unknown"),
        ("nowhere-20261124-0830", "slot_unknown"),
    ],
)
async def test_windows_that_cannot_be_booked(office: Office, slot: str, code: str) -> None:
    assert await office.code("/appointments", "k", {"slot_id": slot, "phone": "13800000101"}) == code


async def test_callbacks_within_hours(office: Office) -> None:
    body = {"phone": "13800000101", "topic": "bill"}
    assert (await office.post("/callbacks", "a", body)).json()["starts"] == NOON.isoformat()
    good = (await office.post("/callbacks", "b", {**body, "at": "2026-11-21T17:00:00+08:00"})).json()
    assert good["ends"] == "2026-11-21T18:00:00+08:00"
    for index, at in enumerate(
        (
            "2026-11-21T18:00:00+08:00",
            "2026-11-20T09:59:00+08:00",
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00Z",
        )
    ):
        assert await office.code("/callbacks", f"c{index}", {**body, "at": at}) == "outside_hours"
    assert await office.code("/callbacks", "d", {**body, "at": "2026-11-21T17:00:00"}) == "invalid_request"


@pytest.mark.parametrize(
    ("query", "title", "at"),
    [
        ({}, "Friday 20 November, 12:00 to 14:00", None),
        ({"day": "2026-11-21", "at": "17:00"}, "Saturday 21 November, 17:00 to 18:00", "2026-11-21T17:00:00+08:00"),
        ({"day": "2026-11-23", "part": "afternoon"}, "Monday 23 November, 13:00 to 15:00", "2026-11-23T13:00:00+08:00"),
        ({"day": "2026-11-21", "part": "morning"}, "Saturday 21 November, 09:00 to 11:00", "2026-11-21T09:00:00+08:00"),
        ({"part": "noon"}, "Friday 20 November, 12:00 to 14:00", "2026-11-20T12:00:00+08:00"),
        ({"at": "12:00"}, "Friday 20 November, 12:00 to 14:00", "2026-11-20T12:00:00+08:00"),
        ({"day": "2026-11-23"}, "Monday 23 November, 08:00 to 10:00", "2026-11-23T08:00:00+08:00"),
    ],
)
async def test_when_somebody_could_call(office: Office, query: dict[str, str], title: str, at: str | None) -> None:
    found = await office.get("/callbacks/window", **query)
    assert (found["possible"], found["title"]["en"], found["at"], found["reason"]) == (True, title, at, None)
    if at is not None:
        assert (await office.post("/callbacks", "k", {"phone": "13800000101", "at": at})).status_code == 200


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"day": "2026-11-19"}, "that time has passed"),
        ({"part": "morning"}, "that time has passed"),
        ({"at": "10:00"}, "that time has passed"),
        ({"day": "2026-11-21", "at": "20:00"}, "on 21 November people call between 09:00 and 18:00"),
        ({"day": "2026-11-21", "part": "evening"}, "on 21 November people call between 09:00 and 18:00"),
        ({"day": "2026-11-21", "part": "night"}, "on 21 November people call between 09:00 and 18:00"),
        ({"day": "2026-12-19", "at": "15:00"}, "a call is booked up to 28 days ahead"),
    ],
)
async def test_when_nobody_could_call(office: Office, query: dict[str, str], reason: str) -> None:
    found = await office.get("/callbacks/window", **query)
    assert (found["possible"], found["title"], found["reason"]["en"]) == (False, None, reason)


# Who is this -------------------------------------------------------------------------------------------------------


async def _verify(office: Office, key: str, **proof: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        await office.post("/verification", key, {"phone": "13800000102", **proof})
    ).json()
    return found


async def test_the_end_of_the_id_number_proves(office: Office) -> None:
    found = await _verify(office, "a", last4="203x")
    assert (found["verified"], found["customer_id"], found["tries_left"]) == (True, "C1002", 5)
    unknown = await office.post("/verification", "b", {"phone": "13900000000", "last4": "1234"})
    assert unknown.json() == {
        "verified": False,
        "customer_id": None,
        "account": None,
        "tries_left": 4,
        "locked": False,
        "locked_until": None,
    }


async def test_five_failures_lock_for_an_hour_even_with_the_right_answer(office: Office) -> None:
    for index in range(5):
        found = await _verify(office, f"w{index}", last4="0000")
        assert (found["verified"], found["tries_left"], found["locked"]) == (False, 4 - index, index == 4)
        assert (await _verify(office, f"w{index}", last4="0000"))["tries_left"] == 4 - index
    assert (await _verify(office, "right", last4="203X"))["verified"] is False
    assert (await office.get("/customers", phone="13800000102"))["locked"] is True
    office.now = NOON + timedelta(hours=1)
    assert (await _verify(office, "later", last4="203X"))["verified"] is True


async def test_a_code_is_good_once_and_for_five_minutes(office: Office) -> None:
    async def sent(key: str) -> str:
        answer = (await office.post("/verification/codes", key, {"phone": "13800000102"})).json()
        assert answer["sent_to"] == "138****0102"
        return str((await office.get("/_test/codes"))[-1]["code"])

    first = await sent("s1")
    assert await sent("s1") == first
    assert (await _verify(office, "a", code=first))["verified"] is True
    assert (await _verify(office, "b", code=first))["verified"] is False
    second = await sent("s2")
    office.now += timedelta(minutes=5, seconds=1)
    assert (await _verify(office, "c", code=second))["verified"] is False
    for index in range(8):
        await sent(f"t{index}")
    assert await office.code("/verification/codes", "more", {"phone": "13800000102"}) == "too_many_codes"


async def test_a_number_without_a_customer_is_answered_as_any_other(office: Office) -> None:
    answer = (await office.post("/verification/codes", "x", {"phone": "13900000000"})).json()
    assert answer["sent_to"] == "139****0000"
    assert (await office.get("/_test/codes"))[-1]["code"] == ""
    for index in range(9):
        await office.post("/verification/codes", f"y{index}", {"phone": "13900000000"})
    assert await office.code("/verification/codes", "z", {"phone": "13900000000"}) == "too_many_codes"


async def test_one_field_takes_a_code_or_the_end_of_the_id_number(office: Office) -> None:
    assert (await _verify(office, "a", code="203X"))["account"] == "C1002"
    assert (await _verify(office, "b", code="2030"))["account"] is None
    landline = await office.post("/verification", "c", {"phone": "88000105", "code": "5528"})
    assert landline.json()["account"] == "C1005"
