"""A running Kanalvakt: broker, worker, beat and web as children of this process, each replaced when it dies."""

import fcntl
import http.client
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from config.home import make_home
from config.language import N_, _
from config.settings import Settings
from monitor.cli import embedded
from monitor.cli.output import remark
from monitor.cli.parts import Part, address, listen, programs
from monitor.cli.processes import Children, Ending, Program, wait_until
from monitor.cli.setup import opened_database
from monitor.register.organisation import NotSetUp
from monitor.telemetry import broker
from monitor.telemetry.broker import QUEUES, Sign

START = 30.0  # seconds in which a part should be ready
READY = {
    Part.WORKER: N_("Worker: reads channels and sends notices"),
    Part.BEAT: N_("Beat: says every second that it is time to look"),
    Part.WEB: N_("Web: {address}"),
    Part.EMERGENCY: N_("Emergency: gets crisis messages out, whatever else is busy"),
}
WITHOUT_BROKER = frozenset({Part.EMERGENCY, Part.WEB})
"""What gets crisis messages out must start, though the broker be away."""
SIGNS = {Part.BEAT: {Sign.BEAT}, Part.EMERGENCY: {Sign.EMERGENCY}}


@dataclass
class Running:
    """The parts that run. `address`: where the pages are. `logs`: the folder of their logs, ours where None."""

    settings: Settings
    children: Children
    logs: Path | None
    listener: socket.socket | None
    since: datetime

    @property
    def address(self) -> str:
        return address(self.settings, self.listener) if self.listener else ""

    def start(self, program: Program) -> None:
        log = self.logs / f"{program.name}.log" if self.logs else None
        self.children.start(replace(program, log=log))

    def is_ready(self, part: Part) -> bool:
        if part is Part.WEB:
            return self.listener is not None and _answers(self.listener)
        seen = broker.signs(self.settings) if broker.answers(self.settings) else {}
        waits_for = SIGNS.get(part, {Sign.CLOCK, Sign.POLLS})
        return all(sign in seen and seen[sign] >= self.since for sign in waits_for)

    def say_when_ready(self, parts: Collection[Part], ending: Ending, say: Callable[[str], None]) -> None:
        """One line for each part as soon as it is ready; a remark about those that take too long."""
        late = time.monotonic() + START
        waiting = list(parts)
        while waiting and not ending.asked and time.monotonic() < late:
            self.children.watch()
            for part in [part for part in waiting if self.is_ready(part)]:
                waiting.remove(part)
                say(_(READY[part], address=self.address))
            time.sleep(0.1)
        for part in [] if ending.asked else waiting:
            remark(_("The part {part} is not ready yet. Its log: {log}", part=part, log=self.logs or "–"))

    def stay(self, ending: Ending) -> None:
        """Keeps everything alive until somebody asks to stop."""
        while not ending.asked:
            self.children.watch()
            time.sleep(0.2)


@contextmanager
def running(
    settings: Settings, parts: Collection[Part], logs: Path | None, queues: Collection[str] = QUEUES
) -> Iterator[Running]:
    """Migrates, starts the parts, and stops them at the end. With `logs`, each part writes a file there. queues: what
    a worker among them takes.

    Raises NotSetUp, sqlalchemy's DBAPIError or redis' RedisError when something that is needed is not there.
    """
    opened_database(create=True)
    listener = listen(settings) if Part.WEB in parts else None
    children = Children(lambda program, code: remark(_death(program, code)))
    house = Running(settings, children, logs, listener, datetime.now(UTC))
    try:
        if not WITHOUT_BROKER.issuperset(parts):
            _broker(house, alone=set(parts) != set(Part))
        for part in parts:
            for program in programs(part, settings, listener, queues):
                house.start(program)
        yield house
    finally:
        children.stop()
        embedded.tidy(settings)
        if listener:
            listener.close()


def _broker(house: Running, alone: bool) -> None:
    """Starts the embedded broker if there is no other; parts that run alone lean on one that is there."""
    if house.settings.redis_url is not None:
        broker.connect(house.settings).ping()
    elif not alone:
        house.start(embedded.server(house.settings))
        if not wait_until(lambda: broker.answers(house.settings), 10.0):
            raise NotSetUp(_("The embedded broker does not start. Its log says why: {log}", log=house.logs))
    elif house.listener is None and not broker.answers(house.settings):
        raise NotSetUp(_("Parts that run alone need a broker between them: set KANALVAKT_REDIS_URL."))


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else runs on this home meanwhile. Raises NotSetUp if somebody does. The kernel frees it when we die."""
    make_home(home)
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = _("Kanalvakt already runs on {home}. Stop it, or choose another KANALVAKT_HOME.", home=home)
            raise NotSetUp(sentence) from None
        yield


def _death(program: Program, code: int) -> str:
    return _("{part} ended by itself (code {code}) and is started again.", part=program.name, code=code)


def _answers(listener: socket.socket) -> bool:
    """Any answer will do: the process accepts connections and speaks HTTP."""
    host, port = listener.getsockname()[:2]
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    connection = http.client.HTTPConnection(local, port, timeout=0.3)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
