"""A Kanalvakt that really runs, started as people start it, and the processes it consists of."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "monitor.cli.main"]


def run(*words: str, seconds: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    """`kanalvakt WORDS`, to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


@dataclass
class House:
    """A `kanalvakt` in the foreground that does not end by itself."""

    process: subprocess.Popen[bytes]
    home: Path
    told: str = ""

    def says(self, words: str, seconds: float = 45) -> str:
        """Waits until these words have come on standard output; gives everything that came."""
        deadline = time.monotonic() + seconds
        out = self.process.stdout
        assert out is not None
        while words not in self.told:
            left = deadline - time.monotonic()
            assert left > 0, f"never said {words!r}, but: {self.told}"
            if select.select([out], [], [], min(left, 0.5))[0]:
                piece = os.read(out.fileno(), 65536)
                assert piece, f"ended without {words!r}: {self.told}"
                self.told += piece.decode()
        return self.told

    def pid(self, word: str) -> int:
        """The child in whose command line the word stands."""
        (found,) = [pid for pid, line in processes(self.home).items() if word in line and pid != self.process.pid]
        return found

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 10) -> int:
        """Asks it to end as Ctrl-C does; gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def house(*words: str, home: Path, first: Callable[[], None] | None = None, **environment: str) -> Iterator[House]:
    """`kanalvakt WORDS` while it runs, on this home, with a web port of its own, in a session of its own, as a service
    has one. first: done by it before all else."""
    setting = os.environ | {
        "KANALVAKT_HOME": str(home),
        "KANALVAKT_WEB__PORT": "0",
        "LANG": "en_GB.UTF-8",
        **environment,
    }
    command = [*COMMAND, *words]
    started = {"stdout": subprocess.PIPE, "env": setting, "preexec_fn": first, "start_new_session": True}
    with subprocess.Popen(command, **started) as process:  # type: ignore[call-overload]
        running = House(process, home)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()


def processes(home: Path) -> dict[int, str]:
    """Every living process that was told of this folder, or works in it: pid and command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment, line = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
                inside = (folder / "cwd").readlink().is_relative_to(home)  # the broker writes over its environment
            except OSError:  # gone meanwhile, or somebody else's
                continue
            if line and (inside or os.fsencode(home) in environment):
                found[int(folder.name)] = line.replace(b"\0", b" ").decode()
    return found
