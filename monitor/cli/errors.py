"""The one place where an error becomes a sentence with its remedy, and an exit code."""

import errno
import re
from pathlib import Path

import typer
from sqlalchemy.exc import DBAPIError, OperationalError

from config.language import _
from config.settings import SettingsError, settings
from connectors.errors import ConnectorError
from monitor.cli.output import remark
from monitor.cli.translating import usage_sentence
from monitor.db.database import NotUnicode
from monitor.db.migrating import NewerVersion
from monitor.db.no_room import no_room
from monitor.db.trigrams import NoTrigrams
from monitor.register.faults import Refused, RegisterFaults
from monitor.register.organisation import NotSetUp

WORDS = 2
SET_UP = 3
SQLITE_OUTSIDE = {"FULL", "IOERR", "READONLY", "CANTOPEN", "PERM", "BUSY", "CORRUPT", "NOTADB"}
PG_NO_TABLE = "42P01"
SERVERS_WORDS = re.compile(r"port \d+ failed: \S+:  (.+)")
"""What PostgreSQL itself answers to who wants to connect, behind how grave it is, in its own language. No password."""


class WrongWords(Exception):
    """The call names something that is not there. The text says what, and what to write instead."""


def report(error: Exception) -> int:
    """Says on standard error what went wrong and what to do; gives the exit code."""
    sentence, code = explain(error)
    if sentence:
        remark(sentence)
    return code


def explain(error: Exception) -> tuple[str, int]:
    """The sentence about an error, and the exit code. Holds no secret: addresses are shown without passwords."""
    match error:
        case typer.TyperException():
            return usage_sentence(error.format_message()), error.exit_code
        case typer.Abort():
            return _("Aborted."), 1
        case SettingsError() | RegisterFaults() | Refused() | WrongWords():
            return str(error), WORDS
        case NotSetUp():
            return str(error), SET_UP
        case DBAPIError() if _is_outside(error):
            return _database(error), SET_UP
        case NewerVersion():
            return _("The database belongs to a newer version of Kanalvakt: install that version."), SET_UP
        case OSError():
            return _system(error), SET_UP
        case _:
            return _unforeseen(error)


def _unforeseen(error: Exception) -> tuple[str, int]:
    from redis.exceptions import RedisError  # slow to import, and seldom needed

    if isinstance(error, RedisError):
        return _("The broker cannot be reached: start it, or correct KANALVAKT_REDIS_URL."), SET_UP
    if isinstance(error, NoTrigrams):
        return _no_trigrams(), SET_UP
    if isinstance(error, NotUnicode):
        return _not_unicode(), SET_UP
    if isinstance(error, ConnectorError):
        return f"{error}. {_(error.remedy)}", 1
    kind = type(error).__name__
    return _("A fault of Kanalvakt itself ({kind}): run again with --debug, and report what it shows.", kind=kind), 1


def _is_outside(error: DBAPIError) -> bool:
    """Is it the server, the disk or the file, not a query of ours?"""
    if _lacks_a_table(error):
        return True
    name = getattr(error.orig, "sqlite_errorname", None)
    return name.split("_")[1] in SQLITE_OUTSIDE if name else isinstance(error, OperationalError)


def _lacks_a_table(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == PG_NO_TABLE or "no such table" in str(error.orig)


def _database(error: DBAPIError) -> str:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if no_room(error):
        return _disk_full()
    if _lacks_a_table(error):
        return _("The database lacks a table that belongs to it: restore it from a backup.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _read_only(str(settings().home))
    if name.startswith("SQLITE_BUSY"):
        return _("Another program holds the database: end it, and try again.")
    if name.startswith("SQLITE_IOERR"):
        return _(
            "The disk where {home} lies does not answer as it should ({name}): check it.",
            home=settings().home,
            name=name,
        )
    if name:
        return _(
            "The database in {home} cannot be used ({name}): restore it from a backup.", home=settings().home, name=name
        )
    refused = SERVERS_WORDS.search(str(error.orig))
    if refused:
        return _(
            "The database's server lets nobody in: {why}. If that stays so: KANALVAKT_DATABASE_URL.", why=refused[1]
        )
    return _("The database cannot be reached: start it, or correct KANALVAKT_DATABASE_URL.")


def _no_trigrams() -> str:
    return _(
        "The database needs the extension pg_trgm, for the search, and Kanalvakt's role may not create it. Let the "
        "server's administrator run CREATE EXTENSION pg_trgm in this database (or let the role create in it: GRANT "
        "CREATE ON DATABASE …), and start again. Where the server lacks it, install PostgreSQL's contrib package."
    )


def _not_unicode() -> str:
    return _(
        "The database is not in UTF-8. Make it anew: createdb --encoding UTF8 --locale C.UTF-8 --template template0 "
        "--owner ROLE NAME."
    )


def _system(error: OSError) -> str:
    if no_room(error):
        return _disk_full()
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _read_only(str(error.filename or settings().home))
    why = error.strerror or type(error).__name__
    return _("The system refused: {why} ({file}).", why=why, file=error.filename or "–")


def _disk_full() -> str:
    return _(
        "The disk is full: free some space where {home} lies, and try again; nothing is lost.", home=settings().home
    )


def _read_only(path: str) -> str:
    if not Path(path).absolute().is_relative_to(settings().home.absolute()):
        return _(
            "Kanalvakt may not use {path}: let the user that it runs as do so, or choose another place.", path=path
        )
    return _(
        "Kanalvakt may not write to {path}: make it writable, or choose another folder with KANALVAKT_HOME.", path=path
    )
