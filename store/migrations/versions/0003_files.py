"""Files in the chat."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('files',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('by', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('type', sa.Text(), server_default='', nullable=False),
    sa.Column('size', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('kept', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('files_conversation', 'files', ['conversation'], unique=False)
    op.create_index('files_loose', 'files', ['kept', 'at'], unique=False)
