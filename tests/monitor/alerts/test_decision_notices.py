"""Who hears of a manager's decision before and after its end, and while it is not in order."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.decisions import nobody
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.register.models import Channel, DecisionReceipt, Person, Unit
from tests.conftest import Logged
from tests.monitor.alerts.deciders import CHEF, DAY, KOM, NOW, TODAY, acts, mails, run, text, told, with_deciders
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town


@pytest.fixture
def town(db: Database) -> Town:
    return with_deciders(db)


def test_manager_and_communicator_hear_before_the_end_and_after_it_each_word_once(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    last = TODAY + 60 * DAY
    town.decision(valid_until=last)
    for number in range(-2, 75):
        run(town, mail, NOW + number * DAY)
    people = ("chef", "kommunikator")
    rungs = ("30", "60", "7", "ended")
    assert told(town.db, "decision_ends") == [("fb/1", rung, person) for rung in rungs for person in people]
    subjects = [str(found["Subject"]).split(" – ")[0] for found in mails(post_office, CHEF, "eslut")]
    ends = "Beslutet om Tibro kommun på fb går ut 14 aug. 2026"
    assert [one for one in subjects if "chefsbeslut" not in one] == [
        *[ends] * 3,
        "Utgånget beslut: Tibro kommun på fb",
    ]
    first, *_others, ended = [text(found) for found in mails(post_office, KOM, "The decision about")]
    assert "60 days are left." in first
    assert "kanalvakt decision renew fb" in first
    assert "Its last day was 14 Aug 2026. The channel is still watched." in ended
    assert acts(town.db, "decision.told")[:2] == [
        ("fb/1", {"what": "ends_60", "to": "chef"}),
        ("fb/1", {"what": "ends_60", "to": "kommunikator"}),
    ]


def test_after_a_long_stop_only_the_most_urgent_word_is_said(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.decision(valid_until=TODAY + 60 * DAY)
    judge(town.db, NOW)  # written, but nothing is sent for a while
    run(town, mail, NOW + 56 * DAY)
    assert told(town.db, "decision_ends") == [("fb/1", "7", person) for person in ("chef", "kommunikator")]


def test_a_renewed_decision_is_not_reminded_of(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.decision(valid_until=TODAY + 7 * DAY)
    judge(town.db, NOW)
    town.decision(valid_until=TODAY + 700 * DAY)
    run(town, mail, NOW)
    run(town, mail, NOW + 10 * DAY)
    assert told(town.db, "decision_ends") == told(town.db, "decision_state") == []
    with town.db.snapshot() as session:
        why = set(session.scalars(select(Notice.reason).where(Notice.subject_kind == "decision_ends")))
    assert why == {"Ett nyare beslut har ersatt det."}


def test_a_channel_out_of_use_is_not_told_of(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.decision(valid_until=TODAY - DAY, confirmed=False)
    judge(town.db, NOW)
    town.change(Channel, "fb", state="retired")
    run(town, mail, NOW)
    run(town, mail, NOW + 7 * DAY)
    assert told(town.db, "decision_ends") == told(town.db, "decision_state") == []


def test_without_a_manager_the_communicators_hear_and_without_one_the_administrators(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.decision(valid_until=TODAY - DAY)
    town.change(Unit, "kommunikation", manager_id=None)
    run(town, mail, NOW)
    assert told(town.db, "decision_ends") == [("fb/1", "ended", "kommunikator")]
    town.decision(valid_until=TODAY)
    town.change(Person, "kommunikator", email=None)
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_ends")[-1] == ("fb/2", "ended", "it")


def test_when_there_is_nobody_to_tell_it_is_logged_once(town: Town, mail: Settings, logged: Logged) -> None:
    nobody.cache_clear()  # the database before this one has heard it
    town.channel("ensam")
    for person in ("chef", "kommunikator", "it"):
        town.change(Person, person, email=None)
    run(town, mail, NOW)
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_state") == []
    assert len([line for line in logged() if line.get("channel") == "ensam"]) == 1


def test_once_a_week_each_hears_what_is_not_in_order(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.person("bibliotekschef", roles=["unit_manager"])
    with town.db.transaction() as session:
        session.add(Unit(id="bibliotek", name="Biblioteket", manager_id="bibliotekschef"))
    town.channel("bok", unit_id="bibliotek", name="Böcker på Instagram")
    town.decision("bok", valid_until=date(2026, 5, 31))
    for number in range(14):
        run(town, mail, NOW + number * DAY)
    people = ("bibliotekschef", "chef", "chef", "kommunikator", "kommunikator")  # one heard of its end on the Monday
    assert told(town.db, "decision_state") == [(person, "week", person) for person in people]
    [manager, _next] = mails(post_office, CHEF, "chefsbeslut behöver")
    assert "Chefsbeslut saknas: Tibro kommun på fb (fb)." in text(manager)
    assert "som enhetschef beslutar du med `kanalvakt decision add fb`." in text(manager)
    assert "Böcker" not in text(manager)
    [part] = mails(post_office, KOM, "1 decision needs")
    assert "bok" not in text(part), "another mail of that morning says it"
    [whole] = mails(post_office, KOM, "decisions need")
    assert "No decision: Tibro kommun på fb (fb)." in text(whole)
    assert "the unit's manager decides with `kanalvakt decision add fb`." in text(whole)
    assert "The decision has ended: Böcker på Instagram (bok)." in text(whole)
    assert "`kanalvakt decision renew bok`." in text(whole)
    assert ("chef", {"what": "state", "week": "2026-06-15", "to": "chef"}) in acts(town.db, "decision.told")


def test_who_hears_of_the_end_in_a_mail_of_its_own_gets_no_list_of_the_same_that_day(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.decision(valid_until=TODAY - DAY)
    run(town, mail, NOW)
    assert told(town.db, "decision_ends") == [("fb/1", "ended", person) for person in ("chef", "kommunikator")]
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_state") == [], "nor on the day after: the week's list was written on the Monday"
    with town.db.snapshot() as session:
        why = set(session.scalars(select(Notice.reason).where(Notice.subject_kind == "decision_state")))
    assert why == {"Andra mejl i dag säger det redan."}
    run(town, mail, NOW + 7 * DAY)
    assert told(town.db, "decision_state") == [(person, "week", person) for person in ("chef", "kommunikator")]


def test_each_channel_in_the_list_has_a_command_of_its_own(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.channel("ig")
    for channel in ("ny", "nyare"):
        town.channel(channel)
        decided = town.decision(channel, confirmed=False)
        with town.db.transaction() as session:
            session.add(DecisionReceipt(decision_id=decided, sent_to_id="kommunikator", sent_at=NOW - 30 * DAY))
    run(town, mail, NOW)
    for found in (*mails(post_office, CHEF, "4 chefsbeslut"), *mails(post_office, KOM, "4 decisions")):
        assert "`kanalvakt decision add fb`, `kanalvakt decision add ig`." in text(found)
        assert "`kanalvakt decision confirm ny`, `kanalvakt decision confirm nyare`." in text(found)
    assert len(mails(post_office, KOM, "4 decisions")) == 1


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        ((True, True), "The channels are watched all the same."),
        ((True, False), "Those with comments are watched all the same."),
        ((False, False), None),
    ],
)
def test_the_list_promises_the_watch_only_of_channels_with_something_to_watch(
    town: Town, mail: Settings, post_office: PostOffice, comments: tuple[bool, bool], said: str | None
) -> None:
    town.channel("ig", has_comments=comments[1])
    town.change(Channel, "fb", has_comments=comments[0])
    run(town, mail, NOW)
    [found] = mails(post_office, KOM, "2 decisions need")
    assert said is None or said in text(found)
    assert ("watched all the same" in text(found)) == (said is not None)


def test_nobody_hears_of_the_websites_decision_unless_one_was_made(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.decision()
    town.channel("webb", platform="website", watch_mode="manual", has_comments=False)
    run(town, mail, NOW)
    assert told(town.db, "decision_state") == []
    town.decision("webb", valid_until=TODAY - 30 * DAY)
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_ends") == [("webb/1", "ended", person) for person in ("chef", "kommunikator")]
    run(town, mail, NOW + 7 * DAY)
    [found] = mails(post_office, KOM, "1 decision needs")
    assert "The decision has ended: Tibro kommun på webb (webb)." in text(found)


def test_the_list_comes_on_the_weeks_first_working_day_or_at_the_first_chance(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    run(town, mail, datetime(2026, 12, 28, 9, tzinfo=UTC))
    run(town, mail, datetime(2027, 1, 1, 9, tzinfo=UTC))
    run(town, mail, datetime(2027, 1, 7, 9, tzinfo=UTC))  # nobody could send it on the Monday, nor on the Tuesday
    run(town, mail, datetime(2027, 1, 8, 9, tzinfo=UTC))
    with town.db.snapshot() as session:
        weeks = select(Notice.cycle).where(Notice.subject_kind == "decision_state", Notice.recipient_id == "chef")
        assert session.scalars(weeks.order_by(Notice.cycle)).all() == ["2026-12-28", "2027-01-04"]


def test_nothing_is_sent_when_every_decision_is_in_order(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.decision()
    for number in range(10):
        run(town, mail, NOW + number * DAY)
    assert mails(post_office, CHEF, "") == mails(post_office, KOM, "") == []


def test_a_list_that_has_become_untrue_is_not_sent(town: Town, mail: Settings, post_office: PostOffice) -> None:
    judge(town.db, NOW)
    town.decision()
    send_due(town.db, NOW, mail)
    assert told(town.db, "decision_state") == []


@pytest.mark.parametrize("now", ["2026-06-14T10:00+02:00", "2026-06-15T16:30+02:00", "2026-06-19T10:00+02:00"])
def test_nobody_is_told_of_decisions_on_days_off_or_at_night(town: Town, now: str) -> None:
    town.decision(valid_until=TODAY - DAY, confirmed=False)
    assert judge(town.db, datetime.fromisoformat(now).astimezone(UTC)) == 0
