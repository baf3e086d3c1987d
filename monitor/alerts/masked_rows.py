"""Comments for programs and exports, as every list shows them: without what is said to be secret, and without personal
identity numbers. Who is permitted to reads the whole text on the comment's page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from monitor.alerts.masking_rules import masked
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.obligations import Obligation
from monitor.inbox.removals import secret_comments


def masked_rows(session: Session, items: Sequence[Obligation]) -> list[dict[str, Any]]:
    """With INTERFACE's keys; secret: the text is left out, and empty for that reason."""
    ids = [item.comment_id for item in items]
    flags, secret = flags_of(session, ids), secret_comments(session, ids)
    return [_row(item, secret=item.comment_id in secret) | {"flags": flags.get(item.comment_id, [])} for item in items]


def in_lists(text: str, *, secret: bool = False) -> str:
    """A text as every list for programs has it."""
    return "" if secret else masked(text)


def _row(item: Obligation, *, secret: bool) -> dict[str, Any]:
    return item.as_json() | {"text": in_lists(item.text, secret=secret), "secret": secret}
