"""The database as a command finds it: brought to this version's schema, and never made by a command that only looks."""

from pathlib import Path

from config.language import _
from config.settings import settings
from monitor.db import Database, database
from monitor.db.migrating import is_current, upgrade
from monitor.register.organisation import NotSetUp


def opened_database(*, create: bool = False) -> Database:
    """The settings' database, ready for use; with `create`, a new one where there is none.

    Raises NotSetUp where there is none and none is to be made, and OperationalError where it cannot be reached.
    """
    url = settings().database
    if url.startswith("sqlite:///") and not create and not Path(url.removeprefix("sqlite:///")).exists():
        home = settings().home
        raise NotSetUp(_("Nothing is set up in {home}: run `kanalvakt register import FILE.toml` first.", home=home))
    db = database()
    if not is_current(db):
        upgrade(db)
    return db
