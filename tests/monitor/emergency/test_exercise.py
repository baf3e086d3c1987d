"""An exercise can never reach what is live: not by its credentials, and not by what its module can import."""

import ast
from pathlib import Path

import pytest

from config.settings import Settings
from connectors import connect as connect_for_real
from connectors.base import Account, Connector, Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from monitor.db import Database
from monitor.emergency.entrusted import BY_MODE
from monitor.register.models import Channel
from tests.connectors.graph_stages import SCOPES
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub

ROOT = Path(__file__).parents[3]
LIVE = {"monitor.register.secrets", "monitor.register.credentials", "monitor.emergency.live"}


def imported(module: str, seen: set[str] | None = None) -> set[str]:
    """Everything of ours that a module imports, and what that imports."""
    seen = set() if seen is None else seen
    path = ROOT / Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if module in seen or not path.exists():
        return seen
    seen.add(module)
    for node in ast.walk(ast.parse(path.read_text())):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        for name in names:
            imported(name, seen)
    return seen


def test_the_credentials_of_exercises_import_no_way_to_live_ones() -> None:
    assert imported("monitor.emergency.exercise") & LIVE == set()
    assert imported("monitor.emergency.live") & LIVE == LIVE, "the walk sees what there is"
    assert not any(name.startswith("monitor.db") for name in imported("monitor.emergency.exercise"))


def test_every_mode_has_credentials_of_its_own_class(sqlite: Database, emulator: Emulator) -> None:
    Broadcast(sqlite, emulator)
    with sqlite.transaction() as session:
        channel = session.get_one(Channel, "fb")
        assert {mode: type(of(session, [channel])["fb"]).__name__ for mode, of in BY_MODE.items()} == {
            "actual": "LiveCredentials",
            "exercise": "ExerciseCredentials",
        }


def test_an_exercise_publishes_to_the_test_account_alone(
    sqlite: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With live credentials configured, and every word that goes over the network looked at."""
    put_up_hub(monkeypatch)
    here = Broadcast(sqlite, emulator, "facebook", mode="exercise")
    live = here.stages["facebook"]
    test = here.world.account("facebook", "9988776655", "ovning", "Övningssidan")
    here.world.token(Token("EAAtest", "page", test, SCOPES))
    monkeypatch.setenv("TEST_PAGE_TOKEN", "EAAtest")
    exercise = {"external_id": test.id, "credential": {"token_env": "TEST_PAGE_TOKEN"}}
    here.town.change(Channel, "facebook", exercise=exercise)
    given: list[tuple[Account, Credential]] = []

    def connect(platform: str, account: Account, credential: Credential, settings: Settings) -> Connector:
        given.append((account, credential))
        return connect_for_real(platform, account, credential, settings)

    here.connect = connect
    here.sent()
    mark = emulator.ledger.mark()
    here.to_the_end()
    assert (here.delivery("facebook").state, here.delivery("facebook").way) == ("verified", "machine")
    assert [each.target for each in here.effects] == [test.id]
    secrets = set(live.credential.secrets.values())
    assert not any(secrets & set(credential.secrets.values()) for _account, credential in given)
    assert not any(live.account.id in entry.path for entry in emulator.ledger.since(mark).entries)
