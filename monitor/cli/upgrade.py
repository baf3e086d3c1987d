"""`kanalvakt upgrade`: a backup, the migrations that are missing, and a look at what runs which version."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from redis.exceptions import RedisError

from config.home import make_home
from config.language import N_, _
from config.settings import Settings, settings
from monitor.cli.backup import back_up, named
from monitor.cli.output import remark, say, show_json
from monitor.cli.setup import found_database
from monitor.db import Database
from monitor.db.migrating import head, is_current, revision_of
from monitor.db.migrating import upgrade as migrate
from monitor.register.organisation import NotSetUp
from monitor.telemetry import broker
from monitor.telemetry.serving import serves

FOLDER = "backups"
"""In the home folder: where the backup before an upgrade goes."""
Target = Annotated[
    Path | None,
    typer.Option("--backup", metavar="FILE", help=N_("Where to back up before; the folder backups in the home else.")),
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]


@dataclass(frozen=True, slots=True)
class Upgraded:
    """version: ours. before, schema: of the database. backup: where it was backed up before; None: nothing was to do.

    running: by process, its version; None where the broker does not answer. old: those that run another one.
    """

    version: str
    before: str | None
    schema: str
    backup: str | None
    running: dict[str, str] | None
    old: list[str]


def upgrade(target: Target = None, json: Json = False) -> int:
    """Gives 1 where a process runs another version, or nobody can tell."""
    db, chosen, ours = found_database(), settings(), version("kanalvakt")
    with db.engine.connect() as connection:
        before = revision_of(connection)
    kept = _brought_up(db, chosen, target)
    running = _running(chosen)
    old = sorted(who for who, number in (running or {}).items() if number != ours)
    done = Upgraded(ours, before, head(), str(kept) if kept else None, running, old)
    if json:
        show_json(done)
    else:
        _say(done)
    return 1 if old or running is None else 0


def _brought_up(db: Database, chosen: Settings, target: Path | None) -> Path | None:
    """Where it was backed up; None: the database was of this version already. Raises NotSetUp where it fails, and says
    how to go back."""
    if serves(db):
        return None
    folder = chosen.home.absolute() / FOLDER
    if target is None:
        make_home(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    kept = named(target or folder, datetime.now(UTC))
    back_up(db, kept, chosen)
    try:
        migrate(db)
    except Exception as error:
        remark(_("The database is as it was before: what was begun was undone. Backup: {file}", file=kept))
        remark(_("Go on with the version that ran before, and report what this says with --debug."))
        raise error from None
    if not is_current(db):
        raise NotSetUp(_("The database has the tables of another version."))
    return kept


def _running(chosen: Settings) -> dict[str, str] | None:
    """None: the broker does not answer. The embedded one is there as long as anything else is."""
    try:
        return broker.versions(chosen, datetime.now(UTC))
    except RedisError:
        return None if chosen.redis_url else {}


def _say(done: Upgraded) -> None:
    if done.backup:
        say(_("Backed up to {file}.", file=done.backup))
        sentence = _("The database was brought from {before} to {schema}.", before=done.before, schema=done.schema)
        say(sentence)
        back = N_("To go back: install the version before, and `kanalvakt restore {file}` into an empty database.")
        say(_(back, file=done.backup))
    else:
        say(_("The database has the tables of version {version} already.", version=done.version))
    for who in done.old:
        remark(_("{who} still runs version {old}: start it again.", who=who, old=(done.running or {})[who]))
    if done.running and not done.old:
        say(
            _(
                "All processes that are seen run version {version}: {count}.",
                version=done.version,
                count=len(done.running),
            )
        )
    elif done.running is None:
        away = N_(
            "The broker does not answer, so nobody can tell which versions run: `kanalvakt upgrade` again when it does."
        )
        remark(_(away))
    elif not done.running:
        remark(_("No process is seen: start them with `kanalvakt up`, and look with `kanalvakt doctor`."))
