"""`kanalvakt claim`, `note`, `assign` and `forward`, as a person or a program runs them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.inbox.assigning import assigned_to
from monitor.inbox.desk_models import Claim, Forward, Note
from monitor.register.models import Unit
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town


@pytest.fixture
def town() -> Town:
    """A town in the embedded database of the settings, and a comment in it."""
    upgrade(database())
    town = Town(database())
    town.person("chef", name="Karin Chef")
    town.change(Unit, "kommunikation", manager_id="chef")
    town.comment("fb_1", datetime(2026, 6, 1, 8, 0, tzinfo=UTC))
    return town


def test_colleagues_share_the_work_from_the_command_line(town: Town, kanalvakt: Command) -> None:
    assert kanalvakt("claim", "fb_1", "--by", "redaktor").out.startswith("Du håller på med den till ")
    taken = kanalvakt("claim", "fb_1", "--by", "ersattare")
    assert (taken.code, "Rut Redaktör håller på med den" in taken.err) == (2, True)
    assert kanalvakt("claim", "fb_1", "--by", "ersattare", "--over").code == 0
    assert kanalvakt("claim", "fb_1", "--by", "ersattare", "--back").out == "Tillbakalämnad.\n"
    assert kanalvakt("note", "fb_1", "--text", "Ring först", "--by", "redaktor").code == 0
    assert kanalvakt("assign", "fb_1", "--to", "ersattare", "--by", "redaktor").out == "Erik Ersättare tar den.\n"
    assert kanalvakt("forward", "fb_1", "--to", "kommunikation", "--by", "redaktor").code == 0
    with town.db.snapshot() as session:
        assert session.scalars(select(Claim)).all() == []
        assert session.scalars(select(Note.text)).all() == ["Ring först"]
        assert assigned_to(session, [1]) == {1: "ersattare"}
        assert session.scalars(select(Forward.to_id)).all() == ["chef"]
    assert kanalvakt("assign", "fb_1", "--by", "redaktor").out == "Den ansvariga tar den.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("claim", "fb_1"), "Olle sköter inte"),
        (("note", "fb_1", "--text", "x"), "Olle sköter inte"),
        (("assign", "fb_1", "--to", "redaktor"), "Olle sköter inte"),
        (("forward", "fb_1", "--to", "kommunikation"), "Olle sköter inte"),
    ],
)
def test_who_takes_no_care_of_the_channel_does_none_of_it(
    town: Town, kanalvakt: Command, words: tuple[str, ...], told: str
) -> None:
    town.person("olle")
    answer = kanalvakt(*words, "--by", "olle")
    assert (answer.code, told in answer.err) == (2, True)
