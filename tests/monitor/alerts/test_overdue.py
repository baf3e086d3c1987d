"""Nobody is left unanswered: when a deadline has passed, the next one hears, once, and only of what still waits."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from config.settings import Settings
from monitor.alerts.judging import judge, unwritten
from monitor.alerts.sending import send_due
from monitor.alerts.telling import Scene
from monitor.db import Database
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment
from tests.conftest import Logged
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.waiting import FRI, MON, THU, TUE, WED, Waiting
from tests.monitor.days.almanac import STOCKHOLM, at


@pytest.fixture
def waiting(sqlite: Database, mail: Settings, post_office: PostOffice) -> Waiting:
    return Waiting(sqlite, mail, post_office)


def test_each_working_day_brings_the_next_one(db: Database, mail: Settings, post_office: PostOffice) -> None:
    waiting = Waiting(db, mail, post_office)
    assert waiting.told(TUE, "07.30", "15.59", "16.00", "16.01", "20.00") == []
    assert waiting.told(WED, "00.01", "07.29") == []
    assert waiting.told(WED, "07.30", "07.31", "12.00", "16.00") == ["redaktor"]
    assert waiting.told(THU, "07.29", "07.30", "07.31", "12.00") == ["ersattare"]
    assert waiting.told(FRI, "07.29", "07.30", "07.31", "12.00") == ["chef"]
    assert waiting.told(date(2026, 6, 15), "07.30", "12.00") == []
    assert waiting.ledger() == [
        ("redaktor", "responsible", "sent"),
        ("ersattare", "deputy", "sent"),
        ("chef", "manager", "sent"),
    ]


def test_the_mail_says_why_the_reader_hears_and_who_heard_before(waiting: Waiting) -> None:
    waiting.told(WED, "07.30")
    assert "Du får mejlet för att du är ansvarig för kanalen." in waiting.letter("redaktor", WED, "07.30").text
    waiting.told(THU, "07.30")
    waiting.told(FRI, "07.30")
    text = waiting.letter("chef", FRI, "07.30").text
    assert "Du får mejlet för att du är enhetschef och ingen har svarat än." in text
    assert "Rut Redaktör fick veta det 10 juni." in text
    assert "Erik Ersättare fick veta det 11 juni." in text
    assert "Besvaras senast tis 9 juni kl. 16.00." in text
    assert "* FÖRSENAD. Hur länge är badet stängt?" in text
    assert "https://www.facebook.com/c1" in text
    assert f"/comment/{waiting.comment}" in text
    html = waiting.letter("chef", FRI, "07.30").html
    assert "Erik Ersättare fick veta det 11 juni." in html
    assert "enhetschef och ingen har svarat än." in html


def test_who_hears_of_nothing_else_gets_a_mail_that_says_so_in_its_subject(waiting: Waiting) -> None:
    waiting.run(WED, "07.30")
    subject = "En kommentar på Tibro kommun på fb skulle ha besvarats vid det här laget"
    assert ("ersattare", subject) in waiting.run(THU, "07.30")
    assert ("chef", subject) in waiting.run(FRI, "07.30")


def test_who_is_away_is_passed_over_at_once_and_the_mail_says_so(waiting: Waiting) -> None:
    waiting.away("redaktor", WED, FRI)
    assert waiting.told(WED, "07.30", "12.00") == ["ersattare"]
    assert (
        "Du får mejlet för att ingen före dig går att nå: Rut Redaktör är borta."
        in waiting.letter("ersattare", WED, "07.30").text
    )
    assert waiting.told(THU, "07.30", "12.00") == ["ersattare"]
    assert "Du fick veta det 10 juni." in waiting.letter("ersattare", THU, "07.30").text
    assert waiting.told(FRI, "07.30", "12.00") == ["chef"]


def test_who_has_no_address_is_passed_over_at_once(waiting: Waiting) -> None:
    for person in ("redaktor", "ersattare"):
        waiting.town.change(Person, person, email=None)
    assert waiting.told(WED, "07.30") == ["chef"]
    reasons = "Rut Redaktör har ingen adress som fungerar, Erik Ersättare har ingen adress som fungerar"
    assert f"ingen före dig går att nå: {reasons}." in waiting.letter("chef", WED, "07.30").text
    assert waiting.told(THU, "07.30") == []
    assert waiting.told(FRI, "07.30") == ["chef"]


def test_whose_address_turns_out_not_to_work_is_passed_over_at_once(waiting: Waiting) -> None:
    waiting.town.change(Person, "redaktor", email="nobody@example.org")
    assert waiting.told(WED, "07.30", "07.31", "12.00") == ["ersattare"]
    assert ("redaktor", "responsible", "failed") in waiting.ledger()
    waiting.town.change(Person, "redaktor", email="redaktor@example.org")
    assert waiting.told(THU, "07.30", "12.00") == ["ersattare"]


def test_without_a_manager_the_communicators_hear(waiting: Waiting) -> None:
    waiting.town.change(Unit, "kommunikation", manager_id=None)
    assert waiting.told(WED, "07.30") + waiting.told(THU, "07.30") == ["redaktor", "ersattare"]
    assert waiting.told(FRI, "07.30") == ["kommunikator"]
    assert (
        "ingen före dig går att nå: enheten har ingen chef i registret."
        in waiting.letter("kommunikator", FRI, "07.30").text
    )


def test_with_nobody_at_all_it_is_logged_once(waiting: Waiting, logged: Logged) -> None:
    for person in ("redaktor", "ersattare", "chef", "kommunikator"):
        waiting.town.change(Person, person, email=None)
    assert waiting.told(WED, "07.30", "07.31", "12.00") == []
    [entry] = waiting.audit("obligation.untold")
    assert entry.subject == f"{waiting.comment}/2026-06-08T08:58:00+02:00"
    assert [line["event"] for line in logged()].count("nobody_to_tell_of_obligation") == 1


def test_after_an_outage_of_three_days_everybody_hears_once(waiting: Waiting) -> None:
    assert sorted(waiting.told(FRI, "09.00", "09.01", "12.00")) == ["chef", "ersattare", "redaktor"]
    assert waiting.told(date(2026, 6, 15), "07.30") == []


def test_after_a_flood_the_mail_is_one_that_programs_show_whole(waiting: Waiting) -> None:
    for number in range(300):
        waiting.comes(f"m{number}", MON, "09.00", text="Fråga " * 40, author_id=f"a{number}")
    waiting.town.change(Person, "redaktor", email=None)
    waiting.town.change(Person, "ersattare", email=None)
    waiting.judged(WED, "07.30")
    letter = waiting.letter("chef", WED, "07.30")
    assert len(letter.html.encode()) < 102_000  # more than that Gmail cuts off
    assert letter.text.count("\n* ") == 50
    assert "Och 251 till på Tibro kommun på fb: öppna dem i Kanalvakt" in letter.text
    assert letter.text.count("\n- ") == 50, "so many are named all the same"


def test_several_comments_past_their_deadlines_come_in_the_order_of_these(waiting: Waiting) -> None:
    waiting.comes("c2", MON, "08.00", text="Den äldsta")
    waiting.told(WED, "07.30")
    letter = waiting.letter("redaktor", WED, "07.30")
    assert letter.subject.startswith("2 kommentarer skulle ha besvarats vid det här laget")
    assert letter.text.index("Den äldsta") < letter.text.index("Hur länge")
    assert letter.text.count("Tibro kommun på fb\n---") == 1


def settled(waiting: Waiting) -> None:
    waiting.is_answered("c1", TUE, "18.00")


def hidden(waiting: Waiting) -> None:
    waiting.town.change(Comment, waiting.comment, hidden=True)


def gone(waiting: Waiting) -> None:
    waiting.town.change(Comment, waiting.comment, missing_since=at(TUE, "18.00"))


def removed(waiting: Waiting) -> None:
    with waiting.db.transaction() as session:
        session.delete(session.get_one(Comment, waiting.comment))


def rewritten(waiting: Waiting) -> None:
    """The answer came in time; then the question was another one."""
    waiting.is_answered("c1", MON, "15.00")
    waiting.town.edit(waiting.comment, "När öppnar ishallen?", at(WED, "07.30"))


def away(waiting: Waiting) -> None:
    waiting.away("redaktor", WED)


def left(waiting: Waiting) -> None:
    waiting.town.change(Channel, "fb", responsible_id="kommunikator")


def longer(waiting: Waiting) -> None:
    waiting.town.change(Organisation, 1, answer_within={"comment": {"days": 3}})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (settled, "Det har ordnats sedan dess."),
        (hidden, "Det har ordnats sedan dess."),
        (gone, "Det har ordnats sedan dess."),
        (removed, "Det har ordnats sedan dess."),
        (rewritten, "Det väntar på nytt och har fått mer tid."),
        (longer, "Det ska besvaras senare än så."),
        (away, "Mottagaren är borta, har lämnat över kanalen eller får veta det i ett annat steg."),
        (left, "Mottagaren är borta, har lämnat över kanalen eller får veta det i ett annat steg."),
    ],
)
def test_what_is_not_true_any_more_when_it_is_sent_is_not_sent(
    waiting: Waiting, change: Callable[[Waiting], None], reason: str
) -> None:
    waiting.judged(WED, "07.30")
    assert waiting.ledger() == [("redaktor", "responsible", "due")]
    change(waiting)
    before = len(waiting.office.mails)
    waiting.sends(WED, "07.31")
    assert not [m for m in waiting.office.mails[before:] if "skulle ha besvarats" in m["Subject"]]
    assert waiting.ledger() == [("redaktor", "responsible", "cancelled")]
    assert waiting.reason("redaktor", "responsible") == reason


@pytest.mark.parametrize(("change", "next_one"), [(away, "ersattare"), (left, "kommunikator")])
def test_whose_recipient_went_away_before_it_was_sent_is_told_to_the_next_one(
    waiting: Waiting, change: Callable[[Waiting], None], next_one: str
) -> None:
    waiting.judged(WED, "07.30")
    change(waiting)
    waiting.sends(WED, "07.31")
    assert waiting.told(WED, "07.32", "07.33", "12.00") == [next_one]


def test_who_comes_back_after_all_hears_though_a_notice_was_cancelled(waiting: Waiting) -> None:
    waiting.judged(WED, "07.30")
    waiting.town.change(Comment, waiting.comment, hidden=True)
    waiting.sends(WED, "07.31")
    assert waiting.told(WED, "07.32") == []
    waiting.town.change(Comment, waiting.comment, hidden=False)
    assert waiting.told(WED, "08.00", "08.01") == ["redaktor"]
    assert waiting.told(THU, "07.30") == ["ersattare"]


def test_what_waited_for_the_mail_server_does_not_go_out_at_night(waiting: Waiting) -> None:
    waiting.judged(WED, "15.59")
    waiting.sends(WED, "16.00")
    [(_who, _rung, state)] = waiting.ledger()
    assert state == "due"
    assert waiting.told(THU, "07.29") == []
    assert sorted(waiting.told(THU, "07.30")) == ["ersattare", "redaktor"]


def test_a_rung_that_another_one_has_overtaken_for_the_same_person_is_not_sent(waiting: Waiting) -> None:
    waiting.away("redaktor", WED, FRI)
    waiting.judged(WED, "07.30")
    waiting.judged(THU, "07.30")
    waiting.sends(THU, "07.30")
    assert waiting.ledger() == [("ersattare", "responsible", "cancelled"), ("ersattare", "deputy", "sent")]
    assert waiting.told(THU, "07.31", "12.00") == []


def test_a_reopened_comment_has_a_term_of_its_own_and_a_new_ladder(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.30") == ["redaktor"]
    waiting.is_answered("c1", WED, "10.00")
    assert waiting.told(THU, "07.30", "12.00") == []
    waiting.question = "När öppnar ishallen?"
    waiting.town.edit(waiting.comment, waiting.question, at(THU, "13.00"))
    assert waiting.told(THU, "13.01") == []
    assert waiting.told(FRI, "07.30", "16.00") == []
    assert waiting.told(date(2026, 6, 15), "07.30", "07.31") == ["redaktor"]
    assert "fick veta det 10 juni" not in waiting.letter("redaktor", date(2026, 6, 15), "07.30").text


def test_terms_of_a_channel_in_hours_are_told_in_the_middle_of_the_day(waiting: Waiting) -> None:
    terms = {
        "answer_within": {"comment": {"hours": 4}},
        "escalation": {"deputy": {"hours": 1}, "manager": {"hours": 2}},
    }
    waiting.changes(**terms)  # written at 08.58
    assert waiting.told(MON, "12.57", "12.58") == []
    assert waiting.told(MON, "12.59") == ["redaktor"]
    assert waiting.told(MON, "13.57", "13.58") == ["ersattare"]
    assert waiting.told(MON, "14.57", "14.58", "15.58") == ["chef"]


@pytest.mark.parametrize(
    ("posted", "days"),
    [
        (date(2026, 6, 16), (18, 22, 23)),  # Midsummer's Eve is a Friday
        (date(2026, 3, 26), (30, 31, 1)),  # summer time begins on Sunday
        (date(2026, 10, 22), (26, 27, 28)),  # and ends
    ],
)
def test_days_off_and_the_clocks_move_no_rung_out_of_service_hours(
    sqlite: Database, mail: Settings, post_office: PostOffice, posted: date, days: tuple[int, int, int]
) -> None:
    waiting = Waiting(sqlite, mail, post_office)
    waiting.town.change(Channel, "fb", watched_since=at(posted, "07.00"))
    with waiting.db.transaction() as session:
        session.delete(session.get_one(Comment, waiting.comment))
    waiting.comes("c9", posted, "09.00")
    heard: list[tuple[str, int]] = []
    for offset in range(8):
        day = posted + timedelta(days=offset)
        for clock in ("02.30", "07.29", "07.30", "16.00"):
            heard += [(f"{who} {clock}", day.day) for who in waiting.told(day, clock)]
    people = ("redaktor 07.30", "ersattare 07.30", "chef 07.30")
    assert heard == list(zip(people, days, strict=True))


def test_the_auditor_finds_what_nobody_has_judged_and_nothing_else(waiting: Waiting) -> None:
    def missing(moment: datetime) -> list[str]:
        with waiting.db.snapshot() as session:
            scene = Scene(session, session.get_one(Organisation, 1), moment, waiting.mail)
            return [each.rung for each in unwritten(scene) if each.subject_kind == "overdue"]

    assert missing(at(WED, "07.29")) == []
    assert missing(at(WED, "07.30")) == ["responsible"]
    judge(waiting.db, at(WED, "07.30"), waiting.mail)
    assert missing(at(WED, "07.30")) == []
    send_due(waiting.db, at(WED, "07.30"), waiting.mail)
    assert missing(at(WED, "12.00")) == []
    assert at(WED, "12.00").astimezone(STOCKHOLM).hour == 12
