"""/metrics: each figure is that of the tables, in few questions, for those alone who may know, and holds no words."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from config.settings import Settings, settings
from monitor.alerts.models import Notice
from monitor.audit.models import AuditEntry
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.writing import SYSTEM, audited
from monitor.cli import embedded
from monitor.cli.processes import Children, wait_until
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.emergency.models import Delivery, Incident, Message
from monitor.inbox.models import Action
from monitor.register.secrets import ready
from monitor.telemetry import broker
from monitor.telemetry.broker import Sign
from monitor.telemetry.metric_names import METRICS, PREFIX
from monitor.telemetry.metrics import Metrics
from monitor.watch.budget_rules import day_of
from monitor.watch.day_models import Correction, WatchDay
from monitor.watch.models import Comment, Parking, PollRun, Schedule, Spending, TokenHealth
from monitor.web.app import create_app
from tests.monitor.town import Town
from tests.queries import queries
from workers.queues import CLOCK, POLLS

MOST = 12
TEXT, NAME = "Det luktar konstigt vid Ågatan", "Kim Påhittad"
TOKEN = "a-token-of-twenty-four-signs"
LABELS = {each.name: each.labels for each in METRICS}
Value = dict[tuple[str, ...], float]


@contextmanager
def asking(db: Database, chosen: Settings | None = None, client: str = "127.0.0.1") -> Iterator[TestClient]:
    address = {"base_url": "http://localhost", "client": (client, 5)}
    with TestClient(create_app(chosen or Settings(), db), **address) as found:
        yield found


def measured(text: str) -> dict[str, Value]:
    """By name without the prefix: the value by the labels' values."""
    found: dict[str, Value] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = sample.name.removeprefix(PREFIX)
            found.setdefault(name, {})[tuple(sample.labels[each] for each in LABELS[name])] = sample.value
    return found


@pytest.fixture
def town(db: Database) -> Database:
    return furnished(db)


def furnished(db: Database) -> Database:
    """Two channels with something of everything that is measured."""
    now, town = datetime.now(UTC), Town(db)
    town.channel("yt", platform="youtube", external_id="UCx")
    town.decision("fb", valid_until=(now + timedelta(days=100)).date())
    with db.transaction() as session:
        session.add(
            Schedule(
                channel_id="fb", next_poll_at=now, last_complete_at=now - timedelta(minutes=5), failures=3, usage=40
            )
        )
        session.add(Schedule(channel_id="yt", next_poll_at=now, budgets=["youtube/1"], failing_since=now))
        session.add(TokenHealth(channel_id="fb", checked_at=now, token_kind="page", can_read=True, expires=_in(now, 9)))
        ready(session)
        session.add_all(_comments(now))
        session.add_all(_runs(now))
        session.add_all(
            [_spent("poll", 100), _spent("reply", 50), Parking(key="graph/1", until=_in(now, 1), since=now)]
        )
        session.add_all(_notices(now))
        session.add_all(_days(now.date()))
        session.flush()
        comment = session.query(Comment.id).limit(1).scalar()
        act = {"channel_id": "fb", "comment_id": comment, "kind": "reply", "by_id": "redaktor", "text": TEXT}
        session.add(Action(key="k", created_at=now, next_at=now, **act))
        _crisis(session, now)
        _subscriber(session, now)
        audited(session, SYSTEM, "channel.paused", ("channel", "fb"), now, after={"reason": TEXT})
    return db


def _in(now: datetime, days: float) -> datetime:
    return now + timedelta(days=days)


def _comments(now: datetime) -> list[Comment]:
    def one(number: int, age: timedelta) -> Comment:
        seen = {"fetched_at": now - age, "text_seen_at": now - age, "content_hash": b"x"}
        ids = {"external_id": f"c{number}", "thread_external_id": f"c{number}", "post_external_id": "p"}
        return Comment(channel_id="fb", posted_at=now - age, text=TEXT, author_id="r", author_name=NAME, **ids, **seen)

    return [one(1, timedelta(days=20)), one(2, timedelta(seconds=5))]


def _runs(now: datetime) -> list[PollRun]:
    def one(minutes: float, outcome: str, kind: str | None = None) -> PollRun:
        began = now - timedelta(minutes=minutes)
        detail = TEXT if kind else None
        known = {"claim": "c", "full": False, "seconds": 2.5, "error_kind": kind, "error_detail": detail}
        return PollRun(channel_id="fb", started_at=began, outcome=outcome, **known)

    return [one(5, "complete"), one(10, "failed", "unavailable"), one(100, "complete"), one(2000, "complete")]


def _spent(purpose: str, cost: int) -> Spending:
    today = day_of(datetime.now(UTC), "America/Los_Angeles")
    return Spending(budget="youtube/1", day=today, channel_id="yt", purpose=purpose, cost=cost)


def _notices(now: datetime) -> list[Notice]:
    def one(number: int, state: str, due: timedelta) -> Notice:
        known = {"subject_kind": "digest", "subject": str(number), "rung": "", "cycle": "2026-06-01"}
        return Notice(recipient_id="redaktor", due_at=now + due, created_at=now, state=state, reason=TEXT, **known)

    hour = timedelta(hours=1)
    return [one(1, "due", -hour), one(2, "due", hour), one(3, "failed", -hour), one(4, "sent", -hour)]


def _days(today: date) -> list[WatchDay | Correction]:
    def one(back: int, verdict: str) -> WatchDay:
        day = today - timedelta(days=back)
        return WatchDay(channel_id="fb", day=day, mode="automatic", planned_at=datetime.now(UTC), verdict=verdict)

    put_right = {"verdict": "watched", "how": "attested", "reason": None, "by_id": "redaktor", "at": datetime.now(UTC)}
    corrected = Correction(channel_id="fb", day=today - timedelta(days=3), **put_right)
    return [
        one(2, "not_watched"),
        one(3, "not_watched"),
        one(4, "watched"),
        one(5, "partly"),
        one(60, "not_watched"),
        corrected,
    ]


def _crisis(session: Any, now: datetime) -> None:
    incident = Incident(
        mode="actual", level="elevated", title=TEXT, started_at=now, started_by_id="redaktor", decided_by="Rut"
    )
    session.add(incident)
    session.flush()
    message = Message(incident_id=incident.id, kind="alert", author_id="redaktor", made_at=now, headline=TEXT)
    session.add(message)
    session.flush()
    out = {"text": TEXT, "link": "l", "marker": "m", "made_at": now, "next_at": now, "expires": now, "way": "machine"}
    session.add(Delivery(message_id=message.id, place="hub", channel_id=None, state="verified", **out))
    session.add(Delivery(message_id=message.id, place="fb", channel_id="fb", state="needs_human", **out))


def _subscriber(session: Any, now: datetime) -> None:
    about = {"host": "example.org", "address": "https://example.org/hemlig", "secret": "whsec_hemlig"}
    subscription = Subscription(
        name="Diariet", events=[], channels=[], by_id="redaktor", made_at=now, since=now, **about
    )
    event = OutgoingEvent(
        kind="comment.received", at=now, subject_kind="comment", subject="1", channel_id="fb", data={}
    )
    session.add_all([subscription, event])
    session.flush()
    for number, state in enumerate(("waiting", "waiting", "delivered")):
        out = {"message_id": f"m{number}", "made_at": now, "next_at": now, "state": state}
        session.add(Dispatch(subscription_id=subscription.id, event_id=event.id, **out))


def test_every_figure_is_that_of_the_tables(town: Database) -> None:
    now = datetime.now(UTC)
    with asking(town) as client:
        found = measured(client.get("/metrics").text)
    assert found["channel_state"] == {("fb", "facebook", "ok"): 1, ("yt", "youtube", "failing"): 1}
    assert found["unanswered"]["fb", "open"] == 2
    assert found["unanswered"]["yt", "open"] == 0
    assert found["overdue"] == {("fb",): 1, ("yt",): 0}
    oldest = found["oldest_unanswered_timestamp_seconds"]["fb",]
    assert timedelta(days=10) < now - datetime.fromtimestamp(oldest, UTC) < timedelta(days=21)
    assert now.timestamp() - found["last_complete_reading_timestamp_seconds"]["fb",] == pytest.approx(300, abs=60)
    assert found["readings"]["facebook", "complete", "1h"] == 1
    assert found["readings"]["facebook", "complete", "24h"] == 2
    assert found["readings"]["youtube", "failed", "24h"] == 0
    assert found["reading_errors"] == {("facebook", "unavailable", each): 1 for each in ("1h", "24h")}
    assert found["reading_seconds"]["facebook", "24h"] == 7.5
    assert found["channel_failures"]["fb",] == 3
    assert found["rate_used_percent"] == {("fb",): 40}
    assert found["token_days_left"]["fb",] == pytest.approx(9, abs=0.1)
    assert found["decision_days_left"]["fb",] in {99, 100, 101}
    assert found["watch_days_missed"] == {("fb",): 2}


def test_every_backlog_is_that_of_the_tables(town: Database) -> None:
    with asking(town) as client:
        found = measured(client.get("/metrics").text)
    assert found["quota_per_day"] == {("youtube/1",): 10_000}
    assert found["quota_spent"] == {("youtube/1", "poll"): 100, ("youtube/1", "reply"): 50}
    assert found["quota_left"] == {
        ("youtube/1", "poll"): 10_000 - 150 - 950 - 1500,
        ("youtube/1", "reply"): 10_000 - 150 - 1500,
        ("youtube/1", "crisis"): 10_000 - 150,
    }
    assert set(found["parked_until_timestamp_seconds"]) == {("graph/1",)}
    assert found["notices"] == {("later",): 1, ("due",): 1, ("sending",): 0, ("failed",): 1}
    assert time.time() - found["oldest_due_notice_timestamp_seconds"][()] == pytest.approx(3600, abs=60)
    assert found["actions"]["pending",] == 1
    assert found["incidents"] == {("actual",): 1, ("exercise",): 0}
    told = {key: n for key, n in found["deliveries"].items() if n}
    assert told == {("actual", "verified"): 1, ("actual", "needs_human"): 1}
    assert (found["events_waiting"][()], found["dispatches_waiting"]["1",]) == (1, 2)
    assert found["audit_entries"][()] >= 1
    assert found["database_bytes"][()] > 100_000
    assert found["database_up"] == {(): 1}
    assert found["broker_up"] == {(): 0}


def test_files_that_come_and_go_beside_a_database_keep_nobody_from_its_size(tmp_path: Path) -> None:
    db, done = Database(f"sqlite:///{tmp_path}/kept.sqlite3"), threading.Event()
    upgrade(db)

    def come_and_go() -> None:
        while not done.is_set():
            beside = tmp_path / "kept.sqlite3-another"
            beside.write_bytes(b"")
            beside.unlink()

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(come_and_go)
        try:
            sizes = {measured(Metrics(db, Settings()).text().decode())["database_bytes"][()] for _ in range(20)}
        finally:
            done.set()
        beside.result()
    assert min(sizes) > 100_000


def test_what_is_given_is_what_is_promised_and_asked_in_few_questions(town: Database) -> None:
    with asking(town) as client:
        client.get("/metrics")
        with queries(town) as asked:
            text = client.get("/metrics").text
    assert [statement for statement in asked if "audit_entry" not in statement][MOST:] == []
    given = re.findall(r"^# TYPE (\S+) gauge$", text, re.MULTILINE)
    assert given == [PREFIX + each.name for each in METRICS]
    without = {PREFIX + name for name in given if not re.search(rf"^{name}[ {{]", text, re.MULTILINE)}
    broker_alone = ("memory_bytes", "limit_bytes", "queue_length", "served_timestamp_seconds", "seen_timestamp_seconds")
    assert {each for each in without if not each.endswith(broker_alone)} == set()


def test_no_words_no_names_and_no_addresses_are_in_it(sqlite: Database) -> None:
    with asking(furnished(sqlite)) as client:
        text = client.get("/metrics").text
    words = (TEXT, "Ågatan", NAME, "Rut", "redaktor", "Diariet", "example.org", "hemlig", "Tibro")
    assert [each for each in words if each in text] == []


def test_without_a_token_only_this_machine_is_answered(sqlite: Database) -> None:
    with asking(sqlite) as client:
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"Host": "evil.example"}).status_code == 403  # DNS rebinding
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    with asking(sqlite, client="203.0.113.9") as client:
        assert client.get("/metrics").status_code == 403
    with asking(sqlite, Settings(web={"public_url": "https://kanalvakt.example.org"})) as client:
        assert client.get("/metrics").status_code == 403  # a proxy may stand before us, and hide who asks


def test_with_a_token_whoever_knows_it_is_answered_under_any_name(sqlite: Database) -> None:
    with asking(sqlite, Settings(metrics_token=TOKEN), client="203.0.113.9") as client:
        for wrong in ("", "Bearer", f"Bearer {TOKEN}x", "Bearer å", f"Basic {TOKEN}"):
            refused = client.get("/metrics", headers={"Authorization": wrong.encode("latin-1")})
            assert (refused.status_code, refused.text) == (401, "")
        named = {"Authorization": f"Bearer {TOKEN}", "Host": "web:8480"}
        assert client.get("/metrics", headers=named).status_code == 200


def test_a_database_that_is_away_is_told_and_the_rest_goes_on() -> None:
    with asking(Database("postgresql://nobody@127.0.0.1:1/none")) as client:
        answer = client.get("/metrics")
    found = measured(answer.text)
    assert answer.status_code == 200
    assert found["database_up"] == {(): 0}
    assert "unanswered" not in found
    assert found["disk_free_bytes"][()] > 0


def test_without_a_register_there_is_nothing_to_watch(sqlite: Database) -> None:
    with asking(sqlite) as client:
        found = measured(client.get("/metrics").text)
    assert found["database_up"] == {(): 1}
    assert "channel_state" not in found


def test_queues_and_signs_of_life_are_the_brokers(sqlite: Database) -> None:
    children = Children()
    children.start(embedded.server(settings()))
    try:
        assert wait_until(lambda: broker.answers(settings()), 30)
        broker.connect(settings()).rpush(POLLS[0], "a", "b")
        broker.show_sign(settings(), Sign.BEAT)
        with asking(sqlite) as client:
            found = measured(client.get("/metrics").text)
    finally:
        children.stop()
    assert found["queue_length"] == {(name,): 2 * (name == POLLS[0]) for name in (CLOCK, *POLLS)}
    seen = found["process_seen_timestamp_seconds"]
    assert time.time() - seen.pop(("beat",)) < 60
    assert found["queue_served_timestamp_seconds"].keys() == {(name,) for name in (CLOCK, *POLLS)}
    assert seen == {(other,): 0 for other in Sign if other is not Sign.BEAT}  # dead since the broker was emptied: told
    assert found["broker_memory_bytes"][()] > 0


@pytest.mark.parametrize("intact", [True, False])
def test_an_audit_log_that_was_changed_shows(sqlite: Database, intact: bool) -> None:
    furnished(sqlite)
    if not intact:
        with sqlite.engine.begin() as connection:
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(AuditEntry.__table__.update().values(actor="somebody"))
    with asking(sqlite) as client:

        def looked_at() -> bool:
            return "audit_chain_intact" in measured(client.get("/metrics").text)

        assert wait_until(looked_at, 30)
        found = measured(client.get("/metrics").text)
    assert found["audit_chain_intact"] == {(): intact}
