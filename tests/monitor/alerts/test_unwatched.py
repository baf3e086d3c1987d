"""Days that went by unwatched while nobody could be told: told on the next service morning, however many they are."""

import re
from datetime import date, timedelta

import pytest

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.missed_days import missed
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.links import opened
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.watch.day_rules import Verdict
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil, plain
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, at

TUESDAY = date(2026, 6, 16)
BACK = date(2026, 7, 6)  # a Monday, three weeks after the last sign of life
ALL = ["ersattare", "kommunikator", "redaktor"]


@pytest.fixture
def vigil(sqlite: Database, mail: Settings, post_office: PostOffice) -> Vigil:
    return ready(Vigil(sqlite, mail, post_office))


def ready(vigil: Vigil) -> Vigil:
    """The register has been kept since Thursday, and everything was watched on that day."""
    vigil.read(THURSDAY, "07.05")
    vigil.attests(THURSDAY, "08.00")
    vigil.keep(THURSDAY, "16.00")
    return vigil


def mornings(vigil: Vigil, day: date, *clocks: str) -> list[tuple[str, str]]:
    """Who got a mail of unwatched days, and its subject."""
    found = vigil.run(day, *clocks)
    return sorted(each for each in found if re.search(r"inte bevakats|delvis|stod stilla", each[1]))


def silent_friday(vigil: Vigil) -> None:
    """Kanalvakt kept the register and told nobody; the group was not attested."""
    vigil.read(FRIDAY, "06.45")
    vigil.keep(FRIDAY, "15.00")
    vigil.keep(FRIDAY, "17.00")


def test_a_day_that_nobody_was_told_of_is_told_on_the_next_service_morning_once(
    db: Database, mail: Settings, post_office: PostOffice
) -> None:
    vigil = ready(Vigil(db, mail, post_office))
    silent_friday(vigil)
    assert mornings(vigil, date(2026, 6, 13), "10.00") == []
    subject = "Tibro kommun på grupp har inte bevakats: fre 12 juni"
    assert mornings(vigil, MONDAY, "07.29", "07.30", "07.31") == [(person, subject) for person in ALL]
    assert sorted(vigil.proof()) == [("grupp/2026-06-12", "missed", person) for person in ALL]
    vigil.read(TUESDAY, "06.45")
    assert [each for each in mornings(vigil, TUESDAY, "07.30") if "12" in each[1]] == []


def test_a_day_that_the_guard_has_told_of_is_not_told_again(vigil: Vigil) -> None:
    vigil.read(FRIDAY, "06.45")
    vigil.run(FRIDAY, "07.30", "15.00", "15.30", "16.00")
    assert mornings(vigil, MONDAY, "07.30") == []


def test_the_mail_says_why_and_how_the_day_is_put_right(vigil: Vigil) -> None:
    silent_friday(vigil)
    vigil.run(MONDAY, "07.30")
    text = vigil.text()
    assert "Ingen fick veta det medan det ännu gick att göra något åt det." in text
    assert "fre 12 juni: Ingen har gått igenom kanalen." in text
    [word] = re.findall(r"/task/(\S+)", text)
    link = opened(word, at(TUESDAY, "12.00"))
    assert (link.purpose, link.subject) == ("attest", "grupp/2026-06-12")


def test_a_day_that_was_only_partly_watched_says_so_and_how_it_can_be_corrected(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    vigil.comes("c1", FRIDAY, "10.00")
    vigil.keep(FRIDAY, "17.00")
    subject = "Tibro kommun på fb har bara bevakats delvis: fre 12 juni"
    assert mornings(vigil, MONDAY, "07.30") == [(person, subject) for person in ALL]
    text = vigil.text()
    assert corrects(vigil) == {
        "redaktor": 'fb --date 2026-06-12 --verdict watched --reason "…" --by PERSON',
        "ersattare": 'fb --date 2026-06-12 --verdict watched --reason "…" --by PERSON',
        "kommunikator": 'fb --date 2026-06-12 --verdict watched --reason "…" --by kommunikator',
    }
    assert [opened(word, at(MONDAY, "08.00")).purpose for word in re.findall(r"/task/(\S+)", text)] == ["review"]


def corrects(vigil: Vigil) -> dict[str, str]:
    """What the mails of unwatched days give each person to type after `kanalvakt watch correct`."""
    mails = [mail for mail in vigil.office.mails if "delvis" in str(mail["Subject"])]
    found = [(str(mail["To"]), re.findall(r"`kanalvakt watch correct (.*)`", plain(mail))) for mail in mails]
    return {to.partition("@")[0]: command for to, [command] in found}


def test_commands_are_code_in_html_and_stand_between_backticks_in_text(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    vigil.comes("c1", FRIDAY, "10.00")
    vigil.keep(FRIDAY, "17.00")
    mornings(vigil, MONDAY, "07.30")
    html = vigil.office.mails[-1].get_body(("html",))
    assert html is not None
    shown = str(html.get_content())
    assert "<code>kanalvakt watch correct fb --date 2026-06-12" in shown
    assert "`" not in shown


def test_channels_that_were_not_watched_and_such_as_were_partly_are_told_so_and_each_days_link_by_its_day(
    vigil: Vigil,
) -> None:
    vigil.comes("c1", FRIDAY, "10.00")
    vigil.keep(FRIDAY, "17.00")
    vigil.keep(MONDAY, "06.00")
    told = [(person, subject.rstrip()) for person, subject in mornings(vigil, MONDAY, "07.30")]  # folded, as it is long
    assert told == [(person, "2 kanaler har inte bevakats, eller bara delvis: fre 12 juni") for person in ALL]
    assert "Intyga att du gick igenom Tibro kommun på grupp fre 12 juni:" in vigil.text()


def test_below_a_channels_name_the_links_of_several_days_say_the_day_alone(vigil: Vigil) -> None:
    vigil.run(TUESDAY, "07.30")
    assert "Intyga fre 12 juni:" in vigil.text()
    assert "Intyga mån 15 juni:" in vigil.text()


def test_after_three_weeks_each_person_gets_one_mail_of_every_day(
    db: Database, mail: Settings, post_office: PostOffice
) -> None:
    vigil = ready(Vigil(db, mail, post_office))
    subject = "Kanalvakt stod stilla 12 juni–3 juli"
    assert mornings(vigil, BACK, "07.30", "07.31", "12.00") == [(person, subject) for person in ALL]
    text = vigil.text()
    assert "Kanalvakt var inte igång 12 juni–3 juli och kunde inte påminna någon." in text
    assert text.count("12 juni–3 juli: ") == 2  # each channel once, with its reason
    assert "kanalvakt attest grupp --date 2026-06-12 --by" in text
    days = [day for day in vigil.days() if THURSDAY < day < BACK]
    assert len(days) == 15
    told = {(subject, person) for subject, rung, person in vigil.proof() if rung == "missed"}
    assert told == {(f"{id_}/{day}", person) for id_ in ("fb", "grupp") for day in days for person in ALL}
    vigil.run(BACK, "15.00")  # the day itself is the guard's
    assert mornings(vigil, BACK + timedelta(days=1), "07.30") == []


def test_what_a_channel_was_like_before_the_register_was_kept_is_not_told(vigil: Vigil) -> None:
    fresh = vigil
    fresh.changes(watched_since=at(date(2026, 5, 4), "07.00"))
    fresh.town.channel("gammal", watch_mode="manual", watched_since=at(date(2026, 5, 4), "07.00"))
    fresh.read(FRIDAY, "06.45")
    fresh.attests(FRIDAY, "09.00")
    fresh.attests(FRIDAY, "09.00", channel="gammal")
    fresh.keep(FRIDAY, "16.00")
    assert len(fresh.days("gammal")) > 20
    assert [subject for _who, subject in mornings(fresh, MONDAY, "07.30")] == [
        "Kanalvakt stod stilla tors 11 juni"  # the new channel's first day since the register is kept
    ] * 3


def test_a_day_that_is_attested_before_the_mail_goes_out_is_told_of_no_more(vigil: Vigil) -> None:
    silent_friday(vigil)
    vigil.changes(watched_since=at(MONDAY, "00.00"))
    vigil.run(date(2026, 6, 13), "10.00")
    vigil.judged(MONDAY, "07.30")
    vigil.attests(MONDAY, "07.35", for_day=FRIDAY)
    vigil.sends(MONDAY, "07.40")
    assert [state for _person, _rung, state in vigil.notices("watch_day")] == ["cancelled"] * 3
    assert vigil.proof() == []
    assert vigil.reason("kommunikator", "missed") == "Alla dagar är rättade nu, eller rör inte längre mottagaren."


def test_a_day_that_was_corrected_is_told_of_no_more(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    vigil.keep(FRIDAY, "16.00")
    vigil.keep(MONDAY, "00.00")
    vigil.corrects(MONDAY, FRIDAY, Verdict.WATCHED)
    assert mornings(vigil, MONDAY, "10.01") == []


def test_a_morning_without_mail_leaves_the_day_to_the_next_one(vigil: Vigil) -> None:
    silent_friday(vigil)
    vigil.judged(MONDAY, "07.30")
    vigil.read(MONDAY, "06.45")
    vigil.attests(MONDAY, "09.00")
    vigil.keep(MONDAY, "16.00")
    assert [who for who, _subject in mornings(vigil, TUESDAY, "07.30")] == ALL
    states = [state for _person, _rung, state in vigil.notices("watch_day")]
    assert states == ["cancelled"] * 3 + ["sent"] * 3


def test_whoever_is_away_is_not_told_and_others_are_in_their_place(vigil: Vigil) -> None:
    silent_friday(vigil)
    vigil.town.person("it", roles=["administrator"])
    vigil.away("redaktor", MONDAY)
    vigil.town.change(Person, "kommunikator", email=None)
    vigil.town.change(Channel, "grupp", deputy_id=None)
    assert [who for who, _subject in mornings(vigil, MONDAY, "07.30")] == ["it"]


def test_when_nobody_is_left_in_the_morning_it_is_said_once_and_told_when_somebody_is(vigil: Vigil) -> None:
    silent_friday(vigil)
    for person in ALL:
        vigil.away(person, MONDAY)
    assert mornings(vigil, MONDAY, "07.30", "07.31") == []
    assert [each.subject for each in vigil.audit("watch_day.untold")] == ["grupp/2026-06-12"]
    vigil.attests(MONDAY, "09.00")
    vigil.read(MONDAY, "06.45")
    assert [who for who, _subject in mornings(vigil, TUESDAY, "07.30")] == ALL


def test_a_channel_whose_reading_fails_still_says_how_it_is_mended(vigil: Vigil) -> None:
    vigil.attests(FRIDAY, "09.00")
    vigil.read(FRIDAY, "06.45", "failed", error_kind="auth_expired")
    vigil.town.change(Schedule, "fb", failing_since=at(FRIDAY, "06.46"), failure_kind="auth_expired")
    vigil.keep(FRIDAY, "16.00")
    subject = "Tibro kommun på fb har inte bevakats: fre 12 juni"
    assert mornings(vigil, MONDAY, "07.30") == [(person, subject) for person in ALL]
    texts = [plain(mail) for mail in vigil.office.mails if "har inte bevakats" in str(mail["Subject"])]
    assert all("För att den ska hämtas igen: Förnya kanalens token" in text for text in texts)


def test_a_notice_of_the_old_kind_that_still_waits_is_not_sent(vigil: Vigil) -> None:
    known = {"rung": "missed", "cycle": "2026-06-10", "recipient_id": "redaktor"}
    with vigil.db.transaction() as session:
        times = {"due_at": at(MONDAY, "07.00"), "created_at": at(MONDAY, "07.00")}
        session.add(Notice(subject_kind="watch_day", subject="fb/2026-06-10", **known, **times))
    vigil.sends(MONDAY, "07.30")
    assert vigil.notices("watch_day") == [("redaktor", "missed", "cancelled")]


def test_the_digest_is_told_the_days_that_were_missed_and_not_put_right(vigil: Vigil) -> None:
    judge(vigil.db, at(TUESDAY, "12.00"))
    vigil.corrects(TUESDAY, FRIDAY, Verdict.WATCHED)
    both = {"fb": [MONDAY], "grupp": [FRIDAY, MONDAY]}
    assert missed_by(vigil, TUESDAY) == both
    judge(vigil.db, at(TUESDAY, "16.00"))
    assert missed_by(vigil, TUESDAY) == both
    assert missed_by(vigil, THURSDAY) == {}


def missed_by(vigil: Vigil, day: date) -> dict[str, list[date]]:
    with vigil.db.snapshot() as session:
        found = missed(session, day, calendar_of(organisation(session)), ["fb", "grupp"])
    return {channel_id: [each.day for each in days] for channel_id, days in found.items()}
