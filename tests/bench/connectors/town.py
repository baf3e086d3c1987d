"""The channels of a run in the register, and whose calls are counted together."""

from datetime import datetime

from config.settings import Settings
from connectors import connect
from connectors.base import Account
from monitor.db import Database
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.polling import ensure_schedules
from tests.bench.connectors.life import Life


def register(db: Database, lives: dict[str, Life], now: datetime) -> None:
    with db.transaction() as session:
        session.add(Organisation(name="Tibro kommun", first_import="all"))
        session.add(Person(id="redaktor", name="Rut", email="rut@example.org"))
        session.flush()
        session.add(Unit(id="enheten", name="Enheten"))
        session.flush()
        session.add_all(_channel(number, life) for number, life in enumerate(lives.values()))
        session.flush()
        ensure_schedules(session, now)


def _channel(number: int, life: Life) -> Channel:
    stage = life.stage
    return Channel(
        id=life.channel,
        platform=stage.platform,
        name=life.channel,
        address=f"https://www.example.org/{'@' if stage.platform == 'youtube' else ''}{stage.account.handle}",
        external_id=stage.address,
        unit_id="enheten",
        responsible_id="redaktor",
        credential={f"{name}_env": variable(number, name) for name in stage.credential.names},
    )


def variable(number: int, name: str) -> str:
    return f"BENCH_{number}_{name.upper()}"


def sharing(lives: dict[str, Life], settings: Settings) -> dict[str, frozenset[str]]:
    """For each channel all whose calls are counted with its own somewhere: what its connector says, and so itself."""
    keys = {
        name: {
            budget.key
            for budget in connect(
                life.stage.platform, Account(life.stage.address), life.stage.credential, settings
            ).budgets
        }
        for name, life in lives.items()
    }
    return {name: frozenset(other for other in keys if keys[other] & keys[name]) for name in keys}
