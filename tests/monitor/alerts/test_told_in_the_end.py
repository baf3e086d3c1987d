"""Whatever happens in between, somebody hears of a day that is not watched; or the outside watcher hears nothing."""

from dataclasses import replace

import pytest

from config.settings import Settings
from monitor.alerts import webgaps
from monitor.alerts.kinds import KINDS
from monitor.alerts.standing_still import standing_still
from monitor.db import Database
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil
from tests.monitor.days.almanac import FRIDAY, MONDAY, at

FB = "Tibro kommun på fb är inte bevakad än i dag"


@pytest.fixture
def vigil(sqlite: Database, mail: Settings, post_office: PostOffice) -> Vigil:
    return Vigil(sqlite, mail, post_office)


def stands_still(vigil: Vigil, clock: str) -> tuple[str, ...]:
    with vigil.db.snapshot() as session:
        return standing_still(session, at(MONDAY, clock), vigil.mail).notices


def test_who_attested_before_a_late_reading_brought_something_new_is_told_the_next_morning(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "08.00")
    fetched = at(FRIDAY, "10.00")
    vigil.town.comment("c1", at(FRIDAY, "09.50"), fetched_at=fetched, text_seen_at=fetched)
    vigil.read(FRIDAY, "09.59", "partial", error_kind="unavailable")
    assert ("redaktor", FB) in vigil.run(FRIDAY, "15.00")
    vigil.attests(FRIDAY, "15.10", channel="fb")
    assert vigil.run(FRIDAY, "15.30", "16.00", "17.00") == []
    vigil.read(FRIDAY, "17.10")
    assert vigil.run(FRIDAY, "17.15", "23.59") == []
    vigil.attests(MONDAY, "07.00")
    vigil.read(MONDAY, "07.05")
    told = [subject for _person, subject in vigil.run(MONDAY, "07.30", "08.00") if "fb" in subject]
    assert vigil.told(FRIDAY)[0] == "partly"
    assert len(told) == 3


def test_a_reminder_that_was_cancelled_is_followed_by_another_when_a_channel_needs_somebody_after_all(
    vigil: Vigil,
) -> None:
    vigil.read(FRIDAY, "06.45")
    vigil.town.person("annan", name="Annan")
    vigil.changes("grupp", responsible_id="annan", deputy_id="redaktor")
    vigil.run(FRIDAY, "07.30")
    vigil.comes("c1", FRIDAY, "09.00")
    vigil.judged(FRIDAY, "15.00")
    vigil.reviews(FRIDAY, "15.00")
    assert [person for person, _subject in vigil.run(FRIDAY, "15.01")] == ["annan"]
    assert ("redaktor", "responsible", "cancelled") in vigil.notices("guard")
    vigil.changes("grupp", responsible_id="redaktor")
    assert [person for person, _subject in vigil.run(FRIDAY, "15.05", "15.14")] == ["redaktor"]


def test_a_kind_of_notice_that_fails_silences_no_other_one(vigil: Vigil, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_scene: object) -> list[object]:
        raise ZeroDivisionError

    first = next(iter(KINDS))
    monkeypatch.setitem(KINDS, first, replace(webgaps.KIND, tellings=fails))  # type: ignore[arg-type]
    vigil.read(FRIDAY, "06.45")
    vigil.comes("c1", FRIDAY, "09.00")
    with pytest.raises(ZeroDivisionError):
        vigil.judged(FRIDAY, "15.00")
    vigil.sends(FRIDAY, "15.00")
    assert "inte bevakade" in vigil.office.mails[-1]["Subject"]


def test_where_nobody_judges_the_outside_watcher_hears_nothing_from_the_morning_on(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30")
    vigil.keep(MONDAY, "00.01")
    vigil.read(MONDAY, "06.45")
    vigil.attests(MONDAY, "07.00")
    vigil.town.change(Schedule, "fb", next_poll_at=at(MONDAY, "11.00"))
    vigil.keep(MONDAY, "07.35")
    assert stands_still(vigil, "07.39") == ()
    assert {each.partition(" ")[0] for each in stands_still(vigil, "07.41")} == {"digest", "watch_day"}
    vigil.judged(MONDAY, "07.41")
    assert stands_still(vigil, "07.42") == ()


@pytest.mark.parametrize("end", [{"has_comments": False}, {"state": "retired"}])
def test_a_channel_whose_watch_ends_when_the_day_has_closed_is_told_of_all_the_same(
    vigil: Vigil, end: dict[str, object]
) -> None:
    vigil.read(FRIDAY, "06.45")
    vigil.keep(FRIDAY, "09.00")
    vigil.changes("grupp", watched_until=at(FRIDAY, "16.30"), **end)
    assert [person for person, _subject in vigil.run(FRIDAY, "16.40")] == ["kommunikator"]
    assert "/task/" not in vigil.text()
    assert [day for day, _rung, _person in vigil.proof()] == ["grupp/2026-06-12"]


def test_a_channel_whose_watch_ends_before_the_day_closes_is_told_of_to_nobody(vigil: Vigil) -> None:
    vigil.read(FRIDAY, "06.45")
    vigil.keep(FRIDAY, "09.00")
    vigil.changes("grupp", has_comments=False, watched_until=at(FRIDAY, "15.30"))
    vigil.run(FRIDAY, "15.40", "16.00", "16.40")
    assert vigil.notices("guard") == []
