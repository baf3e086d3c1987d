"""The keys that stored secrets are encrypted with: those of the settings, else `secrets.key` in the home folder.

The first key encrypts, every key decrypts. The file is read anew each time, so that no process has to be restarted
when keys are rotated; it is replaced whole, never written into.
"""

import fcntl
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy_encrypted_field import configure, validate_keys

from config.home import make_home
from config.language import N_
from config.settings import KEY_BYTES, settings
from connectors.errors import CredentialMissing

FILE = "secrets.key"
RESTORE = N_(
    "Put secrets.key from the backup back into the home folder (or set KANALVAKT_ENCRYPTION_KEYS as it was). If it is "
    "lost: forget the secrets with `kanalvakt channel disconnect`, and connect the channels again."
)


def key_file() -> Path:
    return settings().home.absolute() / FILE


def from_settings() -> list[str]:
    """The keys of the settings; none where the file is used."""
    ring = settings().encryption_keys
    return [key.strip() for key in ring.get_secret_value().split(",")] if ring else []


def keys() -> list[str]:
    """All keys, the one that encrypts first. Raises CredentialMissing where there is none, or none that can be used."""
    if given := from_settings():
        return given
    try:
        return validate_keys(",".join(key_file().read_text(encoding="ascii").split())).split(",")
    except FileNotFoundError:
        detail = "secrets are stored, and the key to them is missing: there is no secrets.key in the home folder"
    except (OSError, ValueError):
        detail = "secrets are stored, and the key to them, secrets.key in the home folder, cannot be read"
    raise CredentialMissing(detail, code="no key", remedy=RESTORE)


def make_key_file() -> None:
    """A new key in a new file that only we can read. Does nothing where there is a file: somebody else was quicker."""
    _write([new_key()], anew=True)


def new_key() -> str:
    return b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def put_first(key: str) -> None:
    """From now on this key encrypts; what is encrypted with the others can still be read."""
    _write([key, *keys()])


def keep_only(key: str) -> None:
    _write([key])


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes the keys meanwhile. A process that dies lets go."""
    make_home(key_file().parent)
    lock = os.open(key_file().with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(lines: list[str], *, anew: bool = False) -> None:
    path = key_file()
    make_home(path.parent)
    handle, draft = tempfile.mkstemp(prefix=f".{FILE}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _put(draft, path, anew=anew)
    finally:
        Path(draft).unlink(missing_ok=True)


def _put(draft: str, path: Path, *, anew: bool) -> None:
    try:
        (os.link if anew else os.replace)(draft, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else a power cut could undo the new key, and keep what was encrypted with it
    finally:
        os.close(folder)


configure(lambda: ",".join(keys()))
