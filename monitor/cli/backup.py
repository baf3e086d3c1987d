"""`kanalvakt backup`: everything in one file, of one moment, while everything runs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import Settings, settings
from monitor.audit.models import AuditHead
from monitor.audit.verifying import Head
from monitor.cli.errors import WrongWords
from monitor.cli.output import remark, say, show_json
from monitor.cli.setup import found_database
from monitor.db import Database
from monitor.db.archive import Archive, Belongings, Manifest, NotABackup, write
from monitor.db.no_room import no_room
from monitor.register import keys
from monitor.register.organisation import NotSetUp

KEPT = ("hub", "hub-exercise", "uploads")
"""Folders of the home that are kept: the rest is in the database, made anew, or of this machine."""
NOTE = "last-backup.json"
"""In the home folder: what `kanalvakt backup` has made last, for `doctor`. What `upgrade` makes does not count: it lies
on the same disk."""
Target = Annotated[
    Path, typer.Argument(metavar="FILE", help=N_("Where to write it; in a folder it gets the time as its name."))
]
WithKeys = Annotated[
    bool, typer.Option("--with-keys", help=N_("Put the keys to the stored secrets in: then guard the file like them."))
]
Check = Annotated[bool, typer.Option("--check", help=N_("Write nothing: read that backup, and say if it is whole."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def backup(file: Target, with_keys: WithKeys = False, check: Check = False, json: Json = False) -> None:
    if check:
        made = checked(file)
    else:
        file = named(file, datetime.now(UTC))
        made = back_up(found_database(), file, settings(), with_keys=with_keys)
        _note(settings().home, file, made.made_at)
    if json:
        show_json({"file": str(file), "bytes": file.stat().st_size, **told(made)})
    else:
        _say(file, made, check=check)


def named(file: Path, now: datetime) -> Path:
    """The file itself, or one in the folder that it is."""
    return file / f"kanalvakt-{now:%Y%m%d-%H%M%S}.zip" if file.is_dir() else file


def back_up(db: Database, file: Path, chosen: Settings, *, with_keys: bool = False) -> Manifest:
    """Raises WrongWords where the file is there already or its folder is not, and NotSetUp where there is no room."""
    if not file.parent.is_dir():
        raise WrongWords(_("There is no folder {folder}.", folder=file.parent))
    secret = _keys() if with_keys else {}
    belongings = Belongings(dict(_belonging(chosen.home)), secret, keys=bool(secret))
    try:
        return write(db, file, belongings, version("kanalvakt"), datetime.now(UTC), head=_audit_head)
    except FileExistsError:
        raise WrongWords(
            _("{file} is there already, and nothing is overwritten: choose another name.", file=file)
        ) from None
    except OSError as error:
        if not no_room(error):
            raise
        sentence = _("There is no room for the backup in {folder}; nothing of it was left there.", folder=file.parent)
        raise NotSetUp(sentence) from None


def last_noted(home: Path) -> datetime | None:
    """Of which moment the last backup is that was made from this home folder; None: nothing is known of any."""
    try:
        return datetime.fromisoformat(json.loads((home / NOTE).read_bytes())["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(home: Path, file: Path, made_at: datetime) -> None:
    if not home.is_dir():  # a machine that only makes backups
        return
    try:
        (home / NOTE).unlink(missing_ok=True)  # perhaps another user's, who made the one before
        (home / NOTE).write_text(json.dumps({"file": str(file.absolute()), "made_at": made_at.isoformat()}))
    except OSError as error:
        remark(_("It could not be noted for `kanalvakt doctor` ({why}).", why=error.strerror))


def checked(file: Path) -> Manifest:
    """Raises WrongWords where it is no backup, or not whole."""
    with opened(file) as archive:
        archive.check()
        return archive.manifest


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """A backup. Raises WrongWords, also later, where what is read of it is not what was kept."""
    if not file.is_file():
        raise WrongWords(_("{file} cannot be read: is its name right?", file=file))
    try:
        with Archive.open(file) as archive:
            yield archive
    except NotABackup as error:
        sentence = _("{file} is no whole backup ({part}): take another one.", file=file, part=error)
        raise WrongWords(sentence) from None


def told(made: Manifest) -> dict[str, object]:
    """What programs are told of a backup."""
    tables = {table.name: table.rows for table in made.tables}
    return {
        **made.model_dump(exclude={"tables", "files", "counters"}, mode="json"),
        "tables": tables,
        "rows": made.rows,
    }


def _keys() -> dict[str, bytes]:
    """None where there are none yet. Raises CredentialMissing where they cannot be read."""
    if not keys.from_settings() and not keys.key_file().exists():
        return {}
    ring = keys.keys()
    return {keys.FILE: "".join(f"{key}\n" for key in ring).encode()}


def _belonging(home: Path) -> Iterator[tuple[str, Path]]:
    for folder in KEPT:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(home).as_posix(), path


def _audit_head(session: Session) -> str | None:
    if not inspect(session.connection()).has_table(AuditHead.__tablename__):
        return None
    found = session.get(AuditHead, 1)
    return str(Head(found.entry_id, found.hash)) if found is not None else None


def _say(file: Path, made: Manifest, *, check: bool) -> None:
    size = f"{file.stat().st_size / 1_000_000:.1f}"
    sentence = N_("{file} is whole: {rows} rows of {when}, {size} MB, version {version}.")
    if not check:
        sentence = N_("Backed up to {file}: {rows} rows of {when}, {size} MB, version {version}.")
    when = f"{made.made_at:%Y-%m-%d %H:%M} UTC"
    say(_(sentence, file=file, rows=made.rows, when=when, size=size, version=made.version))
    if made.audit_head:
        say(_("Last entry of the audit log: {head}", head=made.audit_head))
    if made.keys:
        remark(_("The keys to the stored secrets are in it: whoever has this file has the tokens."))
    else:
        where = "KANALVAKT_ENCRYPTION_KEYS" if keys.from_settings() else keys.key_file()
        remark(_("The keys to the stored secrets are not in it. Keep them elsewhere, too: {where}", where=where))
