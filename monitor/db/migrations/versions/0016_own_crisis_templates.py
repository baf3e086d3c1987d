"""The municipality's own templates for crisis messages"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crisis_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('variety', sa.String(), nullable=False),
    sa.Column('headline', sa.String(), nullable=False),
    sa.Column('happened', sa.String(), nullable=False),
    sa.Column('meaning', sa.String(), nullable=False),
    sa.Column('doing', sa.String(), nullable=False),
    sa.Column('to_do', sa.String(), nullable=False),
    sa.Column('learn_more', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('urgency', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.Column('certainty', sa.String(), nullable=False),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crisis_template'))
    )
