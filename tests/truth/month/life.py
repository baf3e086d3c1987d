"""The month, step by step: Kanalvakt does what it does in processes of its own, and now and then they are killed.

The grid: at opening, every hour after it, and half an hour before and at closing, each channel on which something has
happened is read; at 6.45 of a working day every channel is; in the evening, at night and on days off every three hours.
Between these, a step is made at the first even minute after each deadline, rung and end of a pause that the oracle's
clock knows of, at each minute at which the ledger itself says that a notice is due (as after a refusal), and where an
outage begins and ends: the real worker looks every two seconds, and finds nothing to do at all other times. No time
passes but from step to step.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from threading import Timer

from celery import Celery
from sqlalchemy import func, select

from connectors.emulator.truth import truth
from monitor.alerts.models import Notice
from tests.monitor.register.slow_calendar import wall
from tests.truth.month.acts import Acts
from tests.truth.month.chronicle import Gap
from tests.truth.month.clock import DAY, MINUTE
from tests.truth.month.machinery import PATIENCE, Broker, Worker, order
from tests.truth.month.office import MoodyOffice
from tests.truth.month.plan import Event, Plan
from tests.truth.month.town import KINDS

LEASE = timedelta(minutes=1)
"""So long what a killed worker had in hand is nobody else's."""
NIGHT = (time(1), time(4), time(19), time(22))
OFF = (time(1), time(4), time(7), time(10), time(13), time(16), time(19), time(22))
KILLS, BETWEEN = 8, 8
"""At a random moment of a step, and exactly between the taking of a mail and the recording of that."""


class Life:
    def __init__(self, acts: Acts, plan: Plan, office: MoodyOffice, broker: Broker, worker: Worker, seed: int) -> None:
        self.acts, self.plan, self.office, self.broker, self.worker = acts, plan, office, broker, worker
        self.chronicle, self.clock, self.db = acts.chronicle, plan.clock, acts.db
        self.random = Random(-seed)  # noqa: S311 - the same month for the same seed
        self.celery = Celery("driver", broker=broker.url)
        self.hours = frozenset(moment for moment in self.clock.grid(30 * MINUTE) if self._is_looked_at(moment))
        self.chronicle.gaps += [Gap(each.kind, each.begin, each.end) for each in plan.outages]
        self.alarms: list[datetime] = []
        self.known: set[datetime] = set()
        self.down_until: datetime | None = None
        self.number = 0
        self.kills = self._when(KILLS)
        self.between = self._when(BETWEEN)

    def goes_by(self) -> None:
        """All of it."""
        events = iter(sorted([*self._absences(), *self.plan.events]))
        event = next(events, None)
        for moment in self._grid():
            self._alarm(moment)
        while self.alarms:
            now = heapq.heappop(self.alarms)
            while event is not None and event.moment <= now:
                self._happens(event)
                event = next(events, None)
            self._step(now)

    def _happens(self, event: Event) -> None:
        if event.verb == "is_away":
            self.acts.is_away(*event.more)  # type: ignore[arg-type]
        else:
            self.acts.happens(event.moment, event.verb, event.which, event.more)
        for mark in self.chronicle.asked[event.which].marks if event.verb == "marks" else ():
            if mark.until is not None:
                self._alarm(_even(mark.until + timedelta(seconds=1), 2 * MINUTE))

    def _absences(self) -> Iterator[Event]:
        for away in self.plan.absences:
            yield Event(away.told, "is_away", away.person, (away,))

    # -- when there is something to do

    def _grid(self) -> Iterator[datetime]:
        for passed in range((self.clock.last - self.clock.first).days + 1):
            day = self.clock.first + passed * DAY
            working = day in self.clock.working
            yield from (self.clock.at(day, at) for at in ((time(6, 45), *NIGHT) if working else OFF))
        yield from self.hours
        for outage in self.plan.outages:
            yield from (_even(outage.begin, MINUTE), _even(outage.end, MINUTE))

    def _is_looked_at(self, moment: datetime) -> bool:
        at = wall(moment).time()
        return at.minute == 30 or at in {time(15), time(16)}

    def _alarm(self, moment: datetime) -> None:
        if moment not in self.known and wall(moment).date() <= self.clock.last:
            self.known.add(moment)
            heapq.heappush(self.alarms, moment)

    def _when(self, count: int) -> list[datetime]:
        """Working moments, the first one first."""
        days = [each for each in self.clock.working if each <= self.clock.last]
        chosen = [self.clock.at(self.random.choice(days), time(7, 30)) for _each in range(self.clock.share(count))]
        return sorted(day + self.random.randrange(8 * 60) * MINUTE for day in chosen)

    def _deadlines(self, channel: str, since: datetime) -> Iterator[datetime]:
        kind = KINDS[channel]
        due = self.clock.due(since, kind.within)
        for rung in (due, self.clock.due(due, kind.deputy_after), self.clock.due(due, kind.manager_after)):
            yield _even(rung + timedelta(seconds=1), 2 * MINUTE)

    # -- what is done

    def _step(self, now: datetime) -> None:
        self.chronicle.counts["steps wanted"] += 1
        if not self._is_up(now):
            return
        self.office.now, self.office.mood = now, self._mood(now)
        with self.acts.world.lock:
            self.acts.world.clock = now
        channels = self._to_read(now)
        self.number += 1
        killer = self._killer(now)
        if not order(self.celery, self.number, now, channels, audits=bool(channels)):
            self.chronicle.counts["steps that could not be ordered"] += 1
            return
        if killer is not None:
            killer.start()
        self._hears(now, set(channels))
        if killer is not None:
            killer.cancel()
        self._wakes(now)

    def _hears(self, now: datetime, channels: set[str]) -> None:
        while (words := self.worker.hears(PATIENCE)) is not None:
            if words.get("step") == self.number:
                self._are_read(words["read"], now)
                self.acts.changed -= set(words["read"])
            elif words.get("done") == self.number:
                self.chronicle.steps.append(now)
                for name in ("sent", "retried", "failed", "cancelled"):
                    self.chronicle.counts[f"notices {name}"] += words[name]
                self.chronicle.counts["steps"] += 1
                self.office.handed_in = False  # and that has been recorded
                return
        assert self.worker.dead, f"a step has not ended: {self.worker.log.read_text()[-3000:]}"
        self._died(now, LEASE)

    def _are_read(self, channels: list[str], now: datetime) -> None:
        """What a reader knows from now on, worked out from what really happened."""
        for channel in channels:
            self.chronicle.counts["readings"] += 1
            for id_, state in truth(self.acts.world, self.acts.accounts[channel]).items():
                asked = self.chronicle.asked[self.acts.names[id_]]
                if not asked.states or asked.states[-1][1] != state:
                    asked.states.append((now, str(state)))
                    for moment in self._deadlines(channel, asked.since) if asked.since else ():
                        self._alarm(max(moment, now + MINUTE))

    def _to_read(self, now: datetime) -> list[str]:
        at, working = wall(now).time(), wall(now).date() in self.clock.working
        if working and at == time(6, 45):
            return sorted(KINDS)
        on_grid = now in self.hours or at in (NIGHT if working else OFF)
        return sorted(self.acts.changed) if on_grid else []

    def _wakes(self, now: datetime) -> None:
        """When the ledger says that something is due next."""
        with self.db.snapshot() as session:
            waiting = select(func.min(Notice.due_at)).where(Notice.state.in_(("due", "sending")))
            next_ = session.scalar(waiting)
        if next_ is not None:
            self._alarm(max(_even(next_, MINUTE), now + MINUTE))

    # -- what does not work

    def _mood(self, now: datetime) -> str:
        moods = {"refuses", "hangs", "closes"}
        return next((each.kind for each in self.plan.outages if each.kind in moods and _in(each, now)), "takes")

    def _is_up(self, now: datetime) -> bool:
        """Kills and starts what has to be, first."""
        out = {each.kind for each in self.plan.outages if _in(each, now)}
        if "broker" in out:
            self.broker.kill()
        else:
            self.broker.start()
        if "worker" in out and not self.worker.dead:
            self.worker.kill()
            self._died(now, timedelta())
        if self.worker.dead and not out & {"worker", "broker"} and (self.down_until is None or self.down_until <= now):
            self.worker.start()
        return "broker" not in out and not self.worker.dead

    def _killer(self, now: datetime) -> Timer | None:
        """Whoever is to be killed in this step: by the post office, or by chance."""
        if self.between and self.between[0] <= now:
            del self.between[0]
            self.office.kills = self._kills_between
        if self.kills and self.kills[0] <= now:
            del self.kills[0]
            return Timer(self.random.uniform(0.005, 0.5), self.worker.kill)
        return None

    def _kills_between(self) -> None:
        self.chronicle.counts["kills exactly between taking and recording"] += 1
        self.worker.kill()

    def _died(self, now: datetime, lease: timedelta) -> None:
        self.worker.bury()
        self.chronicle.counts["kills"] += 1
        self.chronicle.counts["kills after a mail was taken"] += self.office.handed_in
        self.office.handed_in = False
        self.down_until = now + self.random.choice((1, 3, 8, 20)) * MINUTE
        self.chronicle.gaps.append(Gap("killed", now, max(self.down_until, now + lease)))
        self._alarm(self.down_until)
        self._alarm(now + lease + MINUTE)


def _even(moment: datetime, every: timedelta) -> datetime:
    """The first such minute that is no earlier."""
    begin = moment.replace(minute=0, second=0, microsecond=0)
    return begin + -(-(moment - begin) // every) * every


def _in(outage: object, now: datetime) -> bool:
    return outage.begin <= now < outage.end  # type: ignore[attr-defined, no-any-return]
