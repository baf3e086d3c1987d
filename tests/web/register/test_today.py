"""The start page: what waits for me, today's watch, and what is wrong."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from monitor.inbox.assigning import assign
from monitor.inbox.removal_rules import Kind, Rule, Step
from monitor.inbox.removal_steps import write
from monitor.register.models import Absence
from monitor.watch.day_models import Attestation, Review
from monitor.watch.models import Comment
from tests.monitor.copies import keep_copy
from tests.monitor.days.almanac import MONDAY
from tests.queries import queries
from tests.web.conftest import NASTY
from tests.web.register.office import NOW, Office

MOST_QUERIES = 12


def test_it_says_what_waits_for_me_and_three_figures(office: Office) -> None:
    text = office.client("redaktor").get("/").text
    assert "<strong>2</strong> kommentarer väntar på svar" in text
    assert "<strong>0</strong> har väntat för länge" in text
    assert "<strong>2</strong> kanaler är inte bevakade i dag ännu" in text
    assert text.count('href="/comment/') == 2
    assert NASTY not in text, "what residents wrote is text"
    assert "Förskolan" not in text, "another unit's"


def test_the_communicator_sees_everything_but_has_nothing_of_their_own(office: Office) -> None:
    text = office.client("kommunikator").get("/").text
    assert "<strong>3</strong> kommentarer väntar på svar" in text
    assert "Inget väntar på dig." in text
    assert "Alla 3 som väntar" in text
    assert "Förskolan har inte kunnat läsas sedan" in text
    assert 'href="/repairs"' in text


def test_what_waits_comes_to_the_deputy_of_whoever_is_away(office: Office) -> None:
    assert "Inget väntar på dig." in office.client("ersattare").get("/").text
    with office.db.transaction() as session:
        session.add(Absence(person_id="redaktor", first_day=MONDAY, last_day=MONDAY))
    text = office.client("ersattare").get("/").text
    assert text.count('href="/comment/') == 2
    assert "Du är ersättare i dag för Tibro kommun på fb, Tibro kommun på grupp." in text


def test_most_overdue_first_and_no_more_than_twenty(office: Office) -> None:
    for number in range(25):
        office.almanac.comes(f"old{number}", MONDAY, "08.40", posted_at=NOW - timedelta(days=5, minutes=number))
    text = office.client("redaktor").get("/").text
    assert text.count('<article class="item overdue"') == 20
    assert "Alla 27 som väntar" in text
    assert "<strong>25</strong> har väntat för länge" in text


def test_an_auditor_reads_no_comment_and_has_nothing_to_press(office: Office) -> None:
    text = office.client("revisor").get("/").text
    assert "Väntar på mig" not in text
    assert "Jag har gått igenom" not in text
    assert "Tibro kommun på grupp" in text


def test_a_link_in_an_older_mail_leads_on_to_the_inbox(office: Office) -> None:
    answer = office.client("redaktor").get("/?channel=fb", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?channel=fb")


def test_one_tap_attests_what_no_machine_reads(office: Office) -> None:
    device = office.client("redaktor")
    assert f'action="/watch/grupp/{MONDAY}/attest"' in device.get("/").text
    answer = device.post(f"/watch/grupp/{MONDAY}/attest", data={"back": "/"})
    assert "Du har intygat att du har gått igenom Tibro kommun på grupp." in answer.text
    assert f'action="/watch/grupp/{MONDAY}/attest"' not in answer.text
    assert office.acts("watch_day.attested") == [("redaktor", f"grupp/{MONDAY}")]


def test_one_tap_says_that_what_was_fetched_is_gone_through(office: Office) -> None:
    device, newest = office.client("redaktor"), _newest(office)
    assert f'name="newest" value="{newest}"' in device.get("/").text
    answer = device.post("/watch/fb/review", data={"back": "/", "newest": newest})
    assert "Du har gått igenom det nya på Tibro kommun på fb." in answer.text
    with office.db.snapshot() as session:
        assert [row.by_id for row in session.scalars(select(Review))] == ["redaktor"]


def test_what_came_after_the_page_was_opened_nobody_has_gone_through(office: Office) -> None:
    device, newest = office.client("redaktor"), _newest(office)
    office.almanac.comes("late", MONDAY, "09.50")
    answer = device.post("/watch/fb/review", data={"newest": newest})
    assert (answer.status_code, "Det har kommit mer" in answer.text) == (409, True)
    with office.db.snapshot() as session:
        assert session.scalars(select(Review)).all() == []


def test_others_cannot_press(office: Office) -> None:
    for person, expected in (("barnchef", 404), ("revisor", 403)):
        device = office.client(person)
        assert device.post(f"/watch/grupp/{MONDAY}/attest").status_code == expected
        assert device.post("/watch/fb/review", data={"newest": "99"}).status_code == expected
    with office.db.snapshot() as session:
        assert session.scalars(select(Attestation)).all() == []


def test_what_is_said_to_be_done_names_no_channel_of_others(office: Office) -> None:
    assert "Tibro kommun på" not in office.client("barnchef").get("/?done=attested&about=fb").text
    assert "Du har intygat" not in office.client("redaktor").get("/?done=attested&about=anything").text


def test_on_a_day_off_nothing_has_to_be_watched(office: Office) -> None:
    office.almanac.organisation(closed_days=[str(date(2026, 6, 15))])
    assert "I dag är ingen arbetsdag" in office.client("redaktor").get("/").text


@pytest.mark.parametrize("person", ["redaktor", "chef", "kommunikator"])
def test_the_page_asks_the_database_little(office: Office, person: str) -> None:
    device = office.client(person)
    office.town.schedule("grupp")
    device.get("/")  # what was judged is remembered
    with queries(office.db) as of_anybody:
        device.get("/people/me", follow_redirects=False)  # asks only who is there
    with queries(office.db) as asked:
        assert device.get("/").status_code == 200
    assert len(asked) - len(of_anybody) <= MOST_QUERIES, "\n\n".join(asked)


def _newest(office: Office) -> int:
    with office.db.snapshot() as session:
        return max(session.scalars(select(Comment.id).where(Comment.channel_id == "fb")))


def test_the_manager_sees_which_decisions_wait_and_is_led_to_each(office: Office) -> None:
    text = office.client("chef").get("/").text
    assert "Tibro kommun på grupp: beslut saknas" in text
    assert "Tibro kommun på fb: beslutet går ut 2026-06-30" in text
    assert text.index("på grupp: beslut saknas") < text.index("på fb: beslutet går ut"), "what nothing holds for first"
    assert 'href="/channels/fb/decision"' in text
    assert "Förskolan: beslut saknas" not in text, "of another unit"


def test_the_communicator_sees_which_decisions_are_to_be_confirmed(office: Office) -> None:
    text = office.client("kommunikator").get("/").text
    assert "Tibro kommun på fb: ingen har bekräftat att beslutet kom fram" in text
    assert 'href="/decisions/1"' in text
    assert "beslut saknas" not in text
    office.client("kommunikator").post("/decisions/1/confirm")
    assert "Beslut som väntar på mig" not in office.client("kommunikator").get("/").text


def test_a_decision_that_holds_for_long_waits_for_nobody(office: Office) -> None:
    for channel in ("fb", "grupp"):
        office.town.decision(channel, decided_by_id="chef", version=2 if channel == "fb" else 1)
    for person in ("chef", "kommunikator", "redaktor", "admin"):
        assert "Beslut som väntar på mig" not in office.client(person).get("/").text


def test_what_is_secret_is_read_by_those_who_may_remove_and_listed_for_nobody(office: Office) -> None:
    with office.db.transaction() as session:
        comment = session.scalars(select(Comment).where(Comment.external_id == "c2")).one()
        comment.text, number = "Grannens diagnos", comment.id
        copy = keep_copy(session, number)
        write(session, copy.id, Step(Kind.RULE, rule=Rule.SECRECY), "redaktor", NOW)
    for person, reads in (("redaktor", False), ("chef", True), ("kommunikator", True)):
        device = office.client(person)
        for address in ("/", "/inbox", "/inbox?state=all"):
            text = device.get(address).text
            listed = address != "/" or person == "redaktor"
            assert ("diagnos" in text, "Den innehåller sekretess." in text) == (False, listed), address
        text = device.get(f"/comment/{number}").text
        assert ("diagnos" in text, "Den innehåller sekretess." in text) == (reads, not reads), person


def test_what_was_given_to_me_waits_for_me_on_whatever_channel(office: Office) -> None:
    assert "Är förskolan öppen?" not in office.client("admin").get("/").text
    with office.db.transaction() as session:
        comment = session.scalars(select(Comment).where(Comment.external_id == "c3")).one()
        assign(session, comment, "admin", "barnchef", NOW)
    assert "Är förskolan öppen?" in office.client("admin").get("/").text
