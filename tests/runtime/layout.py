"""The processes of production on this machine: two beats, two webs, two workers of each kind, and a worker of crises,
with the words with which `up` starts each of them, but with nobody who starts them again. With SIDE_BY_SIDE=REVISION
the first of each is of that version of the program, as in the middle of an upgrade."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from config.settings import Settings
from monitor.cli.parts import Part, listen, programs
from monitor.telemetry import broker
from monitor.telemetry.broker import CLOCK, QUEUES
from tests.docs import ROOT
from tests.waiting import eventually

START = 90.0
"""Seconds, with a lot to spare on a machine that has other things to do."""
BEFORE = os.environ.get("SIDE_BY_SIDE", "")
"""What git calls the version before; empty: all are of this one."""
VENDOR = Path("monitor/web/static/vendor")
READING = tuple(each for each in QUEUES if each != CLOCK)


@dataclass
class Layout:
    """Running processes by name: `clock 1`, `reader 2`, `beat 1`, `web 2`, `emergency`."""

    folder: Path
    settings: Settings
    listeners: dict[str, socket.socket]
    before: Path | None = None
    """Where the version before lies, which the first of each is of."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def addresses(self) -> dict[str, str]:
        """Of the webs."""
        return {name: f"http://127.0.0.1:{each.getsockname()[1]}" for name, each in self.listeners.items()}

    def start(self, name: str, part: Part, queues: tuple[str, ...] = QUEUES) -> None:
        [program] = programs(part, self.settings, self.listeners.get(name), queues)
        hub = {"KANALVAKT_EMERGENCY__HUB_URL": f"{self.addresses['web 2']}/krisinformation"}
        code = self.before if self.before and name.endswith(" 1") else ROOT
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=program.fds,
                cwd=code,
                start_new_session=True,  # of its own, as a unit or a container has one
                env=os.environ | hub | {"PYTHONPATH": str(code)},
            )
        self.running[name] = process

    def signal(self, name: str, number: signal.Signals) -> None:
        self.running[name].send_signal(number)

    def kill(self, name: str) -> None:
        """As a machine does that loses its power; the socket of a web goes with it."""
        process = self.running.pop(name)
        process.kill()
        process.wait()
        if name in self.listeners:
            self.listeners.pop(name).close()

    def is_ready(self) -> bool:
        if broker.signs(self.settings).keys() != set(broker.Sign):
            return False
        return all(_answers(each) for each in self.addresses.values())

    def state(self) -> str:
        """For whoever wonders why it is not ready."""
        webs = {name: _answers(each) for name, each in self.addresses.items()}
        logs = {name: self.log(name)[-500:] for name in self.running}
        return f"signs: {set(broker.signs(self.settings))}; webs: {webs}; alive: {self.alive()}; logs: {logs}"

    def alive(self) -> set[str]:
        return {name for name, process in self.running.items() if process.poll() is None}

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@contextmanager
def layout(folder: Path) -> Iterator[Layout]:
    """Everything twice, and the worker of crises, when all of it answers. The settings are those of this process; the
    second web shows the crisis page."""
    settings = Settings()
    listeners = {f"web {number}": listen(settings) for number in (1, 2)}
    house = Layout(folder, settings, listeners, _version_before(folder) if BEFORE else None)
    try:
        house.start("emergency", Part.EMERGENCY)
        for number in (1, 2):
            house.start(f"clock {number}", Part.WORKER, (CLOCK,))
            house.start(f"reader {number}", Part.WORKER, READING)
            house.start(f"web {number}", Part.WEB)
        for number in (1, 2):
            house.start(f"beat {number}", Part.BEAT)
        assert eventually(house.is_ready, START), house.state()
        yield house
    finally:
        for process in house.running.values():
            process.kill()
            process.wait()
        for each in house.listeners.values():
            each.close()


def _version_before(folder: Path) -> Path:
    """What git has of it, with what this one's pages are dressed in."""
    there = folder / "before"
    there.mkdir()
    packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "--extract", "--directory", str(there)], input=packed, check=True)
    shutil.copytree(ROOT / VENDOR, there / VENDOR)
    return there


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False
