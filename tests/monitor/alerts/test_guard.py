"""Nobody's day closes unwatched without somebody being told while there is still time."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from config.language import _
from config.settings import Settings
from connectors.errors import AuthExpired
from monitor.alerts.judging import judge
from monitor.db import Database
from monitor.register.links import opened
from monitor.register.models import Person, Unit
from monitor.watch.models import Schedule
from tests.conftest import Logged
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil
from tests.monitor.days.almanac import FRIDAY, MONDAY, at

GRUPP = "Tibro kommun på grupp är inte bevakad än i dag"
FB = "Tibro kommun på fb är inte bevakad än i dag"
LADDER = [("redaktor", "responsible"), ("ersattare", "deputy"), ("kommunikator", "communicator")]


@pytest.fixture
def vigil(sqlite: Database, mail: Settings, post_office: PostOffice) -> Vigil:
    vigil = Vigil(sqlite, mail, post_office)
    vigil.read(FRIDAY, "06.45")
    return vigil


def test_each_hour_of_the_day_brings_one_mail_to_the_right_person(
    db: Database, mail: Settings, post_office: PostOffice
) -> None:
    vigil = Vigil(db, mail, post_office)
    vigil.read(FRIDAY, "06.45")
    [digest] = vigil.run(FRIDAY, "07.00", "07.29", "07.30", "14.59")
    assert digest[0] == "redaktor"
    assert vigil.run(FRIDAY, "15.00", "15.01", "15.29") == [("redaktor", GRUPP)]
    assert vigil.run(FRIDAY, "15.30", "15.31", "15.59") == [("ersattare", GRUPP)]
    assert vigil.run(FRIDAY, "16.00", "16.01", "17.00", "17.01", "23.59") == [("kommunikator", GRUPP)]
    assert vigil.proof() == [("grupp/2026-06-12", rung, person) for person, rung in LADDER]
    assert vigil.run(MONDAY, "00.00", "07.29") == []
    assert vigil.told(FRIDAY, "grupp") == ("not_watched", "none", "not_attested")


def test_the_mail_says_what_to_do_by_when_and_its_link_attests(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30", "15.00")
    text = vigil.text()
    assert "Dagens bevakning stänger kl. 16.00." in text
    assert "Ingen har gått igenom kanalen ännu." in text
    assert "https://www.facebook.com/tibrokommun" in text
    assert "Ansvarig: Rut Redaktör. Ersättare: Erik Ersättare." in text
    [word] = re.findall(r"https://kanalvakt\.tibro\.example\.org/task/(\S+)", text)
    link = opened(word, at(FRIDAY, "15.01"))
    assert (link.purpose, link.person, link.subject) == ("attest", "redaktor", "grupp/2026-06-12")


def test_who_attests_in_time_spares_the_others_the_mail(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30", "15.00")
    vigil.attests(FRIDAY, "15.10")
    assert vigil.run(FRIDAY, "15.30", "16.00", "16.30") == []
    assert vigil.proof() == [("grupp/2026-06-12", "responsible", "redaktor")]


def test_what_was_watched_between_judging_and_sending_is_not_sent(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30")
    vigil.judged(FRIDAY, "15.00")
    vigil.attests(FRIDAY, "15.01")
    vigil.sends(FRIDAY, "15.02")
    assert vigil.notices("guard") == [("redaktor", "responsible", "cancelled")]
    assert vigil.reason("redaktor", "responsible") == "Alla mottagarens kanaler är bevakade nu."
    assert vigil.proof() == []


def test_a_killed_token_is_told_with_its_remedy_and_the_day_is_red(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    monday = MONDAY
    vigil.attests(monday, "09.00")
    vigil.read(monday, "06.45", "failed", error_kind="auth_expired")
    vigil.town.change(Schedule, "fb", failing_since=at(monday, "06.46"), failure_kind="auth_expired")
    vigil.run(monday, "07.30")
    assert vigil.run(monday, "15.00") == [("redaktor", FB)]
    text = vigil.text()
    assert "Kanalen kunde inte hämtas (inloggningsuppgifterna gäller inte längre)." in text
    assert _(AuthExpired.remedy) in text
    assert "Intyga att du har gått igenom Tibro kommun på fb" in text
    vigil.run(monday, "15.30", "16.00")
    vigil.run(date(2026, 6, 16), "00.00")
    assert vigil.told(monday) == ("not_watched", "none", "reading_failed")


def test_what_was_read_and_not_gone_through_is_told_with_a_link_to_it(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    vigil.comes("c1", FRIDAY, "10.00")
    vigil.comes("c2", FRIDAY, "10.30")
    vigil.run(FRIDAY, "11.00")
    assert vigil.run(FRIDAY, "15.00") == [("redaktor", FB)]
    text = vigil.text()
    assert "2 kommentarer väntar på att någon tittar på dem." in text
    [word] = re.findall(r"/task/(\S+)", text)
    assert opened(word, at(FRIDAY, "15.01")).purpose == "review"
    assert "Hur länge är badet" not in text
    vigil.reviews(FRIDAY, "15.10")
    assert vigil.run(FRIDAY, "15.30", "16.00") == []


def test_a_paused_channel_has_to_be_watched_by_hand(vigil: Vigil) -> None:
    vigil.attests(MONDAY, "09.00")
    vigil.changes(state="paused")
    vigil.run(MONDAY, "07.30")
    assert vigil.run(MONDAY, "15.00") == [("redaktor", FB)]
    assert "Hämtningen är pausad: någon måste gå igenom kanalen." in vigil.text()
    assert "kanalvakt channel resume fb" in vigil.text()


def test_a_channel_that_is_yet_to_be_read_says_when(vigil: Vigil) -> None:
    vigil.attests(MONDAY, "09.00")
    vigil.town.change(Schedule, "fb", next_poll_at=at(MONDAY, "15.40"))
    vigil.run(MONDAY, "07.30")
    assert vigil.run(MONDAY, "15.00") == [("redaktor", FB)]
    text = vigil.text()
    assert "Inte hämtad ännu i dag." in text
    assert "Kanalvakt hämtar den mån 15 juni kl. 15.40." in text
    assert "/task/" not in text


def test_a_channel_that_is_only_read_when_the_day_has_closed_can_be_attested(vigil: Vigil) -> None:
    vigil.attests(MONDAY, "09.00")
    vigil.town.change(Schedule, "fb", next_poll_at=at(MONDAY, "16.01"))
    vigil.run(MONDAY, "07.30")
    assert vigil.run(MONDAY, "15.00") == [("redaktor", FB)]
    [word] = re.findall(r"/task/(\S+)", vigil.text())
    assert opened(word, at(MONDAY, "15.01")).subject == "fb/2026-06-15"
    vigil.attests(MONDAY, "15.05", channel="fb")
    assert vigil.run(MONDAY, "15.30", "16.00") == []


def test_of_a_reading_that_comes_on_another_day_nothing_is_said(vigil: Vigil) -> None:
    vigil.attests(MONDAY, "09.00")
    vigil.town.change(Schedule, "fb", next_poll_at=at(date(2026, 6, 16), "07.00"), due_at=at(MONDAY, "14.58"))
    vigil.run(MONDAY, "07.30", "15.00")
    assert "Kanalvakt hämtar den" not in vigil.text()


def test_at_closing_time_the_mail_still_says_what_can_be_done_before_midnight(vigil: Vigil) -> None:
    vigil.attests(MONDAY, "09.00")
    vigil.changes(state="paused")
    vigil.run(MONDAY, "07.30", "15.00", "15.30")
    assert vigil.run(MONDAY, "16.00") == [("kommunikator", FB)]
    assert "Hämtningen är pausad: någon måste gå igenom kanalen." in vigil.text()


def test_nothing_is_told_of_channels_that_need_not_be_watched(vigil: Vigil) -> None:
    vigil.changes("grupp", state="retired", watched_until=at(FRIDAY, "12.00"))
    vigil.town.channel("webb", has_comments=False)
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "15.00", "15.30", "16.00") == []


def test_whoever_is_away_is_stood_in_for_at_once(vigil: Vigil) -> None:
    vigil.away("redaktor", FRIDAY)
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "15.00") == [("ersattare", GRUPP)]
    assert "Rut Redaktör (frånvarande)" in vigil.text()
    assert vigil.run(FRIDAY, "15.30") == [("ersattare", GRUPP)]  # the deputy's own rung
    assert vigil.run(FRIDAY, "16.00") == [("kommunikator", GRUPP)]


def test_when_both_are_away_the_communicator_hears_at_once_and_again_as_the_day_closes(vigil: Vigil) -> None:
    vigil.away("redaktor", FRIDAY)
    vigil.away("ersattare", FRIDAY, MONDAY)
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "15.00") == [("kommunikator", GRUPP)]
    assert vigil.run(FRIDAY, "15.30") == []
    assert vigil.run(FRIDAY, "16.00") == [("kommunikator", GRUPP)]


def test_an_absence_noted_during_the_day_passes_the_rung_on(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30", "15.00")
    vigil.away("redaktor", FRIDAY)
    assert vigil.run(FRIDAY, "15.10") == [("ersattare", GRUPP)]  # and no digest for the rest of the day


@pytest.mark.parametrize("values", [{"email": None}, {"retired": True}])
def test_who_cannot_be_reached_is_passed_over(vigil: Vigil, values: dict[str, object]) -> None:
    vigil.run(FRIDAY, "07.30")
    vigil.town.change(Person, "redaktor", **values)
    assert vigil.run(FRIDAY, "15.00") == [("ersattare", GRUPP), ("kommunikator", "Rut Redaktör går inte att nå")]


def test_without_a_communicator_the_manager_hears_and_without_one_the_administrator(vigil: Vigil) -> None:
    vigil.town.person("chef", roles=["unit_manager"])
    vigil.town.person("it", roles=["administrator"])
    vigil.town.change(Unit, "kommunikation", manager_id="chef")
    vigil.town.change(Person, "kommunikator", roles=[])
    vigil.run(FRIDAY, "07.30", "15.00", "15.30")
    assert vigil.run(FRIDAY, "16.00") == [("chef", GRUPP)]
    vigil.away("chef", FRIDAY)
    assert vigil.run(FRIDAY, "16.05") == [("it", GRUPP)]


def test_when_nobody_is_left_it_is_said_once_in_log_and_audit_log(vigil: Vigil, logged: Logged) -> None:
    for person in ("redaktor", "ersattare", "kommunikator"):
        vigil.away(person, FRIDAY)
    vigil.run(FRIDAY, "07.30", "15.00", "15.01", "16.00")
    assert vigil.notices("guard") == []
    [entry] = vigil.audit("watch_day.untold")
    assert (entry.actor, entry.subject) == ("system", "grupp/2026-06-12")
    assert [line["event"] for line in logged()].count("nobody_to_tell_of_watch_day") == 1


def test_a_person_with_several_channels_gets_one_mail_of_them_all(vigil: Vigil) -> None:
    vigil.town.channel("skola", watch_mode="manual", watched_since=at(FRIDAY, "07.00"))
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "15.00") == [("redaktor", "2 kanaler är inte bevakade än i dag")]
    assert vigil.proof() == [(f"{id_}/2026-06-12", "responsible", "redaktor") for id_ in ("grupp", "skola")]
    vigil.attests(FRIDAY, "15.10")
    assert vigil.run(FRIDAY, "15.30") == [("ersattare", "Tibro kommun på skola är inte bevakad än i dag")]


def test_on_a_shortened_day_everything_comes_earlier(vigil: Vigil) -> None:
    vigil.organisation(other_hours={"2026-06-12": "07:30-12:00"})
    vigil.run(FRIDAY, "07.30", "10.59")
    assert vigil.run(FRIDAY, "11.00", "11.29") == [("redaktor", GRUPP)]
    assert vigil.run(FRIDAY, "11.30") == [("ersattare", GRUPP)]
    assert vigil.run(FRIDAY, "12.00") == [("kommunikator", GRUPP)]
    assert vigil.run(FRIDAY, "15.00", "16.00") == []


@pytest.mark.parametrize("day", [date(2026, 6, 13), date(2026, 6, 19), date(2026, 12, 24)])
def test_nobody_is_told_on_a_day_off(vigil: Vigil, day: date) -> None:
    vigil.keep(FRIDAY, "12.00")
    assert vigil.run(day, "07.30", "15.00", "15.30", "16.00") == []


@pytest.mark.parametrize("day", [date(2027, 5, 7), date(2026, 10, 26), date(2027, 3, 29), date(2027, 3, 30)])
def test_bridge_days_and_the_days_after_the_clocks_change_are_days_like_any(vigil: Vigil, day: date) -> None:
    vigil.changes(watched_since=at(day, "00.00"))
    vigil.changes("grupp", watched_since=at(day, "00.00"))
    vigil.read(day, "06.45")
    vigil.run(day, "07.30", "14.59")
    expected = [] if day == date(2027, 3, 29) else [(person, GRUPP) for person, _rung in LADDER]  # Easter Monday
    assert vigil.run(day, "15.00", "15.30", "16.00") == expected


def test_after_an_afternoons_stop_each_person_hears_once_of_the_most_urgent(vigil: Vigil) -> None:
    vigil.town.channel("skola", watch_mode="manual", watched_since=at(FRIDAY, "07.00"))
    vigil.changes("skola", responsible_id="ersattare", deputy_id="redaktor")
    vigil.run(FRIDAY, "07.30", "14.00")
    both = "2 kanaler är inte bevakade än i dag"
    assert sorted(vigil.run(FRIDAY, "15.45", "15.46")) == [("ersattare", both), ("redaktor", both)]
    assert {(person, rung) for person, rung, _state in vigil.notices("guard")} == {
        ("redaktor", "deputy"),
        ("ersattare", "deputy"),
    }
    vigil.attests(FRIDAY, "15.50")  # what is left was told of already
    assert vigil.run(FRIDAY, "15.51") == []
    assert [who for who, _subject in vigil.run(FRIDAY, "16.00")] == ["kommunikator"]


def test_after_a_stop_until_the_afternoon_the_digests_of_the_day_still_come_once(vigil: Vigil) -> None:
    told = vigil.run(FRIDAY, "15.20", "15.21")
    assert [who for who, _subject in told] == ["redaktor", "redaktor"]
    assert [subject == GRUPP for _who, subject in told].count(True) == 1
    assert vigil.notices("digest") == [("redaktor", "digest", "sent")]


def test_after_a_stop_until_past_closing_only_the_last_rung_goes_out(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "16.20") == [("kommunikator", GRUPP)]
    assert "Dagens bevakning stängde kl. 16.00, men det som någon går igenom före midnatt räknas ändå." in vigil.text()


def test_a_mail_that_could_not_be_sent_in_time_is_not_sent_late(vigil: Vigil) -> None:
    vigil.run(FRIDAY, "07.30")
    for clock in ("15.00", "15.30", "16.00"):
        vigil.judged(FRIDAY, clock)
    vigil.sends(FRIDAY, "17.01")
    assert [state for _person, _rung, state in vigil.notices("guard")] == ["cancelled"] * 3
    assert vigil.reason("kommunikator", "communicator") == "Det är för sent för den här påminnelsen."
    assert vigil.proof() == []
    assert [who for who, _subject in vigil.run(MONDAY, "07.30")].count("kommunikator") == 1


def test_two_rungs_that_waited_for_the_same_person_become_one_mail(vigil: Vigil) -> None:
    vigil.changes("grupp", deputy_id="redaktor")
    vigil.run(FRIDAY, "07.30")
    vigil.judged(FRIDAY, "15.00")
    vigil.judged(FRIDAY, "15.30")
    vigil.sends(FRIDAY, "15.31")
    assert vigil.notices("guard") == [("redaktor", "responsible", "cancelled"), ("redaktor", "deputy", "sent")]


def test_two_who_judge_at_once_write_one_row(db: Database, mail: Settings, post_office: PostOffice) -> None:
    vigil = Vigil(db, mail, post_office)
    vigil.read(FRIDAY, "06.45")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _each: judge(db, at(FRIDAY, "15.00")), range(4)))
    assert vigil.notices("guard") == [("redaktor", "responsible", "due")]


def test_a_person_reads_it_in_their_own_language(vigil: Vigil) -> None:
    vigil.town.change(Person, "redaktor", language="en")
    vigil.run(FRIDAY, "07.30")
    assert vigil.run(FRIDAY, "15.00") == [("redaktor", "Tibro kommun på grupp has not been watched yet today")]
    assert "The day closes at 16:00." in vigil.text()
