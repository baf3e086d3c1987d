"""What `doctor` looks at beneath Kanalvakt: clocks, time zones, the versions and settings of servers, extras."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redis.exceptions import RedisError
from sqlalchemy import func, select

from config import tracing
from config.language import N_, _
from config.settings import Settings
from monitor.alerts.looks import Fault
from monitor.cli.at_home import Look
from monitor.db import Database
from monitor.db.database import CONNECTIONS
from monitor.register.models import Organisation
from monitor.telemetry import broker
from monitor.telemetry.broker import Sign

SKEW = timedelta(seconds=5)
"""So far clocks may be apart: the rules of claims and crises bear ten."""
OLDEST = 14
"""Version of PostgreSQL that still gets repairs."""
APART = 10
"""Connections for commands, and those that the server keeps for its administrator."""
JUST_NOW = timedelta(seconds=3 * broker.SIGN_EVERY)
FULL = 0.8
"""Part of the broker's memory."""
CHECKS = {
    "clock": N_("Clocks"),
    "server": N_("Version of PostgreSQL"),
    "connections": N_("Connections to the database"),
    "zones": N_("Time zones"),
    "memory": N_("The broker's memory"),
    "versions": N_("Versions of the parts"),
    "extras": N_("Traces and reports of errors"),
}


def beneath_database(db: Database, settings: Settings) -> Iterator[Look]:
    """For a database that can be read."""
    if not db.is_sqlite:
        yield "clock", _clock(db)
        yield "server", _server(db)
        yield "connections", _connections(db, with_connections(settings))
    yield "zones", _zones(db)


def beneath_broker(settings: Settings) -> Iterator[Look]:
    """Nothing where it does not answer: that is said already."""
    try:
        memory = cast("dict[str, int | str]", broker.connect(settings).info("memory"))
        others = _others(settings)
    except RedisError:
        return
    yield "memory", _memory(memory)
    yield "versions", _versions(others)


def _others(settings: Settings) -> list[str]:
    """Living processes of another version than this command."""
    ours, told = version("kanalvakt"), broker.versions(settings, datetime.now(UTC))
    return [f"{process} {theirs}" for process, theirs in sorted(told.items()) if theirs != ours]


def _versions(others: list[str]) -> Fault | None:
    if not others:
        return None
    ours, parts = version("kanalvakt"), ", ".join(others)
    problem = _("This command is version {ours}, and these parts run another one: {parts}.", ours=ours, parts=parts)
    return Fault(problem, _("Start them again, so that all run the version that is installed."))


def extras(settings: Settings) -> Look:
    """What is asked for and not installed."""
    if tracing.wanted() and not _installed("opentelemetry.sdk"):
        return "extras", _not_installed("OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    if settings.sentry_dsn is not None and not _installed("sentry_sdk"):
        return "extras", _not_installed("KANALVAKT_SENTRY_DSN", "sentry")
    return "extras", None


def _clock(db: Database) -> Fault | None:
    before = datetime.now(UTC)
    with db.snapshot() as session:
        theirs = session.scalar(select(func.clock_timestamp()))
    after = datetime.now(UTC)
    if theirs is None or before - SKEW <= theirs <= after + SKEW:
        return None
    seconds = round(abs((theirs - after).total_seconds()))
    problem = _("The clocks of this machine and of the database's server are {seconds} seconds apart.", seconds=seconds)
    return Fault(problem, _("Have both set their clocks by a time server (NTP), and look again."))


def _server(db: Database) -> Fault | None:
    with db.snapshot() as session:
        number = int(session.scalar(select(func.current_setting("server_version_num"))) or 0)
    if number // 10_000 >= OLDEST:
        return None
    problem = _("PostgreSQL {version} is too old to get repairs.", version=number // 10_000)
    return Fault(problem, _("Move the database to PostgreSQL {version} or later.", version=OLDEST))


def with_connections(settings: Settings) -> int:
    """Processes that run and ask the database, as all but the beats do. Those that were started anew count once."""
    try:
        told = broker.versions(settings, datetime.now(UTC), within=JUST_NOW)
    except RedisError:
        return 1
    found = {where for what, _at, where in (who.partition("@") for who in told) if what != Sign.BEAT}
    return max(1, len(found))


def needed(processes: int) -> int:
    """Connections that the server has to let in, so that none is refused when all have too much to do."""
    return processes * CONNECTIONS + APART


def _connections(db: Database, processes: int) -> Fault | None:
    with db.snapshot() as session:
        most = int(session.scalar(select(func.current_setting("max_connections"))) or 0)
    need = needed(processes)
    if most >= need:
        return None
    problem = _(
        "PostgreSQL lets {most} connections in, and the {processes} processes that run may need {need}.",
        most=most,
        processes=processes,
        need=need,
    )
    return Fault(problem, _("Set max_connections to {need} or more there, and start PostgreSQL again.", need=need))


def _zones(db: Database) -> Fault | None:
    with db.snapshot() as session:
        zone = session.scalar(select(Organisation.timezone)) or "Europe/Stockholm"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        problem = _("This machine knows nothing of the time zone {zone}.", zone=zone)
        return Fault(problem, _("Install the package tzdata (`pip install tzdata`), or correct `timezone`."))
    return None


def _memory(info: dict[str, int | str]) -> Fault | None:
    limit, used, policy = int(info.get("maxmemory", 0)), int(info["used_memory"]), info.get("maxmemory_policy")
    if limit and policy not in (None, "noeviction"):
        problem = _("When the broker's memory is full it throws messages away ({policy}).", policy=policy)
        return Fault(problem, _("Set maxmemory-policy to noeviction there."))
    if limit and used > FULL * limit:
        problem = _("The broker has used {percent} % of its memory.", percent=100 * used // limit)
        return Fault(problem, _("See that the workers run; then raise maxmemory there."))
    return None


def _installed(library: str) -> bool:
    try:
        import_module(library)
    except ImportError:
        return False
    return True


def _not_installed(variable: str, extra: str) -> Fault:
    problem = _("{variable} is set, and what it takes is not installed.", variable=variable)
    return Fault(problem, _("Run `pip install 'kanalvakt[{extra}]'`, or take the setting away.", extra=extra))
