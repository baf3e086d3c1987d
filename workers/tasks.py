"""The tasks. Each does one step on rows and leaves; what is missed or doubled is put right by the next one.

What tells people is loaded by the tasks that do it: it takes twenty megabytes, and those who only read have no use for
it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Event

from celery.signals import worker_shutting_down
from sqlalchemy import select

import monitor.emergency.answers_stopped  # noqa: F401 - its stop button holds for answers too
from config.settings import settings
from connectors import PROVIDERS, provider_of
from monitor.db import database
from monitor.inbox import acting
from monitor.inbox.day_keeping import keep_days
from monitor.register.organisation import NotSetUp
from monitor.telemetry.broker import Sign, publisher_lives, show_sign, waiting
from monitor.watch import nightly, polling
from monitor.watch.bulkhead_rules import Work
from monitor.watch.bulkheads import QUEUES, Bulkheads
from workers.app import app
from workers.bells import alone, ring

AT_ONCE = 4  # messages that go one way at the same time
STOPPING = Event()
BULKHEADS = Bulkheads()  # of this process


@worker_shutting_down.connect
def _stop(**_: object) -> None:
    STOPPING.set()


def _room_at(provider: str) -> int:
    """How many rings may be sent there, of each kind: nothing piles up where nobody listens."""
    return settings().polling.concurrency - waiting(settings(), [QUEUES[provider]])


def _ring_at(provider: str, times: int, bell: Callable[..., object], *ids: str | bool) -> None:
    for _time in range(times):
        ring(bell, *ids, queue=QUEUES[provider])


def _work_off(provider: str, work: Work, step: Callable[[], bool]) -> None:
    """The step again and again while it finds something to do and there is a thread for it. Else the ring goes unheard:
    whoever is at work there finds what it was for."""
    while not STOPPING.is_set():
        with BULKHEADS.room(provider, work, settings().polling.concurrency) as there:
            if not there or not step():
                return


@app.task(name="tick")
@alone
def tick() -> None:
    """Rings for readers of each provider whose channels are due, as many as have something to do."""
    with database().transaction(repeatable=True) as session:
        due = polling.due_by_line(session, datetime.now(UTC))
    # asked once, or the rings for one line would leave no room for those of the other
    room = {provider: _room_at(provider) for provider in {line.provider for line in due}}
    for line, channels in due.items():
        _ring_at(line.provider, min(channels, room[line.provider]), read.apply_async, line.provider, line.long)


@app.task(name="read")
def read(provider: str, long: bool) -> None:
    """Reads what is due of one provider, one channel after another."""
    line = polling.Line(provider, long)
    _work_off(provider, Work.LONG if long else Work.READ, partial(_read_next, line))


def _read_next(line: polling.Line) -> bool:
    with database().transaction(repeatable=True) as session:
        due = polling.claim_due(session, datetime.now(UTC), 1, line=line)
    for claimed in due:
        if polling.poll(database(), claimed, settings=settings()).changed:
            ring(judge.apply_async)
    return bool(due)


@app.task(name="act")
@alone
def act() -> None:
    """Rings where an action is due, so that nobody waits for its platform here."""
    with database().snapshot() as session:
        due = acting.due_by_platform(session, datetime.now(UTC))
    for platform, actions in due.items():
        provider = provider_of(platform)
        _ring_at(provider, min(actions, _room_at(provider)), go_on.apply_async, provider)


@app.task(name="go_on")
def go_on(provider: str) -> None:
    """One step of each action that is due at one provider."""
    _work_off(provider, Work.ACT, partial(_act_next, provider))


def _act_next(provider: str) -> bool:
    with database().transaction() as session:
        due = acting.claim_due(session, datetime.now(UTC), 1, PROVIDERS[provider])
    for held in due:
        acting.go_on(database(), held, settings())
    return bool(due)


@app.task(name="check")
@alone
def check() -> None:
    """Rings where a credential is due to be looked at. Without a register, none is."""
    due = set[str]()
    with suppress(NotSetUp), database().snapshot() as session:
        due = nightly.platforms_due(session, datetime.now(UTC))
    for provider in {provider_of(platform) for platform in due}:
        _ring_at(provider, min(1, _room_at(provider)), check_one.apply_async, provider)


@app.task(name="check_one")
def check_one(provider: str) -> None:
    """Looks at the credentials of one provider that are due, one after another."""
    _work_off(provider, Work.CHECK, partial(_check_next, provider))


def _check_next(provider: str) -> bool:
    with database().transaction() as session:
        channel_id = nightly.claim_check(session, datetime.now(UTC), settings(), PROVIDERS[provider])
    if channel_id:
        nightly.check_claimed(database(), channel_id, settings())
    return channel_id is not None


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
