"""Workers in processes of their own, that die, fall asleep or get in each other's way; and who else posts."""

import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any

from config.settings import Settings
from connectors import connect as connect_for_real
from monitor.emergency.models import Delivery
from monitor.emergency.sweeping import sweep
from tests.bench.emergency.mix import Point
from tests.bench.emergency.scene import PROCESSES, Scene, Watched

PATIENCE = 60.0
"""Seconds that a process may take for what it does here."""
REST = 0.3


def worker(there: Scene, place: str = "", point: Point | None = None, sign: int = signal.SIGKILL) -> BaseProcess:
    """Sweeps once; at that point of the delivery to that place it gets the signal."""
    made = PROCESSES.Process(target=_work, args=(there, place, point, sign), daemon=True)
    made.start()
    return made


def _work(there: Scene, place: str, point: Point | None, sign: int) -> None:
    db, here = Watched(there.url), there.here
    connect: Any = connect_for_real
    if point is not None:
        strike = _Strike(sign)
        if point.state is None:
            connect = _striking(place, point, strike)
        else:
            wanted = (place, point.state, point.after)
            db.at = lambda *found: strike() if found == wanted else None
    sweep(db, here.clock(), Settings(), here.clock, connect)
    os._exit(0)


class _Strike:
    """The signal, once. Who is put to sleep must not hold a lock of the database: its other threads come to rest first,
    and whoever runs the scene wakes it where nothing goes on for too long."""

    def __init__(self, sign: int) -> None:
        self.sign, self.done = sign, False

    def __call__(self) -> None:
        if self.done:
            return
        self.done = True
        if self.sign == signal.SIGSTOP:
            time.sleep(REST)
        os.kill(os.getpid(), self.sign)


def _striking(place: str, point: Point, strike: _Strike) -> Any:
    def connect(platform: str, *words: Any) -> Any:
        made: Any = connect_for_real(platform, *words)
        real = made.publish

        def publish(*given: Any) -> Any:
            if not point.after:
                strike()
            try:
                return real(*given)
            finally:
                if point.after:
                    strike()

        if platform == place:
            made.publish = publish
        return made

    return connect


def asleep(process: BaseProcess) -> bool:
    """Waits until it sleeps. False: it has ended without."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.is_alive():
        state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "T":
            return True
        time.sleep(0.005)
    return False


def wake(process: BaseProcess) -> None:
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGCONT)
    process.join(PATIENCE)
    process.kill()


def look_alikes(there: Scene, chance: Random, made: list[Delivery]) -> None:
    """Another operator of the same account posts what is ours but for the address; a resident what is ours whole."""
    here = there.here
    with here.world.lock:
        for delivery in made:
            stage = here.stages.get(delivery.place)
            if stage is None:
                continue
            other = chance.choice([delivery.marker[::-1], f"{delivery.marker}a", f"a-{delivery.marker}", "0" * 12])
            text = delivery.text.replace(delivery.marker, other)
            if delivery.place == "youtube":
                [video, *_older] = here.world.posts_of(stage.account)
                here.world.comment(video, stage.account.person, text)
                here.world.comment(video, stage.resident, delivery.text)
            else:
                here.world.publish(stage.account, text)
                if delivery.place == "facebook":
                    here.world.publish(stage.account, delivery.text, author=stage.resident)
