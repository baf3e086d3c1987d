"""In which threads something waits, so that nobody has to look for them after a start"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('open_threads',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('threads', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_open_threads_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_open_threads'))
    )
