"""When channels were watched closely, so that the deadlines of that time are known afterwards"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('close_times', sa.JSON(), server_default='[]', nullable=False))
