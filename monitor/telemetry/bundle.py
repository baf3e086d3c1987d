"""What goes into a bundle for a bug report, file by file, each made of what is listed as harmless."""

import json
import platform
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings, settings_file
from monitor.db import Base, Database
from monitor.db.migrating import head, revision
from monitor.register.models import Channel
from monitor.telemetry import broker
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.redacting import code_told, lines_told, settings_told
from monitor.watch.models import PollRun, Schedule

LAST_READINGS = 200
LAST_LINES = 1000
HARMLESS = ("log_level", "log_format", "graph_version", "without_hub")
COUNTED = ("posts", "comments_seen", "new", "edited", "gone", "requests", "counted_cost", "seconds", "usage")
Document = tuple[str, object]
"""Name of a file, and what stands in it: text, or what becomes JSON."""


def of_machine(settings: Settings) -> Iterator[Document]:
    yield "about.json", _about(settings)
    yield "settings.json", _settings(settings)
    yield "packages.txt", "\n".join(sorted({f"{each.name}=={each.version}" for each in distributions()}))
    yield "broker.json", _broker(settings)


def of_database(settings: Settings, db: Database) -> Iterator[Document]:
    """Raises sqlalchemy.exc.DBAPIError where it cannot be read; what came before that stays."""
    yield "migrations.json", {"applied": revision(db), "of this version": head()}
    with db.snapshot() as session:
        yield "tables.json", _tables(session)
        yield "channels.json", _channels(session)
        yield "readings.json", [_reading(run) for run in session.scalars(_last_readings())]
    yield "metrics.txt", Metrics(db, settings).text().decode()


def of_logs(settings: Settings, channels: Sequence[str]) -> Iterator[Document]:
    """channels: ids that the register has."""
    for path in sorted((settings.home / "logs").glob("*.log")):
        yield f"logs/{path.stem}.jsonl", _end_of(path, channels)


def _about(settings: Settings) -> dict[str, object]:
    return {
        "kanalvakt": version("kanalvakt"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "database": "embedded" if settings.database_url is None else settings.database.split(":")[0],
        "broker": "embedded" if settings.redis_url is None else "own",
        "settings file": settings_file().exists(),
        "made": datetime.now(UTC).isoformat(),
    }


def _settings(settings: Settings) -> dict[str, str]:
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    plain = {name: each.model_dump() if hasattr(each, "model_dump") else each for name, each in defaults.items()}
    return settings_told(settings.model_dump(), HARMLESS, plain)


def _broker(settings: Settings) -> dict[str, object]:
    try:
        seen = broker.look(settings)
    except RedisError as error:
        return {"answers": False, "error": type(error).__name__}
    signs = {sign.value: moment.isoformat() for sign, moment in seen.signs.items()}
    return {"answers": True, "queues": seen.queues, "seen": signs, "memory": seen.memory, "limit": seen.memory_limit}


def _tables(session: Session) -> dict[str, int]:
    """How many rows each has."""
    tables = Base.metadata.sorted_tables
    return {each.name: session.scalar(select(func.count()).select_from(each)) or 0 for each in tables}


def _channels(session: Session) -> list[dict[str, object]]:
    rows = session.execute(select(Channel, Schedule).outerjoin(Schedule, Schedule.channel_id == Channel.id))
    return [
        {
            "id": channel.id,
            "platform": channel.platform,
            "watch_mode": channel.watch_mode,
            "state": channel.state,
            "failures": schedule.failures if schedule else None,
            "failing_since": _when(schedule.failing_since) if schedule else None,
            "failure_kind": schedule.failure_kind if schedule else None,
            "last_complete_at": _when(schedule.last_complete_at) if schedule else None,
            "next_poll_at": _when(schedule.next_poll_at) if schedule else None,
        }
        for channel, schedule in rows
    ]


def _last_readings() -> Any:
    return select(PollRun).order_by(PollRun.id.desc()).limit(LAST_READINGS)


def _reading(run: PollRun) -> dict[str, object]:
    known = {"run": run.id, "channel": run.channel_id, "outcome": run.outcome, "full": run.full, "daily": run.daily}
    when = {"started_at": _when(run.started_at), "finished_at": _when(run.finished_at)}
    error = {"error": run.error_kind, "code": code_told(run.error_code), "retry_at": _when(run.retry_at)}
    return known | when | error | {name: getattr(run, name) for name in COUNTED}


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _end_of(path: Path, channels: Sequence[str]) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        last = deque(file, LAST_LINES)
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in lines_told(last, channels))
