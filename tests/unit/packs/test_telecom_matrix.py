"""The demonstration pack's own actions: each × verified or not × confirmed or not × the line's state × the amount × what
was used today. The facts come from the demonstration back office."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.ports import ActionContext
from governance.actions import READ, parse
from governance.gateway import Gateway
from governance.rules import parse as parse_rules
from governance.standing import ALLOWED, PROPOSED, REFUSED, Standing, Used
from tests.unit.backoffice.offices import Office
from tests.unit.governance.test_matrix import CONTEXT

PACK = Path(__file__).parents[3] / "packs" / "telecom"
FILES = {name: (PACK / name).read_text(encoding="utf-8") for name in ("actions.yml", "rules.yml")}
ACTIONS = parse(FILES)

FREE, LOCKED = "L1001-2", "L1003-2"
"""A line of Wang Fang, and one that the fraud team reviews."""


class Row(NamedTuple):
    """What the pack promises of an action: `level` below and from 100 yuan, calls a day, most money at once."""

    arguments: dict[str, Any]
    level: tuple[int, int] = (5, 5)
    verified: bool = False
    locked_line: bool = False
    per_day: int | None = None
    most: float | None = None


PHONE = {"phone": "13800000101"}
LINE = {"line_id": FREE}
CUSTOMER = {"customer_id": "C1001"}
PROMISED = {
    "ticket_status": Row({"ticket": "F-0000-0001"}),
    "callback_window": Row({"day": "2026-11-23"}),
    "register_callback": Row(PHONE, (3, 3), per_day=3),
    "send_code": Row(PHONE),
    "verify_customer": Row({**PHONE, "code": "1024"}),
    "list_lines": Row(CUSTOMER, verified=True),
    "get_line": Row(LINE, verified=True),
    "suspend_line": Row(LINE, (4, 4), verified=True, per_day=3),
    "resume_line": Row(LINE, (3, 3), verified=True, locked_line=True, per_day=3),
    "list_plans": Row(LINE),
    "preview_plan_change": Row({**LINE, "plan_id": "fibre-300"}, verified=True),
    "change_plan": Row(
        {**LINE, "plan_id": "fibre-300"}, (3, 2), verified=True, locked_line=True, per_day=2, most=500
    ),
    "list_bills": Row(CUSTOMER, verified=True),
    "explain_bill": Row({**CUSTOMER, "month": "latest"}, verified=True),
    "outage_by_district": Row({"district": "jiangbei"}),
    "line_diagnosis": Row(LINE, verified=True),
    "restart_port": Row(LINE, (3, 3), verified=True, locked_line=True, per_day=3),
    "list_appointment_slots": Row({"district": "jiangbei"}),
    "book_appointment": Row({"slot_id": "jiangbei-20261123-0830", **PHONE}, (4, 4), per_day=2),
    "cancel_appointment": Row({"appointment_id": "A100001", **PHONE}, (2, 2)),
}
MONEY = {name for name, action in ACTIONS.items() if action.amount}
CELLS = [
    (name, verified, confirmed, line, amount, used)
    for name in PROMISED
    for verified in (True, False)
    for confirmed in (True, False)
    for line in ((FREE, LOCKED) if "line_id" in PROMISED[name].arguments else (FREE,))
    for amount in ((29, 99.99, 100, 239, 500, 500.01) if name in MONEY else (0,))
    for used in (0, 1, 2, 3)
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    yield made
    made.store.close()


def gate(office: Office, used: int = 0) -> Gateway:
    """The pack's gate over the back office; only what rules look at is ever read."""

    async def read(target: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
        assert target == "backoffice/get_line"
        found: dict[str, Any] = await office.get(f"/lines/{arguments['line_id']}")
        return found

    async def usage(contact: str, action: str) -> Used:
        return Used(used, 0)

    return Gateway(ACTIONS, {"http": read}, parse_rules(FILES, ACTIONS), usage, clock=lambda: 0.0)


def expected(row: Row, verified: bool, confirmed: bool, line: str, amount: float, used: int) -> tuple[str, str]:
    """The verdict, and the rule that a refusal names: the first that speaks against it."""
    if row.verified and not verified:
        return REFUSED, "verification"
    if row.locked_line and line == LOCKED:
        return REFUSED, "locked_line"
    if row.most is not None and amount > row.most:
        return REFUSED, "limit:amount"
    if row.per_day is not None and used >= row.per_day:
        return REFUSED, "limit:per_day"
    level = row.level[amount >= 100]
    return (PROPOSED if level == 2 or (level == 3 and not confirmed) else ALLOWED), ""


@pytest.mark.parametrize(("name", "verified", "confirmed", "line", "amount", "used"), CELLS)
async def test_every_cell(
    office: Office, name: str, verified: bool, confirmed: bool, line: str, amount: float, used: int
) -> None:
    row = PROMISED[name]
    arguments = dict(row.arguments)
    if "line_id" in arguments:
        arguments["line_id"] = line
    if name in MONEY:
        arguments["price"] = amount
    standing = Standing(verified=verified, confirmed=confirmed)
    ruling = await gate(office, used).rule(name, arguments, CONTEXT, standing)
    assert (ruling.verdict, ruling.rule) == expected(row, verified, confirmed, line, amount, used)
    assert ruling.level == row.level[amount >= 100]
    if ruling.verdict == REFUSED:
        assert ruling.words["zh"] and ruling.words["en"]
    if row.locked_line and ruling.rule != "verification":
        assert ruling.rules == ("locked_line",)


def test_the_table_has_every_action() -> None:
    assert set(PROMISED) == set(ACTIONS)


def test_what_changes_something_is_repeated_without_harm_and_can_be_taken_back_or_was_agreed_to() -> None:
    for action in ACTIONS.values():
        if action.effect == READ:
            continue
        assert action.idempotent, action.name
        assert action.undo or PROMISED[action.name].level[0] in (2, 3) or action.name in ("send_code", "verify_customer")
    assert {name: action.undo for name, action in ACTIONS.items() if action.undo} == {
        "suspend_line": "resume_line", "book_appointment": "cancel_appointment",
    }  # fmt: skip


async def test_a_line_that_cannot_be_looked_at_is_not_touched(office: Office) -> None:
    async def silent(target: str, arguments: dict[str, Any], context: ActionContext) -> Mapping[str, Any]:
        raise ConnectionResetError

    shut = Gateway(ACTIONS, {"http": silent}, parse_rules(FILES, ACTIONS), clock=lambda: 0.0)
    ruling = await shut.rule("restart_port", LINE, CONTEXT, Standing(verified=True, confirmed=True))
    assert (ruling.verdict, ruling.rule) == (REFUSED, "locked_line")


async def test_missing_arguments_wait_for_nobody(office: Office) -> None:
    ruling = await gate(office).rule("change_plan", LINE, CONTEXT, Standing(verified=True, confirmed=True))
    assert (ruling.verdict, ruling.rule) == (REFUSED, "argument:plan_id")
