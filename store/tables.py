"""The tables. Events are the truth; jobs and snapshots serve them; the rest are read models and a few settled facts.

Instants are whole microseconds since the epoch (BIGINT). JSON is text, so that SQLite and PostgreSQL keep the same bytes.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


events = Table(
    "events",
    metadata,
    Column("position", _ID, primary_key=True, autoincrement=True),
    Column("stream", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("executor", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("private", Text),
    Column("salt", LargeBinary),
    Column("digest", String(64), nullable=False),
    Column("key", Text),
    UniqueConstraint("stream", "seq"),
)
Index(
    "events_key",
    events.c.stream,
    events.c.key,
    unique=True,
    sqlite_where=events.c.key.is_not(None),
    postgresql_where=events.c.key.is_not(None),
)

streams = Table(
    "streams",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("conflicting", Integer, nullable=False),
    Column("barrier", Integer, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("reaction", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("set_at", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
)
Index("jobs_due", jobs.c.due, jobs.c.owner)

processes = Table(
    "processes",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

dead_jobs = Table(
    "dead_jobs",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("stream", Text, nullable=False),
    Column("reaction", String(32), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    _text("channel"),
    _text("language"),
    _text("contact"),
    _text("name"),
    _text("account"),
    _text("email"),
    _text("mode", "bot"),
    _text("assignee"),
    _text("offered_to"),
    _number("offer_expires"),
    _text("reason"),
    _text("skill"),
    _number("priority"),
    _text("ticket"),
    _text("disposition"),
    _text("last_by"),
    _text("last_text"),
    _number("last_seq"),
    _number("started_at"),
    _number("last_at"),
    _number("waiting_since"),
    _number("closed_at"),
    _number("closed_seq"),
    _number("scored_seq"),
    Column("score_bot", Float),
    Column("score_person", Float),
    Column("rating", Integer),
    _number("person_at"),
    _number("rated_at"),
    _number("stopped"),
)
Index("conversations_mode", conversations.c.mode, conversations.c.last_at)
Index("conversations_contact", conversations.c.contact)
Index("conversations_account", conversations.c.account)
Index("conversations_email", conversations.c.email)
Index("conversations_assignee", conversations.c.assignee)
Index("conversations_last", conversations.c.last_at, conversations.c.id)
Index("conversations_started", conversations.c.started_at)
Index("conversations_ended", conversations.c.closed_at)
Index("conversations_rated", conversations.c.rated_at)
Index("conversations_closed", conversations.c.closed_seq, conversations.c.scored_seq)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Text, primary_key=True),
    _text("type"),
    _text("status", "open"),
    _text("contact"),
    _text("conversation"),
    _text("language"),
    _text("skill"),
    _text("phone"),
    _text("fields", "{}"),
    _text("merged"),
    _number("version"),
    _number("opened_at"),
    _number("updated_at"),
)
Index("tickets_contact", tickets.c.contact)
Index("tickets_conversation", tickets.c.conversation)
Index("tickets_phone", tickets.c.phone)
Index("tickets_updated", tickets.c.updated_at, tickets.c.id)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    _text("joined"),
    _text("joined_by"),
    _number("joined_at"),
    _text("basis"),
)
Index("contacts_joined", contacts.c.joined)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    _text("conversation"),
    _text("name"),
    _number("level"),
    _text("status", "waiting"),
    _text("agent"),
    _number("proposed_at"),
    _number("decided_at"),
)
Index("approvals_status", approvals.c.status, approvals.c.proposed_at)

waits = Table(
    "waits",
    metadata,
    Column("id", Text, primary_key=True),
    _text("conversation"),
    _number("seq"),
    _number("first"),
    _number("asked_at"),
    _number("ended_at"),
    _number("answered_at"),
)
Index("waits_conversation", waits.c.conversation)
Index("waits_ended", waits.c.ended_at, waits.c.asked_at)
Index("waits_answered", waits.c.answered_at)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    _text("conversation"),
    _text("rule"),
    _number("about"),
    _number("seq"),
    _number("at"),
)
Index("alerts_at", alerts.c.at, alerts.c.id)

switches = Table(
    "switches",
    metadata,
    Column("id", Text, primary_key=True),
    _number("stopped"),
    _text("who"),
    _number("at"),
)

wraps = Table(
    "wraps",
    metadata,
    Column("id", Text, primary_key=True),
    _text("conversation"),
    _text("agent"),
    _number("closed"),
    _number("began_at"),
    _number("until"),
    _number("ended_at"),
    _text("disposition"),
)
Index("wraps_open", wraps.c.ended_at, wraps.c.agent)
Index("wraps_agent", wraps.c.agent, wraps.c.began_at)
Index("wraps_conversation", wraps.c.conversation)
"""Work after a conversation; `ended_at` 0: under way."""

shifts = Table(
    "shifts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
Index("shifts_until", shifts.c.until, shifts.c.since)

ledger = Table(
    "ledger",
    metadata,
    Column("number", _ID, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index("ledger_last", ledger.c.last)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("active", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("load", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("audience", String(32), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("updated", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("live", Integer, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)
Index("documents_slug", documents.c.slug, documents.c.language, documents.c.live)

passages = Table(
    "passages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("asked", Text, nullable=False, server_default="[]"),
)
Index("passages_document", passages.c.document)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    _text("conversation"),
    _text("by"),
    _text("name"),
    _text("type"),
    _number("size"),
    _number("at"),
    _number("kept"),
)
Index("files_conversation", files.c.conversation)
Index("files_loose", files.c.kept, files.c.at)

words = Table(
    "words",
    metadata,
    Column("position", _ID, primary_key=True, autoincrement=False),
    Column("conversation", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
)
Index("words_conversation", words.c.conversation)
"""What was said, for the search; `folded` is indexed by trigrams (SQLite: `words_fts`, PostgreSQL: `words_folded`)."""

readings = Table(
    "readings",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("conversation", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
)
"""How far each agent has read; no words."""

followed = Table(
    "followed",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""How far something that follows the log has come."""

canned = Table(
    "canned",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", String(8), nullable=False),
    Column("shortcut", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    _text("by"),
    _number("updated_at"),
    UniqueConstraint("language", "shortcut"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("conversation", Text, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)
Index("drafts_conversation", drafts.c.conversation)

mentions = Table(
    "mentions",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("conversation", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
Index("mentions_unseen", mentions.c.agent, mentions.c.seen_at, mentions.c.at)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("shared", Integer, nullable=False, server_default="0"),
    Column("filter", Text, nullable=False),
    _number("updated_at"),
    UniqueConstraint("owner", "name"),
)

VIEWS = {
    "conversations": conversations, "tickets": tickets, "approvals": approvals, "waits": waits, "alerts": alerts,
    "switches": switches, "contacts": contacts, "wraps": wraps,
}  # fmt: skip
"""What `core.views` and `core.views_insights` fill from events."""
