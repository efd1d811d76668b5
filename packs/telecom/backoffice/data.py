"""The demonstration's people, lines, bills and outages: invented, and the same on every machine for the same moment."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from packs.telecom.backoffice.catalogue import DISTRICTS, PLANS, TV_FEE
from packs.telecom.backoffice.dates import (
    ZONE,
    due_date,
    first_of_next_month,
    last_billed_month,
    months_before,
)
from packs.telecom.backoffice.store import Session

CUSTOMERS = 40
FIRST_PHONE = 13_800_000_101
SEED = 20_260_901
BILLS = 6

Extra = tuple[int, str, int]
"""An item beyond the plan fees: months before the newest bill, code, amount in fen."""


@dataclass(frozen=True)
class Person:
    """`lines`: (kind, plan) in order, numbered from 1; `conditions`: line number → what a diagnosis finds."""

    name: str
    last4: str
    district: str
    lines: tuple[tuple[str, str | None], ...]
    language: str = "zh"
    extras: tuple[Extra, ...] = ()
    conditions: dict[int, str] = field(default_factory=dict)
    locked: tuple[int, ...] = ()
    suspended: dict[int, str] = field(default_factory=dict)
    lowest: dict[int, str] = field(default_factory=dict)
    changed: bool = False
    unpaid: int = 0


def _each_month(code: str, amount: int, newest: int = 0) -> tuple[Extra, ...]:
    return tuple((age, code, amount) for age in range(newest, BILLS))


PEOPLE = (
    Person(
        "王芳", "1024", "jiangbei", (("mobile", "mobile-59"), ("broadband", "fibre-500")), extras=((0, "data_overage", 3_000),)
    ),
    Person("李强", "203X", "renmin", (("mobile", "mobile-29"), ("broadband", "fibre-300")), conditions={2: "router_offline"}),
    Person(
        "张伟", "3307", "dongzhan", (("mobile", "mobile-99"), ("broadband", "fibre-1000")), conditions={2: "router_offline"},
        locked=(2,),
    ),
    Person(
        "刘洋", "4416", "xuefu", (("mobile", "bundle-169"), ("broadband", "bundle-169"), ("tv", "bundle-169")),
        conditions={2: "fibre_fault", 3: "no_signal"}, extras=((2, "compensation", -1_320),),
    ),
    Person("陈静", "5528", "renmin", (("mobile", "senior-19"), ("broadband", "fibre-300"), ("landline", None)), conditions={1: "no_signal"}),
    Person(
        "Emma Taylor", "6630", "renmin", (("mobile", "mobile-99"), ("broadband", "fibre-500")), language="en",
        extras=((0, "roaming", 20_300), (1, "international", 1_180)),
    ),
    Person("杨光", "7741", "dongzhan", (("mobile", "mobile-59"),), suspended={1: "debt"}, unpaid=2),
    Person("赵敏", "8852", "xuefu", (("mobile", "mobile-59"), ("broadband", "fibre-300")), suspended={1: "lost"}),
    Person(
        "黄磊", "9963", "nanhu", (("mobile", "mobile-159"), ("broadband", "fibre-2000"), ("tv", None)), lowest={1: "mobile-99"}
    ),
    Person(
        "周婷", "0074", "qingshan", (("mobile", "mobile-29"), ("broadband", "fibre-300"), ("landline", None)),
        extras=_each_month("discount", -2_000, newest=1),
    ),
    Person("吴迪", "1185", "renmin", (("mobile", "mobile-99"),), changed=True),
    Person(
        "Daniel Weber", "2296", "xuefu", (("mobile", "mobile-29"), ("broadband", "fibre-1000")), language="en",
        conditions={2: "router_offline"}, extras=((0, "calls", 450), (0, "data_pack", 1_000)),
    ),
)  # fmt: skip

SURNAMES = "徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯"
GIVEN = (
    "伟",
    "娜",
    "秀英",
    "敏",
    "静怡",
    "丽",
    "建军",
    "艳",
    "勇",
    "杰",
    "涛",
    "明",
    "超",
    "小红",
    "霞",
    "平",
    "刚",
    "雨桐",
)


def people() -> tuple[Person, ...]:
    """Those with a story, and as many others as make `CUSTOMERS`."""
    chance = random.Random(SEED)
    return PEOPLE + tuple(_somebody(chance) for _ in range(CUSTOMERS - len(PEOPLE)))


def _somebody(chance: random.Random) -> Person:
    fibre = chance.choice(("fibre-300", "fibre-500", "fibre-1000"))
    bundle = chance.choice(("bundle-129", "bundle-169", "bundle-239"))
    lines: tuple[tuple[str, str | None], ...] = chance.choice(
        (
            (("mobile", chance.choice(("mobile-29", "mobile-59", "mobile-99"))),),
            (("mobile", "mobile-59"), ("broadband", fibre)),
            (("mobile", "mobile-29"), ("broadband", fibre), ("tv", None)),
            (("mobile", bundle), ("broadband", bundle), ("tv", bundle if PLANS[bundle].tv else None)),
            (("mobile", "mobile-29"), ("broadband", fibre), ("landline", None)),
        )
    )
    extras: list[Extra] = []
    for age in range(BILLS):
        if chance.random() < 0.3:
            extras.append((age, "data_overage", min(5_000, 300 * chance.randint(1, 20))))
        if chance.random() < 0.2:
            extras.append((age, "data_pack", 1_000 * chance.randint(1, 2)))
        if chance.random() < 0.15:
            extras.append((age, "calls", 15 * chance.randint(5, 80)))
        if chance.random() < 0.1:
            extras.append((age, "international", 59 * chance.randint(3, 40)))
    return Person(
        chance.choice(SURNAMES) + chance.choice(GIVEN),
        f"{chance.randint(0, 9999):04d}",
        chance.choice(tuple(DISTRICTS)),
        lines,
        extras=tuple(extras) + (_each_month("video", 2_500) if chance.random() < 0.2 else ()),
    )


def seed(session: Session) -> int:
    """Fills an empty file and gives the number of customers; leaves a filled one as it is and gives 0."""
    if session.count("SELECT count(*) FROM customers"):
        return 0
    everybody = people()
    for index, person in enumerate(everybody):
        _customer(session, 1_001 + index, FIRST_PHONE + index, person)
    _outages(session)
    return len(everybody)


def _customer(session: Session, number: int, phone: int, person: Person) -> None:
    customer = f"C{number}"
    row = {
        "customer_id": customer,
        "name": person.name,
        "language": person.language,
        "phone": str(phone),
        "last4": person.last4,
        "district": person.district,
    }
    session.insert("customers", row)
    for position, (kind, plan) in enumerate(person.lines, 1):
        session.insert("lines", _line(session.now, number, phone, position, kind, plan, person))
    if person.changed:
        today = session.now.date()
        change = {
            "change_id": f"P{number:06d}",
            "line_id": f"L{number}-1",
            "plan_id": "mobile-59",
            "ordered": datetime.combine(today.replace(day=1), datetime.min.time(), ZONE).isoformat(),
            "effective": first_of_next_month(today).isoformat(),
        }
        session.insert("plan_changes", change)
    newest = last_billed_month(session.now)
    for age in range(BILLS):
        _bill(session, customer, months_before(newest, age), age, person)


def _line(
    now: datetime, number: int, phone: int, position: int, kind: str, plan: str | None, person: Person
) -> dict[str, object]:
    numbers = {
        "mobile": str(phone),
        "broadband": f"KD{phone % 10**8:08d}",
        "landline": f"88{phone % 10**6:06d}",
        "tv": f"TV{phone % 10**8:08d}",
    }
    months = 24 if position in person.lowest else 12
    contract = kind != "mobile" or position in person.lowest or (plan or "").startswith("bundle")
    ends = months_before(now.date(), -(3 + number % (months - 3))) if contract and plan else None
    return {
        "line_id": f"L{number}-{position}",
        "customer_id": f"C{number}",
        "kind": kind,
        "number": numbers[kind],
        "plan_id": plan,
        "status": "suspended" if position in person.suspended else "active",
        "reason": person.suspended.get(position),
        "locked": int(position in person.locked),
        "condition": person.conditions.get(position, "ok"),
        "contract_until": ends.isoformat() if ends else None,
        "lowest_plan_id": person.lowest.get(position),
    }


def _bill(session: Session, customer: str, month: date, age: int, person: Person) -> None:
    bill_id = f"B{customer[1:]}-{month:%Y%m}"
    row = {
        "bill_id": bill_id,
        "customer_id": customer,
        "month": f"{month:%Y-%m}",
        "issued": first_of_next_month(month).replace(day=3).isoformat(),
        "due": due_date(month).isoformat(),
        "paid": int(age >= person.unpaid),
    }
    session.insert("bills", row)
    plans = dict.fromkeys(plan for _, plan in person.lines if plan)
    items = [(f"plan:{plan}", PLANS[plan].price) for plan in plans]
    items += [("tv", TV_FEE) for kind, plan in person.lines if kind == "tv" and plan is None]
    items += [(code, amount) for when, code, amount in person.extras if when == age]
    for position, (code, amount) in enumerate(items):
        session.insert(
            "bill_items", {"bill_id": bill_id, "position": position, "code": code, "amount": amount}
        )


def _outages(session: Session) -> None:
    """A fibre cut two hours ago, mended within the 12 hours of an area outage; and work in a night, 72 hours ahead."""
    hour = session.now.replace(minute=0, second=0)
    night = datetime.combine(session.now.date() + timedelta(days=4), datetime.min.time(), ZONE) + timedelta(
        hours=1
    )
    for outage_id, district, kind, services, starts, ends in (
        (
            "O1001",
            "jiangbei",
            "fault",
            "broadband tv landline",
            hour - timedelta(hours=2),
            hour + timedelta(hours=8),
        ),
        ("O1002", "nanhu", "planned", "broadband tv landline", night, night + timedelta(hours=3)),
    ):
        row = {
            "outage_id": outage_id,
            "district": district,
            "kind": kind,
            "services": services,
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
        }
        session.insert("outages", row)
