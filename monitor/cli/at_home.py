"""What `doctor` looks at in the home folder: whose it is, room on its disk, the last backup that it knows of."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.language import N_, _
from monitor.alerts.looks import Fault
from monitor.cli.backup import NOTE, last_noted
from monitor.cli.errors import explain

ENOUGH_SPACE = 500_000_000
"""Bytes; a year of a large municipality's comments takes less."""
OLD = timedelta(days=2)
"""Of a backup that is made every night: then it has failed twice."""
CHECKS = {
    "home": N_("Home folder"),
    "space": N_("Disk space"),
    "backup": N_("Backup"),
}
START = N_("Start Kanalvakt with `kanalvakt up`.")
START_AGAIN = N_("Stop Kanalvakt and start it again; the logs in the home folder say what happened.")
BACK_UP = N_("Make one with `kanalvakt backup FILE`: its time is kept in the home folder.")
Look = tuple[str, Fault | None]


def at_home(home: Path) -> Iterator[Look]:
    """home: absolute. Of backups nothing where no `kanalvakt backup` has left a note: others make them otherwise."""
    yield "home", _home(home)
    yield "space", _space(home)
    made_at = last_noted(home)
    if made_at is not None:
        yield "backup", _backup(made_at, home)


def _home(home: Path) -> Fault | None:
    if not home.is_dir():
        return Fault(_("There is no folder {home} yet.", home=home), _(START))
    try:
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"kanalvakt")
    except OSError as error:
        return Fault(_("{home} cannot be written to ({why}).", home=home, why=error.strerror), explain(error)[0])
    if not _read_by_others(home):
        return None
    remedy = _(
        "Take it from them: `chmod 700 {home}`. Where the web server gives the crisis page's files from it: "
        "`chmod 711 {home}`, and `chmod 640` for the database's file.",
        home=home,
    )
    return Fault(_("Others on this machine can read {home}.", home=home), remedy)


def _read_by_others(home: Path) -> bool:
    """Who may pass through the folder and list nothing in it knows the name of the database all the same."""
    rights = home.stat().st_mode
    database = home / "kanalvakt.sqlite3"
    passed = rights & stat.S_IXOTH and database.exists() and database.stat().st_mode & stat.S_IROTH
    return bool(rights & stat.S_IROTH or passed)


def _space(home: Path) -> Fault | None:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free >= ENOUGH_SPACE:
        return None
    problem = _("Only {free} MB are free where {home} lies.", free=free // 1_000_000, home=home)
    return Fault(problem, _("Make room on the disk."))


def _backup(made_at: datetime, home: Path) -> Fault | None:
    age = datetime.now(UTC) - made_at
    if age < OLD:
        return None
    when = f"{made_at:%Y-%m-%d %H:%M} UTC"
    remedy = _(
        "Make one now: `kanalvakt backup FILE`; then see why the nightly one fails. (Where it is backed up by other "
        "means, take {file} away.)",
        file=home / NOTE,
    )
    return Fault(_("The last backup is {days} days old ({when}).", days=age.days, when=when), remedy)
