"""A fault in one place keeps nobody from being told of everything else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select

import config.settings
from config.settings import Settings, SettingsError
from monitor.alerts.judging import judge
from monitor.alerts.kinds import KINDS
from monitor.alerts.morning import DIGEST
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.inbox.flag_phrases import NotARule
from monitor.inbox.flagging import flag_new
from monitor.inbox.models import Flag, FlagRule
from monitor.register import routes
from monitor.register.models import Person
from monitor.watch.models import Schedule
from tests.conftest import Logged
from tests.monitor.alerts.gossip import OVERDUE, PLAIN, Gossip
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_flagged import MORNING, TEN, THREAT, Lane
from tests.monitor.alerts.test_sending import ledger
from tests.monitor.town import Town

DAY = "2026-06-15"
MINUTE = timedelta(minutes=1)
NO_RULE = "*"  # as only a hand in the database could write it


@pytest.fixture
def lane(town: Town, post_office: PostOffice, mail: Settings) -> Lane:
    return Lane(town, post_office, mail)


def break_rules(lane: Lane, channel: str | None = None) -> None:
    with lane.town.db.transaction() as session:
        session.add(FlagRule(kind="breach", word=NO_RULE, language="sv", channel_id=channel, added_at=MORNING))


def test_where_nothing_can_be_flagged_everything_else_is_told_and_the_error_is_raised(
    lane: Lane, logged: Logged
) -> None:
    break_rules(lane)
    lane.town.change(Schedule, "fb", last_complete_at=MORNING - MINUTE)
    lane.writes("1", THREAT, MORNING)
    for moment in (MORNING, MORNING + MINUTE):
        with pytest.raises(NotARule):
            judge(lane.town.db, moment, lane.mail)
    send_due(lane.town.db, MORNING, lane.mail)
    assert [mail["To"] for mail in lane.office.mails] == ["redaktor@example.org"]
    assert {"not_flagged", "not_prepared_for_judging"} <= {line["event"] for line in logged()}
    assert THREAT not in str(logged())


def test_where_one_channel_cannot_be_flagged_the_others_are(lane: Lane) -> None:
    lane.town.channel("a-bad")
    lane.town.schedule("a-bad", revision=1)
    break_rules(lane, "a-bad")
    with lane.town.db.transaction() as session:
        session.add(FlagRule(kind="breach", word="var du bor", language="sv", added_at=MORNING))
    lane.writes("1", THREAT, TEN)
    lane.town.comment("2", TEN - MINUTE, THREAT, channel_id="a-bad", fetched_at=TEN, text_seen_at=TEN)
    with pytest.raises(NotARule):
        flag_new(lane.town.db, TEN)
    with lane.town.db.snapshot() as session:
        assert session.scalars(select(Flag.channel_id)).all() == ["fb"]


@pytest.fixture
def gossip(town: Town) -> Iterator[Gossip]:
    found = Gossip()
    with found.spread():
        yield found


def fails(*_arguments: object) -> NoReturn:
    raise ZeroDivisionError(THREAT)


def by_subject(office: PostOffice) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in office.mails)


def test_a_notice_that_cannot_be_checked_keeps_nothing_else_from_going(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice, logged: Logged
) -> None:
    gossip.digests = ("redaktor",)
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    sound = KINDS[DIGEST]
    KINDS[DIGEST] = replace(sound, check=fails)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1, retried=1)
    assert by_subject(post_office) == [f"{OVERDUE}: 1"]
    KINDS[DIGEST] = sound
    assert send_due(db, MORNING + 2 * MINUTE, mail) == SendOutcome(sent=1)
    assert THREAT not in str(logged())


def test_a_letter_that_cannot_be_written_keeps_what_others_write_from_nobody(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice, logged: Logged
) -> None:
    gossip.digests = ("redaktor",)
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    KINDS[DIGEST] = replace(KINDS[DIGEST], letter=fails, together=fails)
    send_due(db, MORNING, mail)
    assert by_subject(post_office) == [f"{OVERDUE}: 1"]
    for minutes in range(1, 300):
        send_due(db, MORNING + minutes * MINUTE, mail)
    [digest] = [each for each in ledger(db) if each.subject_kind == DIGEST]
    assert (digest.state, digest.reason) == ("failed", "ZeroDivisionError")
    assert THREAT not in str(logged())


def test_a_way_that_breaks_in_an_unexpected_manner_is_followed_by_the_next(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice, logged: Logged
) -> None:
    with db.transaction() as session:
        rut = session.get_one(Person, "redaktor")
        routes.add(session, rut, "webhook", "https://127.0.0.1/secret#whsec_A", "command", MORNING)
        rut.routes = ["webhook", "mail"]
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    for minutes in range(6):
        send_due(db, MORNING + minutes * MINUTE, mail)
    assert by_subject(post_office) == [f"{PLAIN}: 1"]
    assert [line["event"] for line in logged()].count("way_broke") == 2
    assert not any(word in str(logged()) for word in ("secret", "whsec"))


def test_who_has_only_a_way_whose_key_is_missing_is_given_up_rather_than_waited_for(
    gossip: Gossip, db: Database, mail: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with db.transaction() as session:
        rut = session.get_one(Person, "redaktor")
        routes.add(session, rut, "webhook", "https://127.0.0.1/#whsec_AAAA", "command", MORNING)
        rut.routes = ["webhook"]
    monkeypatch.setenv("KANALVAKT_HOME", str(tmp_path / "another"))
    config.settings.settings.cache_clear()
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(failed=1)
    [notice] = ledger(db)
    assert notice.reason == "Det finns inget sätt som fungerar för att nå Rut Redaktör."


def test_a_mail_server_that_is_set_wrongly_keeps_no_sms_from_going(gossip: Gossip, db: Database) -> None:
    wrong = Settings(smtp_url="smtp://nowhere", sms_url="46elks://user:password@Kanalvakt")
    assert send_due(db, MORNING, wrong, route="sms") == SendOutcome()
    with pytest.raises(SettingsError):
        send_due(db, MORNING, wrong, route="mail")
