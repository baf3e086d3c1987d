"""Below which posts something changed, so that nothing else has to be looked at again; which readings are under way"""

import sqlalchemy as sa
from alembic import op

from monitor.db.tallying import tally_posts

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stirred',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('counter', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('post_external_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_stirred_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', 'counter', 'number', 'post_external_id', name=op.f('pk_stirred'))
    )
    # nothing is lost with it: it is found again
    op.drop_table('open_threads')
    op.create_table('open_threads',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('threads', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_open_threads_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_open_threads'))
    )
    tally_posts(op.get_bind())
    running = sa.text("outcome = 'running'")
    visited = sa.text('is_post')
    op.create_index('ix_comment_is_post', 'comment', ['channel_id'], sqlite_where=visited, postgresql_where=visited)
    op.create_index('ix_poll_run_running', 'poll_run', ['channel_id'], sqlite_where=running, postgresql_where=running)
