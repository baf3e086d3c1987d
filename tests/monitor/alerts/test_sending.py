"""Sending: at least once, never twice without a crash between, and never what is no longer true."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event, Thread
from threading import enumerate as enumerate_threads

from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.bundling import GATEWAY_PAUSE
from monitor.alerts.claiming import claim, kept
from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import ATTEMPTS, BACKOFF
from monitor.alerts.sending import LEASE, SendOutcome, send_due
from monitor.db import Database
from monitor.register.models import Channel, Person
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town
from tests.waiting import eventually

SENDER = """
import sys
from datetime import datetime
from monitor.alerts.sending import send_due
from monitor.db import Database
from config.settings import Settings
database, smtp, now = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
outcome = send_due(Database(database), datetime.fromisoformat(now), Settings(smtp_url=smtp))
print(outcome.sent, flush=True)
"""


def ledger(db: Database) -> list[Notice]:
    with db.snapshot() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def only(db: Database) -> Notice:
    [notice] = ledger(db)
    return notice


def in_a_process(db: Database, settings: Settings, now: datetime = MORNING) -> subprocess.Popen[str]:
    """A sender of its own, ready to begin when a line is written to it."""
    url = db.url.render_as_string(hide_password=False)
    assert settings.smtp_url is not None
    command = [sys.executable, "-c", SENDER, url, settings.smtp_url.get_secret_value(), now.isoformat()]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def many_people(town: Town, count: int) -> None:
    for number in range(count):
        town.person(f"person-{number}")
        town.channel(f"kanal-{number}", responsible_id=f"person-{number}", deputy_id=None)


def test_the_digest_reaches_the_person_responsible(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1)
    [found] = post_office.mails
    assert found["To"] == "redaktor@example.org"
    assert str(found["Subject"]).endswith("– Kanalvakt, Tibro kommun")
    notice = only(db)
    assert (notice.state, notice.attempts, notice.reason, notice.claim) == ("sent", 1, None, None)
    assert notice.sent_at is not None
    assert notice.sent_at >= MORNING
    assert send_due(db, MORNING + timedelta(hours=2), mail) == SendOutcome()


def test_a_person_gets_mail_in_her_own_language(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    town.change(Person, "redaktor", language="en")
    judge(db, MORNING)
    send_due(db, MORNING, mail)
    [found] = post_office.mails
    assert "not fetched today" in str(found["Subject"])
    assert found["Content-Language"] == "en"


def test_what_is_true_is_found_out_when_it_is_sent(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    town.schedule(last_complete_at=MORNING)
    town.comment("1", MORNING, "Kom efter bedömningen")
    send_due(db, MORNING + timedelta(minutes=10), mail)
    assert str(post_office.mails[0]["Subject"]).startswith("1 obesvarad")


def test_without_a_mail_server_notices_wait(town: Town, db: Database, mail: Settings) -> None:
    judge(db, MORNING)
    assert send_due(db, MORNING, Settings()) == SendOutcome(waiting=1)
    assert (only(db).state, only(db).attempts) == ("due", 0)
    assert send_due(db, MORNING + 2 * GATEWAY_PAUSE, mail) == SendOutcome(sent=1)


def test_a_mail_that_is_refused_is_tried_again_later(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    post_office.answers.append("451 4.3.0 Try again later")
    judge(db, MORNING)
    assert send_due(db, MORNING, mail) == SendOutcome(retried=1)
    notice = only(db)
    assert (notice.state, notice.attempts, notice.claim) == ("due", 1, None)
    assert "451" in (notice.reason or "")
    assert timedelta(0) <= notice.due_at - (MORNING + BACKOFF[0]) < timedelta(seconds=30)
    assert send_due(db, MORNING + timedelta(seconds=30), mail) == SendOutcome()
    assert send_due(db, MORNING + timedelta(minutes=3), mail) == SendOutcome(sent=1)
    assert (only(db).state, only(db).reason, len(post_office.mails)) == ("sent", None, 1)


def test_a_mail_that_is_always_refused_is_given_up_the_same_day_with_its_reason(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    post_office.answers += ["451 4.3.0 Try again later"] * ATTEMPTS
    judge(db, MORNING)
    now = MORNING
    for _attempt in range(ATTEMPTS):
        outcome = send_due(db, now, mail)
        now = max(now, only(db).due_at)
    assert outcome == SendOutcome(failed=1)
    notice = only(db)
    assert (notice.state, notice.attempts) == ("failed", ATTEMPTS)
    assert "451 4.3.0 Try again later" in (notice.reason or "")
    assert now.date() == MORNING.date()
    assert send_due(db, now + timedelta(hours=1), mail) == SendOutcome()


def test_one_refusal_does_not_hold_up_the_others(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    many_people(town, 3)
    town.change(Person, "person-1", email="nobody@example.org")
    judge(db, MORNING)
    assert send_due(db, MORNING, mail) == SendOutcome(sent=3, failed=1)


def test_an_address_that_is_none_is_not_tried_again(town: Town, db: Database, mail: Settings) -> None:
    town.change(Person, "redaktor", email="redaktor")
    judge(db, MORNING)
    assert send_due(db, MORNING, mail) == SendOutcome(failed=1)
    assert only(db).reason == "redaktor är ingen e-postadress."


def cancelled(db: Database, mail: Settings, post_office: PostOffice, now: datetime) -> str | None:
    assert send_due(db, now, mail) == SendOutcome(cancelled=1)
    assert post_office.mails == []
    assert only(db).state == "cancelled"
    return only(db).reason


def test_yesterdays_digest_is_not_sent(town: Town, db: Database, mail: Settings, post_office: PostOffice) -> None:
    judge(db, MORNING)
    reason = cancelled(db, mail, post_office, MORNING + timedelta(days=1))
    assert reason == "Dagen för den här sammanfattningen har passerat."


def test_who_is_no_longer_responsible_gets_no_digest(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    town.change(Channel, "fb", responsible_id="ersattare")
    assert cancelled(db, mail, post_office, MORNING) == "Mottagaren tar inte hand om någon aktiv kanal i dag."


def test_who_has_no_address_any_more_gets_no_digest(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    town.change(Person, "redaktor", email=None)
    assert cancelled(db, mail, post_office, MORNING) == "Mottagaren tar inte hand om någon aktiv kanal i dag."


def test_senders_side_by_side_send_each_mail_once(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    many_people(town, 11)
    judge(db, MORNING)
    outcomes: list[SendOutcome] = []
    threads = [Thread(target=lambda: outcomes.append(send_due(db, MORNING, mail))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.sent for outcome in outcomes) == len(post_office.mails) == len(set(post_office.ids)) == 12


def test_sending_processes_side_by_side_send_each_mail_once(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    many_people(town, 11)
    judge(db, MORNING)
    senders = [in_a_process(db, mail) for _ in range(2)]
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("\n")
        sender.stdin.flush()
    counts = [int(sender.communicate(timeout=60)[0]) for sender in senders]
    assert sum(counts) == len(post_office.mails) == len(set(post_office.ids)) == 12


def test_whoever_is_killed_before_writing_that_it_was_sent_lets_it_go_out_again_under_the_same_id(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    sender = in_a_process(db, mail)
    post_office.when_handed_in = lambda: os.kill(sender.pid, signal.SIGKILL)
    sender.communicate("\n", timeout=60)
    assert sender.returncode == -signal.SIGKILL
    assert (only(db).state, len(post_office.mails)) == ("sending", 1)

    post_office.when_handed_in = lambda: None
    assert send_due(db, MORNING + LEASE / 2, mail) == SendOutcome()
    assert send_due(db, MORNING + LEASE + timedelta(minutes=1), mail) == SendOutcome(sent=1)
    assert post_office.ids[0] == post_office.ids[1]
    assert (only(db).state, only(db).attempts) == ("sent", 2)


def test_what_a_killed_sender_had_in_hand_is_anothers_after_a_minute(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    assert claim(db, MORNING), "and nothing more is heard of who has it"
    assert send_due(db, MORNING + timedelta(seconds=59), mail) == SendOutcome()
    assert send_due(db, MORNING + timedelta(seconds=61), mail) == SendOutcome(sent=1)


def test_while_a_sender_lives_nobody_else_sends_what_it_has_in_hand_however_long_the_server_takes(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    lease, taken, go_on = timedelta(seconds=1), Event(), Event()

    def is_slow() -> None:
        taken.set()
        go_on.wait(60)

    post_office.when_handed_in = is_slow
    outcomes: list[SendOutcome] = []
    slow = Thread(target=lambda: outcomes.append(send_due(db, MORNING, mail, lease=lease)))
    slow.start()
    assert taken.wait(60)
    first = only(db).due_at
    eventually(lambda: only(db).due_at >= first + 2 * lease)
    assert claim(db, first + lease) == []
    go_on.set()
    slow.join(60)
    assert outcomes == [SendOutcome(sent=1)]
    assert len(post_office.mails) == 1


def test_what_has_gone_to_another_sender_is_not_kept_any_more(town: Town, db: Database) -> None:
    judge(db, MORNING)
    [mine] = claim(db, MORNING)
    town.change(Notice, mine.id, claim="another")
    with kept(db, [mine], lambda: MORNING + timedelta(days=1), timedelta(seconds=0.1)):
        eventually(lambda: not any(each.name == f"claim on notice {mine.id}" for each in enumerate_threads()))
    assert (only(db).claim, only(db).due_at) == ("another", mine.due_at)


def test_a_sender_whose_lease_ran_out_does_not_write_over_who_took_it(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    notice = only(db).id
    post_office.when_handed_in = lambda: town.change(Notice, notice, claim="another", attempts=2)
    send_due(db, MORNING, mail)
    assert (only(db).state, only(db).claim, only(db).attempts) == ("sending", "another", 2)


def test_a_notice_whose_sending_always_dies_is_given_up(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    town.change(Notice, only(db).id, state="sending", claim="died", attempts=ATTEMPTS)
    assert send_due(db, MORNING, mail) == SendOutcome(failed=1)
    assert (only(db).state, only(db).reason) == ("failed", f"Sändningen avbröts {ATTEMPTS} gånger.")
    assert post_office.mails == []


def test_every_notice_has_an_id_of_its_own(town: Town, db: Database, mail: Settings, post_office: PostOffice) -> None:
    many_people(town, 2)
    for day in range(2):
        judge(db, MORNING + timedelta(days=day))
        send_due(db, MORNING + timedelta(days=day), mail)
    digest_now(db, MORNING + timedelta(days=1))
    send_due(db, MORNING + timedelta(days=1, minutes=1), mail)
    assert len(set(post_office.ids)) == len(post_office.ids) == 9
    assert all(id_.endswith("@tibro.example.org>") for id_ in post_office.ids)


def person(db: Database) -> Person:
    with db.snapshot() as session:
        return session.get_one(Person, "redaktor")
