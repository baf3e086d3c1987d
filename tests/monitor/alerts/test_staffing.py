"""Whoever keeps the register hears in time of people who cannot be told, and of channels that will have nobody."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from monitor.alerts.staffing_rules import AHEAD, ALWAYS, Span, ahead, unattended
from monitor.audit import audited
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.register.routes import disable, enable
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.vigil import Vigil
from tests.monitor.days.almanac import at

MON, TUE, WED, THU, FRI = (date(2026, 6, day) for day in range(8, 13))
CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
DAYS = st.dates(date(2026, 5, 20), date(2026, 7, 20))
SPANS = st.lists(
    st.tuples(DAYS, st.integers(0, 25)).map(lambda each: (each[0], each[0] + timedelta(each[1]))), max_size=3
)


class Staff(Vigil):
    """The almanac's town with a manager, and an administrator who keeps the register."""

    def __init__(self, db: Database, mail: Settings, office: PostOffice) -> None:
        super().__init__(db, mail, office)
        self.town.person("chef", name="Kim Chef")
        self.town.person("admin", roles=["administrator"])
        self.town.change(Unit, "kommunikation", manager_id="chef")

    def told(self, day: date, *clocks: str) -> list[tuple[str, str]]:  # type: ignore[override]
        """Who has got a mail about people, at each of these times, and its subject."""
        heard: list[tuple[str, str]] = []
        for clock in clocks:
            self.town.change(Schedule, "fb", last_complete_at=at(day, clock))
            heard += [each for each in self.run(day, clock) if _is_about_people(each[1])]
        return heard

    def mail_text(self) -> str:
        body = [m for m in self.office.mails if _is_about_people(m["Subject"])][-1].get_body(("plain",))
        assert body is not None
        return " ".join(str(body.get_content()).split())

    def way_fails(self, person: str, now: datetime, *, mends: bool = False) -> None:
        with self.db.transaction() as session:
            if mends:
                enable(session, person, "mail", "admin", now)
            else:
                disable(session, person, "mail", "5.1.1", now)


def _is_about_people(subject: str) -> bool:
    said = any(each in subject for each in ("går inte att nå", "stå utan någon", "rätta till"))
    return said and "går inte att nå via" not in subject  # that mail is about one way


@pytest.fixture
def staff(sqlite: Database, mail: Settings, post_office: PostOffice) -> Staff:
    return Staff(sqlite, mail, post_office)


def test_nothing_is_said_while_everybody_can_be_told(staff: Staff) -> None:
    assert staff.told(MON, "07.30", "12.00") == []


def test_a_person_without_an_address_is_told_of_once_to_who_keeps_the_register(
    db: Database, mail: Settings, post_office: PostOffice
) -> None:
    staff = Staff(db, mail, post_office)
    staff.town.change(Person, "ersattare", email=None)
    assert staff.told(MON, "02.00", "07.29") == []
    assert staff.told(MON, "07.30", "07.31", "12.00") == [("admin", "Erik Ersättare går inte att nå")]
    said = (
        "Erik Ersättare har ingen adress som fungerar och är ersättare för Tibro kommun på fb, Tibro kommun på grupp."
    )
    assert said in staff.mail_text()
    assert staff.told(TUE, "07.30") + staff.told(WED, "07.30") == []


def test_a_manager_and_a_responsible_whose_way_is_out_of_use_are_told_of(staff: Staff) -> None:
    staff.way_fails("chef", at(MON, "06.00"))
    assert staff.told(MON, "07.30") == [("admin", "Kim Chef går inte att nå")]
    assert "är enhetschef över Tibro kommun på fb, Tibro kommun på grupp." in staff.mail_text()


def test_what_was_put_right_and_breaks_again_is_told_again(staff: Staff) -> None:
    staff.way_fails("chef", at(MON, "06.00"))
    assert len(staff.told(MON, "07.30")) == 1
    staff.way_fails("chef", at(MON, "08.00"), mends=True)
    assert staff.told(TUE, "07.30") == []
    staff.way_fails("chef", at(TUE, "08.00"))
    assert len(staff.told(TUE, "08.01", "08.02")) == 1
    assert staff.told(WED, "07.30") == []


def test_who_cannot_be_reached_for_a_month_is_told_of_again(staff: Staff) -> None:
    staff.town.change(Person, "chef", email=None)
    days = [MON + timedelta(number) for number in range(64)]
    told = [day for day in days if CALENDAR.is_working_day(day) and staff.told(day, "07.30")]
    assert told == [MON, date(2026, 7, 9), date(2026, 8, 10)]


def test_a_change_of_somebody_else_makes_nothing_news(staff: Staff) -> None:
    staff.town.change(Person, "chef", email=None)
    assert len(staff.told(MON, "07.30")) == 1
    with staff.db.transaction() as session:
        audited(session, "admin", "person.changed", ("person", "redaktor"), at(MON, "08.00"))
        audited(session, "admin", "channel.changed", ("channel", "chef"), at(MON, "08.00"))
    assert staff.told(TUE, "07.30") == []


def test_a_coming_day_on_which_both_are_away_is_told_once_and_with_all_its_days(staff: Staff) -> None:
    staff.away("redaktor", date(2026, 6, 15), date(2026, 6, 26))
    staff.away("ersattare", date(2026, 6, 17), date(2026, 7, 3))
    assert staff.told(TUE, "07.30", "12.00") == []
    before = len(staff.office.mails)
    assert {who for who, _subject in staff.told(WED, "07.30", "12.00")} == {"admin"}
    told = [m for m in staff.office.mails[before:] if _is_about_people(m["Subject"])]
    assert [str(mail["Subject"]).split(" – ")[0] for mail in told] == [
        "2 saker att rätta till, så att någon får veta i tid"
    ]
    for channel in ("fb", "grupp"):
        said = f"Tibro kommun på {channel}: varken Rut Redaktör eller Erik Ersättare går att nå (17–26 juni)."
        assert said in staff.mail_text()
    days = [THU + timedelta(number) for number in range(30)]
    assert [day for day in days if CALENDAR.is_working_day(day) and staff.told(day, "07.30")] == []


def test_two_who_are_never_away_together_are_nothing_to_tell(staff: Staff) -> None:
    staff.away("redaktor", TUE, WED)
    staff.away("ersattare", THU, FRI)
    assert staff.told(MON, "07.30") == []


def test_who_is_away_while_the_other_cannot_be_reached_leaves_nobody(staff: Staff) -> None:
    staff.town.change(Person, "ersattare", email=None)
    staff.town.change(Channel, "grupp", has_comments=False)
    staff.away("redaktor", THU, FRI)
    staff.told(MON, "07.30")
    assert "Erik Ersättare har ingen adress som fungerar" in staff.mail_text()
    assert "Tibro kommun på fb: varken Rut Redaktör eller Erik Ersättare går att nå (11–12 juni)." in staff.mail_text()


def test_what_is_put_right_before_it_is_sent_is_not_sent(staff: Staff) -> None:
    staff.town.change(Person, "ersattare", email=None)
    staff.judged(MON, "07.30")
    staff.town.change(Person, "ersattare", email="ersattare@example.org")
    staff.sends(MON, "07.31")
    assert staff.notices("staffing") == [("admin", "unreachable", "cancelled")]


def test_without_an_administrator_the_communicators_hear(staff: Staff) -> None:
    staff.away("admin", MON)
    staff.town.change(Person, "chef", email=None)
    assert staff.told(MON, "07.30") == [("kommunikator", "Kim Chef går inte att nå")]


@given(DAYS)
def test_five_working_days_after_today_are_looked_at(today: date) -> None:
    days = ahead(today, CALENDAR)
    assert len(days) == AHEAD
    assert days[0] > today
    assert all(CALENDAR.is_working_day(day) for day in days)
    passed = [today + timedelta(number) for number in range(1, (days[-1] - today).days + 1)]
    assert [day for day in passed if CALENDAR.is_working_day(day)] == list(days)


@given(SPANS, SPANS, DAYS)
def test_a_day_lies_in_a_span_exactly_when_both_are_away(mine: list[Span], theirs: list[Span], today: date) -> None:
    days = ahead(today, CALENDAR)
    found = unattended(mine, theirs, days)
    for day in days:
        assert lies_in(day, found) == (lies_in(day, mine) and lies_in(day, theirs))
    for first, last in found:
        assert all(lies_in(day, mine) and lies_in(day, theirs) for day in (first, last))
    assert unattended([ALWAYS], [ALWAYS], days) == []


def lies_in(day: date, spans: Sequence[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def test_who_keeps_the_register_no_more_when_it_is_sent_is_not_told(staff: Staff) -> None:
    staff.town.person("admin2", roles=["administrator"])
    staff.town.change(Person, "ersattare", email=None)
    staff.judged(MON, "07.30")
    staff.town.change(Person, "admin", roles=[])
    staff.sends(MON, "07.30")
    assert sorted(staff.notices("staffing")) == [
        ("admin", "unreachable", "cancelled"),
        ("admin2", "unreachable", "sent"),
    ]
