"""Run by Alembic with a connection that monitor.db.migrating hands over; models are named by whoever compares them."""

from typing import Any, Literal

from alembic import context

from monitor.db.trigrams import FOLDED
from monitor.db.types import Utc


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations speak of plain column types: they must run unchanged when the classes have moved on."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """What monitor.db.trigrams makes is no model's."""
    return "trigrams" not in (name or "") and name != FOLDED


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    render_item=render_item,
    include_name=include_name,
)
with context.begin_transaction():
    context.run_migrations()
