"""A disk of a few megabytes that tests really fill, and one that a process of its own may not write to."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import without

SIZE = 8 * 1024 * 1024
PIECE = 1024 * 1024


class Disk:
    """A file system of its own, in memory."""

    def __init__(self, path: Path) -> None:
        self.path, self._ballast = path, path / "ballast"

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            piece = PIECE
            while piece:
                try:
                    ballast.write(b"x" * piece)
                except OSError:
                    piece //= 2

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, size: int = SIZE) -> Iterator[Disk]:
    """Skips the test where this machine lets nobody mount one; fails it in CI."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if os.geteuid() != 0 or shutil.which("mount") is None or _fails(command):
        without("only who may mount a file system has a disk to fill; see no_file_grows")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode != 0


@contextmanager
def no_file_grows() -> Iterator[None]:
    """This process writes to no file meanwhile: for processes that tests start, as it holds for all of their files."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
