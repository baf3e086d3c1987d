"""Incidents, messages, deliveries, holds, intake, warnings, readiness"""

import sqlalchemy as sa
from alembic import op

from monitor.db.guarding import SINCE_0012, freeze, guard

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

SAID = (
    'incident_id', 'kind', 'author_id', 'language', 'headline', 'happened', 'meaning', 'doing', 'to_do', 'learn_more',
    'card_text', 'alt_text', 'video', 'earlier_id', 'final', 'next_update_at', 'category', 'urgency', 'severity',
    'certainty', 'expires', 'approved_by_id', 'break_glass', 'committed_at', 'committed_by_id', 'identifier', 'sent',
    'text_hash',
)


def upgrade() -> None:
    op.create_table('outside_feed',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('etag', sa.String(), nullable=False),
    sa.Column('modified', sa.String(), nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_outside_feed'))
    )
    op.create_table('readiness',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readiness'))
    )
    with op.batch_alter_table('readiness', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_readiness_at'), ['at'], unique=False)

    op.create_table('hold',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_hold_by_id_person')),
    sa.ForeignKeyConstraint(['released_by_id'], ['person.id'], name=op.f('fk_hold_released_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold'))
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_until'), ['until'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by_id', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('stable_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('evaluated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('evaluation', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['started_by_id'], ['person.id'], name=op.f('fk_incident_started_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_started_at'), ['started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_state'), ['state'], unique=False)

    op.create_table('crisis_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_crisis_log_by_id_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_crisis_log_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crisis_log'))
    )
    with op.batch_alter_table('crisis_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crisis_log_incident_id'), ['incident_id'], unique=False)

    op.create_table('crisis_topic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('by_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_crisis_topic_by_id_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_crisis_topic_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crisis_topic'))
    )
    with op.batch_alter_table('crisis_topic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crisis_topic_incident_id'), ['incident_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('author_id', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('headline', sa.String(), nullable=False),
    sa.Column('happened', sa.String(), nullable=False),
    sa.Column('meaning', sa.String(), nullable=False),
    sa.Column('doing', sa.String(), nullable=False),
    sa.Column('to_do', sa.String(), nullable=False),
    sa.Column('learn_more', sa.String(), nullable=False),
    sa.Column('card_text', sa.String(), nullable=False),
    sa.Column('alt_text', sa.String(), nullable=False),
    sa.Column('video', sa.String(), nullable=False),
    sa.Column('earlier_id', sa.Integer(), nullable=True),
    sa.Column('final', sa.Boolean(), nullable=False),
    sa.Column('next_update_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('urgency', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.Column('certainty', sa.String(), nullable=False),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('edited_by_id', sa.String(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_by_id', sa.String(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by_id', sa.String(), nullable=True),
    sa.Column('break_glass', sa.String(), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('committed_by_id', sa.String(), nullable=True),
    sa.Column('identifier', sa.String(), nullable=True),
    sa.Column('sent', sa.DateTime(timezone=True), nullable=True),
    sa.Column('text_hash', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_message_approved_by_id_person')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_message_author_id_person')),
    sa.ForeignKeyConstraint(['committed_by_id'], ['person.id'], name=op.f('fk_message_committed_by_id_person')),
    sa.ForeignKeyConstraint(['earlier_id'], ['message.id'], name=op.f('fk_message_earlier_id_message')),
    sa.ForeignKeyConstraint(['edited_by_id'], ['person.id'], name=op.f('fk_message_edited_by_id_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_message_incident_id_incident')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_message_submitted_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('identifier', name=op.f('uq_message_identifier'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_state'), ['state'], unique=False)

    op.create_table('outside_warning',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('identifier', sa.String(), nullable=False),
    sa.Column('thread', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('sent', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ours', sa.Boolean(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('headline', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('web', sa.String(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_by_id', sa.String(), nullable=True),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['dismissed_by_id'], ['person.id'], name=op.f('fk_outside_warning_dismissed_by_id_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_outside_warning_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_warning')),
    sa.UniqueConstraint('source', 'identifier', name=op.f('uq_outside_warning_source_identifier'))
    )
    with op.batch_alter_table('outside_warning', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outside_warning_seen_at'), ['seen_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outside_warning_thread'), ['thread'], unique=False)

    op.create_table('close_watch',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_close_watch_channel_id_channel'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_close_watch'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=True),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('marker', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('progress', sa.JSON(), nullable=False),
    sa.Column('armed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lost_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remote_id', sa.String(), nullable=True),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('remedy', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_delivery_channel_id_channel')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_delivery_message_id_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('message_id', 'place', name=op.f('uq_delivery_message_id_place'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_due', ['state', 'next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_place'), ['place'], unique=False)

    op.create_table('message_version',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('left_out', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_version_message_id_message'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'place', name=op.f('pk_message_version'))
    )
    op.create_table('crisis_intake',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.String(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_crisis_intake_by_id_person')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_crisis_intake_comment_id_comment')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_crisis_intake_incident_id_incident')),
    sa.ForeignKeyConstraint(['topic_id'], ['crisis_topic.id'], name=op.f('fk_crisis_intake_topic_id_crisis_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crisis_intake')),
    sa.UniqueConstraint('incident_id', 'comment_id', name=op.f('uq_crisis_intake_incident_id_comment_id'))
    )
    with op.batch_alter_table('crisis_intake', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crisis_intake_incident_id'), ['incident_id'], unique=False)

    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exercise', sa.JSON(), server_default='{}', nullable=False))

    bind = op.get_bind()
    for table in SINCE_0012:
        guard(bind, table)
    freeze(bind, 'incident', ('mode',))
    freeze(bind, 'message', SAID, once='committed_at')
    freeze(bind, 'delivery', ('message_id', 'place', 'way', 'text', 'link', 'marker'))
