"""Indexes for the inbox: newest first, and parts of words in what was written; a tally of what people did"""

import sqlalchemy as sa
from alembic import op

from monitor.db.tallying import tally
from monitor.db.trigrams import index_trigrams

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tally',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_tally_channel_id_channel'),
        ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_tally'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_posted', ['posted_at', 'id'], unique=False)
        batch_op.create_index('ix_comment_channel_posted', ['channel_id', 'posted_at', 'id'], unique=False)
        for name, where in (('hidden', 'hidden'), ('missing', 'missing_since IS NOT NULL')):
            batch_op.create_index(f'ix_comment_{name}', ['posted_at', 'id'], unique=False,
                sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    index_trigrams(op.get_bind())
    tally(op.get_bind())
