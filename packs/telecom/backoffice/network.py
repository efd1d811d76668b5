"""The network: outages, what is wrong with a line, restarting its port, and blocking a lost SIM."""

import sqlite3
from datetime import datetime
from typing import Literal

from packs.telecom.backoffice.catalogue import Kind, Text, district_named
from packs.telecom.backoffice.customers import KINDS, known_customer, known_line, unlocked
from packs.telecom.backoffice.dates import day_title
from packs.telecom.backoffice.shapes import (
    Diagnosed,
    Diagnosis,
    LineState,
    Outage,
    Outages,
    Reason,
    Restarted,
    words,
)
from packs.telecom.backoffice.store import Refused, Session

RESTART_MINUTES = 3
BLOCK_MINUTES = 5
FIBRE = ("broadband", "tv", "landline")

ADVICE: dict[Diagnosis, Text] = {
    "ok": Text("线路正常。", "The line is fine."),
    "no_signal": Text("收不到信号。", "There is no signal."),
    "router_offline": Text(
        "光猫或路由器不在线，可以重启端口。", "The modem or router is offline; restarting the port may help."
    ),
    "fibre_fault": Text("光纤线路有故障，需要师傅上门。", "The fibre is faulty; a technician has to come."),
}

IN_OUTAGE = Text(
    "您所在的片区线路中断，正在抢修，不需要上门。",
    "The district has an outage; it is being repaired and no visit is needed.",
)


def outages(session: Session, named: str, service: Kind | None) -> Outages:
    """What is known for a district, now and planned. Raises Refused (404) for one that is not served."""
    district = district_named(named)
    if district is None:
        raise Refused(404, "district_unknown", "This district is not on the map of outages.")
    known = _known(session, district.id, service)
    active = [each for each in known if each.starts <= session.now]
    planned = [each for each in known if each.starts > session.now]
    first = next(iter(active + planned), None)
    return Outages(
        district=district.id,
        title=words(district.title),
        active=bool(active),
        planned=bool(planned),
        message=first.message if first else None,
        until=first.ends if first else None,
        outages=active + planned,
    )


def _known(session: Session, district: str, service: str | None) -> list[Outage]:
    rows = session.all(
        "SELECT * FROM outages WHERE district = ? AND ends > ? ORDER BY starts",
        district,
        session.now.isoformat(),
    )
    return [_outage(row) for row in rows if service is None or service in row["services"].split()]


def _outage(row: sqlite3.Row) -> Outage:
    starts, ends = datetime.fromisoformat(row["starts"]), datetime.fromisoformat(row["ends"])
    services = row["services"].split()
    zh = "、".join(KINDS[each].zh for each in services)
    en = ", ".join(KINDS[each].en if each == "tv" else KINDS[each].en.lower() for each in services)
    if row["kind"] == "fault":
        message = Text(
            f"光缆中断，影响{zh}，正在抢修，预计 {ends.month} 月 {ends.day} 日 {ends:%H:%M} 前恢复。",
            f"A fibre cable is cut; {en} are affected. Repair is under way and expected by {ends:%H:%M} on {day_title(ends.date()).en}.",
        )
    else:
        message = Text(
            f"{starts.month} 月 {starts.day} 日 {starts:%H:%M} 到 {ends:%H:%M} 计划检修，期间{zh}会中断。",
            f"Maintenance is planned on {day_title(starts.date()).en} from {starts:%H:%M} to {ends:%H:%M}; {en} will be interrupted.",
        )
    return Outage(
        outage_id=row["outage_id"],
        kind=row["kind"],
        services=services,
        starts=starts,
        ends=ends,
        message=words(message),
    )


def diagnosed(session: Session, line_id: str) -> Diagnosed:
    """Tests a line now. An outage in its district shows as a fibre fault. Raises Refused (404)."""
    line = known_line(session, line_id)
    result, outage = _result(session, line)
    advice = IN_OUTAGE if outage else ADVICE[result]
    return Diagnosed(
        line_id=line_id, result=result, checked=session.now, outage_id=outage, advice=words(advice)
    )


def _result(session: Session, line: sqlite3.Row) -> tuple[Diagnosis, str | None]:
    district = known_customer(session, line["customer_id"])["district"]
    for outage in _known(session, district, line["kind"]):
        if outage.starts <= session.now:
            return "fibre_fault", outage.outage_id
    found: Diagnosis = "no_signal" if line["status"] == "suspended" else line["condition"]
    return found, None


def restart_port(session: Session, line_id: str) -> Restarted:
    """Restarts the port of a fibre line, which brings an offline router back. Raises Refused (404, 409)."""
    line = known_line(session, line_id)
    unlocked(line)
    if line["kind"] not in FIBRE:
        raise Refused(409, "wrong_service", "A mobile line has no port to restart.")
    if line["status"] == "suspended":
        raise Refused(409, "line_suspended", "The line is suspended; a restart would change nothing.")
    if line["condition"] == "router_offline":
        session.change("UPDATE lines SET condition = 'ok' WHERE line_id = ?", line_id)
    result, _ = _result(session, known_line(session, line_id))
    return Restarted(line_id=line_id, at=session.now, back_within_minutes=RESTART_MINUTES, result=result)


def suspend(session: Session, line_id: str, reason: Reason) -> LineState:
    """Blocks a lost or stolen SIM. A locked line can be blocked: that protects it. Raises Refused (404, 409)."""
    line = known_line(session, line_id)
    if line["kind"] != "mobile":
        raise Refused(409, "wrong_service", "Only a mobile line has a SIM that can be lost.")
    if line["status"] == "suspended":
        raise Refused(409, "already_suspended", "The line is suspended already.")
    return _set(session, line, "suspended", reason)


def resume(session: Session, line_id: str) -> LineState:
    """Unblocks a SIM that was found. Raises Refused (404, 409)."""
    line = known_line(session, line_id)
    unlocked(line)
    if line["status"] != "suspended":
        raise Refused(409, "not_suspended", "The line is not suspended.")
    if line["reason"] == "debt":
        raise Refused(
            409,
            "suspended_for_debt",
            "The line is suspended for an unpaid bill and returns within 30 minutes of payment.",
        )
    return _set(session, line, "active", None)


def _set(
    session: Session, line: sqlite3.Row, status: Literal["active", "suspended"], reason: Reason | None
) -> LineState:
    session.change(
        "UPDATE lines SET status = ?, reason = ? WHERE line_id = ?", status, reason, line["line_id"]
    )
    return LineState(
        line_id=line["line_id"],
        number=line["number"],
        status=status,
        reason=reason,
        at=session.now,
        works_within_minutes=BLOCK_MINUTES,
    )
