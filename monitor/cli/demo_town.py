"""The demo's surroundings: emulated platforms, a mail server, a register, and the environment that leads there."""

import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from urllib.request import urlopen

from sqlalchemy import select

from config.home import make_home
from config.language import _, language
from config.settings import settings
from monitor.cli.demo_words import keep_ready
from monitor.cli.processes import Children, Program, wait_until
from monitor.cli.setup import opened_database
from monitor.db import database
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import mark
from monitor.register.file import load
from monitor.register.importing import import_register
from monitor.register.organisation import NotSetUp
from monitor.watch.models import Comment

REGISTER = "demo-register.toml"  # in the home folder: also the sign that this home is the demo's
PROMISED = "Var ställer man fyra kärl i ett radhus?"  # as story.txt has it
EDITOR = "redaktor"  # as the register has it
KEPT = ("KANALVAKT_WEB__", "KANALVAKT_LOG_LEVEL")  # of the user's own settings


@dataclass
class Town:
    """The sample municipality while it lives. `mails`: the folder into which its mail server writes."""

    children: Children
    url: str
    mails: Path

    def live(self) -> None:
        """One more thing happens on one of the platforms."""
        with suppress(OSError):  # it is being started again
            urlopen(f"{self.url}/control/live", data=b"{}", timeout=5).close()  # noqa: S310 - our own emulator


@contextmanager
def town(home: Path, interval: int) -> Iterator[Town]:
    """Starts platforms and mail server, writes and imports the register, and points the settings there."""
    mails, logs = home / "mails", home / "logs"
    _clear(home)
    make_home(home)
    mails.mkdir(exist_ok=True)
    children = Children()
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = (sys.executable, "-m", "monitor.cli.mail_sink", str(mails), str(listener.fileno()))
            children.start(Program("mail", command, logs / "mail.log", (listener.fileno(),)))
            smtp = f"smtp://127.0.0.1:{listener.getsockname()[1]}?from=kanalvakt@tibro.example"
        facts = _emulator(children, logs / "emulator.log")
        _lead_there(home, interval, {**facts["settings"], "KANALVAKT_SMTP_URL": smtp}, facts["secrets"])
        _import(home, facts["accounts"])
        yield Town(children, facts["url"], mails)
    finally:
        children.stop()


def _emulator(children: Children, log: Path) -> dict[str, Any]:
    """Starts the platforms on a port that they keep; gives the addresses, accounts and tokens that they tell."""
    words = ("--story", "--crisis", "--real-time", "--port", str(free_port(0)))
    emulator = children.start(Program("emulator", (sys.executable, "-m", "connectors.emulator", *words), log))
    if not wait_until(lambda: _introduction(log) is not None or emulator.process.poll() is not None, 20):
        raise NotSetUp(_("The emulated platforms do not start. Their log says why: {log}", log=log))
    told = _introduction(log)
    if told is None:
        raise NotSetUp(_("The emulated platforms do not start. Their log says why: {log}", log=log))
    return told


def _introduction(log: Path) -> dict[str, Any] | None:
    """The line of JSON with which the emulator begins, once it is there."""
    for line in log.read_text().splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            facts: dict[str, Any] = json.loads(line)
            return facts
    return None


DAILY_QUOTA = "100000"
"""As much as the emulated Google grants: what it usually gives lasts for no day of readings every few seconds."""


def _lead_there(home: Path, interval: int, addresses: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Makes this process and its children see the demo alone: no setting, secret or proxy of the user's."""
    for name in [name for name in os.environ if name.startswith("KANALVAKT_") and not name.startswith(KEPT)]:
        del os.environ[name]
    settings.cache_clear()
    os.environ["KANALVAKT_WEB__PORT"] = str(free_port(settings().web.port))
    os.environ |= {
        "KANALVAKT_HOME": str(home),
        "KANALVAKT_CONFIG": str(home / "kanalvakt.toml"),
        "KANALVAKT_DEMO_MAILS": str(home / "mails"),
        "KANALVAKT_INSTAGRAM_PUBLIC": "true",
        "KANALVAKT_EMERGENCY__FEEDS": "true",
        "KANALVAKT_POLLING__INTERVAL_SECONDS": str(interval),
        "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
        "KANALVAKT_POLLING__DAILY_QUOTA": DAILY_QUOTA,
        "KANALVAKT_WEB__PUBLIC_URL": f"http://127.0.0.1:{os.environ['KANALVAKT_WEB__PORT']}",
        "CREDENTIALS_DIRECTORY": str(home),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **addresses,
        **{f"DEMO_{name.upper()}": secret for name, secret in secrets.items()},
    }
    settings.cache_clear()


def promise_an_answer(now: datetime) -> None:
    """An editor says of a reply in the story that it only promised an answer: no platform can tell that."""
    with database().transaction() as session:
        asked = session.scalar(select(Comment.id).where(Comment.text == PROMISED))
        if asked is not None:
            mark(session, asked, Said(Kind.INTERIM), EDITOR, now)


def _import(home: Path, accounts: Mapping[str, Mapping[str, str]]) -> None:
    today = datetime.now(UTC).date()
    ids = {name: account["id"] for name, account in accounts.items()}
    values = ids | {"library": accounts["library"]["handle"], "language": language()} | _dates(today)
    text = resources.files("monitor.cli").joinpath("demo_register.toml").read_text(encoding="utf-8")
    (home / REGISTER).write_text(Template(text).substitute(values), encoding="utf-8")
    register = load(home / REGISTER)
    with opened_database(create=True).transaction() as session:
        import_register(session, register, datetime.now(UTC))
        keep_ready(session, datetime.now(UTC))


def _dates(today: date) -> dict[str, str]:
    return {"decided_on": str(today - timedelta(days=200)), "valid_until": str(today + timedelta(days=400))}


def _clear(home: Path) -> None:
    """A demo always begins anew, but never where a real register may lie."""
    databases = list(home.glob("kanalvakt.sqlite3*"))
    if databases and not (home / REGISTER).exists():
        sentence = _("{home} holds a register of its own: choose another KANALVAKT_HOME for the demo.", home=home)
        raise NotSetUp(sentence)
    for path in [*databases, *home.glob("mails/*.eml"), *home.glob("logs/*.log")]:
        path.unlink()


def free_port(wished: int) -> int:
    """The wished port where it is free, else any."""
    try:
        with socket.create_server(("127.0.0.1", wished)) as listener:
            return int(listener.getsockname()[1])
    except OSError:
        return free_port(0)
