"""Bills of the last six months, and what changed from one to the next."""

import sqlite3
from datetime import date

from packs.telecom.backoffice.catalogue import Text, item_of
from packs.telecom.backoffice.customers import known_customer
from packs.telecom.backoffice.dates import MONTHS_EN, day_title
from packs.telecom.backoffice.shapes import (
    Bill,
    BillChange,
    BillExplained,
    BillItem,
    Bills,
    Option,
    words,
    yuan,
)
from packs.telecom.backoffice.store import Refused, Session


def _items(session: Session, bill_id: str) -> list[tuple[str, int]]:
    rows = session.all("SELECT code, amount FROM bill_items WHERE bill_id = ? ORDER BY position", bill_id)
    return [(row["code"], row["amount"]) for row in rows]


def _yuan(fen: float) -> str:
    """A sum as it is said: without a decimal point where it is whole."""
    return f"{fen / 100:.0f}" if fen % 100 == 0 else f"{fen / 100:.2f}"


def _month(text: str) -> Text:
    year, month = text.split("-")
    return Text(f"{year} 年 {int(month)} 月", f"{MONTHS_EN[int(month) - 1]} {year}")


def _bill(session: Session, row: sqlite3.Row, total: int) -> Bill:
    due, month = date.fromisoformat(row["due"]), _month(row["month"])
    return Bill(
        bill_id=row["bill_id"],
        month=row["month"],
        title=words(Text(f"{month.zh}账单", f"Bill for {month.en}")),
        total=yuan(total),
        issued=date.fromisoformat(row["issued"]),
        due=due,
        status="paid" if row["paid"] else "overdue" if session.now.date() > due else "open",
    )


def listed(session: Session, customer_id: str) -> Bills:
    """The bills of a customer. Raises Refused (404)."""
    known_customer(session, customer_id)
    rows = session.all("SELECT * FROM bills WHERE customer_id = ? ORDER BY month DESC LIMIT 6", customer_id)
    totals = [sum(amount for _, amount in _items(session, row["bill_id"])) for row in rows]
    return Bills(
        customer_id=customer_id,
        count=len(rows),
        choices=[_choice(row["month"], total) for row, total in zip(rows, totals, strict=True)],
        unpaid=yuan(sum(total for row, total in zip(rows, totals, strict=True) if not row["paid"])),
        bills=[_bill(session, row, total) for row, total in zip(rows, totals, strict=True)],
    )


def _choice(month: str, total: int) -> Option:
    year, number = month.split("-")
    shown, amount = _month(month), _yuan(total)
    title = Text(f"{shown.zh}，{amount} 元", f"{shown.en}, {amount} yuan")
    names = [shown.zh, shown.en, f"{int(number)}月", f"{int(number)}月份", MONTHS_EN[int(number) - 1], f"{year}年{int(number)}月"]
    return Option(value=month, title=words(title), synonyms=names)


def explained(session: Session, customer_id: str, month: str) -> BillExplained:
    """One bill (`YYYY-MM` or `latest`) beside the one before. Raises Refused (404)."""
    known_customer(session, customer_id)
    rows = session.all("SELECT * FROM bills WHERE customer_id = ? ORDER BY month DESC", customer_id)
    at = next((i for i, row in enumerate(rows) if month in ("latest", row["month"])), None)
    if at is None:
        raise Refused(404, "bill_unknown", f"There is no bill for {month}.")
    items = _items(session, rows[at]["bill_id"])
    before = _items(session, rows[at + 1]["bill_id"]) if at + 1 < len(rows) else None
    total = sum(amount for _, amount in items)
    previous = sum(amount for _, amount in before) if before is not None else None
    changes = _changes(items, before) if before is not None else []
    bill = _bill(session, rows[at], total)
    return BillExplained(
        **bill.model_dump(exclude={"total"}),
        total=yuan(total),
        items=[
            BillItem(
                code=code, part=item_of(code).part, title=words(item_of(code).title), amount=yuan(amount)
            )
            for code, amount in items
        ],
        previous_total=yuan(previous) if previous is not None else None,
        difference=yuan(total - previous) if previous is not None else None,
        changes=changes,
        explanation=words(_told(rows[at]["month"], total, previous, changes)),
        parts=words(_parts(items)),
        payment=words(_payment(bill)),
    )


def _parts(items: list[tuple[str, int]]) -> Text:
    """The items in one sentence; what is taken off is said as such."""
    told = [(item_of(code).title, amount) for code, amount in items]
    return Text(
        "其中：" + "，".join(f"{t.zh} {'减 ' if a < 0 else ''}{_yuan(abs(a))} 元" for t, a in told) + "。",
        "It is made up of " + ", ".join(f"{t.en} {'minus ' if a < 0 else ''}{_yuan(abs(a))} yuan" for t, a in told) + ".",
    )


def _payment(bill: Bill) -> Text:
    due = day_title(bill.due)
    if bill.status == "paid":
        return Text("这张账单已经付清。", "This bill is paid.")
    if bill.status == "open":
        return Text(f"请在 {due.zh}之前付清。", f"It is to be paid by {due.en}.")
    return Text(
        f"这张账单应在 {due.zh}之前付清，现在已经过期。", f"It was to be paid by {due.en} and is overdue."
    )


def _changes(items: list[tuple[str, int]], before: list[tuple[str, int]]) -> list[BillChange]:
    now_sums, old_sums = _sums(items), _sums(before)
    found = []
    for code in dict.fromkeys((*now_sums, *old_sums)):
        now, old, item = now_sums.get(code, 0), old_sums.get(code, 0), item_of(code)
        if now == old:
            continue
        change = BillChange(
            code=code,
            title=words(item.title),
            before=yuan(old),
            now=yuan(now),
            difference=yuan(now - old),
            why=words(item.why),
        )
        found.append(change)
    return sorted(found, key=lambda change: -abs(change.difference))


def _sums(items: list[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for code, amount in items:
        sums[code] = sums.get(code, 0) + amount
    return sums


def _told(month: str, total: int, previous: int | None, changes: list[BillChange]) -> Text:
    """The whole in a few sentences of each language."""
    when, amount = _month(month), _yuan(total)
    if previous is None:
        return Text(
            f"{when.zh}的账单是 {amount} 元，没有更早的账单可以对比。",
            f"The bill for {when.en} is {amount} yuan; there is no earlier one to compare it with.",
        )
    difference = total - previous
    if not changes:
        return Text(
            f"{when.zh}的账单是 {amount} 元，各项和上个月一样。",
            f"The bill for {when.en} is {amount} yuan, with the same items as the month before.",
        )
    by = _yuan(abs(difference))
    zh = f"比上个月{'多' if difference > 0 else '少'} {by} 元" if difference else "总额和上个月一样"
    en = (
        f"{by} yuan {'more' if difference > 0 else 'less'} than the month before"
        if difference
        else "the same as before"
    )
    parts = [_change_told(change) for change in changes]
    return Text(
        f"{when.zh}的账单是 {amount} 元，{zh}。变动的项目：{''.join(part.zh for part in parts)}",
        f"The bill for {when.en} is {amount} yuan, {en}. What changed: {' '.join(part.en for part in parts)}",
    )


def _change_told(change: BillChange) -> Text:
    """One sentence for an item that is new, gone or different, and one that says why."""
    title, why = change.title, change.why
    now, before = _yuan(round(change.now * 100)), _yuan(round(change.before * 100))
    if not change.before:
        return Text(f"新增“{title.zh}”{now} 元，{why.zh}", f"{title.en}, {now} yuan, is new. {why.en}")
    if not change.now:
        return Text(
            f"“{title.zh}”本月没有了，上个月是 {before} 元，{why.zh}",
            f"{title.en}, {before} yuan the month before, is gone. {why.en}",
        )
    return Text(
        f"“{title.zh}”从 {before} 元变为 {now} 元，{why.zh}",
        f"{title.en} is {now} yuan instead of {before}. {why.en}",
    )
