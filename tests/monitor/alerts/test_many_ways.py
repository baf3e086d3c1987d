"""Each way has senders of its own, and what one way does not carry goes the next one. Counted at real servers."""

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from config.settings import Settings
from monitor.alerts.claiming import ways_due
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import BACKOFF, LEASE
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.gossip import OVERDUE, PLAIN, Gossip, told_in
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.providers import Providers
from tests.monitor.alerts.test_bundling import DAY, MINUTE, gossip
from tests.monitor.alerts.test_sending import ledger
from tests.monitor.alerts.test_ways import address, providers
from tests.monitor.town import Town

__all__ = ["gossip", "providers"]
PROCESSES = multiprocessing.get_context("fork")


@pytest.fixture
def both(post_office: PostOffice) -> Settings:
    return with_mail(post_office.url, private_addresses=True)


def hook(db: Database, providers: Providers, person: str = "redaktor", *, first: bool = False) -> None:
    """The person can be reached by a web hook as well."""
    with db.transaction() as session:
        found = session.get_one(Person, person)
        routes.add(session, found, "webhook", address("webhook", providers), "command", MORNING)
        found.routes = ["webhook", "mail"] if first else ["mail", "webhook"]


def test_after_two_failures_on_one_way_the_next_one_is_tried_with_the_same_id(
    gossip: Gossip, db: Database, both: Settings, post_office: PostOffice, providers: Providers
) -> None:
    hook(db, providers)
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, both)
    post_office.answers += ["451 4.3.0 Later"] * 3
    now = MORNING
    for pause in (*BACKOFF[:2], timedelta(0)):
        assert providers.asked == []
        outcome = send_due(db, now, both)
        now += pause + MINUTE
    assert outcome == SendOutcome(sent=1)
    [asked] = providers.asked
    [notice] = ledger(db)
    assert asked.headers["webhook-id"] == f"notice-{notice.bundle}"
    assert (notice.route, notice.attempts, notice.reason) == ("webhook", 3, None)


def test_a_way_that_will_never_work_is_followed_by_the_next_one_at_once(
    gossip: Gossip, town: Town, db: Database, both: Settings, post_office: PostOffice, providers: Providers
) -> None:
    hook(db, providers)
    town.change(Person, "redaktor", email="nobody@example.org")
    for subject in "ab":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, both)
    assert send_due(db, MORNING, both) == SendOutcome(sent=2)
    assert len(providers.asked) == 1
    assert [(each.state, each.route) for each in ledger(db)] == [("sent", "webhook")] * 2
    gossip.learn(PLAIN, "c", DAY, "redaktor")
    judge(db, MORNING, both)
    assert ledger(db)[-1].route == "webhook", "mail is out of use"


def test_a_notice_is_written_for_the_persons_first_way(
    gossip: Gossip, db: Database, both: Settings, providers: Providers
) -> None:
    hook(db, providers, first=True)
    for person in ("redaktor", "ersattare"):
        gossip.learn(PLAIN, person, DAY, person)
    judge(db, MORNING, both)
    assert {each.recipient_id: each.route for each in ledger(db)} == {"redaktor": "webhook", "ersattare": "mail"}
    assert ways_due(db, MORNING) == ["mail", "webhook"]
    assert send_due(db, MORNING, both, route="webhook") == SendOutcome(sent=1)
    assert ways_due(db, MORNING) == ["mail"]


def test_a_mail_server_that_hangs_keeps_nobody_waiting_who_is_told_another_way(
    gossip: Gossip, db: Database, providers: Providers
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = with_mail(
            f"smtp://127.0.0.1:{silent.getsockname()[1]}?from=k@tibro.example.org", private_addresses=True
        )
        hook(db, providers, first=True)
        for person in ("redaktor", "ersattare"):
            gossip.learn(PLAIN, person, DAY, person)
        judge(db, MORNING, hanging)
        stuck = Thread(target=send_due, args=(db, MORNING, hanging), kwargs={"route": "mail"})
        stuck.start()
        connection, _address = silent.accept()
        assert send_due(db, MORNING, hanging, route="webhook") == SendOutcome(sent=1)
        assert stuck.is_alive()
        connection.close()
        stuck.join(60)
    assert {each.recipient_id: each.state for each in ledger(db)} == {"redaktor": "sent", "ersattare": "due"}


class SlowOffice(PostOffice):
    """Thinks before it takes a mail; `most`: how many were being handed in at the same time."""

    inside = most = 0

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.3)
        self.inside -= 1
        return await super().handle_DATA(*args)


@pytest.fixture
def slow() -> Iterator[SlowOffice]:
    office = SlowOffice()
    office.open()
    yield office
    office.close()


def test_several_messages_go_at_once_and_each_of_them_once(gossip: Gossip, db: Database, slow: SlowOffice) -> None:
    for number in range(8):
        gossip.learn(PLAIN, str(number), DAY, "redaktor" if number % 2 else "ersattare")
    judge(db, MORNING, with_mail(slow.url))
    assert send_due(db, MORNING, with_mail(slow.url), route="mail", at_once=4) == SendOutcome(sent=8)
    assert (slow.most, len(slow.mails), len(set(slow.ids))) == (4, 8, 8)


def _send(url: str, now: datetime, settings: Settings) -> None:
    send_due(Database(url), now, settings)


def test_who_sleeps_over_a_letter_until_it_is_anothers_hands_nothing_over(
    gossip: Gossip, town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    gossip.learn(PLAIN, "a", DAY, "redaktor")
    judge(db, MORNING, mail)

    def sleeps(notice: Notice, _today: str) -> bool:
        town.change(Notice, notice.id, claim="another")
        return True

    gossip.is_true = sleeps  # type: ignore[method-assign]
    assert send_due(db, MORNING, mail) == SendOutcome()
    assert (post_office.mails, ledger(db)[0].claim) == ([], "another")


def test_a_sender_killed_between_handing_over_and_writing_repeats_the_same_message(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for subject in "abc":
        gossip.learn(OVERDUE, subject, DAY, "redaktor")
    judge(db, MORNING, mail)
    url = db.url.render_as_string(hide_password=False)
    sender = PROCESSES.Process(target=_send, args=(url, MORNING, mail), daemon=True)
    sender.start()
    assert sender.pid is not None
    pid = sender.pid
    post_office.when_handed_in = lambda: os.kill(pid, signal.SIGKILL)
    sender.join(60)
    post_office.when_handed_in = lambda: None
    assert sender.exitcode == -signal.SIGKILL
    assert ([each.state for each in ledger(db)], len(post_office.mails)) == (["sending"] * 3, 1)

    gossip.forget("a")
    gossip.learn(OVERDUE, "d", DAY, "redaktor")
    assert send_due(db, MORNING + LEASE / 2, mail) == SendOutcome()
    assert send_due(db, MORNING + LEASE + MINUTE, mail) == SendOutcome(sent=2, cancelled=1)
    first, second = post_office.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert (len(told_in(first)), len(told_in(second))) == (3, 2)
    assert gossip.told == dict.fromkeys(told_in(second), 1)
