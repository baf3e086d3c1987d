"""Finds, or installs and starts, the real services that the suite talks to: PostgreSQL, Redis, Chromium; and systemd,
to read units with.

What answers on its standard loopback port is used; else a private one is started from the machine's own programs; else,
on Debian as root, the package is installed. What cannot be had is named in one line, with the remedy.
"""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

PACKAGES = {"PostgreSQL": "postgresql", "Redis": "redis-server", "Chromium": "chromium", "systemd": "systemd"}
SHELL = "chromium-headless-shell"
"""Chromium without its own windows and menus, which take half of its processor time; Debian's package, and its name."""


def without(reason: str) -> NoReturn:
    """Skips a test that this machine cannot run; in CI nothing may be skipped, and it fails."""
    import pytest

    if os.environ.get("CI"):
        pytest.fail(f"in CI nothing may be skipped: {reason}")
    pytest.skip(reason)


def own_redis() -> str:
    """A database of the real Redis that no test uses that runs beside this one. Whoever comes first empties it."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    return f"{os.environ['TEST_REDIS_URL']}/{number}"


class Services:
    """`environment`: variables for the tests. `missing`: what cannot be had. Stops what it started when it ends."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}
        self.missing: list[str] = []
        self._stop = contextlib.ExitStack()

    def __enter__(self) -> "Services":
        for name, variable, find in (
            ("PostgreSQL", "TEST_POSTGRESQL_URL", self._postgresql),
            ("Redis", "TEST_REDIS_URL", self._redis),
            ("Chromium", "TEST_CHROMIUM", self._chromium),
            ("systemd", "TEST_SYSTEMD_ANALYZE", self._systemd),
        ):
            found = os.environ.get(variable) or find() or (find() if _install(PACKAGES[name]) else None)
            if found:
                self.environment[variable] = found
            else:
                self.missing.append(name)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.close()

    def _postgresql(self) -> str | None:
        for user in (getpass.getuser(), "postgres"):
            if _postgresql_answers(url := f"postgresql://{user}@127.0.0.1:5432/postgres"):
                return url
        programs = postgresql_programs()
        return self._stop.enter_context(private_postgresql(programs)).url if programs else None

    def _redis(self) -> str | None:
        if _port_answers(6379, b"PING\r\n", b"+PONG"):
            return "redis://127.0.0.1:6379"
        program = shutil.which("redis-server")
        return self._stop.enter_context(_private_redis(program)) if program else None

    def _chromium(self) -> str | None:
        shell = shutil.which(SHELL)
        if shell is None and os.environ.get("CI") and _install(SHELL):
            shell = shutil.which(SHELL)
        return shell or shutil.which("chromium") or shutil.which("chromium-browser")

    def _systemd(self) -> str | None:
        return shutil.which("systemd-analyze")


def _install(package: str) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} from Debian …", file=sys.stderr, flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return subprocess.run(command, check=False, **quiet).returncode == 0


def _postgresql_answers(url: str) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
        return True
    return False


def _port_answers(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False


class Cluster:
    """A PostgreSQL of its own in a temporary folder; it refuses to run as root, so root lends it to `postgres`.

    What was committed outlives its processes, but not the machine: it does not wait for the disk.
    """

    def __init__(self, programs: Path, folder: str, of: "Cluster | None" = None) -> None:
        """of: the one that it is a copy of, as it is now."""
        self._programs, self._folder = programs, folder
        self._port, self._as_user = _free_port(), list[str]()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
        if of is None:
            made = self._command("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "-N")
        else:
            moved = [word for where in of.tablespaces() for word in ("-T", f"{where}={folder}/{Path(where).name}")]
            made = self._command("pg_basebackup", "-D", f"{folder}/data", "-d", of.url, "-c", "fast", "-N", *moved)
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        self.start()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def tablespaces(self) -> list[str]:
        """Where those lie that somebody has made."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            rows = connection.execute("SELECT pg_tablespace_location(oid) FROM pg_tablespace").fetchall()
            return [where for (where,) in rows if where]

    def start(self) -> None:
        """Returns when it answers."""
        options = ["-h", "127.0.0.1", "-p", str(self._port), "-k", self._folder, "-c", "fsync=off"]
        command = self._command("postgres", "-D", f"{self._folder}/data", *options)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(command, cwd=self._folder, **quiet)
        _wait(lambda: _postgresql_answers(self.url))

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(20)

    def crash(self) -> None:
        """It is gone at once, with whatever was being committed."""
        command = self._command("pg_ctl", "stop", "-D", f"{self._folder}/data", "-m", "immediate")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)
        self._server.send_signal(signal.SIGCONT)  # who lends it out may have stopped with it
        self._server.wait(20)

    def _command(self, program: str, *words: str) -> list[str]:
        return [*self._as_user, str(self._programs / program), *words]


def postgresql_programs() -> Path | None:
    """Where the newest PostgreSQL of the machine has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def private_postgresql(programs: Path, of: Cluster | None = None) -> Iterator[Cluster]:
    """of: the one that it is a copy of, as it is now."""
    with tempfile.TemporaryDirectory(prefix="kanalvakt-pg-") as folder:
        cluster = Cluster(programs, folder, of)
        try:
            yield cluster
        finally:
            cluster.stop()


@contextlib.contextmanager
def _private_redis(program: str) -> Iterator[str]:
    port = _free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _wait(lambda: _port_answers(port, b"PING\r\n", b"+PONG"))
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(ready: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError("a service that was started does not answer")
        time.sleep(0.1)
