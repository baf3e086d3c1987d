"""One at a time: for the few steps where two processes must not overtake each other."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

SECRETS = 5041474  # any numbers of our own, one for each kind of step
CHECKS = 5041475
DAYS = 5041476
FLAGS = 5041478
LEDGER = 5041479
HOOKS = 5041480
BUDGETS = 5041481
AUDIT = 5041477  # always the last one taken, or the only one


def take_turns(session: Session, kind: int) -> None:
    """Waits until no other transaction is in its turn of that kind; ours ends with the transaction.

    SQLite's writers queue anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(kind)))
