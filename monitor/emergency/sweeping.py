"""Finds what nobody goes on with: left by a process that died, parked until now, or never rung for."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from config.settings import Settings
from connectors import connect as connect_for_real
from monitor.db import Database
from monitor.emergency.afterwards import note_still_undecided
from monitor.emergency.claimed import Clock, Held, claim
from monitor.emergency.delivering import Connect, now_utc, step
from monitor.emergency.models import Delivery
from monitor.emergency.others import Others, others_of
from monitor.emergency.rules import UNDER_WAY, Fate, is_due, must_be_told

log = structlog.get_logger(__name__)


def sweep(
    db: Database,
    now: datetime,
    settings: Settings,
    clock: Clock = now_utc,
    connect: Connect = connect_for_real,
    pool: Executor | None = None,
) -> int:
    """Goes one step on with every delivery that is due, all at the same time; gives how many. Several may sweep.

    pool: where the steps go on by themselves; without one it returns when the slowest of them is done.
    While nothing is under way it is one query by an index.
    """
    wanted = (Delivery.id, Delivery.state, Delivery.next_at, Delivery.made_at, Delivery.told_at)
    with db.snapshot() as session:
        rows = session.execute(select(*wanted).where(Delivery.state.in_(UNDER_WAY))).all()
    held: list[Held] = []
    if any(is_due(row.next_at, now) for row in rows):
        with db.transaction() as session:
            held = claim(session, clock())
    others = others_of(held)
    with nullcontext(pool) if pool else ThreadPoolExecutor(len(held) or 1, thread_name_prefix="sweep") as steps:
        for each in held:
            steps.submit(_step, db, each, settings, clock, connect, others[each.message_id])
        _tell(db, rows, now)
    return len(held)


def _step(db: Database, held: Held, settings: Settings, clock: Clock, connect: Connect, others: Others) -> None:
    try:
        step(db, held, settings, clock, connect, others)
    except Exception as error:  # noqa: BLE001 - the others go on; its lease runs out, and the next sweep takes it
        log.warning("a delivery stopped here", delivery=held.delivery_id, error=type(error).__name__)


def _tell(db: Database, rows: Sequence[Any], now: datetime) -> None:
    for row in rows:
        if must_be_told(Fate(row.state), row.made_at, row.told_at, now):
            note_still_undecided(db, row.id, now)
