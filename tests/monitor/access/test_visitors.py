"""Which channels a person sees, and what for: by role, by duty, by unit, by the decision that names the person."""

from datetime import date

import pytest

from monitor.access.permission_rules import DAILY, Permission
from monitor.access.visitors import Visitor, visitor_of
from monitor.db import Database
from monitor.register.models import Person, Unit
from tests.monitor.town import Town

TODAY = date(2026, 6, 8)


@pytest.fixture
def town(sqlite: Database) -> Town:
    """Two units: `fb` and `ig` belong to one, `skola` to the other."""
    town = Town(sqlite)
    with sqlite.transaction() as session:
        session.add(Person(id="rektor", name="Rektorn", roles=["unit_manager"]))
        session.flush()
        session.add(Unit(id="skolan", name="Skolan", manager_id="rektor"))
    town.channel("ig", responsible_id="ersattare", deputy_id=None)
    town.person("larare", roles=["moderator"])
    town.channel("skola", unit_id="skolan", responsible_id="larare", deputy_id=None)
    return town


def who(town: Town, person: str) -> Visitor:
    with town.db.snapshot() as session:
        return visitor_of(session, session.get_one(Person, person), 1, TODAY)


def test_whoever_is_charged_with_a_channel_does_the_daily_work_on_it_alone(town: Town) -> None:
    found = who(town, "redaktor")
    assert found.channels == {"fb"}
    assert found.on["fb"] == DAILY
    assert who(town, "ersattare").channels == {"fb", "ig"}


def test_a_moderator_works_on_all_channels_of_the_own_unit(town: Town) -> None:
    town.change(Person, "redaktor", roles=["moderator"])
    assert who(town, "redaktor").channels_for(Permission.HANDLE) == {"fb", "ig"}
    assert not who(town, "redaktor").sees("skola")


def test_a_manager_decides_in_the_own_unit_alone(town: Town) -> None:
    found = who(town, "rektor")
    assert found.channels_for(Permission.DECIDE) == {"skola"}
    assert found.may(Permission.DECIDE)
    assert not found.may(Permission.DECIDE, "fb")


def test_whom_the_decision_in_force_names_is_charged(town: Town) -> None:
    town.person("sommar")
    assert who(town, "sommar").channels == frozenset()
    town.decision("skola", authorised=["sommar"], valid_until=date(2026, 12, 31), decided_on=date(2026, 1, 1))
    assert who(town, "sommar").channels == {"skola"}


def test_a_communicator_sees_everything(town: Town) -> None:
    town.person("kom", roles=["communicator"])
    assert who(town, "kom").channels == {"fb", "ig", "skola"}


def test_somebody_with_neither_role_nor_duty_sees_nothing(town: Town) -> None:
    town.person("ny")
    found = who(town, "ny")
    assert (found.channels, found.apart) == (frozenset(), frozenset())
    assert not found.sees("nowhere")
