"""What was said, for the search."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

TRIGRAMS = """
SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm')
       AND has_database_privilege(current_database(), 'CREATE')
"""
"""Whether the extension is there or may be made: it is a trusted one since PostgreSQL 13."""


def upgrade() -> None:
    op.create_table('words',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('conversation', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('words_conversation', 'words', ['conversation'], unique=False)
    op.create_table('followed',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    connection = op.get_bind()
    if connection.dialect.name == 'sqlite':
        op.execute(
            "CREATE VIRTUAL TABLE words_fts USING fts5 (folded, content='words', content_rowid='position', "
            "tokenize='trigram case_sensitive 1', detail='full')"
        )
        return
    # The extension comes with PostgreSQL's contrib package and may be refused to this user: the search works without
    # it, reading every row.
    if connection.execute(sa.text(TRIGRAMS)).scalar():
        op.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm')
        op.execute('CREATE INDEX words_folded ON words USING gin (folded gin_trgm_ops)')
