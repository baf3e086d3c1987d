"""The register's duties, decisions that cannot be changed, watch days, the audit log

A later migration that lets SQLite make one of the guarded tables anew (batch_alter_table with a recreation) must put
its triggers back: monitor.db.guarding.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from monitor.db.guarding import APPEND_ONLY, guard

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_act_subject', ['act', 'subject'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_absence_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_person_id'), ['person_id'], unique=False)

    op.create_table('attestation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_attestation_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_attestation_channel_id_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attestation'))
    )
    with op.batch_alter_table('attestation', schema=None) as batch_op:
        batch_op.create_index('ix_attestation_channel_day', ['channel_id', 'day'], unique=False)

    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_review_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_review_channel_id_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review'))
    )
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.create_index('ix_review_channel_at', ['channel_id', 'at'], unique=False)

    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('attestation_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['attestation_id'], ['attestation.id'], name=op.f('fk_correction_attestation_id_attestation')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_correction_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_correction_channel_id_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index('ix_correction_channel_day', ['channel_id', 'day'], unique=False)

    op.create_table('decision_receipt',
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('sent_to_id', sa.String(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by_id', sa.String(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_decision_receipt_confirmed_by_id_person')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_decision_receipt_decision_id_decision')),
    sa.ForeignKeyConstraint(['sent_to_id'], ['person.id'], name=op.f('fk_decision_receipt_sent_to_id_person')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_decision_receipt'))
    )
    op.create_table('hub_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_hub_note_by_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_hub_note_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hub_note'))
    )
    with op.batch_alter_table('hub_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hub_note_post_id'), ['post_id'], unique=False)

    op.create_table('watch_day',
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fetch', sa.String(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_complete_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('poll_run_id', sa.Integer(), nullable=True),
    sa.Column('failure_kind', sa.String(), nullable=True),
    sa.Column('unseen', sa.Integer(), nullable=False),
    sa.Column('review', sa.String(), nullable=False),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewed_by_id', sa.String(), nullable=True),
    sa.Column('attestation_id', sa.Integer(), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verdict', sa.String(), nullable=True),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('concluded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['attestation_id'], ['attestation.id'], name=op.f('fk_watch_day_attestation_id_attestation')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_watch_day_channel_id_channel')),
    sa.ForeignKeyConstraint(['poll_run_id'], ['poll_run.id'], name=op.f('fk_watch_day_poll_run_id_poll_run')),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['person.id'], name=op.f('fk_watch_day_reviewed_by_id_person')),
    sa.PrimaryKeyConstraint('channel_id', 'day', name=op.f('pk_watch_day'))
    )
    with op.batch_alter_table('watch_day', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_watch_day_concluded_at'), ['concluded_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_watch_day_day'), ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_watch_day_planned_at'), ['planned_at'], unique=False)
        few = sa.text("verdict <> 'watched'")
        batch_op.create_index('ix_watch_day_not_watched', ['day'], unique=False, sqlite_where=few, postgresql_where=few)

    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('publish_address', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('administrators', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('account_text', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('account_text_checked_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('watched_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('watched_until', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_fetched', ['channel_id', 'fetched_at'], unique=False)

    _decisions()

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phone', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('email', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('rules_url', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('privacy_url', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('closed_days', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('other_hours', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('reminder_minutes', sa.JSON(), nullable=False, server_default='[60, 30, 0]'))
        batch_op.add_column(sa.Column('longest_decision_months', sa.Integer(), nullable=False, server_default='24'))
        batch_op.add_column(sa.Column('hub_hosts', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('poll_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quiet', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('links', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('schedule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    _watch_began()
    for table in APPEND_ONLY:
        guard(op.get_bind(), table)
    guard(op.get_bind(), "watch_day", "concluded_at")


def _decisions() -> None:
    """What the communicator was told moves to a table of its own: the decision itself never changes again."""
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(), nullable=True))
    op.execute("UPDATE decision SET address = (SELECT address FROM channel WHERE channel.id = decision.channel_id)")
    now = sa.text("UPDATE decision SET created_at = :now WHERE created_at IS NULL").bindparams(
        sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True))
    )
    op.execute(now)
    told = "communicated_to_id, created_at"
    confirmed = "CASE WHEN communicated_on IS NULL THEN NULL ELSE communicated_to_id END, "
    confirmed += "CASE WHEN communicated_on IS NULL THEN NULL ELSE created_at END"
    op.execute(
        "INSERT INTO decision_receipt (decision_id, sent_to_id, sent_at, confirmed_by_id, confirmed_at) "
        f"SELECT id, {told}, {confirmed} FROM decision WHERE communicated_to_id IS NOT NULL"
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.alter_column("address", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("created_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_index(batch_op.f("ix_decision_channel_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_decision_channel_id_version"), ["channel_id", "version"])
        batch_op.drop_constraint(batch_op.f("fk_decision_communicated_to_id_person"), type_="foreignkey")
        batch_op.drop_column("communicated_to_id")
        batch_op.drop_column("communicated_on")


def _watch_began() -> None:
    """The watch of a channel that is there already began with its first reading."""
    first = "SELECT min(started_at) FROM poll_run WHERE poll_run.channel_id = channel.id"
    watched = "has_comments AND state <> 'retired'"
    now = sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True))
    op.execute(sa.text(f"UPDATE channel SET watched_since = coalesce(({first}), :now) WHERE {watched}").bindparams(now))
