"""Which ticket another one was merged into."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tickets', sa.Column('merged', sa.Text(), server_default='', nullable=False))
