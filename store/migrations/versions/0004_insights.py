"""Rows for the supervisor's numbers: waits, alerts, stopped flows, and who was on duty."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('person_at', 'rated_at', 'stopped'):
        op.add_column('conversations', sa.Column(name, sa.BigInteger(), server_default='0', nullable=False))
    op.create_index('conversations_started', 'conversations', ['started_at'], unique=False)
    op.create_index('conversations_ended', 'conversations', ['closed_at'], unique=False)
    op.create_index('conversations_rated', 'conversations', ['rated_at'], unique=False)
    op.create_table('waits',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('first', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('asked_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('ended_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('answered_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('waits_conversation', 'waits', ['conversation'], unique=False)
    op.create_index('waits_ended', 'waits', ['ended_at', 'asked_at'], unique=False)
    op.create_index('waits_answered', 'waits', ['answered_at'], unique=False)
    op.create_table('alerts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('rule', sa.Text(), server_default='', nullable=False),
    sa.Column('about', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('at', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('alerts_at', 'alerts', ['at', 'id'], unique=False)
    op.create_table('switches',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('stopped', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('who', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('shifts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('agent', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('shifts_until', 'shifts', ['until', 'since'], unique=False)
