"""Broadcasts under the declared faults, one after the other, and what is counted at the platforms afterwards."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import psycopg

from config.settings import Settings
from connectors.emulator.faults import Fault
from monitor.emergency import holding
from monitor.emergency.claimed import LEASE
from monitor.emergency.delivering import deliver_all
from monitor.emergency.models import Delivery
from monitor.emergency.rules import UNDECIDED, UNDER_WAY, Fate
from tests.bench.emergency import mix
from tests.bench.emergency.found import Found, count
from tests.bench.emergency.others import PATIENCE, asleep, look_alikes, wake, worker
from tests.bench.emergency.scene import Scene, Template, scene
from tests.connectors.graph_stages import graph_of

SILENT = timedelta(seconds=31)
"""What is undecided for longer must have been told; the platforms' clock has whole seconds."""
ROUNDS = 400
GOES_ON = 40
"""Rounds after which what was stopped is let go."""
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def block(template: Template, seed: int, number: int, size: int) -> Found:
    """So many broadcasts in a scene of their own: always the same ones for a seed and a number."""
    chance = Random(f"{seed} {number}")  # noqa: S311 - chooses faults of a toy world
    with scene(template) as there:
        run = Run(there, chance)
        for _each in range(size):
            run.broadcast()
    return run.found


class Run:
    """Broadcasts of one scene."""

    def __init__(self, there: Scene, chance: Random) -> None:
        self.there, self.here, self.chance, self.found = there, there.here, chance, Found()
        self.habits = graph_of(there.here.stages["facebook"]).habits

    def broadcast(self) -> None:
        name, here = mix.chosen(self.chance), self.here
        here.world.list_lag = self.chance.choice(mix.LAGS)
        self.there.new_incident()
        message, mark = here.message(), len(here.effects)
        made = here.commit(message)
        self.context = f"{name}; lag {here.world.list_lag}"
        if self.chance.random() < mix.LOOK_ALIKES:
            self.context += "; look-alikes"
            look_alikes(self.there, self.chance, made)
        self.found.faults[name] += 1
        self._scenarios().get(name, self._answered)(name, message)
        if not self._to_the_end(message):
            self.found.blame("silent", self.context, made[0].marker)
        self._as_it_was()
        count(here, message, mark, self.context, self.found)
        here.wait(2000)

    def _scenarios(self) -> dict[str, Callable[[str, int], None]]:
        return {
            mix.GOES_WELL: lambda _name, _message: None,
            "worker killed (SIGKILL)": self._killed,
            "worker paused (SIGSTOP), awake after its lease": self._paused,
            "three workers at once": self._several,
            "pressed twice at once": self._pressed_twice,
            "stopped between arming and sending": self._stopped,
            "crisis page not seen for 3 s": self._hub_late,
            "crisis page never seen": self._hub_gone,
            "all database connections cut": self._cut,
            "reading back fails three times": self._unread,
            "Instagram's container IN_PROGRESS for 60 s": self._container,
            "Instagram's container ERROR": self._container,
            "Instagram's container EXPIRED": self._container,
        }

    # -- what happens

    def _answered(self, name: str, _message: int) -> None:
        place = mix.place_of(self.chance)
        self.context += f"; {place}"
        self.here.emulator.faults.add(mix.fault_of(name, place))

    def _unread(self, _name: str, _message: int) -> None:
        """Right after the post is out: the first three questions about it."""
        path = self.chance.choice([r"/\d+_\d+$", r"/\d{17}$", "/comments$"])
        self.here.emulator.faults.add(Fault("status", status=500, method="GET", path=path, times=3))

    def _container(self, name: str, _message: int) -> None:
        if name.endswith("60 s"):
            self.habits.processing = 60
        else:
            self.habits.containers_end = name.rpartition(" ")[2]
            self.later = self.here.clock() + timedelta(seconds=8)  # the next container goes well

    def _killed(self, _name: str, _message: int) -> None:
        place, point = mix.place_of(self.chance), self.chance.choice(mix.POINTS)
        if point.state is None and self.chance.random() < 0.3:  # the answer is lost, too, before it dies
            self.here.emulator.faults.add(mix.fault_of("done, then a reset", place))
        self._begin(place, point)
        died = worker(self.there, place, point)
        died.join(PATIENCE)
        died.kill()
        self.found.points[f"{point.name}: {'died there' if died.exitcode == -signal.SIGKILL else 'not reached'}"] += 1
        self.here.wait(LEASE.total_seconds())

    def _paused(self, _name: str, message: int) -> None:
        place, point = mix.place_of(self.chance), self.chance.choice(mix.PAUSES)
        self._begin(place, point)
        sleeper = worker(self.there, place, point, signal.SIGSTOP)
        if asleep(sleeper):
            self.found.points[f"{point.name}: slept there"] += 1
            self.here.wait(LEASE.total_seconds() + 1)
            alarm = threading.Timer(PATIENCE / 2, wake, (sleeper,))
            alarm.start()
            self._to_the_end(message)
            alarm.cancel()
        wake(sleeper)

    def _several(self, _name: str, _message: int) -> None:
        others = [worker(self.there), worker(self.there)]
        self.here.sweep()
        for each in others:
            each.join(PATIENCE)
            each.kill()

    def _pressed_twice(self, _name: str, message: int) -> None:
        """Both commit, and both deliver, while time goes by."""

        def press() -> None:
            self.here.commit(message)
            deliver_all(self.there.db, message, Settings(), self.here.clock)

        presses = [threading.Thread(target=press) for _each in range(2)]
        for each in presses:
            each.start()
        while any(each.is_alive() for each in presses):
            time.sleep(0.02)
            self.here.wait(0.25)

    def _stopped(self, _name: str, _message: int) -> None:
        place = mix.place_of(self.chance)
        self.context += f"; {place}"

        def stop(where: str, fate: Fate, committed: bool) -> None:
            if (where, fate, committed) == (place, Fate.ARMED, True):
                self.there.db.at = None
                self._hold(place)

        self.there.db.at = stop

    def _hold(self, place: str) -> None:
        now = self.here.clock()
        with self.there.db.transaction() as session:
            holding.hold(session, place, "redaktor", now, now + timedelta(minutes=30), "prov")
        self.held = place

    def _hub_late(self, _name: str, _message: int) -> None:
        self.there.hub.answers = False
        self.later = self.here.clock() + timedelta(seconds=3)

    def _hub_gone(self, _name: str, _message: int) -> None:
        self.there.hub.answers = False

    def _cut(self, _name: str, _message: int) -> None:
        """PostgreSQL ends all connections right before a commit; SQLite has none."""
        url = self.there.db.url
        if url.get_backend_name() == "sqlite":
            return
        place, state = mix.place_of(self.chance), self.chance.choice([Fate.ARMED, Fate.CONFIRMED])
        self.context += f"; {place} {state}"
        server = url.set(database="postgres").render_as_string(hide_password=False)

        def cut(where: str, fate: Fate, committed: bool) -> None:
            if (where, fate, committed) == (place, state, False):
                self.there.db.at = None
                with psycopg.connect(server, autocommit=True) as connection:
                    connection.execute(CUT, (url.database,))

        self.there.db.at = cut

    def _begin(self, place: str, point: mix.Point) -> None:
        """Instagram's container is made before, so that its worker comes to the call that publishes."""
        self.context += f"; {place} {point.name}"
        if place == "instagram":
            self.here.sweep()
            self.here.wait(self.habits.processing + 1)

    # -- and afterwards

    later: datetime | None = None
    held: str | None = None

    def _as_it_was(self) -> None:
        """Nothing fails any more."""
        self.here.emulator.faults.clear()
        self.there.hub.answers, self.there.db.at, self.later = True, None, None
        self.habits.processing, self.habits.containers_end = 5, ""
        self._let_go()

    def _let_go(self) -> None:
        if self.held is not None:
            with self.there.db.transaction() as session:
                holding.release(session, self.held, "redaktor", self.here.clock())
            self.held = None

    def _to_the_end(self, message: int) -> bool:
        """Workers come by whenever something is due, and as often as people have to be told. False: it was silent, or
        did not come to an end."""
        for number in range(ROUNDS):
            self._sweep()
            left = [each for each in self.here.deliveries_of(message) if each.state in UNDER_WAY]
            now = self.here.clock()
            open_ = [each for each in left if each.state in UNDECIDED and not each.told_at]
            if any(now - each.made_at > SILENT for each in open_):
                return False
            if not left:
                return True
            if number > GOES_ON:
                self._let_go()
            if self.later is not None and now >= self.later:
                self.there.hub.answers, self.habits.containers_end = True, ""
            self.here.wait(_until_due(left, open_, now))
        return False

    def _sweep(self) -> None:
        """A worker of which the database is taken away comes by again."""
        for _again in range(3):
            try:
                self.here.sweep()
            except Exception as error:  # noqa: BLE001 - as the worker's own loop does
                self.found.faults[f"a sweep ended in {type(error).__name__}"] += 1
            else:
                return


def _until_due(left: list[Delivery], untold: list[Delivery], now: datetime) -> float:
    """Seconds until the next one is due, or until somebody has to be told."""
    moments = [each.next_at for each in left] + [each.made_at + timedelta(seconds=30) for each in untold]
    return max((min(moments) - now).total_seconds(), 0.05)
