"""A channel that needs a person is told at once, to the right people, with the remedy, once; and its recovery too."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import remedy
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import next_service
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation, Person
from monitor.watch.claiming import claim_now
from monitor.watch.models import PollRun, Schedule
from monitor.watch.polling import poll
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

BEGAN = MORNING + timedelta(hours=1)
NOW = BEGAN + timedelta(minutes=1)
FACEBOOK = "Tibro kommun på fb"


@pytest.fixture
def town(db: Database) -> Town:
    """With an administrator, and a page that has just begun to fail; today's digests are out of the way."""
    town = Town(db)
    town.decision()
    town.person("it", roles=["administrator"], language="en")
    town.schedule(last_complete_at=MORNING)
    for day in (8, 9, 10, 11, 12, 15):
        town.read(MORNING.replace(day=day))
    judge(db, MORNING)
    with db.transaction() as session:
        for notice in session.scalars(select(Notice)):
            notice.state = "sent"
    return town


def fails(town: Town, kind: str = "auth_expired", since: datetime = BEGAN, **values: object) -> None:
    known = {"failing_since": since, "failure_kind": kind, "failure_detail": "token refused (190/463)"}
    town.change(Schedule, "fb", **(known | values))


def works(town: Town, at: datetime) -> None:
    """A complete reading."""
    town.read(at)
    values = {"failing_since": None, "failure_kind": None, "failure_detail": None, "failure_remedy": None}
    town.change(Schedule, "fb", last_complete_at=at, **values)


def ledger(db: Database, *kinds: str) -> list[tuple[str, str, str, str]]:
    with db.snapshot() as session:
        rows = session.scalars(
            select(Notice).where(Notice.subject_kind.in_(kinds or ("trouble", "recovery"))).order_by(Notice.id)
        )
        return [(row.subject_kind, row.rung, row.recipient_id, row.state) for row in rows]


def told(office: PostOffice) -> list[tuple[str, str]]:
    return [(str(mail["To"]), str(mail["Subject"])) for mail in office.mails]


def plain(office: PostOffice, number: int = 0) -> str:
    body = office.mails[number].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_responsible_person_and_every_administrator_are_told_once_with_the_remedy(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town, failure_code="190/463", failure_remedy=remedy("auth_expired"))
    assert judge(db, NOW) == 2
    assert judge(db, NOW + timedelta(hours=2)) == 0
    assert send_due(db, NOW, mail) == SendOutcome(sent=2)
    assert sorted(told(post_office)) == [
        ("it@example.org", "Tibro kommun på fb cannot be read – Kanalvakt, Tibro kommun"),
        ("redaktor@example.org", "Tibro kommun på fb kan inte läsas – Kanalvakt, Tibro kommun"),
    ]
    [text] = [plain(post_office, number) for number in (0, 1) if "redaktor" in str(post_office.mails[number]["To"])]
    assert "Gör så här: Förnya" in text
    assert "Har inte kunnat läsas sedan mån 15 juni kl. 08.30." in text
    assert "190/463" in text
    assert "https://kanalvakt.tibro.example.org/channels/fb" in text
    html = post_office.mails[0].get_body(("html",))
    assert html is not None
    assert "channels/fb" in html.get_content()


@pytest.mark.parametrize(
    "kind", ["auth_expired", "permission_lost", "channel_gone", "credential_missing", "switched_off"]
)
def test_every_kind_that_needs_a_person_is_told_and_says_its_own_remedy(
    town: Town, db: Database, mail: Settings, post_office: PostOffice, kind: str
) -> None:
    town.change(Person, "redaktor", language="en")
    fails(town, kind)
    assert judge(db, NOW) == 2
    send_due(db, NOW, mail)
    assert remedy(kind) in plain(post_office).replace("\n", " ")


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "refused", "unexpected_answer"])
def test_what_passes_by_itself_is_not_told_and_never_says_reconnect(
    town: Town, db: Database, mail: Settings, kind: str
) -> None:
    fails(town, kind)
    assert judge(db, NOW) == 0
    assert judge(db, NOW + timedelta(hours=5)) == 0
    assert "connect" not in remedy(kind).lower()


def test_an_answer_that_nobody_understands_is_told_when_it_lasts_an_hour(town: Town, db: Database) -> None:
    for minutes, kind in ((0, "unavailable"), (30, "unexpected_answer"), (60, "unexpected_answer")):
        run = town.read(BEGAN + timedelta(minutes=minutes), outcome="failed")
        town.change(PollRun, run, error_kind=kind)
    fails(town, "unexpected_answer", failure_code="KeyError")
    assert judge(db, BEGAN + timedelta(minutes=89)) == 0, "not the failing but the riddle must last"
    assert judge(db, BEGAN + timedelta(minutes=90)) == 2
    fails(town, "unexpected_answer", failure_code="IndexError")
    assert judge(db, BEGAN + timedelta(minutes=95)) == 0
    assert {rung for _kind, rung, _person, _state in ledger(db)} == {"unexpected_answer"}


def test_recovery_is_told_once_to_those_who_were_told(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    send_due(db, NOW, mail)
    town.person("ny-it", roles=["administrator"])
    again = NOW + timedelta(hours=3)
    works(town, again)
    assert judge(db, again + timedelta(minutes=1)) == 2
    assert judge(db, again + timedelta(minutes=2)) == 0
    post_office.mails.clear()
    assert send_due(db, again + timedelta(minutes=2), mail) == SendOutcome(sent=2)
    assert ("redaktor@example.org", f"{FACEBOOK} läses igen – Kanalvakt, Tibro kommun") in told(post_office)
    assert "ny-it@example.org" not in {to for to, _subject in told(post_office)}
    [text] = [plain(post_office, number) for number in (0, 1) if "redaktor" in str(post_office.mails[number]["To"])]
    assert "Läses igen sedan mån 15 juni kl. 11.31." in text
    assert "Gick inte att läsa under 3 timmar, från mån 15 juni kl. 08.30." in text


def test_trouble_that_is_over_before_it_was_sent_is_cancelled_and_its_end_is_not_told(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    works(town, NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    assert send_due(db, later, mail) == SendOutcome(cancelled=2)
    assert judge(db, later) == 0
    assert post_office.mails == []


def test_a_second_failing_period_is_told_again_and_ends_once(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    town.change(Person, "it", retired=True)
    for hours in (0, 2):
        fails(town, since=BEGAN + timedelta(hours=hours))
        assert judge(db, NOW + timedelta(hours=hours)) == 1
        send_due(db, NOW + timedelta(hours=hours), mail)
        town.read(NOW + timedelta(hours=hours + 1))
    works(town, NOW + timedelta(hours=3))
    assert judge(db, NOW + timedelta(hours=4)) == 1
    send_due(db, NOW + timedelta(hours=4), mail)
    assert [subject.split(" – ")[0] for _to, subject in told(post_office)] == [
        f"{FACEBOOK} kan inte läsas",
        f"{FACEBOOK} kan inte läsas",
        f"{FACEBOOK} läses igen",
    ]


def test_another_remedy_in_the_same_period_is_told_too(town: Town, db: Database) -> None:
    fails(town, failure_code="190/463")
    assert judge(db, NOW) == 2
    fails(town, failure_code="190/492")
    assert judge(db, NOW) == 2
    fails(town, failure_code="190/463")
    assert judge(db, NOW) == 0


def test_a_blip_of_the_network_at_the_wrong_moment_does_not_swallow_the_notice(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    fails(town, "unavailable")
    assert send_due(db, NOW, mail).cancelled == 0
    assert post_office.mails == []
    fails(town)
    assert send_due(db, NOW + timedelta(minutes=20), mail) == SendOutcome(sent=2)


def test_a_blip_after_the_recovery_does_not_swallow_that_either(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    send_due(db, NOW, mail)
    works(town, NOW + timedelta(minutes=30))
    judge(db, NOW + timedelta(minutes=31))
    fails(town, "unavailable", since=NOW + timedelta(minutes=31))
    assert send_due(db, NOW + timedelta(minutes=31), mail).sent == 0
    works(town, NOW + timedelta(minutes=32))
    post_office.mails.clear()
    assert send_due(db, NOW + timedelta(minutes=50), mail) == SendOutcome(sent=2)


@pytest.mark.parametrize("now", ["2026-06-14T10:00+02:00", "2026-06-15T16:00+02:00", "2026-06-19T10:00+02:00"])
def test_nothing_is_told_at_night_or_on_days_off(town: Town, db: Database, now: str) -> None:
    fails(town, since=MORNING - timedelta(days=2))
    assert judge(db, datetime.fromisoformat(now)) == 0


def test_what_waited_for_the_mail_server_until_the_evening_goes_out_in_the_morning(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    for evening in (MORNING.replace(hour=14, minute=0), MORNING.replace(hour=23)):  # 16.00 and past midnight
        assert send_due(db, evening, mail).sent == 0
    assert post_office.mails == []
    tuesday = MORNING + timedelta(days=1)
    assert send_due(db, tuesday, mail).sent == 2
    assert ledger(db)[0][3] == "sent"


def test_trouble_that_began_at_night_is_told_when_the_day_begins(town: Town, db: Database) -> None:
    fails(town, since=MORNING + timedelta(hours=15))
    assert judge(db, MORNING + timedelta(hours=20)) == 0
    judge(db, MORNING + timedelta(days=1))
    assert len(ledger(db, "trouble")) == 2


@pytest.mark.parametrize(
    "values", [{"state": "paused"}, {"state": "retired"}, {"watch_mode": "manual"}, {"has_comments": False}]
)
def test_a_channel_that_is_not_read_by_machine_has_no_trouble(
    town: Town, db: Database, mail: Settings, post_office: PostOffice, values: dict[str, object]
) -> None:
    fails(town)
    judge(db, NOW)
    town.change(Channel, "fb", **values)
    assert send_due(db, NOW, mail) == SendOutcome(cancelled=2)
    town.person("annan", roles=["administrator"])
    assert judge(db, NOW) == 0


def test_who_takes_over_the_channel_while_it_fails_is_told_and_who_left_is_not(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    judge(db, NOW)
    town.change(Channel, "fb", responsible_id="ersattare")
    judge(db, NOW)
    send_due(db, NOW, mail)
    assert {to for to, _subject in told(post_office)} == {"it@example.org", "ersattare@example.org"}


def test_two_who_judge_at_the_same_time_tell_each_person_once(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    fails(town)
    start, written = Barrier(4), []

    def work() -> None:
        start.wait()
        written.append(judge(db, NOW))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == 2
    assert send_due(db, NOW, mail) == SendOutcome(sent=2)


def test_the_whole_way_from_an_expired_token_to_its_renewal(
    town: Town, db: Database, mail: Settings, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TOWN_TOKEN", "EAApage")
        page = emulator.world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")
        scopes = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
        token = emulator.world.token(Token("EAApage", "page", page, scopes))
        town.change(Channel, "fb", external_id=page.id, credential={"token_env": "TOWN_TOKEN"})

        def read(at: datetime) -> str:
            with db.transaction() as session:
                [claimed] = claim_now(session, at, ["fb"])
            return poll(db, claimed, settings=Settings(), clock=lambda: at).outcome

        token.error = (190, 463)
        assert read(BEGAN) == "failed"
        judge(db, NOW)
        assert send_due(db, NOW, mail).sent == 2
        assert "kan inte läsas" in "".join(subject for _to, subject in told(post_office))
        token.error = None
        assert read(BEGAN + timedelta(hours=1)) == "complete"
        judge(db, NOW + timedelta(hours=1))
        assert send_due(db, NOW + timedelta(hours=1), mail).sent == 2
        assert f"{FACEBOOK} läses igen – Kanalvakt, Tibro kommun" in {subject for _to, subject in told(post_office)}


def test_service_begins_again_on_the_next_working_day() -> None:
    calendar = calendar_of(Organisation(name="Tibro kommun"))
    tuesday = MORNING + timedelta(days=1)
    assert next_service(MORNING + timedelta(hours=2), calendar) == MORNING + timedelta(hours=2)
    assert next_service(MORNING - timedelta(hours=1), calendar) == MORNING
    assert next_service(MORNING + timedelta(hours=8, minutes=30), calendar) == tuesday
    assert next_service(MORNING - timedelta(days=1), calendar) == MORNING
