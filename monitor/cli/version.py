"""`kanalvakt version`: of the program, and with --json also of the database."""

from importlib.metadata import version
from typing import Annotated

import typer

from config.language import N_
from monitor.cli.output import show_json

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


def version_(json: Json = False) -> None:
    if not json:
        print(version("kanalvakt"))
        return
    from monitor.db.migrating import head  # what it takes to use a database is slow to load, and seldom needed

    show_json({"version": version("kanalvakt"), "schema": head(), "database": _schema()})


def _schema() -> str | None:
    """The database's; None where it cannot be reached, or has none."""
    from sqlalchemy.exc import DBAPIError

    from monitor.cli.setup import found_database
    from monitor.db.migrating import revision_of
    from monitor.register.organisation import NotSetUp

    try:
        with found_database().engine.connect() as connection:
            return revision_of(connection)
    except (DBAPIError, NotSetUp):
        return None
