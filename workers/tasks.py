"""The tasks. Each does one step on rows and leaves; what is missed or doubled is put right by the next one."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from threading import Lock

from sqlalchemy import select

from config.settings import settings
from monitor.alerts.auditing import audit as audit_all
from monitor.alerts.judging import judge as judge_all
from monitor.alerts.sending import send_due
from monitor.cli.broker import Sign, show_sign, waiting
from monitor.db import database
from monitor.inbox import acting
from monitor.inbox.day_keeping import keep_days
from monitor.register.organisation import NotSetUp
from monitor.watch import nightly, polling
from workers.app import app
from workers.queues import POLLS, queue_of

AHEAD = 10  # polls that may wait for each thread: more would outlive their claims in the queue


def alone(task: Callable[[], None]) -> Callable[[], None]:
    """Does nothing while the same task still runs in this process: a slow mail server must not take every thread.

    An error that lasts is raised, and logged, once, not every second.
    """
    busy = Lock()
    trouble: set[type[Exception]] = set()

    @wraps(task)
    def once() -> None:
        if not busy.acquire(blocking=False):
            return
        try:
            task()
            trouble.clear()
        except Exception as error:
            if type(error) in trouble:
                return
            trouble.add(type(error))
            raise
        finally:
            busy.release()

    return once


@app.task(name="tick")
@alone
def tick() -> None:
    """Claims the channels that are due, as many as the queues have room for, and sends each to its queue."""
    room = max(0, AHEAD * settings().polling.concurrency - waiting(settings(), POLLS))
    with database().transaction(repeatable=True) as session:
        due = polling.claim_due(session, datetime.now(UTC), room)
    for claimed in due:
        arguments = (claimed.channel_id, claimed.claim, claimed.platform)
        poll.apply_async(arguments, queue=queue_of(claimed.platform))


@app.task(name="poll")
def poll(channel_id: str, claim: str, platform: str) -> None:
    """Reads one channel for a claim. Nothing happens when the claim is lost meanwhile."""
    polling.poll(database(), polling.Claimed(channel_id, claim, platform), settings=settings())


@app.task(name="act")
@alone
def act() -> None:
    """Claims the actions that are due and sends each to the queue of its platform, so that nobody waits for it here."""
    with database().transaction() as session:
        due = acting.claim_due(session, datetime.now(UTC), AHEAD)
    for held in due:
        go_on.apply_async((held.action_id, held.token, held.platform), queue=queue_of(held.platform))


@app.task(name="go_on")
def go_on(action_id: int, token: str, platform: str) -> None:
    """One step of one action for a claim. Nothing happens when the claim is lost meanwhile."""
    acting.go_on(database(), acting.Held(action_id, token, platform), settings())


@app.task(name="check")
@alone
def check() -> None:
    """Takes a channel whose credential is due to be looked at, and sends it to its queue. Without a register, none."""
    claimed = None
    with suppress(NotSetUp), database().transaction() as session:
        claimed = nightly.claim_check(session, datetime.now(UTC), settings())
    if claimed:
        channel_id, platform = claimed
        check_one.apply_async((channel_id,), queue=queue_of(platform))


@app.task(name="check_one")
def check_one(channel_id: str) -> None:
    """Looks at one channel's credential. A lost message is made good the next night."""
    nightly.check_claimed(database(), channel_id, settings())


@app.task(name="days")
@alone
def days() -> None:
    """Keeps the day register. Without a register of channels there is none."""
    with suppress(NotSetUp):
        keep_days(database(), datetime.now(UTC))


@app.task(name="judge")
@alone
def judge() -> None:
    """Writes the notices that have become due. Without a register nothing can."""
    with suppress(NotSetUp):
        judge_all(database(), datetime.now(UTC))


@app.task(name="send")
@alone
def send() -> None:
    """Sends the notices that are due."""
    send_due(database(), datetime.now(UTC), settings())


@app.task(name="audit")
@alone
def audit() -> None:
    """Looks for what is stuck, and tells the outside dead-man's switch that nothing is."""
    audit_all(database(), datetime.now(UTC), settings())


@app.task(name="canary")
@alone
def canary() -> None:
    """Proves the whole way: beat, broker, worker and database."""
    with database().snapshot() as session:
        session.execute(select(1))
    show_sign(settings(), Sign.CANARY)
