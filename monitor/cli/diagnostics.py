"""`kanalvakt diagnostics`: a bundle for a bug report, with no residents' texts, no names and no secrets in it."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

import typer
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, DBAPIError

from config.language import N_, _, use_language
from config.settings import Settings, settings
from monitor.cli.doctor import Finding, examine
from monitor.cli.errors import SET_UP, explain
from monitor.cli.output import remark, say
from monitor.db import Database, database
from monitor.register.models import Channel, Organisation, Person
from monitor.telemetry.bundle import Document, of_database, of_logs, of_machine
from monitor.telemetry.redacting import without


def diagnostics(file: Annotated[Path, typer.Argument(metavar="FILE.zip", help=N_("Where to write it."))]) -> int:
    """Gives 3 where the database could not be read: the bundle has the rest."""
    chosen, code = settings(), 0
    known, channels = list(_of_settings(chosen)), list[str]()
    with ZipFile(file, "w", ZIP_DEFLATED) as bundle:
        _write(bundle, of_machine(chosen))
        try:
            if (db := _database(chosen)) is not None:
                known += _of_register(db)
                channels = _channels(db)
                _write(bundle, of_database(chosen, db))
        except DBAPIError as error:
            remark(explain(error)[0])
            code = SET_UP
        _write(bundle, [("doctor.json", _doctor(chosen, known)), *of_logs(chosen, channels)])
        names = ", ".join(bundle.namelist())
    say(_("{file} holds {names}.", file=file, names=names))
    say(_("Texts, names, addresses and secrets are left out. Look through it all the same before you send it."))
    return code


def _write(bundle: ZipFile, documents: Iterable[Document]) -> None:
    for name, content in documents:
        text = content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False)
        bundle.writestr(name, text)


def _doctor(chosen: Settings, known: list[str]) -> list[dict[str, object]]:
    """In English, for whoever helps."""
    with use_language("en"):
        return [_told(each, known) for each in examine(chosen, quick=True)]


def _channels(db: Database) -> list[str]:
    with db.snapshot() as session:
        return list(session.scalars(select(Channel.id)))


def _told(found: Finding, known: list[str]) -> dict[str, object]:
    said = {"problem": found.problem, "remedy": found.remedy}
    return {"check": found.check, "ok": found.ok} | {name: without(text or "", known) for name, text in said.items()}


def _of_settings(chosen: Settings) -> Iterator[str]:
    """Secrets, and the hosts and folders that sentences may name."""
    yield str(chosen.home.absolute())
    for value in chosen.model_dump().values():
        for each in value.values() if isinstance(value, dict) else [value]:
            plain = each.get_secret_value() if isinstance(each, SecretStr) else each
            if isinstance(plain, str) and "://" in plain:
                yield urlsplit(plain).hostname or ""
            if isinstance(each, SecretStr):
                yield plain


def _of_register(db: Database) -> Iterator[str]:
    with db.snapshot() as session:
        yield from session.scalars(select(Organisation.name))
        for row in session.execute(select(Person.id, Person.name, Person.email, Person.phone)):
            yield from (each for each in row if each)


def _database(chosen: Settings) -> Database | None:
    """None where there is none yet, or its address is none: `doctor` says so."""
    path = Path(chosen.database.removeprefix("sqlite:///"))
    if chosen.database.startswith("sqlite:///") and not path.exists():
        return None
    try:
        return database()
    except ArgumentError:
        return None
