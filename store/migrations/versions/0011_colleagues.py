"""Work after a conversation."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('wraps',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('agent', sa.Text(), server_default='', nullable=False),
    sa.Column('closed', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('began_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('until', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('ended_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('disposition', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('wraps_open', 'wraps', ['ended_at', 'agent'], unique=False)
    op.create_index('wraps_agent', 'wraps', ['agent', 'began_at'], unique=False)
    op.create_index('wraps_conversation', 'wraps', ['conversation'], unique=False)
