"""Settled facts, which have no history: the service people's accounts, and what knowledge has published."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.time import Clock
from knowledge.model import Document, Passage
from store import tables as t
from store.pgsql import clean
from store.reads import answering

DOCUMENTS = 7404
"""PostgreSQL's advisory lock of those who publish."""

FRESH = 1_000_000

_names = msgspec.json.Decoder(tuple[str, ...]).decode


@contextlib.asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A short transaction that writes; on SQLite it waits for the writer's at once instead of in its midst."""
    async with answering(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        await connection.commit()


def inserting(engine: AsyncEngine) -> Any:
    """The INSERT of the database's dialect, which can say what happens on a conflict."""
    return postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert


class User(msgspec.Struct, frozen=True):
    """An account. `password` is a hash; `epoch` grows with every change that ends all sign-ins; no `skills` or
    `languages` mean all; `created_at` in microseconds since the epoch."""

    name: str
    display: str
    role: str
    password: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    active: bool = True
    epoch: int = 0
    created_at: int = 0


def _user(row: Any) -> User:
    return User(
        row.name, row.display, row.role, row.password, _names(row.skills), _names(row.languages),
        bool(row.active), row.epoch, row.created_at,
    )  # fmt: skip


def _user_row(user: User) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(user),
        "display": clean(user.display),
        "skills": msgspec.json.encode(user.skills).decode(),
        "languages": msgspec.json.encode(user.languages).decode(),
        "active": int(user.active),
    }


class UserRows:
    """The table `users`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, name: str) -> User | None:
        """One account, or None."""
        async with answering(), self._engine.connect() as connection:
            row = (await connection.execute(select(t.users).where(t.users.c.name == clean(name)))).first()
        return _user(row) if row else None

    async def list(self) -> list[User]:
        """All accounts by name."""
        async with answering(), self._engine.connect() as connection:
            rows = (await connection.execute(select(t.users))).all()
        return sorted(map(_user, rows), key=lambda user: user.name)

    async def add(self, user: User) -> bool:
        """A new account; False when the name is taken."""
        statement = inserting(self._engine)(t.users).values(_user_row(user)).on_conflict_do_nothing()
        async with writing(self._engine) as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def change(self, user: User) -> bool:
        """Puts `user` in the place of the account of that name; False when there is none."""
        statement = update(t.users).where(t.users.c.name == user.name).values(_user_row(user))
        async with writing(self._engine) as connection:
            return (await connection.execute(statement)).rowcount == 1


_DOCUMENT = tuple(t.documents.c[name] for name in Document.__struct_fields__)
_OF_PASSAGE = ("id", "document", "path", "text", "ordinal", "asked")
_PASSAGE = tuple(
    (t.passages if name in _OF_PASSAGE else t.documents).c[name] for name in Passage.__struct_fields__
)


def _passage(row: Any) -> Passage:
    return Passage(**{**row._mapping, "path": _names(row.path), "asked": _names(row.asked)})


class SqlDocuments:
    """Implements `knowledge.ports.Documents`. Versions that are no longer live stay, for what cites them."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._fingerprint = ""
        self._asked_at = 0

    @contextlib.asynccontextmanager
    async def _publishing(self) -> AsyncIterator[AsyncConnection]:
        async with writing(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({DOCUMENTS})"))
            yield connection
        self._asked_at = 0

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """See `knowledge.ports.Documents`."""
        d = t.documents.c
        insert = inserting(self._engine)
        values = {name: clean(value) for name, value in msgspec.structs.asdict(document).items()}
        rows = [
            {
                "id": passage.id,
                "document": passage.document,
                "ordinal": passage.ordinal,
                "path": msgspec.json.encode(passage.path).decode(),
                "text": clean(passage.text),
                "asked": msgspec.json.encode(passage.asked).decode(),
            }
            for passage in passages
        ]
        async with self._publishing() as connection:
            await connection.execute(
                update(t.documents)
                .where(d.slug == document.slug, d.language == document.language, d.live == 1)
                .values(live=0)
            )
            again = (
                await connection.execute(update(t.documents).where(d.id == document.id).values(live=1))
            ).rowcount
            if not again:
                await connection.execute(insert(t.documents).values({**values, "live": 1, "published_at": self._clock()}))
                for start in range(0, len(rows), 100):
                    await connection.execute(
                        insert(t.passages).values(rows[start : start + 100]).on_conflict_do_nothing()
                    )

    async def _all(self, query: Select[Any]) -> Sequence[Any]:
        async with answering(), self._engine.connect() as connection:
            rows: Sequence[Any] = (await connection.execute(query)).all()
        return rows

    async def live(self) -> list[Document]:
        """See `knowledge.ports.Documents`."""
        rows = await self._all(select(*_DOCUMENT).where(t.documents.c.live == 1))
        return sorted((Document(*row) for row in rows), key=lambda one: (one.slug, one.language))

    @staticmethod
    def _live_passages() -> Select[Any]:
        join = t.passages.join(t.documents, t.documents.c.id == t.passages.c.document)
        return select(*_PASSAGE).select_from(join).where(t.documents.c.live == 1)

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """See `knowledge.ports.Documents`."""
        found: list[Passage] = []
        for start in range(0, len(ids), 500):
            query = self._live_passages().where(t.passages.c.id.in_(ids[start : start + 500]))
            found += map(_passage, await self._all(query))
        return found

    async def all_passages(self, after: str, limit: int) -> list[Passage]:
        """See `knowledge.ports.Documents`."""
        query = self._live_passages().where(t.passages.c.id > after).order_by(t.passages.c.id).limit(limit)
        return [_passage(row) for row in await self._all(query)]

    async def remove(self, slug: str, language: str) -> bool:
        """See `knowledge.ports.Documents`."""
        d = t.documents.c
        gone = update(t.documents).where(d.slug == slug, d.language == language, d.live == 1).values(live=0)
        async with self._publishing() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def fingerprint(self) -> str:
        """See `knowledge.ports.Documents`: a digest of the ids that are live, empty when there are none.

        What this process publishes counts at once, what another one publishes within `FRESH` microseconds.
        """
        now = self._clock()
        if not self._asked_at or not 0 <= now - self._asked_at < FRESH:
            ids = sorted(row[0] for row in await self._all(select(t.documents.c.id).where(t.documents.c.live == 1)))
            self._fingerprint = hashlib.blake2b("\n".join(ids).encode(), digest_size=16).hexdigest() if ids else ""
            self._asked_at = now
        return self._fingerprint
