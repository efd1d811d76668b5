"""Taking words out of the search, within the transaction that erases them from the log."""

import sqlite3

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


def forget_words(connection: sqlite3.Connection, conversation: str) -> None:
    """Takes the words of a conversation away. The index is merged into one part then: until a merge, SQLite only marks
    what is gone, and erased words shall be gone."""
    stale = "INSERT INTO words_fts (words_fts, rowid, folded) SELECT 'delete', position, folded FROM words"
    connection.execute(f"{stale} WHERE conversation = ?", (conversation,))
    if connection.execute("DELETE FROM words WHERE conversation = ?", (conversation,)).rowcount:
        connection.execute("INSERT INTO words_fts (words_fts) VALUES ('optimize')")


async def forget_words_postgres(connection: AsyncConnection, conversation: str) -> None:
    """Takes the words of a conversation away."""
    await connection.execute(text("DELETE FROM words WHERE conversation = :key"), {"key": conversation})
