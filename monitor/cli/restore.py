"""`kanalvakt restore`: a backup onto an empty database, whole or not at all, and nobody is told anything by it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import monitor.telemetry.serving  # noqa: F401 - what is held back is in several of them
from config.language import N_, _
from config.settings import Settings, settings
from monitor.cli.backup import opened
from monitor.cli.errors import WrongWords
from monitor.cli.output import remark, say
from monitor.cli.records import audit_verify
from monitor.cli.running import alone as alone_at_home
from monitor.cli.setup import found_database
from monitor.db import Database
from monitor.db.archive import FORMAT, Archive, Manifest, NotABackup
from monitor.db.migrating import alone, is_known, revision_of, upgrade_in
from monitor.db.rows_in import OtherTables, has_tables, is_empty, take_in
from monitor.db.rows_out import go_on_counting
from monitor.emergency.restored import HeldBack, hold_back
from monitor.register import keys
from monitor.register.organisation import NotSetUp

Source = Annotated[Path, typer.Argument(metavar="FILE", help=N_("What `backup` wrote."))]
RELEASE = N_(
    "Nobody is told anything yet: people may have been told what the backup does not know of, and the old Kanalvakt "
    "may still run. Let `kanalvakt up` read the channels, look at what is there, and then run `kanalvakt notices "
    "release`."
)


def restore(file: Source) -> int:
    """Gives what `records audit-verify` gives of what was restored."""
    with opened(file) as archive, alone_at_home(settings().home.absolute()):
        _check(archive.manifest)
        db = found_database(create=True)
        done = bring_back(db, archive, settings(), datetime.now(UTC))
    made = archive.manifest
    say(
        _(
            "Restored from {file}: {rows} rows of {when}.",
            file=file,
            rows=made.rows,
            when=f"{made.made_at:%Y-%m-%d %H:%M} UTC",
        )
    )
    _say(done, made)
    return audit_verify()


def bring_back(db: Database, archive: Archive, chosen: Settings, now: datetime) -> HeldBack:
    """Every row, and the files of the home folder. Raises WrongWords, or NotSetUp where the database is not empty; the
    database is as it was then."""
    made = archive.manifest
    with alone(db) as connection:
        _make_ready(connection, made)
        _bring_files(archive, chosen.home.absolute())
        try:
            take_in(connection, archive.parts())
        except OtherTables as error:
            raise WrongWords(
                _("The backup does not hold the table {table} as its version has it.", table=error)
            ) from None
        go_on_counting(connection, made.counters)
        upgrade_in(connection)
        with Session(connection) as session:
            done = hold_back(session, made.made_at, made.rows, now)
            session.flush()
    return done


def _check(made: Manifest) -> None:
    if made.format > FORMAT or (made.revision and not is_known(made.revision)):
        raise NotSetUp(
            _("The backup is of a newer version of Kanalvakt ({version}): install that.", version=made.version)
        )
    if made.revision is None:
        raise WrongWords(_("The backup is of a database without tables: there is nothing in it."))


def _make_ready(connection: Connection, made: Manifest) -> None:
    """Tables as they were when the backup was made."""
    if has_tables(connection) and not is_empty(connection):
        raise NotSetUp(
            _(
                "This database is not empty, and a backup replaces nothing. Name an empty one with "
                "KANALVAKT_DATABASE_URL, or an empty folder with KANALVAKT_HOME."
            )
        )
    if revision_of(connection) not in (None, made.revision):
        raise NotSetUp(
            _("This database is empty, but has the tables of another version than the backup: name one without tables.")
        )
    upgrade_in(connection, str(made.revision))


def _bring_files(archive: Archive, home: Path) -> None:
    for kept in archive.manifest.files:
        content, place = archive.content(kept), (home / kept.name).resolve()
        if not place.is_relative_to(home.resolve()):
            raise NotABackup(kept.name)
        if kept.name == keys.FILE and _keys_are_there(place, content):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if kept.name == keys.FILE else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(content)


def _keys_are_there(place: Path, content: bytes) -> bool:
    """Keys are never written over: what they open would be lost."""
    if keys.from_settings():
        return True
    if not place.exists():
        return False
    if place.read_bytes() != content:
        raise NotSetUp(_("{file} holds other keys than the backup: move it away first.", file=place))
    return True


def _say(done: HeldBack, made: Manifest) -> None:
    if done.deliveries:
        say(
            _(
                "Crisis messages that were under way are looked for on their channels, and not sent: {count}.",
                count=done.deliveries,
            )
        )
    if done.answers:
        say(_("Answers that were under way are left to people: {count}.", count=done.answers))
    say(_("Everybody signs in again."))
    if not made.keys:
        remark(
            _("The keys to the stored secrets were not in it: put them back, and `kanalvakt doctor` says if they fit.")
        )
    remark(_(RELEASE))
