"""Budgets, gaps, stored secrets, actions, hints"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hint',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_hint'))
    )
    with op.batch_alter_table('hint', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hint_received_at'), ['received_at'], unique=False)

    op.create_table('parking',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_parking'))
    )
    op.create_table('spending',
    sa.Column('budget', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('cost', sa.Integer(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_spending_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('budget', 'day', 'channel_id', 'purpose', name=op.f('pk_spending'))
    )
    op.create_table('stored_secret',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_stored_secret_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', 'name', name=op.f('pk_stored_secret'))
    )
    op.create_table('token_health',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('token_kind', sa.String(), nullable=False),
    sa.Column('can_read', sa.Boolean(), nullable=False),
    sa.Column('can_reply', sa.Boolean(), nullable=False),
    sa.Column('can_publish', sa.Boolean(), nullable=False),
    sa.Column('scopes_missing', sa.JSON(), nullable=False),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('data_access_expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('subscribed', sa.Boolean(), nullable=True),
    sa.Column('problem', sa.String(), nullable=True),
    sa.Column('message', sa.String(), nullable=True),
    sa.Column('remedy', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_token_health_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_token_health'))
    )
    op.create_table('action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('token', sa.String(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('baseline', sa.JSON(), nullable=False),
    sa.Column('armed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remote_id', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('remedy', sa.String(), nullable=True),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_action_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_action_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_action_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action')),
    sa.UniqueConstraint('key', name=op.f('uq_action_key'))
    )
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_comment_id'), ['comment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_next_at'), ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_action_state'), ['state'], unique=False)

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('missed', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('looked_up_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('unlisted', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index('ix_comment_missed', ['channel_id'], unique=False, sqlite_where=sa.text('missed > 0'), postgresql_where=sa.text('missed > 0'))

    with op.batch_alter_table('poll_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('daily', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('degraded', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('usage', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('error_code', sa.String(), nullable=True))

    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('counts_replies', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('gap', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('gap_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_post_gap', ['channel_id', 'gap_since'], unique=False)

    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('failure_code', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('failure_remedy', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('last_daily_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('usage', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('degraded', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('budgets', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('hinted_at', sa.DateTime(timezone=True), nullable=True))
