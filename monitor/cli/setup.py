"""The database as a command finds it: brought to this version's schema, and never made by a command that only looks."""

from pathlib import Path

from sqlalchemy.exc import ArgumentError

from config.language import _
from config.settings import SettingsError, settings
from monitor.db import Database, database
from monitor.db.migrating import is_current, upgrade
from monitor.register.organisation import NotSetUp

SQLITE = "sqlite:///"


def opened_database(*, create: bool = False) -> Database:
    """The settings' database, ready for use; with `create`, a new one where there is none.

    Raises NotSetUp where there is none and none is to be made, OperationalError where it cannot be reached, and
    SettingsError for an address that is none.
    """
    db = found_database(create=create)
    if not is_current(db) and not _is_ahead(db):
        upgrade(db)
    return db


def found_database(*, create: bool = False) -> Database:
    """As `opened_database`, with the tables as they are, of whatever version."""
    url = settings().database
    if url.startswith(SQLITE):
        _look_at(Path(url.removeprefix(SQLITE)), create=create)
    try:
        return database()
    except ArgumentError:
        raise SettingsError(_("KANALVAKT_DATABASE_URL is not the address of a database.")) from None


def moved_mark(file: Path) -> Path:
    """The file that says where the SQLite database beside it was moved to."""
    return file.with_name(f"{file.name}.moved")


def _look_at(file: Path, *, create: bool) -> None:
    mark = moved_mark(file)
    if mark.exists():
        raise NotSetUp(
            _(
                "The database {file} was moved to {where}: set KANALVAKT_DATABASE_URL to that. (Whoever wants to go on "
                "with the old one takes {mark} away.)",
                file=file,
                where=mark.read_text(encoding="utf-8").strip(),
                mark=mark,
            )
        )
    if not create and not file.exists():
        home = settings().home
        raise NotSetUp(_("Nothing is set up in {home}: run `kanalvakt register import FILE.toml` first.", home=home))


def _is_ahead(db: Database) -> bool:
    """Has a newer version been here that still leaves us what we need?"""
    from monitor.telemetry.serving import can_serve  # with all tables: seldom needed

    return can_serve(db)
