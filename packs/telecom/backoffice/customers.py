"""Who a customer is: found by phone, proved by the end of the ID number or by a code."""

import re
import secrets
import sqlite3
from datetime import date, datetime, timedelta

from packs.telecom.backoffice.catalogue import DISTRICTS, PLANS, TV_FEE, Text
from packs.telecom.backoffice.shapes import CodeSent, Customer, Line, Lines, Option, Verification, words, yuan
from packs.telecom.backoffice.store import Refused, Session

TRIES = 5
TRY_HOURS = 1
CODES_AN_HOUR = 10
CODE_MINUTES = 5

KINDS = {
    "mobile": Text("手机", "Mobile"),
    "broadband": Text("宽带", "Broadband"),
    "landline": Text("固定电话", "Landline"),
    "tv": Text("电视", "TV"),
}


def digits(phone: str) -> str:
    """A phone number without +86, spaces and hyphens."""
    plain = re.sub(r"\D", "", phone)
    return plain[2:] if len(plain) == 13 and plain.startswith("86") else plain


def masked(name: str) -> str:
    """`王*`, `Emma T.`: enough to be recognised by its owner."""
    if name.isascii():
        given, _, family = name.partition(" ")
        return f"{given} {family[:1]}."
    return name[0] + "*" * (len(name) - 1)


def of_phone(session: Session, phone: str) -> sqlite3.Row:
    """The customer who has a number, mobile or landline. Raises Refused (404)."""
    row = session.one(
        "SELECT c.* FROM customers c JOIN lines l USING (customer_id) WHERE l.number = ? AND l.kind IN ('mobile', 'landline')",
        digits(phone),
    )
    if row is None:
        raise Refused(404, "customer_unknown", "No customer has this phone number.")
    return row


def known_customer(session: Session, customer_id: str) -> sqlite3.Row:
    """A customer's row. Raises Refused (404)."""
    row = session.one("SELECT * FROM customers WHERE customer_id = ?", customer_id)
    if row is None:
        raise Refused(404, "customer_unknown", f"There is no customer {customer_id}.")
    return row


def known_line(session: Session, line_id: str) -> sqlite3.Row:
    """A line's row. Raises Refused (404)."""
    row = session.one("SELECT * FROM lines WHERE line_id = ?", line_id)
    if row is None:
        raise Refused(404, "line_unknown", f"There is no line {line_id}.")
    return row


def unlocked(line: sqlite3.Row) -> None:
    """Raises Refused (409) for a line that the fraud team reviews."""
    if line["locked"]:
        raise Refused(
            409,
            "line_locked",
            "The fraud team reviews this line; nothing is changed on it until they are done.",
        )


def plan_of(session: Session, line: sqlite3.Row) -> str | None:
    """The plan in force today, with every change that has begun."""
    row = session.one(
        "SELECT plan_id FROM plan_changes WHERE line_id = ? AND effective <= ? ORDER BY effective DESC, ordered DESC",
        line["line_id"],
        session.now.date().isoformat(),
    )
    plan: str | None = row["plan_id"] if row else line["plan_id"]
    return plan


def next_plan(session: Session, line_id: str) -> sqlite3.Row | None:
    """The change of plan that was ordered and has not begun, with `plan_id` and `effective`."""
    return session.one(
        "SELECT plan_id, effective FROM plan_changes WHERE line_id = ? AND effective > ? ORDER BY effective",
        line_id,
        session.now.date().isoformat(),
    )


def fee_of(kind: str, plan_id: str | None) -> int:
    """The line's own monthly fee in fen; a bundle is paid with its mobile line."""
    if plan_id is None:
        return TV_FEE if kind == "tv" else 0
    plan = PLANS[plan_id]
    return 0 if plan.service == "bundle" and kind != "mobile" else plan.price


def line(session: Session, row: sqlite3.Row) -> Line:
    """A line as it is answered."""
    plan, ordered = plan_of(session, row), next_plan(session, row["line_id"])
    kind, number = KINDS[row["kind"]], row["number"]
    return Line(
        line_id=row["line_id"],
        customer_id=row["customer_id"],
        kind=row["kind"],
        number=number,
        title=words(Text(f"{kind.zh}（尾号 {number[-4:]}）", f"{kind.en} (ending {number[-4:]})")),
        status=row["status"],
        reason=row["reason"],
        locked=bool(row["locked"]),
        plan_id=plan,
        plan=words(PLANS[plan].title) if plan else None,
        fee=yuan(fee_of(row["kind"], plan)),
        contract_until=date.fromisoformat(row["contract_until"]) if row["contract_until"] else None,
        next_plan_id=ordered["plan_id"] if ordered else None,
        next_plan_from=date.fromisoformat(ordered["effective"]) if ordered else None,
    )


def lines_of(session: Session, customer_id: str) -> list[sqlite3.Row]:
    """All lines of a customer, in order."""
    return session.all("SELECT * FROM lines WHERE customer_id = ? ORDER BY line_id", customer_id)


def find(session: Session, phone: str) -> Customer:
    """Who has a number."""
    row = of_phone(session, phone)
    lines = [line(session, each) for each in lines_of(session, row["customer_id"])]
    first = {each.kind: each.line_id for each in reversed(lines)}
    return Customer(
        customer_id=row["customer_id"],
        name=masked(row["name"]),
        language=row["language"],
        district=row["district"],
        district_title=words(DISTRICTS[row["district"]].title),
        locked=_locked_until(session, row["phone"]) is not None,
        mobile_line_id=first.get("mobile"),
        broadband_line_id=first.get("broadband"),
        lines=lines,
    )


def listed(session: Session, customer_id: str, kind: str | None) -> Lines:
    """The lines of a customer, all or those of a kind. Raises Refused (404)."""
    customer = known_customer(session, customer_id)
    found = [line(session, row) for row in lines_of(session, customer_id) if kind in (None, row["kind"])]
    return Lines(
        customer_id=customer_id,
        district=customer["district"],
        count=len(found),
        line_id=found[0].line_id if len(found) == 1 else None,
        choices=[Option(value=each.line_id, title=each.title, synonyms=_called(each, found)) for each in found],
        lines=found,
    )


def _called(line: Line, lines: list[Line]) -> list[str]:
    """What people call a line: by its number, and by its kind where there is no other of that kind."""
    numbers = [line.number, line.number[-4:]]
    alone = sum(each.kind == line.kind for each in lines) == 1
    return [*numbers, KINDS[line.kind].zh, KINDS[line.kind].en] if alone else numbers


def get_line(session: Session, line_id: str) -> Line:
    """One line."""
    return line(session, known_line(session, line_id))


# Verification ------------------------------------------------------------------------------------------------------


def _failed(session: Session, phone: str) -> list[datetime]:
    since = (session.now - timedelta(hours=TRY_HOURS)).isoformat()
    rows = session.all("SELECT at FROM failed_tries WHERE phone = ? AND at > ? ORDER BY at", phone, since)
    return [datetime.fromisoformat(row["at"]) for row in rows]


def _locked_until(session: Session, phone: str) -> datetime | None:
    failed = _failed(session, phone)
    return failed[-TRIES] + timedelta(hours=TRY_HOURS) if len(failed) >= TRIES else None


def _owner(session: Session, phone: str) -> sqlite3.Row | None:
    try:
        return of_phone(session, phone)
    except Refused:
        return None


def send_code(session: Session, phone: str) -> CodeSent:
    """Writes a code of six digits into the table that stands for the text message. Raises Refused (429).

    A number without a customer is answered as any other, so that none can be found out; nothing is sent to it.
    """
    owner = _owner(session, phone)
    number: str = owner["phone"] if owner else digits(phone)
    since = (session.now - timedelta(hours=1)).isoformat()
    if (
        session.count("SELECT count(*) FROM codes WHERE phone = ? AND sent > ?", number, since)
        >= CODES_AN_HOUR
    ):
        raise Refused(429, "too_many_codes", "Too many codes were sent to this number. Try again in an hour.")
    code = f"{secrets.randbelow(10**6):06d}" if owner else ""
    session.insert("codes", {"phone": number, "code": code, "sent": session.now.isoformat(), "used": 0})
    shown = digits(phone)
    return CodeSent(
        sent_to=f"{shown[:3]}****{shown[-4:]}", expires=session.now + timedelta(minutes=CODE_MINUTES)
    )


def verify(session: Session, phone: str, last4: str | None, code: str | None) -> Verification:
    """Checks one proof. A number without a customer answers as a wrong proof does, so that none can be found out."""
    row = _owner(session, phone)
    if code and len(code) == 4:
        last4, code = code, None
    number: str = row["phone"] if row else digits(phone)
    until = _locked_until(session, number)
    right = (
        row is not None
        and until is None
        and (
            secrets.compare_digest(row["last4"], last4.upper())
            if last4
            else _take_code(session, number, code or "")
        )
    )
    if until is None and not right:
        session.insert("failed_tries", {"phone": number, "at": session.now.isoformat()})
        until = _locked_until(session, number)
    return Verification(
        verified=right,
        customer_id=row["customer_id"] if row and right else None,
        account=row["customer_id"] if row and right else None,
        tries_left=max(0, TRIES - len(_failed(session, number))),
        locked=until is not None,
        locked_until=until,
    )


def _take_code(session: Session, phone: str, code: str) -> bool:
    """Whether it is the newest code sent, still good and not used; it is used then."""
    row = session.one("SELECT * FROM codes WHERE phone = ? ORDER BY number DESC", phone)
    since = (session.now - timedelta(minutes=CODE_MINUTES)).isoformat()
    if row is None or row["used"] or row["sent"] < since or not secrets.compare_digest(row["code"], code):
        return False
    session.change("UPDATE codes SET used = 1 WHERE number = ?", row["number"])
    return True
