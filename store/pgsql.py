"""The SQL of the PostgreSQL writers: arrays in, so that a transaction of any size is a handful of round trips."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Float, Integer

from store import tables as t

OWNER_GONE_AFTER = 10_000_000
"""Microseconds without a beat after which a process counts as gone and its leases as free."""

READERS, CLAIMS, SCHEMA = 7401, 7402, 7403
WORDS = 7411
"""Advisory locks. READERS: shared by every writer from before it takes positions until it commits, so that whoever
holds it alone knows that no smaller position is still to come. CLAIMS: one claim at a time. SCHEMA: one migration. WORDS:
one process takes words into the search, or erases."""

BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock_shared({READERS})"

LOOK = """
WITH heads AS MATERIALIZED (
  SELECT stream, version, conflicting, barrier FROM streams
  WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE
), lanes AS MATERIALIZED (
  SELECT jobs.stream, jobs.reaction, jobs.seq, jobs.owner
  FROM unnest($4::text[], $5::text[]) AS lane (stream, reaction)
  JOIN jobs ON jobs.stream = lane.stream AND jobs.reaction = lane.reaction AND jobs.seq > 0
  FOR UPDATE OF jobs
)
SELECT 0, stream, '', version, conflicting, barrier, '' FROM heads
UNION ALL
SELECT 1, event.stream, event.key, event.seq, 0, 0, ''
FROM unnest($2::text[], $3::text[]) AS wanted (stream, key)
JOIN events AS event ON event.stream = wanted.stream AND event.key = wanted.key
UNION ALL
SELECT 2, stream, reaction, seq, 0, 0, owner FROM lanes
WHERE owner <> '' AND owner <> $6 AND owner IN (SELECT owner FROM processes WHERE seen_at > $7)
"""
"""Heads (locked), appends already made by key, and lanes that another living process works on (locked, so that no
claim changes them meanwhile)."""

DELETE_JOBS = """
DELETE FROM jobs USING unnest($1::text[], $2::text[], $3::int[], $4::int[]) AS done (stream, reaction, seq, fence)
WHERE jobs.stream = done.stream AND jobs.reaction = done.reaction AND jobs.seq = done.seq AND jobs.fence = done.fence
"""

WRITE = """
WITH written AS (
  INSERT INTO events (stream, seq, at, executor, actor, kind, version, body, private, salt, digest, key)
  SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::smallint[],
    $8::text[], $9::text[], $10::bytea[], $11::text[], $12::text[])
), moved AS (
  INSERT INTO streams (stream, version, conflicting, barrier)
  SELECT * FROM unnest($13::text[], $14::int[], $15::int[], $16::int[])
  ON CONFLICT (stream) DO UPDATE
  SET version = excluded.version, conflicting = excluded.conflicting, barrier = excluded.barrier
), queued AS (
  INSERT INTO jobs (stream, reaction, seq, set_at, due, owner, fence, attempts, error)
  SELECT * FROM unnest($17::text[], $18::text[], $19::int[], $20::int[], $21::bigint[], $22::text[], $23::int[],
    $24::int[], $25::text[])
)
INSERT INTO jobs (stream, reaction, seq, set_at, due, owner, fence, attempts, error)
SELECT * FROM unnest($26::text[], $27::text[], $28::int[], $29::int[], $30::bigint[], $31::text[], $32::int[],
  $33::int[], $34::text[])
ON CONFLICT (stream, reaction, seq) DO UPDATE
SET set_at = excluded.set_at, due = excluded.due, owner = excluded.owner, attempts = excluded.attempts,
  fence = jobs.fence + 1
"""
"""Events, heads, jobs and timers of one transaction."""

CLAIM = """
UPDATE jobs SET owner = :owner, fence = jobs.fence + 1
FROM (
  SELECT stream, reaction, seq FROM jobs AS free
  WHERE due <= :now
    AND (owner = '' OR (owner = :owner AND fence = 0)
      OR owner NOT IN (SELECT owner FROM processes WHERE seen_at > :gone))
    AND NOT EXISTS (
      SELECT 1 FROM jobs AS before WHERE before.stream = free.stream AND before.reaction = free.reaction
        AND before.seq < free.seq AND before.seq > 0 AND before.due > :now)
    AND NOT EXISTS (
      SELECT 1 FROM jobs AS held JOIN processes ON processes.owner = held.owner AND processes.seen_at > :gone
      WHERE held.stream = free.stream AND held.reaction = free.reaction AND held.owner <> :owner)
  ORDER BY stream, reaction, seq LIMIT :limit FOR UPDATE SKIP LOCKED
) AS free
WHERE jobs.stream = free.stream AND jobs.reaction = free.reaction AND jobs.seq = free.seq
RETURNING jobs.stream, jobs.reaction, jobs.seq, jobs.fence, jobs.set_at, jobs.attempts
"""


def clean(value: Any) -> Any:
    """PostgreSQL has no NUL in text; JSON escapes it, plain columns get the replacement character."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def columns_of(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into one array for each column."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _type(column: Any) -> str:
    kinds = ((BigInteger, "bigint"), (Integer, "int"), (Float, "float8"))
    return next((name for kind, name in kinds if isinstance(column.type, kind)), "text")


def settle(table: str, column: str) -> str:
    """The SQL of a `core.views.Settle`; values: the value, the conversation, the seq."""
    return f"UPDATE {table} SET {column} = $1 WHERE conversation = $2 AND seq < $3 AND {column} = 0"


@lru_cache(maxsize=256)
def upsert(table: str, names: tuple[str, ...]) -> str:
    """The SQL that sets `names` of rows of a read model; values: an array of keys, then one for each column."""
    view = t.VIEWS[table]
    columns = ("id", *names)
    arrays = ", ".join(f"${number}::{_type(view.c[name])}[]" for number, name in enumerate(columns, 1))
    setters = ", ".join(f"{name} = excluded.{name}" for name in names)
    listed = ", ".join(columns)
    return (
        f"INSERT INTO {table} ({listed}) SELECT * FROM unnest({arrays}) "
        f"ON CONFLICT (id) DO UPDATE SET {setters}"
    )
