"""Answers that a conversation offers as choices: each has a title in both languages and what people call it."""

import pytest

from tests.unit.backoffice.offices import Office


async def test_lines_to_choose_from(office: Office) -> None:
    every = await office.get("/customers/C1004/lines")
    assert (every["count"], every["line_id"], every["district"]) == (3, None, "xuefu")
    assert [each["value"] for each in every["choices"]] == ["L1004-1", "L1004-2", "L1004-3"]
    one = await office.get("/customers/C1004/lines", kind="mobile")
    assert (one["count"], one["line_id"]) == (1, "L1004-1")
    assert one["choices"][0]["title"] == {"zh": "手机（尾号 0104）", "en": "Mobile (ending 0104)"}
    assert one["choices"][0]["synonyms"] == ["13800000104", "0104", "手机", "Mobile"]
    assert (await office.get("/customers/C1007/lines", kind="broadband"))["count"] == 0


async def test_plans_to_choose_from_leave_out_what_only_shops_sell(office: Office) -> None:
    found = await office.get("/plans", service="mobile")
    assert "senior-19" in [plan["plan_id"] for plan in found["plans"]]
    assert [each["value"] for each in found["choices"]] == ["mobile-29", "mobile-59", "mobile-99", "mobile-159"]
    assert found["choices"][0]["title"] == {"zh": "轻享 29，每月 29 元", "en": "Light 29, 29 yuan a month"}
    fibre = (await office.get("/plans", service="broadband"))["choices"]
    assert "千兆" in fibre[2]["synonyms"] and "500M" in fibre[1]["synonyms"]


async def test_windows_to_choose_from_are_few_and_have_their_names(office: Office) -> None:
    found = await office.get("/appointment-slots", district="jiangbei", days=7)
    assert len(found["choices"]) == 8 < found["count"] == len(found["slots"])
    first = found["choices"][0]
    assert first["value"] == found["slots"][0]["slot_id"] and first["title"]["en"].startswith("Saturday 21 November, ")
    assert {"明天上午", "周六上午", "tomorrow morning", "Saturday"} <= set(first["synonyms"])


@pytest.mark.parametrize(("contract", "fee"), [("true", 0), ("false", 100)])
async def test_the_windows_say_what_the_visit_costs(office: Office, contract: str, fee: int) -> None:
    found = await office.get("/appointment-slots", district="jiangbei", contract=contract)
    assert found["fee"] == fee
    body = {"slot_id": found["slots"][0]["slot_id"], "phone": "13800000101", "contract": contract == "true"}
    assert (await office.post("/appointments", "k", body)).json()["fee"] == fee


async def test_a_change_holds_at_the_price_that_was_agreed_to(office: Office) -> None:
    path = "/lines/L1001-1/plan-change"
    assert await office.code(path, "a", {"plan_id": "mobile-99", "price": 89}) == "price_changed"
    done = (await office.post(path, "b", {"plan_id": "mobile-99", "price": 99})).json()
    assert done["starts"] == {"zh": "2026 年 12 月 1 日", "en": "1 December 2026"}
    assert "from 1 December 2026" in done["summary"]["en"]


async def test_a_bill_in_sentences(office: Office) -> None:
    bill = await office.get("/customers/C1001/bills/latest")
    assert bill["parts"]["zh"] == "其中：标准 59 月费 59 元，宽带 500 Mbps 月费 99 元，超额流量 30 元。"
    assert bill["explanation"]["en"].startswith("The bill for October 2026 is 188 yuan, 30 yuan more")
    assert bill["payment"] == {"zh": "这张账单已经付清。", "en": "This bill is paid."}
    overdue = await office.get("/customers/C1007/bills/2026-09")
    assert overdue["payment"]["en"] == "It was to be paid by 20 October and is overdue."
    assert (await office.get("/customers/C1007/bills/latest"))["payment"]["zh"] == "请在 11 月 20 日之前付清。"
    less = await office.get("/customers/C1004/bills/2026-08")
    assert "减 13.20 元" in less["parts"]["zh"] and "minus 13.20 yuan" in less["parts"]["en"]


async def test_bills_to_choose_from(office: Office) -> None:
    found = await office.get("/customers/C1001/bills")
    assert found["count"] == len(found["choices"]) == 6
    assert found["choices"][0]["title"] == {"zh": "2026 年 10 月，188 元", "en": "October 2026, 188 yuan"}
    assert {"10月", "October"} <= set(found["choices"][0]["synonyms"])
