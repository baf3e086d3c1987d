"""Whoever works in a crisis is told, at any hour, of a delivery that needs somebody, once and while it is so."""

from typing import Any

import pytest
from sqlalchemy import select

from config.language import use_language
from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.alerts.judging import judge
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.telling import NoLongerTrue, Scene
from monitor.db import Database
from monitor.emergency import by_hand
from monitor.emergency.delivery_notices import BY_HAND, DELIVERY
from monitor.emergency.rules import Fate
from monitor.register.models import Person
from monitor.register.organisation import organisation
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub

FEED = "/feed$"
EXPIRED = '{"error":{"code":190,"type":"OAuthException","message":"x","error_subcode":463}}'
REFUSED: dict[str, Any] = {"kind": "status", "status": 400, "method": "POST", "path": FEED, "body": EXPIRED}
CREW = ["ersattare", "redaktor"]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(sqlite: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    made = Broadcast(sqlite, emulator, "facebook")
    made.town.person("chef", roles=["unit_manager"])
    made.town.person("admin", roles=["administrator"])
    return made


def told(here: Broadcast, kind: str = DELIVERY) -> list[str]:
    """Who has been told of this kind, each time that they were."""
    judge(here.db, here.clock())
    return sorted(each.recipient_id for each in notices(here, kind))


def notices(here: Broadcast, kind: str = DELIVERY) -> list[Notice]:
    with here.db.snapshot() as session:
        return list(session.scalars(select(Notice).where(Notice.subject_kind == kind).order_by(Notice.id)))


def letter(here: Broadcast, notice: Notice) -> str:
    """As it is sent now. Raises NoLongerTrue."""
    with here.db.snapshot() as session, use_language("sv"):
        scene = Scene(session, organisation(session), here.clock(), Settings())
        kind = KINDS[notice.subject_kind]
        kind.check(scene, notice)
        written = kind.letter(scene, notice)
        return f"{written.subject}\n{written.text}"


def answer(here: Broadcast, seen: str) -> None:
    with here.db.transaction() as session:
        by_hand.answer(session, here.delivery("facebook").id, seen, "", "redaktor", here.clock())


def test_a_refusal_is_told_once_with_the_channel_what_it_means_and_the_way_there(here: Broadcast) -> None:
    here.emulator.faults.add(Fault(**REFUSED))
    message = here.sent()
    here.to_the_end()
    assert here.delivery("facebook").state == Fate.REJECTED
    assert told(here) == CREW
    here.wait(60)
    assert told(here) == CREW
    said = letter(here, notices(here)[0])
    for part in ("SKARPT", "Tibro kommun på facebook", "Strömavbrott i Tibro", "Avvisat"):
        assert part in said, said
    assert f"/crisis/{here.incident}/messages/{message}" in said
    answer(here, "skip")
    with pytest.raises(NoLongerTrue):
        letter(here, notices(here)[0])
    assert told(here) == CREW, "what a person has left out is nobody's any more"


def test_what_was_sent_again_and_refused_again_is_told_again(here: Broadcast) -> None:
    here.emulator.faults.add(Fault(**REFUSED, times=2))
    here.sent()
    here.to_the_end()
    told(here)
    here.wait(60)
    answer(here, "not_seen")
    here.to_the_end()
    assert told(here) == sorted(CREW * 2)


def test_what_no_machine_can_tell_is_told_until_a_person_has_said_what_is_there(here: Broadcast) -> None:
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED, times=3))
    here.sent()
    here.to_the_end()
    assert here.delivery("facebook").state == Fate.NEEDS_HUMAN
    told(here)
    [notice, _other] = [each for each in notices(here) if "aldrig" in letter(here, each)]
    answer(here, "seen")
    with pytest.raises(NoLongerTrue):
        letter(here, notice)


def test_half_a_minute_undecided_is_told_though_no_worker_lives_and_once_whoever_judges(here: Broadcast) -> None:
    here.sent()
    here.wait(29)
    assert told(here) == []
    here.wait(1)
    assert told(here) == sorted(CREW * 2), "of the crisis page and of the channel"
    assert "Ingen har börjat" in letter(here, notices(here)[0])
    here.emulator.faults.add(Fault("reset", method="POST", path=FEED))
    here.sweep()
    assert told(here) == sorted(CREW * 2)
    [gone] = {each.subject for each in notices(here) if each.subject == str(here.delivery("hub").id)}
    for each in notices(here):
        if each.subject == gone:
            with pytest.raises(NoLongerTrue):
                letter(here, each)
        else:
            said = letter(here, each)
            assert "halv minut" in said
            assert "letar" in said


def test_the_half_minute_begins_anew_when_a_person_has_it_sent_again(here: Broadcast) -> None:
    here.emulator.faults.add(Fault(**REFUSED))
    here.sent()
    here.to_the_end()
    told(here)
    here.wait(60)
    answer(here, "not_seen")
    here.wait(29)
    assert told(here) == CREW
    here.wait(1)
    assert told(here) == sorted(CREW * 2)
    here.wait(30)
    assert told(here) == sorted(CREW * 2)


def test_texts_for_hands_are_told_once_for_the_message_and_not_as_trouble(
    sqlite: Database, emulator: Emulator, hub: FakeHub
) -> None:
    here = Broadcast(sqlite, emulator, "group")
    here.town.channel("group2", platform="facebook_group", watch_mode="manual")
    here.sent()
    here.to_the_end()
    assert (told(here, BY_HAND), told(here)) == (CREW, [])
    assert "Tibro kommun på group, Tibro kommun på group2" in letter(here, notices(here, BY_HAND)[0])
    with here.db.transaction() as session:
        for place in ("group", "group2"):
            by_hand.answer(session, here.delivery(place).id, "seen", "", "redaktor", here.clock())
    with pytest.raises(NoLongerTrue):
        letter(here, notices(here, BY_HAND)[0])


def test_where_nobody_works_in_crises_the_administrators_hear_of_it(here: Broadcast) -> None:
    here.sent()
    for person in CREW:
        here.town.change(Person, person, roles=[])
    here.wait(30)
    assert told(here) == ["admin", "admin"]
