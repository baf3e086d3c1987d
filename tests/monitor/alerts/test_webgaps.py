"""Once a week, who is responsible and the communicators hear which own posts are missing on the website."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import first_working_day
from monitor.alerts.sending import send_due
from monitor.alerts.webgaps import MOST, WEB_GAPS
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation
from monitor.watch.hub import dismiss
from monitor.watch.models import Post
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
DAY = timedelta(days=1)
FRIDAY = MORNING - 3 * DAY
"""Of the week before."""


@pytest.fixture
def town(town: Town) -> Town:
    """With a communicator, a library's channel and a website; Midsummer's Eve is on this week's Friday."""
    town.change(Organisation, 1, website="https://www.tibro.se")
    town.person("kom", roles=["communicator"], language="en")
    town.person("bibliotekarie")
    town.channel("ig", platform="instagram", responsible_id="bibliotekarie")
    return town


def publish(town: Town, id_: str, channel: str = "fb", at: datetime = FRIDAY, text: str = "Badet öppnar") -> None:
    address = f"https://www.example.org/{id_}"
    seen = {"posted_at": at, "fetched_at": at, "author_id": "page-1"}
    town.post(id_, channel_id=channel, text=text, permalink=address, **seen)


def told(town: Town, now: datetime) -> list[tuple[str, str]]:
    judge(town.db, now)
    with town.db.snapshot() as session:
        query = select(Notice.recipient_id, Notice.cycle).where(Notice.subject_kind == WEB_GAPS).order_by(Notice.id)
        return [(person, cycle) for person, cycle in session.execute(query)]


def weekly(post_office: PostOffice) -> dict[str, str]:
    """The text of each mail about the website, by recipient."""
    about = [m for m in post_office.mails if "webbplatsen" in m["Subject"] or "website" in m["Subject"]]
    return {m["To"].partition("@")[0]: m.get_body(("plain",)).get_content() for m in about}


def test_each_responsible_person_hears_of_the_own_channels_and_a_communicator_of_all(
    town: Town, post_office: PostOffice, mail: Settings
) -> None:
    publish(town, "p1", text="Badet öppnar på måndag")
    publish(town, "p2", "ig", text="Sagostund")
    publish(town, "p3", text="Läs mer på tibro.se/bad")
    for hours in range(3):
        judge(town.db, MORNING + timedelta(hours=hours), mail)
        send_due(town.db, MORNING + timedelta(hours=hours), mail)
    letters = weekly(post_office)
    assert letters.keys() == {"redaktor", "bibliotekarie", "kom"}
    assert letters["redaktor"].startswith("1 inlägg saknas på webbplatsen")
    assert letters["kom"].startswith("2 posts are missing on the website")
    for word in ("fre 12 juni", "Tibro kommun på fb", "Badet öppnar på måndag", "https://www.example.org/p1", "Gör så"):
        assert word in letters["redaktor"]
    assert "https://kanalvakt.tibro.example.org/hub" in letters["redaktor"]
    assert "Sagostund" not in letters["redaktor"]
    assert len([m for m in post_office.mails if "website" in m["Subject"]]) == 1


def test_it_is_told_on_the_weeks_first_working_day_and_once_a_week(town: Town) -> None:
    publish(town, "p1")
    days = [MORNING + timedelta(days=days) for days in range(-3, 12)]
    found = {now.date().isoformat(): told(town, now) for now in days}
    assert found["2026-06-12"] == []
    assert [cycle for person, cycle in found["2026-06-26"] if person == "redaktor"] == ["2026-06-15", "2026-06-22"]
    assert found["2026-06-15"] == found["2026-06-18"]


def test_after_a_holiday_it_is_told_on_tuesday_and_after_downtime_when_it_can_be(town: Town) -> None:
    easter_monday = datetime(2026, 4, 6, 8, tzinfo=UTC)
    publish(town, "p1", at=easter_monday - 5 * DAY)
    assert told(town, easter_monday) == []
    assert ("redaktor", "2026-04-07") in told(town, easter_monday + 3 * DAY)


def test_nothing_is_told_where_nothing_is_missing(town: Town) -> None:
    publish(town, "p1", text="www.tibro.se/bad")
    publish(town, "p2", "ig")
    town.change(Channel, "ig", state="retired")
    assert told(town, MORNING) == []


def test_nothing_is_told_of_what_was_fetched_only_today_or_without_a_website(town: Town) -> None:
    publish(town, "p1", at=MORNING - timedelta(hours=1))
    assert told(town, MORNING) == []
    publish(town, "p2")
    town.change(Organisation, 1, website=None)
    assert told(town, MORNING) == []


def test_what_is_said_before_the_mail_goes_out_stops_it(town: Town, post_office: PostOffice, mail: Settings) -> None:
    publish(town, "p1")
    judge(town.db, MORNING, mail)
    with town.db.transaction() as session:
        dismiss(session, session.scalars(select(Post)).one(), "Bara en hälsning", "redaktor", MORNING)
    send_due(town.db, MORNING, mail)
    assert weekly(post_office) == {}


def test_a_mail_that_could_not_go_out_in_its_week_is_left_to_the_next_weeks(
    town: Town, post_office: PostOffice, mail: Settings
) -> None:
    publish(town, "p1")
    judge(town.db, MORNING, mail)
    judge(town.db, MORNING + 7 * DAY, mail)
    send_due(town.db, MORNING + 7 * DAY, mail)
    assert len([m for m in post_office.mails if m["To"] == "redaktor@example.org" and "saknas" in m["Subject"]]) == 1


def test_a_long_list_is_cut_and_says_so(town: Town, post_office: PostOffice, mail: Settings) -> None:
    for number in range(MOST + 3):
        publish(town, f"p{number}", at=FRIDAY - number * timedelta(minutes=1), text="")
    judge(town.db, MORNING, mail)
    send_due(town.db, MORNING, mail)
    assert weekly(post_office)["redaktor"].count("https://www.example.org/") == MOST
    assert "Och 3 till." in weekly(post_office)["redaktor"]


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)))
def test_a_week_has_at_most_one_first_working_day_and_it_is_one(today: date) -> None:
    first = first_working_day(today, CALENDAR)
    monday = today - timedelta(days=today.weekday())
    passed = [monday + timedelta(days=days) for days in range(today.weekday() + 1)]
    assert first == next((day for day in passed if CALENDAR.is_working_day(day)), None)
