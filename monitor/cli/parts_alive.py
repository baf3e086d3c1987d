"""What `doctor` sees of the processes: broker, beat and workers, and whether work really goes through all of them."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from redis.exceptions import RedisError

from config.language import N_, _
from config.settings import Settings
from monitor.alerts.looks import Fault
from monitor.cli.at_home import START, START_AGAIN, Look
from monitor.cli.errors import explain
from monitor.telemetry import broker
from monitor.telemetry.broker import Broker, Sign

FRESH = timedelta(seconds=20)  # a sign of life every 2 s, a canary every 5 s
NEVER = datetime.min.replace(tzinfo=UTC)
WORKERS = frozenset({Sign.CLOCK, Sign.POLLS})
CHECKS = {
    "broker": N_("Broker"),
    "beat": N_("Beat"),
    "workers": N_("Workers"),
    "emergency": N_("Worker of crises"),
    "work": N_("Work through all of them"),
}


def parts_alive(chosen: Settings, here: bool) -> Iterator[Look]:
    """here: those of this machine, which has the workers that have ever shown themselves here."""
    now = datetime.now(UTC)
    try:
        signs, found = broker.signs(chosen, here=here), broker.look(chosen)
        hung = [] if found.is_full else broker.hung_beats(chosen, now)  # where nobody can show life, nobody hangs
    except RedisError as error:
        remedy = explain(error)[0] if chosen.redis_url is not None else _(START)
        yield "broker", Fault(_("The broker does not answer."), remedy)
        signs, found, hung = {}, None, []
    else:
        yield "broker", None
    alive = {sign for sign, moment in signs.items() if now - moment < FRESH}
    yield "beat", _beats(Sign.BEAT in alive, hung)
    wanted = WORKERS & signs.keys() if here else WORKERS
    idle = [] if here or found is None else _unserved(found, now)
    yield "workers", _workers(alive, wanted, idle)
    lost = _("The worker of crises is missing: messages go out from the page that sends them alone.")
    yield "emergency", None if Sign.EMERGENCY in alive else Fault(lost, _(START))
    if {Sign.BEAT, *WORKERS} <= alive:
        stuck = Fault(_("All processes live, but no work gets done."), _(START_AGAIN))
        yield "work", None if Sign.CANARY in alive else stuck


def _beats(alive: bool, hung: list[int]) -> Fault | None:
    if hung:
        numbers = " ".join(map(str, hung))
        remedy = _("End it with `kill -9 {numbers}`: what started it starts it again.", numbers=numbers)
        return Fault(_("A beat of this machine hangs (process {numbers}).", numbers=numbers), remedy)
    return None if alive else Fault(_("Nothing says when it is time to look."), _(START))


def _workers(alive: Collection[Sign], wanted: Collection[Sign], idle: list[str]) -> Fault | None:
    if not wanted or not set(wanted) <= set(alive):
        return Fault(_("A worker is missing: channels or notices wait."), _(START))
    if idle:
        return Fault(_("Nobody takes from {queues}: what is behind waits.", queues=", ".join(idle)), _(START))
    return None


def _unserved(found: Broker, now: datetime) -> list[str]:
    """Queues in which something waits, and whose workers show no life."""
    return [queue for queue, n in found.queues.items() if n and now - found.served.get(queue, NEVER) >= FRESH]
