"""Who wrote below a post, found without reading all that stands there"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column in (('author', 'author_id'), ('handle', 'author_handle')):
        who = sa.text(f'lower({column})')
        op.create_index(
            f'ix_comment_post_{name}', 'comment', ['channel_id', 'post_external_id', who, 'parent_external_id']
        )
