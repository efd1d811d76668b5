"""The ledger's blocks, and the actions that wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('approvals',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('level', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('status', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('agent', sa.Text(), server_default='', nullable=False),
    sa.Column('proposed_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('decided_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('approvals_status', 'approvals', ['status', 'proposed_at'], unique=False)
    op.create_table('ledger',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('digests', sa.LargeBinary(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('ledger_last', 'ledger', ['last'], unique=False)
