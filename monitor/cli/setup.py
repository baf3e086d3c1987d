"""The database as a command finds it: brought to this version's schema, and never made by a command that only looks."""

from pathlib import Path

from sqlalchemy.exc import ArgumentError

from config.language import _
from config.settings import SettingsError, settings
from monitor.db import Database, database
from monitor.db.migrating import is_current, upgrade
from monitor.register.organisation import NotSetUp


def opened_database(*, create: bool = False) -> Database:
    """The settings' database, ready for use; with `create`, a new one where there is none.

    Raises NotSetUp where there is none and none is to be made, OperationalError where it cannot be reached, and
    SettingsError for an address that is none.
    """
    url = settings().database
    if url.startswith("sqlite:///") and not create and not Path(url.removeprefix("sqlite:///")).exists():
        home = settings().home
        raise NotSetUp(_("Nothing is set up in {home}: run `kanalvakt register import FILE.toml` first.", home=home))
    try:
        db = database()
    except ArgumentError:
        raise SettingsError(_("KANALVAKT_DATABASE_URL is not the address of a database.")) from None
    if not is_current(db):
        upgrade(db)
    return db
