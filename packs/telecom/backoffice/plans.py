"""Plans: what there is, what a change would cost, and ordering one, by the rules of the operator's pages."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from packs.telecom.backoffice import shapes
from packs.telecom.backoffice.catalogue import PLANS, Plan, Service, Text
from packs.telecom.backoffice.customers import fee_of, known_line, lines_of, next_plan, plan_of, unlocked
from packs.telecom.backoffice.dates import day_title, plan_starts
from packs.telecom.backoffice.shapes import PlanChange, PlanChanged, words, yuan
from packs.telecom.backoffice.store import Refused, Session

MODEM_SPEED = 2_000
"""Mbit/s that need a new modem, which a technician fits free."""


@dataclass(frozen=True)
class _Change:
    """`old` is the plan of the line; `members` are all lines that the new plan takes over, with their plans."""

    line: sqlite3.Row
    members: tuple[tuple[sqlite3.Row, Plan | None], ...]
    old: Plan
    new: Plan
    effective: date

    @property
    def lines(self) -> list[str]:
        return sorted(row["line_id"] for row, _ in self.members)

    @property
    def old_price(self) -> int:
        """Fen a month, of all members."""
        return sum(fee_of(row["kind"], plan.id if plan else None) for row, plan in self.members)

    @property
    def old_title(self) -> Text:
        """The plans that end, each once."""
        titles = dict.fromkeys(plan.title for _, plan in self.members if plan)
        return Text("＋".join(each.zh for each in titles), " + ".join(each.en for each in titles))

    @property
    def visit_needed(self) -> bool:
        return self.new.speed >= MODEM_SPEED > max(plan.speed for _, plan in self.members if plan)


def listed(session: Session, service: Service | None, line_id: str | None) -> shapes.Plans:
    """All plans, those of a service, or those that a line can change to now."""
    chosen = [plan for plan in PLANS.values() if service in (None, plan.service)]
    if line_id is not None:
        known_line(session, line_id)
        chosen = [plan for plan in chosen if _possible(session, line_id, plan.id)]
    return shapes.Plans(
        count=len([plan for plan in chosen if not plan.in_shop]),
        choices=[_choice(plan) for plan in chosen if not plan.in_shop],
        plans=[
            shapes.Plan(
                plan_id=plan.id,
                service=plan.service,
                title=words(plan.title),
                price=yuan(plan.price),
                data_gb=plan.data,
                minutes=plan.minutes,
                speed_mbps=plan.speed,
                tv=plan.tv,
                in_shop=plan.in_shop,
            )
            for plan in chosen
        ]
    )


def _choice(plan: Plan) -> shapes.Option:
    amount = f"{plan.price / 100:g}"
    title = Text(f"{plan.title.zh}，每月 {amount} 元", f"{plan.title.en}, {amount} yuan a month")
    names = [plan.title.zh, plan.title.en, f"{amount}元", f"{amount}块", f"{amount} 元", f"{amount} yuan"]
    if plan.speed and plan.service == "broadband":
        names += [str(plan.speed), f"{plan.speed}M", f"{plan.speed} M", f"{plan.speed}兆", f"{plan.speed} Mbps"]
        names += {1_000: ["千兆", "gigabit", "1G"], 2_000: ["两千兆", "2G"]}.get(plan.speed, [])
    return shapes.Option(value=plan.id, title=words(title), synonyms=names)


def _possible(session: Session, line_id: str, plan_id: str) -> bool:
    try:
        _checked(session, line_id, plan_id)
    except Refused:
        return False
    return True


def preview(session: Session, line_id: str, plan_id: str) -> PlanChange:
    """What a change would mean. Raises Refused (404, 409) as `change` would."""
    return _described(_checked(session, line_id, plan_id))


def change(session: Session, line_id: str, plan_id: str, price: float | None) -> PlanChanged:
    """Orders a change at the monthly price that was agreed to (None: whatever it is). Raises Refused (404, 409)."""
    wanted = _checked(session, line_id, plan_id)
    if price is not None and round(price * 100) != wanted.new.price:
        raise Refused(409, "price_changed", f"{wanted.new.title.en} costs {yuan(wanted.new.price):g} yuan a month.")
    number = session.count("SELECT count(DISTINCT change_id) FROM plan_changes") + 100_001
    change_id = f"P{number}"
    for line in wanted.lines:
        row = {
            "change_id": change_id,
            "line_id": line,
            "plan_id": wanted.new.id,
            "ordered": session.now.isoformat(),
            "effective": wanted.effective.isoformat(),
        }
        session.insert("plan_changes", row)
    return PlanChanged(change_id=change_id, **_described(wanted).model_dump())


def _described(change: _Change) -> PlanChange:
    old, new, price = change.old_title, change.new, change.old_price
    difference, visit, day = new.price - price, change.visit_needed, change.effective
    more = difference >= 0
    amount = f"{abs(difference) / 100:g}"
    shown = day_title(day)
    starts = Text(f"{day.year} 年 {shown.zh}", f"{shown.en} {day.year}")
    summary = Text(
        f"从“{old.zh}”换成“{new.title.zh}”，月费从 {price / 100:g} 元变为 {new.price / 100:g} 元，"
        f"每月{'多' if more else '少'} {amount} 元，{starts.zh}生效。"
        + ("需要换光猫，师傅上门，不收费。" if visit else ""),
        f"From {old.en} to {new.title.en}: {new.price / 100:g} yuan a month instead of {price / 100:g}, "
        f"{amount} yuan {'more' if more else 'less'}, from {starts.en}."
        + (" A technician fits a new modem, free of charge." if visit else ""),
    )
    return PlanChange(
        line_id=change.line["line_id"],
        lines=change.lines,
        old_plan_id=change.old.id,
        new_plan_id=new.id,
        old_plan=words(old),
        new_plan=words(new.title),
        old_price=yuan(price),
        new_price=yuan(new.price),
        difference=yuan(difference),
        effective=day,
        starts=words(starts),
        visit_needed=visit,
        summary=words(summary),
    )


def _checked(session: Session, line_id: str, plan_id: str) -> _Change:
    """The change, if it is allowed. Raises Refused (404, 409)."""
    line, new = known_line(session, line_id), PLANS.get(plan_id)
    if new is None:
        raise Refused(404, "plan_unknown", f"There is no plan {plan_id}.")
    unlocked(line)
    if line["status"] == "suspended":
        raise Refused(409, "line_suspended", "The line is suspended; resume it first.")
    current = plan_of(session, line)
    if current is None:
        raise Refused(409, "wrong_service", "This line has no plan of its own.")
    if current == plan_id:
        raise Refused(409, "same_plan", f"The line is on {PLANS[current].title.en} already.")
    if new.in_shop:
        raise Refused(409, "shop_only", f"{new.title.en} is ordered in a shop, with the ID document.")
    old = PLANS[current]
    members = tuple((row, _plan(session, row)) for row in _covered(session, line, old, new))
    for row, _ in members:
        _not_yet_this_month(session, row["line_id"])
    lowest = PLANS.get(line["lowest_plan_id"] or "")
    if lowest and lowest.service == new.service and new.rank < lowest.rank and _in_contract(session, line):
        until = line["contract_until"]
        raise Refused(
            409, "contract_minimum", f"The contract allows no plan below {lowest.title.en} until {until}."
        )
    return _Change(line, members, old, new, _begins(session, line, old, new))


def _plan(session: Session, line: sqlite3.Row) -> Plan | None:
    return PLANS.get(plan_of(session, line) or "")


def _covered(session: Session, line: sqlite3.Row, old: Plan, new: Plan) -> list[sqlite3.Row]:
    """The lines that the new plan takes over. Raises Refused (409)."""
    if new.service != "bundle":
        if old.service == "bundle":
            raise Refused(
                409,
                "bundle_contract",
                "Leaving a bundle follows the rules of its contract; a person does that.",
            )
        if new.service != line["kind"]:
            raise Refused(409, "wrong_service", f"{new.title.en} is no plan for a {line['kind']} line.")
        return [line]
    if line["kind"] not in ("mobile", "broadband"):
        raise Refused(409, "wrong_service", "A bundle is ordered on the mobile or the broadband line.")
    siblings = lines_of(session, line["customer_id"])
    members = [line]
    for kind in {"mobile", "broadband"} - {line["kind"]}:
        partner = next((each for each in siblings if each["kind"] == kind), None)
        if partner is None:
            raise Refused(
                409, "bundle_incomplete", "A bundle needs mobile and broadband in one person's name."
            )
        unlocked(partner)
        members.append(partner)
    if new.tv:
        members += [each for each in siblings if each["kind"] == "tv"]
    return members


def _not_yet_this_month(session: Session, line_id: str) -> None:
    month = f"{session.now:%Y-%m}"
    ordered = session.count(
        "SELECT count(*) FROM plan_changes WHERE line_id = ? AND substr(ordered, 1, 7) = ?", line_id, month
    )
    if ordered or next_plan(session, line_id):
        raise Refused(
            409,
            "already_changed",
            "The plan was changed this month already; it can be once a calendar month.",
        )


def _in_contract(session: Session, line: sqlite3.Row) -> bool:
    until: str | None = line["contract_until"]
    return until is not None and until > session.now.date().isoformat()


def _begins(session: Session, line: sqlite3.Row, old: Plan, new: Plan) -> date:
    """A faster broadband line works the same day; everything else starts on the 1st of a month."""
    if old.service == new.service == "broadband":
        if new.rank > old.rank:
            return session.now.date()
        if _in_contract(session, line) and old.rank - new.rank > 1:
            raise Refused(409, "contract_minimum", "A contract allows a slower speed by one step only.")
    return plan_starts(session.now)
