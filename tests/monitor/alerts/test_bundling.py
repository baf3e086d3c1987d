"""What is due to one person at the same time goes in one message, and the message stays the same one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Settings
from monitor.alerts.cap_rules import GATHERED_WITHIN, HOUR, MOST_AN_HOUR
from monitor.alerts.claiming import claim
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.morning import DIGEST
from monitor.alerts.rules import ATTEMPTS_A_WAY, BACKOFF, LEASE
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.register.models import Person, Route
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.gossip import FLAG, OVERDUE, PLAIN, Gossip, folded_in, told_in
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_sending import ledger
from tests.monitor.town import Town

DAY = "2026-06-15"
MINUTE = timedelta(minutes=1)
CLOSED = datetime(2026, 6, 15, 20, 0, tzinfo=UTC)


@pytest.fixture
def gossip(town: Town) -> Iterator[Gossip]:
    found = Gossip()
    with found.spread():
        yield found


def name(kind: str, subject: str, cycle: str = DAY) -> str:
    return f"[{kind}/{subject}/{cycle}]"


def test_the_digest_and_what_is_overdue_are_one_mail_that_the_digest_writes(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    gossip.digests = ("redaktor",)
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    gossip.learn(PLAIN, "c", DAY, "redaktor")
    gossip.learn(OVERDUE, "d", DAY, "ersattare")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=5)
    told = {str(each["Subject"]): sorted(told_in(each)) for each in post_office.mails}
    assert told == {
        "digest: 3": [name(DIGEST, "redaktor"), name(OVERDUE, "a"), name(OVERDUE, "b")],
        "test_plain: 1": [name(PLAIN, "c")],
        "test_overdue: 1": [name(OVERDUE, "d")],
    }
    assert len(set(post_office.ids)) == 3
    assert sorted(gossip.told.values()) == [1] * 5
    assert len({notice.bundle for notice in ledger(db)}) == 3


def test_what_has_become_untrue_leaves_the_message_and_the_others_go(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, mail)
    gossip.forget("a")
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1, cancelled=1)
    assert told_in(post_office.mails[0]) == [name(OVERDUE, "b")]
    assert [(each.state, each.reason) for each in ledger(db)] == [("cancelled", "forgotten"), ("sent", None)]
    assert gossip.told == {name(OVERDUE, "b"): 1}


def test_a_message_of_which_nothing_is_true_any_more_is_not_sent(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, mail)
    gossip.facts.clear()
    assert send_due(db, MORNING, mail) == SendOutcome(cancelled=2)
    assert post_office.mails == []


def test_nobody_is_added_to_a_message_that_has_been_tried(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, mail)
    post_office.answers.append("451 4.3.0 Try again later")
    assert send_due(db, MORNING, mail) == SendOutcome(retried=2)
    gossip.learn(OVERDUE, "c", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING + 3 * MINUTE, mail) == SendOutcome(sent=3)
    assert sorted(len(told_in(each)) for each in post_office.mails) == [1, 2]
    assert [each.attempts for each in ledger(db)] == [2, 2, 1]


def test_a_sender_that_died_leaves_the_same_message_behind(gossip: Gossip, db: Database, mail: Settings) -> None:
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, mail)
    first = claim(db, MORNING)
    gossip.learn(OVERDUE, "c", DAY, "redaktor")
    judge(db, MORNING, mail)
    later = MORNING + LEASE
    assert [[each.subject for each in claim(db, later)] for _ in range(3)] == [["c"], ["a", "b"], []]
    assert [(each.bundle, each.attempts) for each in ledger(db)[:2]] == [(first[0].bundle, 2)] * 2
    assert ledger(db)[0].claim != first[0].claim


def test_what_may_have_been_sent_before_the_evening_is_the_same_message_in_the_morning(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    gossip.digests = ("redaktor",)
    judge(db, MORNING, mail)
    [first, _other] = claim(db, MORNING)
    gossip.digests = ()
    assert send_due(db, CLOSED, mail) == SendOutcome(retried=1, cancelled=1)
    morning = MORNING + timedelta(days=1)
    assert send_due(db, morning, mail) == SendOutcome(sent=1)
    assert post_office.ids == [f"<notice-{first.bundle}@tibro.example.org>"]


def test_what_nobody_has_tried_before_goes_with_the_mornings_digest(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, CLOSED, mail) == SendOutcome(retried=1)
    assert (ledger(db)[0].bundle, ledger(db)[0].attempts) == (None, 0)
    gossip.digests = ("redaktor",)
    morning = MORNING + timedelta(days=1)
    judge(db, morning, mail)
    send_due(db, morning, mail)
    assert [told_in(each) for each in post_office.mails] == [
        [name(OVERDUE, "a"), name(DIGEST, "redaktor", "2026-06-16")]
    ]


def flood(gossip: Gossip, db: Database, mail: Settings, now: datetime, count: int = MOST_AN_HOUR) -> None:
    for number in range(count):
        gossip.learn(PLAIN, f"flood-{number}", DAY, "redaktor")
    judge(db, now, mail)
    send_due(db, now, mail)


def test_what_is_overdue_and_has_no_room_is_gathered_for_four_minutes(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    flood(gossip, db, mail, MORNING)
    for minutes in (0, 1, 3):
        gossip.learn(OVERDUE, f"a{minutes}", DAY, "redaktor")
        judge(db, MORNING + minutes * MINUTE, mail)
        assert send_due(db, MORNING + minutes * MINUTE, mail) == SendOutcome()
    put_off = ledger(db)[-1]
    assert (put_off.due_at, put_off.folded, put_off.state) == (MORNING + GATHERED_WITHIN, True, "due")
    assert put_off.attempts == 0
    assert put_off.reason == "Fler än 12 meddelanden inom en timme: sägs tillsammans med annat."
    assert send_due(db, MORNING + GATHERED_WITHIN, mail) == SendOutcome(sent=3)
    assert len(post_office.mails) == MOST_AN_HOUR + 1
    assert (len(told_in(post_office.mails[-1])), folded_in(post_office.mails[-1])) == (3, 3)


def test_what_is_gathered_goes_with_the_digest_where_one_comes_first(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    flood(gossip, db, mail, MORNING)
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome()
    gossip.digests = ("redaktor",)
    judge(db, MORNING + MINUTE, mail)
    assert send_due(db, MORNING + MINUTE, mail) == SendOutcome(sent=2)
    last = post_office.mails[-1]
    assert (str(last["Subject"]), len(told_in(last)), folded_in(last)) == ("digest: 2", 2, 1)


def test_what_is_gathered_goes_at_once_when_there_is_room_again(gossip: Gossip, db: Database, mail: Settings) -> None:
    flood(gossip, db, mail, MORNING)
    nearly = MORNING + HOUR - MINUTE
    gossip.learn(OVERDUE, "a", DAY, "redaktor")
    judge(db, nearly, mail)
    assert send_due(db, nearly, mail) == SendOutcome()
    assert send_due(db, nearly + 2 * MINUTE, mail) == SendOutcome(sent=1)


def test_what_a_server_refused_and_is_tried_again_needs_room_too(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    post_office.answers = ["451 4.3.0 Closed"] * (MOST_AN_HOUR + 3)
    flood(gossip, db, mail, MORNING, MOST_AN_HOUR + 3)
    assert post_office.mails == []
    bundles = [each.bundle for each in ledger(db)]
    assert send_due(db, MORNING + 2 * MINUTE, mail) == SendOutcome(sent=MOST_AN_HOUR)
    assert send_due(db, MORNING + HOUR + 3 * MINUTE, mail) == SendOutcome(sent=3)
    assert [each.bundle for each in ledger(db)] == bundles, "the same messages"


def test_what_cannot_be_in_a_digest_is_told_later_in_the_hour(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    flood(gossip, db, mail, MORNING, MOST_AN_HOUR + 3)
    assert len(post_office.mails) == MOST_AN_HOUR
    assert [each.folded for each in ledger(db)] == [False] * (MOST_AN_HOUR + 3)
    assert send_due(db, MORNING + 59 * MINUTE, mail) == SendOutcome()
    assert send_due(db, MORNING + HOUR + MINUTE, mail) == SendOutcome(sent=3)


def test_a_digest_goes_however_many_messages_there_were(gossip: Gossip, db: Database, mail: Settings) -> None:
    flood(gossip, db, mail, MORNING)
    gossip.digests = ("redaktor",)
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1)


def test_of_too_much_that_is_urgent_one_message_is_made_every_few_minutes(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for number in range(MOST_AN_HOUR):
        gossip.learn(FLAG, f"f{number}", DAY, "redaktor")
        judge(db, MORNING, mail)
        assert send_due(db, MORNING, mail) == SendOutcome(sent=1)
    for minutes in (0, 2, 3):
        gossip.learn(FLAG, f"late-{minutes}", DAY, "redaktor")
        judge(db, MORNING + minutes * MINUTE, mail)
        assert send_due(db, MORNING + minutes * MINUTE, mail) == SendOutcome()
    assert send_due(db, MORNING + GATHERED_WITHIN, mail) == SendOutcome(sent=3)
    assert len(told_in(post_office.mails[-1])) == 3


def test_what_is_urgent_counts_by_itself(gossip: Gossip, db: Database, mail: Settings) -> None:
    flood(gossip, db, mail, MORNING)
    gossip.learn(FLAG, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1)


def test_a_way_that_will_never_work_is_out_of_use_and_the_notice_is_given_up_with_its_reason(
    gossip: Gossip, town: Town, db: Database, mail: Settings
) -> None:
    town.change(Person, "redaktor", email="nobody@example.org")
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(failed=1)
    assert "550 5.1.1 No such user here" in (ledger(db)[0].reason or "")
    with db.snapshot() as session:
        assert session.get_one(Route, ("redaktor", "mail")).disabled_at is not None
    gossip.learn(PLAIN, "b", DAY, "redaktor")
    judge(db, MORNING, mail)
    assert send_due(db, MORNING, mail) == SendOutcome(failed=1)
    assert ledger(db)[1].reason == "Det finns inget sätt som fungerar för att nå Rut Redaktör."


def test_a_way_is_noted_to_work(gossip: Gossip, db: Database, mail: Settings) -> None:
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, mail)
    send_due(db, MORNING, mail)
    with db.snapshot() as session:
        worked_at = session.get_one(Route, ("redaktor", "mail")).worked_at
    assert worked_at == ledger(db)[0].sent_at


def states(db: Database) -> list[tuple[str, str]]:
    return [(each.state, each.route) for each in ledger(db)]


def notice_about(db: Database, subject: str) -> Notice:
    return next(each for each in ledger(db) if each.subject == subject)


assert (ATTEMPTS_A_WAY, BACKOFF[0]) == (2, MINUTE)
