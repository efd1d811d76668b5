"""Visits of technicians by district, day and two-hour window."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Literal

from packs.telecom.backoffice.catalogue import (
    DISTRICTS,
    INSTALLATION_FEE,
    LATE_HOURS,
    LATE_MOVE_FEE,
    PLANS,
    District,
    district_named,
)
from packs.telecom.backoffice.customers import digits
from packs.telecom.backoffice.dates import (
    DAYS_AHEAD,
    WINDOW,
    WINDOWS,
    ZONE,
    promised_until,
    visit_windows,
    window_title,
    window_words,
)
from packs.telecom.backoffice.shapes import Appointment, Cancelled, Option, Slot, Slots, words, yuan
from packs.telecom.backoffice.store import Refused, Session

MOST_CHOICES = 8
"""Windows that are offered to choose from; more at once are no help."""


def _slot_id(district: District, start: datetime) -> str:
    return f"{district.id}-{start:%Y%m%d-%H%M}"


def _known_slot(slot_id: str) -> tuple[District, datetime]:
    """District and start of a slot. Raises Refused (404)."""
    name, day, hour = slot_id.split("-")
    try:
        start = datetime.strptime(day + hour, "%Y%m%d%H%M").replace(tzinfo=ZONE)
    except ValueError:
        start = None
    if name not in DISTRICTS or start is None or start.time() not in WINDOWS:
        raise Refused(404, "slot_unknown", "There is no such window; list the windows of the district again.")
    return DISTRICTS[name], start


def _free(session: Session, district: District, slot_id: str) -> int:
    """Room left, after the visits that other offices have booked, which are the same for a slot every time."""
    others = hashlib.sha256(slot_id.encode()).digest()[0] % (district.capacity + 2) - 1
    booked = session.count(
        "SELECT count(*) FROM appointments WHERE slot_id = ? AND cancelled IS NULL", slot_id
    )
    return max(0, district.capacity - max(0, others) - booked)


def slots(session: Session, named: str, first: date | None, days: int, contract: bool) -> Slots:
    """Windows with room from a day on, tomorrow at the earliest. Raises Refused (404)."""
    district = district_named(named)
    if district is None:
        raise Refused(404, "district_unknown", "Technicians do not visit this district.")
    today = session.now.date()
    promise = promised_until(today, district.promise)
    closed = today + timedelta(days=DAYS_AHEAD + 1)
    start = min(max(first or today, today + timedelta(days=1)), closed)
    last = min(start + timedelta(days=days), closed)
    found = []
    for begins in visit_windows(start, (last - start).days):
        slot_id, ends = _slot_id(district, begins), begins + WINDOW
        if free := _free(session, district, slot_id):
            slot = Slot(
                slot_id=slot_id,
                title=words(window_title(begins, ends)),
                starts=begins,
                ends=ends,
                free=free,
                within_promise=begins.date() <= promise,
            )
            found.append(slot)
    choices = [
        Option(value=slot.slot_id, title=slot.title, synonyms=window_words(slot.starts, today))
        for slot in found[:MOST_CHOICES]
    ]
    return Slots(
        district=district.id,
        title=words(district.title),
        promised_until=promise,
        fee=yuan(_fee("installation", contract)),
        count=len(found),
        choices=choices,
        slots=found,
    )


def _fee(kind: str, contract: bool) -> int:
    """Fen for the visit."""
    return INSTALLATION_FEE if kind == "installation" and not contract else 0


def book(
    session: Session,
    slot_id: str,
    phone: str,
    kind: Literal["installation", "repair"],
    plan_id: str | None,
    address: str,
    contract: bool,
) -> Appointment:
    """Takes a place in a window. Raises Refused (404, 409)."""
    district, starts = _known_slot(slot_id)
    if plan_id is not None and (plan_id not in PLANS or not PLANS[plan_id].speed):
        raise Refused(404, "plan_unknown", f"There is no broadband plan {plan_id}.")
    today = session.now.date()
    if not today < starts.date() <= today + timedelta(days=DAYS_AHEAD):
        raise Refused(409, "slot_closed", f"Visits are booked from tomorrow until {DAYS_AHEAD} days ahead.")
    if not _free(session, district, slot_id):
        raise Refused(409, "slot_full", "This window is full; choose another one.")
    fee = _fee(kind, contract)
    number = session.count("SELECT count(*) FROM appointments") + 100_001
    appointment_id = f"A{number}"
    row = {
        "appointment_id": appointment_id,
        "slot_id": slot_id,
        "phone": digits(phone),
        "kind": kind,
        "plan_id": plan_id,
        "address": address,
        "fee": fee,
        "cancelled": None,
    }
    session.insert("appointments", row)
    ends = starts + WINDOW
    return Appointment(
        appointment_id=appointment_id,
        slot_id=slot_id,
        kind=kind,
        title=words(window_title(starts, ends)),
        starts=starts,
        ends=ends,
        fee=yuan(fee),
    )


def cancel(session: Session, appointment_id: str, phone: str) -> Cancelled:
    """Gives a place back. Raises Refused (404) unless the phone number is that of the booking, and (409)."""
    row = session.one("SELECT * FROM appointments WHERE appointment_id = ?", appointment_id)
    if row is None or row["phone"] != digits(phone):
        raise Refused(404, "appointment_unknown", "There is no such appointment under this phone number.")
    if row["cancelled"]:
        raise Refused(409, "already_cancelled", "The appointment was cancelled before.")
    _, starts = _known_slot(row["slot_id"])
    if starts <= session.now:
        raise Refused(409, "appointment_past", "The appointment has begun.")
    session.change(
        "UPDATE appointments SET cancelled = ? WHERE appointment_id = ?",
        session.now.isoformat(),
        appointment_id,
    )
    late = starts - session.now < timedelta(hours=LATE_HOURS)
    return Cancelled(
        appointment_id=appointment_id, late=late, next_visit_fee=yuan(LATE_MOVE_FEE if late else 0)
    )
