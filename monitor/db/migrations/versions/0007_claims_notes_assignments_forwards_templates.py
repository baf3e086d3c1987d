"""Claims, internal notes, assignments, forwards, reply templates and signatures"""

import sqlalchemy as sa
from alembic import op

from monitor.db.guarding import SINCE_0007, guard

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_claim_comment_id_comment')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_claim_person_id_person')),
    sa.PrimaryKeyConstraint('comment_id', name=op.f('pk_claim'))
    )
    op.create_table('note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_note_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_note_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_note_comment_id_comment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_comment_id'), ['comment_id'], unique=False)

    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_assignment_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_assignment_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_assignment_comment_id_comment')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_assignment_to_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_comment_id'), ['comment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_to_id'), ['to_id'], unique=False)

    op.create_table('forward',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.String(), nullable=False),
    sa.Column('to_id', sa.String(), nullable=False),
    sa.Column('by_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_forward_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_forward_channel_id_channel')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_forward_comment_id_comment')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_forward_to_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_forward_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forward'))
    )
    with op.batch_alter_table('forward', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forward_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_forward_comment_id'), ['comment_id'], unique=False)

    op.create_table('reply_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('unit_id', sa.String(), nullable=True),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reply_template_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template'))
    )
    op.create_table('signature',
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('owner', name=op.f('pk_signature'))
    )
    for table in SINCE_0007:
        guard(op.get_bind(), table)
