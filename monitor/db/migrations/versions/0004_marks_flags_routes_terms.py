"""What people say of obligations, flags, routes to people, terms, notices that go together"""

import sqlalchemy as sa
from alembic import op

from monitor.db.guarding import SINCE_0004, guard

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

WAITING = "state IN ('due', 'sending')"


def upgrade() -> None:
    op.create_table('link_use',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_link_use_by_id_person')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_link_use'))
    )
    op.create_table('route',
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=False),
    sa.Column('worked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_route_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'name', name=op.f('pk_route'))
    )
    op.create_table('flag_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('word', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.Column('channel_id', sa.String(), nullable=True),
    sa.Column('comments', sa.Integer(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_flag_rule_channel_id_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_rule'))
    )
    op.create_table('flag_scan',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_flag_scan_channel_id_channel')),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_flag_scan'))
    )
    op.create_table('flag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_flag_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_flag_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_flag_comment_id_comment')),
    sa.ForeignKeyConstraint(['rule_id'], ['flag_rule.id'], name=op.f('fk_flag_rule_id_flag_rule')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag')),
    sa.UniqueConstraint('key', name=op.f('uq_flag_key'))
    )
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_flag_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_flag_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_flag_comment_id'), ['comment_id'], unique=False)

    op.create_table('mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('reply', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_mark_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_mark_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_mark_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark'))
    )
    with op.batch_alter_table('mark', schema=None) as batch_op:
        batch_op.create_index('ix_mark_channel', ['channel_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mark_comment_id'), ['comment_id'], unique=False)

    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.add_column(sa.Column('interim', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer_within', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('escalation', sa.JSON(), nullable=False, server_default='{}'))

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_text_seen', ['channel_id', 'text_seen_at'], unique=False)

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bundle', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('folded', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f('ix_notice_bundle'), ['bundle'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_cycle'), ['cycle'], unique=False)
        batch_op.create_index('ix_notice_recipient_sent', ['recipient_id', 'sent_at'], unique=False)
        batch_op.create_index('ix_notice_waiting', ['due_at', 'id'], unique=False,
            sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING))
        batch_op.drop_index('ix_notice_due_at')
        batch_op.drop_index('ix_notice_state')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer_within', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('escalation', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('first_import_days', sa.Integer(), nullable=False, server_default='5'))
        batch_op.add_column(sa.Column('excerpts', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('on_call', sa.String(), nullable=True))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('routes', sa.JSON(), nullable=False, server_default='["mail", "sms"]'))
        batch_op.add_column(sa.Column('quiet_hours', sa.String(), nullable=True))

    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='0'))
    for table in SINCE_0004:
        guard(op.get_bind(), table)
