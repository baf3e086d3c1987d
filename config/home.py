"""The home folder is its owner's alone: the database, keys and logs lie in it."""

from pathlib import Path


def make_home(home: Path) -> Path:
    """Makes it where it is not there, and gives it. One that is there keeps its rights: somebody has given it these,
    an administrator, systemd, or who passes the crisis page's files on. Raises OSError."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home
