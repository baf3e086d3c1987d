"""A restored database repeats nothing that may have gone out since: counted at the platforms."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.audit.models import AuditEntry
from monitor.audit.restorations import is_held
from monitor.cli.restore import bring_back
from monitor.db import Database
from monitor.db.archive import Archive, Belongings, write
from monitor.emergency import by_hand
from monitor.emergency.models import Delivery
from monitor.emergency.restored import HeldBack, let_go
from monitor.emergency.rules import Fate, Why
from tests.monitor.conftest import Anew
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub

ON_ITS_WAY = (Fate.PENDING, Fate.ARMED, Fate.UNKNOWN, Fate.HELD)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    return Broadcast(sqlite, emulator, "facebook")


def backed_up(here: Broadcast, folder: Path) -> Path:
    write(here.db, folder / "backup.zip", Belongings({}, {}), "0.1.0", here.clock())
    return folder / "backup.zip"


def restored(here: Broadcast, file: Path, bare: Anew) -> HeldBack:
    """From now on `here` is what was restored."""
    here.db = bare()
    with Archive.open(file) as archive:
        return bring_back(here.db, archive, Settings(), here.clock())


@pytest.mark.parametrize("state", ON_ITS_WAY)
def test_what_went_out_after_the_backup_is_found_on_the_channel_and_not_sent_again(
    here: Broadcast, bare_sqlite: Anew, tmp_path: Path, state: Fate
) -> None:
    here.sent()
    with here.db.transaction() as session:
        session.execute(update(Delivery).where(Delivery.place == "facebook").values(state=state))
    file = backed_up(here, tmp_path)
    with here.db.transaction() as session:
        session.execute(update(Delivery).where(Delivery.place == "facebook").values(state=Fate.PENDING))
    here.to_the_end()
    assert len(here.effects) == 1
    here.wait(3600)
    assert restored(here, file, bare_sqlite) == HeldBack(deliveries=1, answers=0, sessions=0)
    here.to_the_end()
    assert (here.delivery("facebook").state, here.delivery("hub").state) == ("verified", "verified")
    assert len(here.effects) == 1


def test_what_never_went_out_is_a_persons_to_send(here: Broadcast, bare: Anew, tmp_path: Path) -> None:
    here.sent()
    file = backed_up(here, tmp_path)
    here.wait(60)
    restored(here, file, bare)
    here.to_the_end()
    left = here.delivery("facebook")
    assert (left.state, left.reason, len(here.effects)) == ("needs_human", Why.RESTORED, 0)
    with here.db.transaction() as session:
        by_hand.answer(session, left.id, "not_seen", "", "redaktor", here.clock())
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == ("verified", 1)


def test_a_new_message_goes_out_though_everything_else_is_held(here: Broadcast, bare: Anew, tmp_path: Path) -> None:
    file = backed_up(here, tmp_path)
    restored(here, file, bare)
    with here.db.snapshot() as session:
        assert is_held(session)
    here.sent()
    here.to_the_end()
    assert (here.delivery("facebook").state, len(here.effects)) == ("verified", 1)


def test_what_was_restored_and_released_is_in_the_log(here: Broadcast, bare: Anew, tmp_path: Path) -> None:
    restored(here, backed_up(here, tmp_path), bare)
    with here.db.transaction() as session:
        assert let_go(session, "redaktor", here.clock())
        assert not let_go(session, "redaktor", here.clock())
    with here.db.snapshot() as session:
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(2)).all()
        assert not is_held(session)
    assert acts == ["notices.released", "backup.restored"]
