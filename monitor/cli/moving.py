"""`kanalvakt database move`: from the embedded database to PostgreSQL, whole or not at all."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from redis.exceptions import RedisError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import settings
from monitor.audit import COMMAND, audited
from monitor.audit.verifying import verify
from monitor.cli.errors import WrongWords
from monitor.cli.output import say
from monitor.cli.records import audit_words
from monitor.cli.running import alone as alone_at_home
from monitor.cli.setup import moved_mark, opened_database
from monitor.db import Database
from monitor.db.migrating import alone, upgrade_in
from monitor.db.rows_in import has_tables, is_empty, take_in
from monitor.db.rows_out import counters, go_on_counting, lines, shapes
from monitor.register.organisation import NotSetUp
from monitor.telemetry import broker

app = typer.Typer(help=N_("Where everything is kept."), no_args_is_help=True)
To = Annotated[
    str, typer.Argument(metavar="TO_URL", help=N_("An empty database: postgresql://user:password@host/name."))
]


@app.callback()
def _database() -> None:
    """A group, though it has one command yet."""


@app.command("move", help=N_("Move everything from the embedded database to PostgreSQL. Kanalvakt must not run."))
def move(to: To) -> int:
    """Gives 1 where the audit log is not whole."""
    with alone_at_home(settings().home.absolute()), closing(_target(to)) as target:
        source = opened_database()
        if not source.is_sqlite:
            raise WrongWords(_("Only the embedded database can be moved; back up and restore any other one."))
        _nobody_runs()
        rows = moved(source, target, datetime.now(UTC))
        where = target.url.render_as_string(hide_password=True)
        _mark(Path(source.url.database or ""), where)
        with target.snapshot() as session:
            found = verify(session)
    say(_("Moved: {rows} rows are in {where}, as many as there were.", rows=rows, where=where))
    say(audit_words(found))
    say(_("Now set KANALVAKT_DATABASE_URL to it, and start Kanalvakt. The old database was left as it is."))
    return 0 if found.broken is None else 1


def moved(source: Database, target: Database, now: datetime) -> int:
    """How many rows there are now. Raises NotSetUp where the target is not empty, and is as it was then."""
    # as a writer, so that nobody adds anything meanwhile
    with source.transaction() as reading, alone(target) as connection:
        if has_tables(connection) and not is_empty(connection):
            raise NotSetUp(_("That database is not empty: name a new one."))
        upgrade_in(connection)
        found = shapes(reading.connection())
        counts = take_in(connection, ((shape, lines(reading, shape)) for shape in found))
        go_on_counting(connection, counters(reading))
        with Session(connection) as session:
            told = {"rows": sum(counts.values())}
            audited(session, COMMAND, "database.moved", ("database", "postgresql"), now, after=told)
    return sum(counts.values())


def _nobody_runs() -> None:
    try:
        seen = broker.versions(settings(), datetime.now(UTC))
    except RedisError:
        return
    if seen:
        names = ", ".join(sorted(seen))
        raise NotSetUp(_("These processes still run: {names}. Stop them, and wait half a minute.", names=names))


def _target(url: str) -> Database:
    try:
        if make_url(url).get_backend_name() == "postgresql":
            return Database(url)
    except ArgumentError:
        pass
    raise WrongWords(_("That is not the address of a database: write postgresql://user:password@host/name."))


def _mark(file: Path, where: str) -> None:
    """From now on nobody goes on with the old one by mistake."""
    moved_mark(file).write_text(f"{where}\n", encoding="utf-8")
