"""What other systems hear of what people do and of what the ladder, the flags and the day register find; and what
people hear when another system hears nothing any more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.language import use_language
from config.settings import Settings
from monitor.alerts.hook_rules import Reason
from monitor.alerts.hook_stopping import disable
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.audit.outgoing_models import Subscription
from monitor.audit.outgoing_rules import Event
from monitor.db import Database
from monitor.inbox.flag_listing import add_word
from monitor.inbox.flag_rules import Kind as Flagged
from monitor.inbox.flagging import flag_new, report
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import mark
from monitor.records.repairs import repairs
from monitor.watch.models import Comment
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.receiver import Hooked, listen, outbox
from tests.monitor.alerts.waiting import THU, WED, Waiting
from tests.monitor.days.almanac import FRIDAY, Almanac


@pytest.fixture
def hooked(sqlite: Database) -> Iterator[Hooked]:
    found = Hooked.of(sqlite)
    yield found
    for receiver in found.opened:
        receiver.close()


def test_what_people_say_of_comments_is_told_without_their_words(hooked: Hooked) -> None:
    listen(hooked.db)
    number = hooked.town.comment("c1", hooked.now)
    with hooked.db.transaction() as session:
        mark(session, number, Said(Kind.CLOSE, reason="thanks", note="Hen ringde mig"), "redaktor", hooked.now)
        mark(session, number, Said(Kind.REOPEN), "redaktor", hooked.now + timedelta(minutes=1))
    assert outbox(hooked.db) == [
        ("comment.closed", str(number), {"how": "closed", "reason": "thanks"}),
        ("comment.reopened", str(number), {"how": "reopened"}),
    ]


def test_a_flag_is_told_once_with_its_kind_and_no_word(hooked: Hooked) -> None:
    listen(hooked.db)
    hooked.town.schedule(last_complete_at=hooked.now)
    number = hooked.town.comment("c1", hooked.now, "Gäddsoppan är giftig")
    with hooked.db.transaction() as session:
        add_word(session, Flagged.DANGER, "gäddsopp*", "sv", None, "redaktor", hooked.now)
    for minutes in (6, 7):
        flag_new(hooked.db, hooked.now + timedelta(minutes=minutes))
    with hooked.db.transaction() as session:
        report(session, session.get_one(Comment, number), "redaktor", "hemligt", hooked.now)
    [one, other] = outbox(hooked.db)
    assert [(kind, subject, data["kind"]) for kind, subject, data in (one, other)] == [
        ("comment.flagged", str(number), "danger"),
        ("comment.flagged", str(number), "report"),
    ]
    assert set(one[2]) == {"kind", "flag"}


def test_a_deadline_that_has_passed_is_told_once_for_each_rung(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    waiting = Waiting(sqlite, mail, post_office)
    listen(sqlite, Event.COMMENT_OVERDUE)
    for day in (WED, THU):
        waiting.run(day, "07.30", "07.31")
    told = [("comment.overdue", str(waiting.comment), {"rung": rung}) for rung in ("responsible", "deputy")]
    assert outbox(sqlite) == told


def test_a_day_that_has_ended_is_told_with_its_verdict(sqlite: Database) -> None:
    almanac = Almanac(sqlite)
    listen(sqlite, Event.DAY_ENDED)
    almanac.read(FRIDAY, "09.00")
    almanac.keep_over(FRIDAY)
    told = {subject: data["verdict"] for _kind, subject, data in outbox(sqlite)}
    assert told[f"fb/{FRIDAY}"] == "watched"
    assert told[f"grupp/{FRIDAY}"] == "not_watched"


def test_who_subscribed_and_the_administrators_hear_that_it_has_stopped_and_it_stands_on_repairs(
    hooked: Hooked, mail: Settings, post_office: PostOffice
) -> None:
    number, _receiver = hooked.subscribe()
    with hooked.db.transaction() as session:
        disable(session, session.get_one(Subscription, number), Reason.FAILING, hooked.now)
    judge(hooked.db, hooked.now, mail)
    with hooked.db.snapshot() as session:
        told = session.scalars(select(Notice.recipient_id).where(Notice.subject_kind == "hook_stopped")).all()
        with use_language("sv"):
            [repair] = [each for each in repairs(session, mail, hooked.now) if each.kind == "webhook"]
    assert sorted(told) == ["admin", "kommunikator"]
    assert repair.address == f"/settings/webhooks/{number}"
    assert "På tre dygn har det inte tagit emot något meddelande." in repair.problem
    send_due(hooked.db, hooked.now, mail)
    subjects = [each["Subject"] for each in post_office.mails if each["To"] == "admin@example.org"]
    assert any("får inte längre veta något" in each for each in subjects)


def test_who_has_dealt_with_it_before_the_mail_goes_gets_none(hooked: Hooked, mail: Settings) -> None:
    number, _receiver = hooked.subscribe()
    with hooked.db.transaction() as session:
        disable(session, session.get_one(Subscription, number), Reason.GONE, hooked.now)
    judge(hooked.db, hooked.now, mail)
    hooked.town.change(Subscription, number, state="active", reason=None)
    send_due(hooked.db, hooked.now, mail)
    with hooked.db.snapshot() as session:
        states = session.scalars(select(Notice.state).where(Notice.subject_kind == "hook_stopped")).all()
    assert set(states) == {"cancelled"}
