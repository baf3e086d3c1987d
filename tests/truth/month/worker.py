"""The worker of the month: one task, which does what a minute of the real ones does, at a time that it is told.

`celery -A tests.truth.month.worker worker`. What is due is read from the same tables, by the same functions, as in
workers.tasks; only the clock is not the machine's. Says on a pipe when it has done a step, as the broker may be gone.
"""

import json
import os
from datetime import datetime

from celery import Celery
from celery.signals import worker_ready

from config.settings import settings
from monitor.alerts.auditing import audit
from monitor.alerts.judging import judge
from monitor.alerts.sending import send_due
from monitor.db import database
from monitor.watch.polling import claim_now, poll
from workers.queues import CLOCK

app = Celery("month")
app.config_from_object("celeryconfig")
PIPE = "MONTH_PIPE"


@worker_ready.connect
def _is_ready(**_: object) -> None:
    _say(ready=os.getpid())


@app.task(name="step", queue=CLOCK)
def step(number: int, at: str, channels: list[str], audits: bool) -> None:
    """Reads those channels, writes what must be told, sends what is due, and looks whether anything stands still."""
    db, now = database(), datetime.fromisoformat(at)
    with db.transaction() as session:
        claimed = claim_now(session, now, channels)
    outcomes = [poll(db, each, settings=settings(), clock=lambda: now) for each in claimed]
    read = [told.channel for told in outcomes if told.outcome == "complete"]
    _say(read=read, step=number)
    judge(db, now)
    sent = send_due(db, now, settings())
    still = str(audit(db, now, settings()).still) if audits else ""
    _say(done=number, sent=sent.sent, retried=sent.retried, failed=sent.failed, cancelled=sent.cancelled, still=still)


def _say(**words: object) -> None:
    os.write(int(os.environ[PIPE]), json.dumps(words).encode() + b"\n")
