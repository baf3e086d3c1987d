"""The tasks. Each does one step on rows and leaves; what is missed or doubled is put right by the next one.

What tells people is loaded by the tasks that do it: it takes twenty megabytes, and those who only read have no use for
it.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from threading import Lock
from typing import ParamSpec

from celery.exceptions import OperationalError
from sqlalchemy import select

import monitor.emergency.answers_stopped  # noqa: F401 - its stop button holds for answers too
from config.settings import settings
from monitor.cli.broker import Sign, publisher_lives, show_sign, waiting
from monitor.db import database
from monitor.inbox import acting
from monitor.inbox.day_keeping import keep_days
from monitor.register.organisation import NotSetUp
from monitor.watch import nightly, polling
from workers.app import app
from workers.queues import POLLS, queue_of

P = ParamSpec("P")
AT_ONCE = 4  # messages that go one way at the same time
RING_SECONDS = 5
AHEAD = 10  # polls that may wait for each thread: more would outlive their claims in the queue


def alone(task: Callable[P, None]) -> Callable[P, None]:
    """Lets a task not run twice at a time in this process with the same ids: a slow mail server must not take every
    thread. What is rung meanwhile is not lost: whoever runs looks once more, as the news may have come behind its back.
    """
    locks: defaultdict[tuple[object, ...], Lock] = defaultdict(Lock)
    rung: set[tuple[object, ...]] = set()
    look = raised_once(task)

    @wraps(task)
    def once(*args: P.args, **kwargs: P.kwargs) -> None:
        rung.add(args)
        while args in rung and locks[args].acquire(blocking=False):
            try:
                rung.discard(args)
                look(*args, **kwargs)
            finally:
                locks[args].release()

    return once


def raised_once(task: Callable[P, None]) -> Callable[P, None]:
    """An error that lasts is raised, and logged, once, not every second; and again after it was gone."""
    trouble: set[tuple[object, ...]] = set()

    @wraps(task)
    def look(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
            trouble.difference_update([each for each in trouble if each[1:] == args])
        except Exception as error:
            if (type(error), *args) in trouble:
                return
            trouble.add((type(error), *args))
            raise

    return look


def ring(bell: Callable[..., object], *ids: str) -> None:
    """Lets a task run at once rather than at its next beat. A ring that is lost does no harm."""
    with suppress(OperationalError):
        bell(ids, expires=RING_SECONDS)


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
    outcome = polling.poll(database(), polling.Claimed(channel_id, claim, platform), settings=settings())
    if outcome.changed:
        ring(judge.apply_async)


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
    """Writes the notices that have become due, and brings what residents write onto the boards of incidents. Without a
    register nothing can."""
    import monitor.emergency.notices  # noqa: F401 - adds what is told in a crisis
    from monitor.alerts.judging import judge as judge_all
    from monitor.emergency.intake import collect_all
    from monitor.emergency.situation import remind_all

    with suppress(NotSetUp):
        if judge_all(database(), datetime.now(UTC)):
            ring(send.apply_async)
        collect_all(database(), datetime.now(UTC))
        remind_all(database(), datetime.now(UTC))


@app.task(name="send")
@alone
def send() -> None:
    """Sets a sender going for each way that something is due to go, so that none waits for another one's server."""
    from monitor.alerts.claiming import ways_due

    for way in ways_due(database(), datetime.now(UTC)):
        ring(send_by.apply_async, way)


@app.task(name="send_by")
@alone
def send_by(way: str) -> None:
    """Sends the notices that are due to go one way."""
    import monitor.emergency.notices  # noqa: F401 - adds what is told in a crisis
    from monitor.alerts.sending import send_due

    send_due(database(), datetime.now(UTC), settings(), route=way, at_once=AT_ONCE)


@app.task(name="hooks")
@alone
def hooks() -> None:
    """Hands what has happened to the systems that subscribe to it, and sets a sender going for each that has to wait
    for nothing, so that none waits for another one's server."""
    from monitor.alerts import hook_handing, hook_sending

    now = datetime.now(UTC)
    with suppress(NotSetUp):
        hook_handing.stop_those_who_left(database(), now)
        hook_handing.hand_over(database(), now)
    for subscription in hook_sending.due(database(), datetime.now(UTC)):
        ring(hook_to.apply_async, str(subscription))


@app.task(name="hook_to")
@alone
def hook_to(subscription: str) -> None:
    """Sends what is due to one subscriber."""
    from monitor.alerts.hook_sending import send_due

    send_due(database(), int(subscription), settings())


@app.task(name="audit")
@alone
def audit() -> None:
    """Looks for what is stuck, and tells the outside dead-man's switch that nothing is."""
    from monitor.alerts.auditing import audit as audit_all

    audit_all(database(), datetime.now(UTC), settings())


@app.task(name="readiness")
@alone
def readiness() -> None:
    """Looks in the night whether everything is in order that a crisis would need. Without a register there is none."""
    from monitor.emergency.readiness import check, is_due

    now = datetime.now(UTC)
    with suppress(NotSetUp):
        with database().snapshot() as session:
            due = is_due(session, now)
        if due:
            check(database(), settings(), now, worker_alive=publisher_lives(settings(), now))


@app.task(name="canary")
@alone
def canary() -> None:
    """Proves the whole way: beat, broker, worker and database."""
    with database().snapshot() as session:
        session.execute(select(1))
    show_sign(settings(), Sign.CANARY)


@app.task(name="warnings")
@alone
def warnings() -> None:
    """Reads the feeds of the authorities' warnings, where that is asked for."""
    from monitor.emergency.warnings import read_due

    with suppress(NotSetUp):
        read_due(database(), settings())


@app.task(name="crisis_page")
@alone
def crisis_page() -> None:
    """Keeps the crisis page as it should be now: what has run out becomes history, and a lost file is there again."""
    from monitor.emergency.hub import publish_hub

    with suppress(NotSetUp):
        publish_hub(database(), settings(), datetime.now(UTC))


@app.task(name="website")
@alone
def website() -> None:
    """Tells the website's own system of crisis messages, where it has an address for them."""
    from monitor.emergency.cms import tell_due

    with suppress(NotSetUp):
        tell_due(database(), settings())
