"""The fast lane, counted at a real SMTP server: who hears of what was flagged, when, and what the mail says."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.base import Author, ReadComment, Reading
from monitor.alerts.judging import judge
from monitor.alerts.kinds import KINDS
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.alerts.telling import Scene
from monitor.inbox.flagging import report
from monitor.inbox.models import Flag, Mark
from monitor.register.models import Absence, Organisation
from monitor.watch.day_models import Review
from monitor.watch.models import Comment, PollRun, Schedule
from monitor.watch.recording import record
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEN = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)  # Monday 10.00 in Stockholm
NIGHT = datetime(2026, 6, 15, 21, 0, tzinfo=UTC)  # Monday 23.00
SUNDAY = datetime(2026, 6, 14, 10, 0, tzinfo=UTC)  # 12.00
TUESDAY = MORNING + DAY  # 07.30, when service hours begin
THREAT, GAS = "Vi vet var du bor, Rut", "Det luktar gas vid skolan"


class Lane:
    """A page with an editor, a deputy and a communicator; what is written is read, judged and sent."""

    def __init__(self, town: Town, office: PostOffice, mail: Settings) -> None:
        self.town, self.office, self.mail = town, office, mail
        town.person("kom", roles=["communicator"])
        town.decision("fb")
        town.schedule(revision=1)

    def writes(self, id_: str, text: str, at: datetime, **values: object) -> int:
        seen = {"fetched_at": at, "text_seen_at": at}
        number = self.town.comment(id_, at - MINUTE, text, **(seen | values))
        self.stirs()
        return number

    def stirs(self) -> None:
        with self.town.db.transaction() as session:
            session.get_one(Schedule, "fb").revision += 1

    def run(self, *moments: datetime) -> list[tuple[str, str]]:
        """Judges and sends at each of these times. Who got a mail of the fast lane, and its subject."""
        before = len(self.office.mails)
        for moment in moments:
            judge(self.town.db, moment, self.mail)
            send_due(self.town.db, moment, self.mail)
        return [(who(mail), str(mail["Subject"]).split(" – Kanalvakt")[0]) for mail in self.mails(before)]

    def mails(self, since: int = 0) -> list[EmailMessage]:
        return [mail for mail in self.office.mails[since:] if "bedöm" in mail["Subject"]]

    def marks(self, comment: int, kind: str, at: datetime) -> None:
        with self.town.db.transaction() as session:
            session.add(Mark(channel_id="fb", comment_id=comment, kind=kind, by_id="redaktor", at=at))

    def on_call(self, person: str | None = "jour") -> None:
        self.town.person("jour", name="Jonna Jour")
        self.town.change(Organisation, 1, on_call=person)

    def notices(self) -> list[tuple[str, str, str]]:
        with self.town.db.snapshot() as session:
            rows = session.scalars(select(Notice).where(Notice.subject_kind == "flag").order_by(Notice.id))
            return [(row.recipient_id, row.rung, row.state) for row in rows]


@pytest.fixture
def lane(town: Town, post_office: PostOffice, mail: Settings) -> Lane:
    return Lane(town, post_office, mail)


@pytest.mark.parametrize("back", [HOUR, 2 * HOUR, 3 * DAY])
def test_what_is_written_after_a_clock_was_set_back_is_flagged_at_once(lane: Lane, back: timedelta) -> None:
    lane.writes("k1", GAS, TEN)
    assert lane.run(TEN)
    now = TEN - back
    lane.writes("k2", THREAT, now)
    with lane.town.db.snapshot() as session:
        assert session.scalar(select(Flag.at).order_by(Flag.id.desc()).limit(1)) == TEN
    judge(lane.town.db, now, lane.mail)
    with lane.town.db.snapshot() as session:
        assert session.scalar(select(Flag.at).order_by(Flag.id.desc()).limit(1)) == now


def who(mail: EmailMessage) -> str:
    return str(mail["To"]).partition("@")[0]


def texts(mail: EmailMessage) -> Iterable[str]:
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        yield " ".join(str(body.get_content()).split())


def plain(mail: EmailMessage) -> str:
    return next(iter(texts(mail)))


def every(minutes: int, first: datetime, until: datetime) -> list[datetime]:
    return [first + each * minutes * MINUTE for each in range(int((until - first) / (minutes * MINUTE)) + 1)]


def test_what_a_reading_brings_is_told_within_a_minute_and_an_ordinary_comment_is_not(lane: Lane) -> None:
    """R-13: through the recording of a real reading."""
    lane.run(TEN - MINUTE)
    run = lane.town.read(TEN)
    author = Author("anna", "Anna")
    comments = [
        ReadComment(id_, "p1", id_, TEN - MINUTE, text, author)
        for id_, text in (("1", "Är vattnet farligt?"), ("2", "Hur länge är badet stängt?"))
    ]
    with lane.town.db.transaction() as session:
        record(session, "fb", Reading(comments=tuple(comments)), session.get_one(PollRun, run), TEN)
    told = lane.run(TEN + MINUTE)
    assert sorted(told) == [
        ("kom", "Fråga om fara – bedöm: Tibro kommun på fb"),
        ("redaktor", "Fråga om fara – bedöm: Tibro kommun på fb"),
    ]
    assert all("Är vattnet farligt?" in plain(mail) and "badet" not in plain(mail) for mail in lane.mails())
    assert lane.run(*every(5, TEN + 2 * MINUTE, TEN + 22 * MINUTE)) == []


def test_the_mail_says_what_to_assess_why_and_where_and_its_subject_quotes_nobody(lane: Lane) -> None:
    number = lane.writes("1", THREAT, TEN)
    assert lane.run(TEN) == [("redaktor", "Möjlig överträdelse – bedöm: Tibro kommun på fb")]
    for text in texts(lane.mails()[0]):
        for part in (
            "Möjlig överträdelse – bedöm",
            THREAT,
            "“vet var du bor”",
            "https://www.facebook.com/1",
            f"https://kanalvakt.tibro.example.org/comment/{number}",
            "avgör ingenting",
        ):
            assert part in text
        assert "brott" not in text.lower()
        assert "Anna" not in text
    with lane.town.db.snapshot() as session:
        rule = session.scalars(select(Flag.rule_id)).one()
    assert f"enligt regel {rule}: vet var du bor" in plain(lane.mails()[0])


def test_where_excerpts_are_turned_off_no_word_of_a_resident_is_in_the_mail(lane: Lane) -> None:
    lane.town.change(Organisation, 1, excerpts=False)
    lane.writes("1", THREAT + " VET VAR NI BOR", TEN)
    lane.run(TEN)
    for text in texts(lane.mails()[0]):
        assert "Rut" not in text
        assert "VET" not in text
        assert "https://www.facebook.com/1" in text


def test_after_half_an_hour_without_a_word_the_deputy_hears_and_then_the_communicator(lane: Lane) -> None:
    lane.writes("1", THREAT, TEN)
    told = {}
    for minutes in (0, 1, 15, 29, 30, 31, 45, 59, 60, 61, 90, 180):
        moment = TEN + minutes * MINUTE
        told |= {person: moment - TEN for person, _subject in lane.run(moment)}
    assert told == {"redaktor": 0 * MINUTE, "ersattare": 30 * MINUTE, "kom": 60 * MINUTE}
    assert len(lane.mails()) == 3


def test_the_half_hour_is_one_of_service(lane: Lane) -> None:
    late = datetime(2026, 6, 15, 13, 50, tzinfo=UTC)  # ten minutes before closing
    lane.writes("1", THREAT, late)
    assert [
        person for person, _subject in lane.run(late, late + 9 * MINUTE, late + HOUR, TUESDAY, TUESDAY + 15 * MINUTE)
    ] == ["redaktor"]
    assert [person for person, _subject in lane.run(TUESDAY + 20 * MINUTE)] == ["ersattare"]


@pytest.mark.parametrize("how", ["acknowledge", "answer", "hide", "gone", "closed"])
def test_what_somebody_has_dealt_with_goes_no_further(lane: Lane, how: str) -> None:
    number = lane.writes("1", THREAT, TEN)
    lane.run(TEN)
    at = TEN + 10 * MINUTE
    match how:
        case "acknowledge" | "closed":
            lane.marks(number, {"closed": "close"}.get(how, how), at)
        case "answer":
            lane.town.answer("2", at, "1")
        case "hide":
            lane.town.change(Comment, number, hidden=True)
        case "gone":
            lane.town.change(Comment, number, missing_since=at)
    assert lane.run(*every(20, at, TEN + 2 * HOUR)) == []


def test_what_was_dealt_with_while_the_mail_server_was_away_is_not_sent(lane: Lane) -> None:
    number = lane.writes("1", THREAT, TEN)
    judge(lane.town.db, TEN, lane.mail)
    lane.town.change(Comment, number, hidden=True)
    send_due(lane.town.db, TEN + MINUTE, lane.mail)
    assert lane.mails() == []
    assert lane.notices() == [("redaktor", "now", "cancelled")]


def test_an_acknowledgement_of_what_stood_there_before_settles_nothing(lane: Lane) -> None:
    number = lane.writes("1", "Hej", TEN - HOUR)
    lane.marks(number, "acknowledge", TEN - 30 * MINUTE)
    lane.town.edit(number, THREAT, TEN)
    lane.stirs()
    assert [person for person, _subject in lane.run(TEN)] == ["redaktor"]


def test_outside_service_hours_the_person_on_call_hears_at_once_and_the_others_at_opening(lane: Lane) -> None:
    lane.on_call()
    lane.writes("1", GAS, NIGHT)
    assert [person for person, _subject in lane.run(NIGHT + MINUTE)] == ["jour"]
    assert "som jour utanför servicetid" in plain(lane.mails()[0])
    assert "112" in plain(lane.mails()[0])
    assert lane.run(*every(90, NIGHT + 2 * MINUTE, TUESDAY - MINUTE)) == []
    assert sorted(person for person, _subject in lane.run(TUESDAY)) == ["kom", "redaktor"]
    assert "Jonna Jour aviserades som jour" in plain(lane.mails()[-1])


def test_a_deputy_who_was_on_call_still_hears_as_deputy(lane: Lane) -> None:
    lane.on_call("ersattare")
    lane.writes("1", THREAT, SUNDAY)
    assert [person for person, _subject in lane.run(SUNDAY)] == ["ersattare"]
    told = [person for person, _subject in lane.run(MORNING, MORNING + 30 * MINUTE)]
    assert told == ["redaktor", "ersattare"]


def test_on_a_sunday_the_person_on_call_hears_at_once(lane: Lane) -> None:
    lane.on_call()
    lane.writes("1", THREAT, SUNDAY)
    assert lane.run(SUNDAY) == [("jour", "Möjlig överträdelse – bedöm: Tibro kommun på fb")]
    assert [person for person, _subject in lane.run(MORNING)] == ["redaktor"]


def test_with_nobody_on_call_nothing_goes_out_before_opening(lane: Lane) -> None:
    lane.writes("1", GAS, SUNDAY)
    assert lane.run(*every(180, SUNDAY, MORNING - MINUTE)) == []
    assert sorted(person for person, _subject in lane.run(MORNING)) == ["kom", "redaktor"]


def test_what_nobody_had_seen_to_when_the_office_closed_comes_to_the_person_on_call(lane: Lane) -> None:
    lane.on_call()
    late = datetime(2026, 6, 15, 13, 50, tzinfo=UTC)
    lane.writes("1", THREAT, late)
    told = {}
    for moment in every(15, late, late + 2 * HOUR):
        told |= {person: moment - late for person, _subject in lane.run(moment)}
    assert told == {"redaktor": 0 * MINUTE, "jour": 30 * MINUTE}


def test_what_was_for_the_night_is_not_sent_to_the_person_on_call_in_service_hours(lane: Lane) -> None:
    lane.on_call()
    lane.writes("1", THREAT, NIGHT)
    judge(lane.town.db, NIGHT, lane.mail)
    assert [person for person, _subject in lane.run(TUESDAY)] == ["redaktor"]
    assert ("jour", "on_call", "cancelled") in lane.notices()


def test_whoever_stands_in_hears_and_the_deputy_is_not_forgotten_the_day_after(lane: Lane) -> None:
    late = datetime(2026, 6, 15, 13, 50, tzinfo=UTC)
    lane.writes("1", THREAT, late)
    lane.run(late)
    with lane.town.db.transaction() as session:
        tuesday = TUESDAY.date()
        session.add(Absence(person_id="redaktor", first_day=tuesday, last_day=tuesday))
    assert [person for person, _subject in lane.run(TUESDAY + 25 * MINUTE)] == ["ersattare"]


def test_a_deputy_alone_hears_at_once_and_then_the_communicator(lane: Lane) -> None:
    with lane.town.db.transaction() as session:
        session.add(Absence(person_id="redaktor", first_day=TEN.date(), last_day=TEN.date()))
    lane.writes("1", THREAT, TEN)
    assert [person for person, _subject in lane.run(TEN)] == ["ersattare"]
    assert [person for person, _subject in lane.run(TEN + 30 * MINUTE)] == ["kom"]
    assert lane.run(*every(20, TEN + 31 * MINUTE, TEN + 3 * HOUR)) == []


def test_a_report_is_told_though_the_comment_was_answered_before(lane: Lane) -> None:
    number = lane.writes("1", "Jag undrar", TEN - HOUR)
    lane.town.answer("2", TEN - 50 * MINUTE, "1")
    with lane.town.db.transaction() as session:
        report(session, session.get_one(Comment, number), "ersattare", "En granne ringde", TEN)
    assert lane.run(TEN) == [("redaktor", "Anmäld av kommuninvånare – bedöm: Tibro kommun på fb")]
    assert "Erik Ersättare" in plain(lane.mails()[0])
    assert "En granne ringde" in plain(lane.mails()[0])
    lane.town.answer("3", TEN + MINUTE, "1")
    assert lane.run(*every(20, TEN, TEN + 2 * HOUR)) == []


def test_a_rush_is_told_once_until_somebody_has_gone_through_the_channel(lane: Lane) -> None:
    for number in range(40):
        lane.writes(str(number), "Hej", TEN + number * MINUTE / 4)
    at = TEN + 11 * MINUTE
    assert lane.run(at) == [("redaktor", "Ovanligt många kommentarer – bedöm: Tibro kommun på fb")]
    assert "Minst 25 kommentarer inom 30 minuter" in plain(lane.mails()[0])
    with lane.town.db.transaction() as session:
        session.add(Review(channel_id="fb", by_id="redaktor", at=at + 5 * MINUTE))
    assert lane.run(*every(20, at + 10 * MINUTE, at + 2 * HOUR)) == []


def test_one_mail_holds_many_flags_danger_first_and_of_the_rest_says_how_many(lane: Lane) -> None:
    for number in range(40):
        lane.writes(str(number), f"{THREAT} {number}", TEN)
    lane.writes("gas", GAS + ", " + THREAT, TEN)
    judge(lane.town.db, TEN, lane.mail)
    with lane.town.db.snapshot() as session:
        mine = (Notice.subject_kind == "flag", Notice.recipient_id == "redaktor")
        notices = session.scalars(select(Notice).where(*mine)).all()
        kind = KINDS["flag"]
        assert kind.together is not None
        letter = kind.together(Scene(session, session.get_one(Organisation, 1), TEN, lane.mail), notices)
    assert letter.text.count("\n* ") == 30
    assert "Och 12 till." in letter.text  # so many at once are a rush as well
    assert letter.text.index("Det luktar gas") < letter.text.index("* Möjlig")
    assert "Fråga om fara – bedöm. Möjlig överträdelse – bedöm" in letter.text
    assert letter.subject.startswith("42 flaggade – bedöm")


def test_nobody_is_told_the_same_twice_in_weeks_of_judging(lane: Lane) -> None:
    lane.on_call()
    lane.writes("1", GAS, NIGHT)
    for hours in range(0, 24 * 12, 6):
        lane.run(NIGHT + hours * HOUR)
    told = lane.notices()
    assert len(told) == len({(person, rung) for person, rung, _state in told})
    assert all(state == "sent" for *_who, state in told)
