"""Contacts that are one person, and what speaks for it."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('account', 'email'):
        op.add_column('conversations', sa.Column(name, sa.Text(), server_default='', nullable=False))
        op.create_index(f'conversations_{name}', 'conversations', [name], unique=False)
    op.create_index('tickets_phone', 'tickets', ['phone'], unique=False)
    op.create_table('contacts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('joined', sa.Text(), server_default='', nullable=False),
    sa.Column('joined_by', sa.Text(), server_default='', nullable=False),
    sa.Column('joined_at', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('basis', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('contacts_joined', 'contacts', ['joined'], unique=False)
