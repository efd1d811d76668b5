"""The service's one SQLite file: its tables, reads, and writes that happen once for each idempotency key."""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from packs.telecom.backoffice.dates import Clock
from packs.telecom.backoffice.shapes import Failure, Fault

FILE = "backoffice.db"
T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
    customer_id TEXT PRIMARY KEY, name TEXT NOT NULL, language TEXT NOT NULL, phone TEXT NOT NULL UNIQUE,
    last4 TEXT NOT NULL, district TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS lines (
    line_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, kind TEXT NOT NULL, number TEXT NOT NULL,
    plan_id TEXT, status TEXT NOT NULL, reason TEXT, locked INTEGER NOT NULL, condition TEXT NOT NULL,
    contract_until TEXT, lowest_plan_id TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS lines_of ON lines (customer_id);
CREATE TABLE IF NOT EXISTS plan_changes (
    change_id TEXT NOT NULL, line_id TEXT NOT NULL REFERENCES lines, plan_id TEXT NOT NULL, ordered TEXT NOT NULL,
    effective TEXT NOT NULL, PRIMARY KEY (change_id, line_id)
) STRICT;
CREATE TABLE IF NOT EXISTS bills (
    bill_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, month TEXT NOT NULL, issued TEXT NOT NULL,
    due TEXT NOT NULL, paid INTEGER NOT NULL, UNIQUE (customer_id, month)
) STRICT;
CREATE TABLE IF NOT EXISTS bill_items (
    bill_id TEXT NOT NULL REFERENCES bills, position INTEGER NOT NULL, code TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (bill_id, position)
) STRICT;
CREATE TABLE IF NOT EXISTS outages (
    outage_id TEXT PRIMARY KEY, district TEXT NOT NULL, kind TEXT NOT NULL, services TEXT NOT NULL,
    starts TEXT NOT NULL, ends TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS appointments (
    appointment_id TEXT PRIMARY KEY, slot_id TEXT NOT NULL, phone TEXT NOT NULL, kind TEXT NOT NULL, plan_id TEXT,
    address TEXT NOT NULL, fee INTEGER NOT NULL, cancelled TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS appointments_in ON appointments (slot_id);
CREATE TABLE IF NOT EXISTS callbacks (
    callback_id TEXT PRIMARY KEY, phone TEXT NOT NULL, topic TEXT NOT NULL, starts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS codes (
    number INTEGER PRIMARY KEY, phone TEXT NOT NULL, code TEXT NOT NULL, sent TEXT NOT NULL, used INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS failed_tries (number INTEGER PRIMARY KEY, phone TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, operation TEXT NOT NULL, digest TEXT NOT NULL, requests INTEGER NOT NULL,
    status INTEGER, answer BLOB
) STRICT;
CREATE TABLE IF NOT EXISTS effects (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
"""


class Refused(Exception):
    """An answer that is no success. `code` is stable, `message` a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> bytes:
        """The answer's JSON."""
        return Failure(error=Fault(code=self.code, message=self.message)).model_dump_json().encode()


@dataclass(frozen=True, slots=True)
class Request:
    """A write as it was asked for: `target` is what it acts on, `body` the arguments in one order."""

    key: str
    operation: str
    target: str
    body: bytes

    def digest(self) -> str:
        """Equal for equal requests under one key."""
        return hashlib.sha256(
            b"\0".join((self.operation.encode(), self.target.encode(), self.body))
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire. `replayed`: this key was answered before, nothing was done now."""

    status: int
    body: bytes
    replayed: bool


class Session:
    """One transaction, at one moment. Times are stored as ISO 8601 with the same offset, so that they sort as text."""

    def __init__(self, db: sqlite3.Connection, now: datetime) -> None:
        self._db = db
        self.now = now

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Every row."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row, or None."""
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def count(self, sql: str, *values: object) -> int:
        """The number that a query gives."""
        return int(self._db.execute(sql, values).fetchone()[0])

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Adds a row; the names come from this package."""
        names, places = ", ".join(row), ", ".join("?" * len(row))
        self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608

    def change(self, sql: str, *values: object) -> None:
        """Changes rows."""
        self._db.execute(sql, values)


class Store:
    """Used from one thread at a time; a transaction ends before anything else is served."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._db = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    def now(self) -> datetime:
        """The service's clock."""
        return self._clock()

    def stand_at(self, moment: datetime) -> None:
        """Stops the clock at another moment."""
        self._clock = lambda: moment

    def empty(self) -> None:
        """Forgets everything."""
        self._db.execute("PRAGMA foreign_keys=OFF")
        try:
            self.write(_emptied)
        finally:
            self._db.execute("PRAGMA foreign_keys=ON")

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds."""
        return work(Session(self._db, self._clock()))

    def write(self, work: Callable[[Session], T]) -> T:
        """Does `work` wholly or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            done = work(Session(self._db, self._clock()))
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return done

    def once(self, request: Request, work: Callable[[Session], BaseModel]) -> Answer:
        """Does a write if its key is new, and answers as the first time if it is not.

        The effect, its record and the answer are one transaction: a process killed at any instant has done all or
        nothing. A refusal is kept as the key's answer too, with nothing done. Raises Refused (422) for a key that was
        used for something else.
        """

        def decide(session: Session) -> Answer | Refused:
            known = session.one("SELECT * FROM keys WHERE key = ?", request.key)
            if known is None:
                return self._first(session, request, work)
            session.change("UPDATE keys SET requests = requests + 1 WHERE key = ?", request.key)
            if known["digest"] != request.digest():
                return Refused(
                    422, "key_reused", "This Idempotency-Key was used for another request. Take a new one."
                )
            return Answer(known["status"], known["answer"], True)

        outcome = self.write(decide)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def _first(self, session: Session, request: Request, work: Callable[[Session], BaseModel]) -> Answer:
        self._db.execute("SAVEPOINT effect")
        try:
            answer = Answer(200, work(session).model_dump_json().encode(), False)
        except Refused as refusal:
            self._db.execute("ROLLBACK TO effect")
            answer = Answer(refusal.status, refusal.body(), False)
        else:
            effect = {
                "key": request.key,
                "operation": request.operation,
                "target": request.target,
                "at": session.now.isoformat(),
            }
            session.insert("effects", effect)
        kept = {
            "key": request.key,
            "operation": request.operation,
            "digest": request.digest(),
            "requests": 1,
            "status": answer.status,
            "answer": answer.body,
        }
        session.insert("keys", kept)
        return answer


def _emptied(session: Session) -> None:
    for row in session.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        session.change(f"DELETE FROM {row['name']}")  # noqa: S608 (names of our own schema)
