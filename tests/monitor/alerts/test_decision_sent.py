"""A new decision goes to the communicator as a real mail with its paper, until somebody has confirmed it."""

import io
import os
import signal
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import LEASE, send_due
from monitor.db import Database
from monitor.register.links import Link, opened
from monitor.register.models import Person
from tests.monitor.alerts.conftest import with_mail
from tests.monitor.alerts.deciders import (
    CHEF,
    DAY,
    KOM,
    NOW,
    TODAY,
    acts,
    confirms,
    deciding,
    mails,
    receipt,
    run,
    text,
    told,
    with_deciders,
)
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_sending import in_a_process
from tests.monitor.town import Town


@pytest.fixture
def town(db: Database) -> Town:
    return with_deciders(db)


def test_a_new_decision_reaches_the_communicator_with_its_paper_and_a_link_to_confirm_it(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    decision = deciding(town)
    run(town, mail, NOW)
    run(town, mail, NOW + timedelta(hours=1))
    [found] = mails(post_office, KOM, "Decision about Tibro kommun på fb")
    [paper] = found.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", "decision-fb-1.pdf")
    words = " ".join(PdfReader(io.BytesIO(paper.get_content())).pages[0].extract_text().split())
    for content in ("Purpose Svara på frågor", "Main target group Kommuninvånare", "Responsible for the channel Rut"):
        assert content in words
    for said in (
        "Svara på frågor",
        "Kommuninvånare",
        "Rut Redaktör",
        "Erik Ersättare",
        "2030-12-31",
        "Chef",
        "2026-06-15",
    ):
        assert said in text(found)
    word = text(found).split("https://kanalvakt.tibro.example.org/task/")[1].split()[0]
    assert opened(word, NOW + 30 * DAY) == Link("confirm", "kommunikator", "fb/1")
    sent = receipt(town.db, decision)
    assert sent is not None
    assert (sent.sent_to_id, sent.confirmed_at) == ("kommunikator", None)
    assert timedelta() <= (sent.sent_at or NOW - DAY) - NOW < timedelta(minutes=5)
    assert acts(town.db, "decision.sent") == [("fb/1", {"to": "kommunikator"})]


def test_nobody_but_who_receives_decisions_gets_the_paper(town: Town, mail: Settings, post_office: PostOffice) -> None:
    town.person("kom2", roles=["communicator"])
    decision = deciding(town)
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "kom2"), ("fb/1", "new", "kommunikator")]
    assert acts(town.db, "decision.sent") == [("fb/1", {"to": "kom2"}), ("fb/1", {"to": "kommunikator"})]
    first = receipt(town.db, decision)
    assert first is not None
    assert first.sent_to_id == "kom2", "the first one stands in the receipt, and everybody in the log"


def test_who_becomes_communicator_later_is_not_sent_what_was_sent_before(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    deciding(town)
    run(town, mail, NOW)
    town.person("kom2", roles=["communicator"])
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "kommunikator")]


def test_each_version_is_sent_and_only_the_newest_of_those_that_wait(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    deciding(town)
    judge(town.db, NOW)
    deciding(town)
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == [("fb/2", "new", "kommunikator")]
    [found] = mails(post_office, KOM, "Decision about")
    assert "This is version 2." in text(found)
    deciding(town)
    run(town, mail, NOW + DAY)
    assert [subject for subject, _rung, _to in told(town.db, "decision_sent")] == ["fb/2", "fb/3"]


def test_an_older_decision_that_the_register_file_adds_is_neither_sent_nor_reminded_of(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    deciding(town)
    deciding(town, decided_on=date(2025, 1, 1), valid_until=TODAY - DAY)
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "kommunikator")]
    assert told(town.db, "decision_ends") == told(town.db, "decision_state") == []


def test_what_is_confirmed_or_over_before_it_is_sent_is_not_sent(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    decision = deciding(town)
    town.channel("kort")
    town.decision("kort", confirmed=False, decided_on=TODAY, valid_until=TODAY)
    judge(town.db, NOW)
    confirms(town, decision, NOW)
    run(town, mail, NOW + DAY)
    assert told(town.db, "decision_sent") == []
    with town.db.snapshot() as session:
        why = set(session.scalars(select(Notice.reason).where(Notice.subject_kind == "decision_sent")))
    assert why == {"Någon har redan bekräftat att det är mottaget.", "Beslutet har gått ut."}
    assert acts(town.db, "decision.sent") == []


def test_a_decision_that_the_register_file_calls_communicated_is_not_sent_again(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.decision()
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == []


def test_without_a_communicator_the_administrators_receive_it_and_can_confirm_it(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.change(Person, "kommunikator", retired=True)
    decision = deciding(town)
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "it")]
    confirms(town, decision, NOW, by="it")
    assert acts(town.db, "decision.confirmed")[0][1]["confirmed_by"] == "it"


def test_a_communicator_who_comes_later_takes_over_from_the_administrator(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    town.change(Person, "kommunikator", email=None)
    deciding(town)
    judge(town.db, NOW)
    town.change(Person, "kommunikator", email=KOM)
    run(town, mail, NOW)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "kommunikator")]


def test_a_confirmation_has_its_time_and_its_receiver(town: Town, mail: Settings, post_office: PostOffice) -> None:
    decision = deciding(town)
    run(town, mail, NOW)
    for hours in (1, 2):
        confirms(town, decision, NOW + timedelta(hours=hours))
    confirmed = receipt(town.db, decision)
    assert confirmed is not None
    assert (confirmed.confirmed_by_id, confirmed.confirmed_at) == ("kommunikator", NOW + timedelta(hours=1))
    assert len(acts(town.db, "decision.confirmed")) == 1


def test_what_nobody_has_confirmed_after_three_working_days_is_listed_each_week_until_somebody_does(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    wednesday = NOW + 2 * DAY
    decision = deciding(town, decided_on=wednesday.date(), created_at=wednesday)
    listed = "Ingen har bekräftat att beslutet är mottaget: Tibro kommun på fb (fb)."
    for number in range(2, 21):  # Midsummer's Eve is on the Friday
        run(town, mail, NOW + number * DAY)
    assert [mail["Date"].datetime.date() for mail in mails(post_office, CHEF, "beslut behöver")] == [
        date(2026, 6, 23),
        date(2026, 6, 29),
    ]
    assert listed in text(mails(post_office, CHEF, "beslut behöver")[0])
    [first, _next] = mails(post_office, KOM, "needs you")
    assert "/task/" in text(first), "where to confirm it at once"
    confirms(town, decision, NOW + 20 * DAY)
    run(town, mail, NOW + 21 * DAY)
    assert len(mails(post_office, CHEF, "beslut behöver")) == 2


def test_while_the_mail_server_is_down_the_decision_waits_and_counts_as_not_sent(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    decision = deciding(town)
    judge(town.db, NOW)
    down = with_mail("smtp://127.0.0.1:1?from=kanalvakt@tibro.example.org")
    assert send_due(town.db, NOW, down).retried >= 1
    assert receipt(town.db, decision) is None
    assert acts(town.db, "decision.sent") == []
    send_due(town.db, NOW + timedelta(minutes=3), mail)
    assert told(town.db, "decision_sent") == [("fb/1", "new", "kommunikator")]
    assert len(mails(post_office, KOM, "Decision about")) == 1


def test_who_dies_between_sending_and_writing_sends_the_same_mail_again_and_writes_once(
    town: Town, mail: Settings, post_office: PostOffice
) -> None:
    deciding(town)
    judge(town.db, NOW)
    with town.db.transaction() as session:
        session.execute(delete(Notice).where(Notice.subject_kind != "decision_sent"))
    sender = in_a_process(town.db, mail, NOW)
    post_office.when_handed_in = lambda: os.kill(sender.pid, signal.SIGKILL)
    sender.communicate("\n", timeout=60)
    assert sender.returncode == -signal.SIGKILL
    post_office.when_handed_in = lambda: None
    assert acts(town.db, "decision.sent") == []
    send_due(town.db, NOW + LEASE + timedelta(minutes=1), mail)
    first, second = mails(post_office, KOM, "Decision about")
    assert first["Message-ID"] == second["Message-ID"]
    assert [len(list(each.iter_attachments())) for each in (first, second)] == [1, 1]
    assert acts(town.db, "decision.sent") == [("fb/1", {"to": "kommunikator"})]
