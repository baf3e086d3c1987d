"""What a template for answers is, and that it may be one channel's alone"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('reply_template', schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel_id', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('kind', sa.String(), nullable=False, server_default='answer'))
        batch_op.create_foreign_key(batch_op.f('fk_reply_template_channel_id_channel'), 'channel', ['channel_id'], ['id'])
