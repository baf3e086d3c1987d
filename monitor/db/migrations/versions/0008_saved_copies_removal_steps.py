"""Copies of comments that are taken away, and the steps of it; no comment is taken away without a copy

A later migration that lets SQLite make `action`, or one of the guarded tables, anew (batch_alter_table with a
recreation) must put its triggers back: monitor.db.guarding.
"""

import sqlalchemy as sa
from alembic import op

from monitor.db.guarding import SINCE_0008, guard, require_copy

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_copy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('picture_sha256', sa.String(), nullable=True),
    sa.Column('picture', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_saved_copy_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['saved_copy.id'], name=op.f('fk_saved_copy_case_id_saved_copy')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_saved_copy_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_saved_copy_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_copy'))
    )
    with op.batch_alter_table('saved_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_copy_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_copy_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_copy_comment_id'), ['comment_id'], unique=False)

    op.create_table('removal_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Boolean(), nullable=True),
    sa.Column('rule', sa.String(), nullable=True),
    sa.Column('statute', sa.String(), nullable=True),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['action.id'], name=op.f('fk_removal_step_action_id_action')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_removal_step_by_id_person')),
    sa.ForeignKeyConstraint(['case_id'], ['saved_copy.id'], name=op.f('fk_removal_step_case_id_saved_copy')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal_step'))
    )
    with op.batch_alter_table('removal_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_removal_step_action_id'), ['action_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_removal_step_case_id'), ['case_id'], unique=False)

    for table in SINCE_0008:
        guard(op.get_bind(), table)
    require_copy(op.get_bind())
