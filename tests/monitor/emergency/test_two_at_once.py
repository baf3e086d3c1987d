"""Several people, on the pages and the command line, at the same moment: one approval of what was read, one message."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.emergency import holding, sending
from monitor.emergency.approving import approve
from monitor.emergency.delivering import deliver_all
from monitor.emergency.drafting import Written, discard, edit
from monitor.emergency.faults import CannotSend
from monitor.emergency.message_rules import Kind
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.rules import Fate, Why
from monitor.register.faults import Refused
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, FakeHub, put_up_hub
from tests.monitor.town import Town
from tests.waiting import eventually

OTHER = "Strömmen är tillbaka"
HELD = 20


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    return put_up_hub(monkeypatch)


@pytest.fixture
def here(db: Database, emulator: Emulator, hub: FakeHub) -> Broadcast:
    return Broadcast(db, emulator, "facebook")


def submitted(here: Broadcast) -> int:
    return here.message(state="submitted", approved_by_id=None, submitted_at=here.clock(), revision=1)


Act = Callable[[Session, Message], None]


def both(here: Broadcast, message: int, first: Act, second: Act) -> list[str]:
    """The first has read the message when the second begins, and is slow; gives who was refused."""
    refused, has_read = [], threading.Event()

    def does(name: str, act: Act, wait: float) -> None:
        try:
            with here.db.transaction() as session:
                read = session.get_one(Message, message)
                has_read.set()
                time.sleep(wait)
                act(session, read)
        except (Refused, CannotSend):
            refused.append(name)

    slow = threading.Thread(target=does, args=("first", first, 0.3))
    slow.start()
    assert has_read.wait(10)
    does("second", second, 0)
    slow.join()
    return refused


def approves(here: Broadcast, by: str = "ersattare") -> Act:
    return lambda session, message: approve(session, message, by, 1, here.clock())


def sends(here: Broadcast) -> Act:
    return lambda session, message: sending.committed(session, message, "redaktor", here.clock(), Settings())


def edits(here: Broadcast) -> Act:
    written = Written(OTHER, {"happened": "Felet är lagat."}, next_update_at=here.clock() + timedelta(hours=1))
    return lambda session, message: edit(session, message, "redaktor", 1, written, here.clock())


def kept(here: Broadcast, message: int) -> Message:
    with here.db.snapshot() as session:
        return session.get_one(Message, message)


def acts(here: Broadcast, act: str) -> int:
    with here.db.snapshot() as session:
        return len(session.scalars(select(AuditEntry).where(AuditEntry.act == act)).all())


@pytest.mark.parametrize("order", ["approval first", "change first"])
def test_what_is_approved_while_it_is_changed_is_what_was_read_or_nothing(here: Broadcast, order: str) -> None:
    message = submitted(here)
    one, other = (approves(here), edits(here)) if order == "approval first" else (edits(here), approves(here))
    both(here, message, one, other)
    found = kept(here, message)
    assert (found.headline, found.revision, found.state) == (OTHER, 2, "draft"), "a change takes approval away"
    assert found.approved_by_id is None


def test_of_two_who_approve_at_the_same_moment_one_does(here: Broadcast) -> None:
    here.town.person("tredje", roles=["crisis_staff"])
    message = submitted(here)
    assert len(both(here, message, approves(here), approves(here, "tredje"))) == 1
    assert (kept(here, message).state, acts(here, "message.approved")) == ("approved", 1)


def test_what_is_discarded_while_it_is_approved_stays_discarded(here: Broadcast) -> None:
    message = submitted(here)
    both(here, message, approves(here), lambda session, read: discard(session, read, "redaktor", here.clock()))
    assert kept(here, message).state == "discarded"


def test_what_is_sent_while_it_is_changed_is_what_was_approved_or_waits(here: Broadcast) -> None:
    message = here.message(revision=1)
    refused = both(here, message, sends(here), edits(here))
    found = kept(here, message)
    if found.committed_at is None:
        assert (found.state, here.deliveries()) == ("draft", [])
    else:
        assert (found.headline, refused) == ("Strömavbrott i Tibro", ["second"])
        assert OTHER not in here.delivery("facebook").text


def test_an_update_is_sent_while_what_it_follows_is_withdrawn_and_neither_holds_the_other_up(here: Broadcast) -> None:
    alert = here.sent()
    update, is_frozen = here.message("update", earlier_id=alert), threading.Event()

    def updates() -> None:
        with here.db.transaction() as session:
            sends(here)(session, session.get_one(Message, update))
            is_frozen.set()
            time.sleep(0.7)

    def withdraws() -> None:
        assert is_frozen.wait(20)
        with here.db.transaction() as session:
            sending.taken_back(session, alert, Kind.CANCEL, "ersattare", here.clock(), Settings())

    with ThreadPoolExecutor(2) as people:
        for each in [people.submit(updates), people.submit(withdraws)]:
            each.result(30)
    assert kept(here, alert).state in ("superseded", "cancelled")
    assert acts(here, "message.committed") == 3


def test_nobody_approves_what_they_had_a_hand_in(here: Broadcast) -> None:
    for hand in ("author_id", "edited_by_id", "submitted_by_id"):
        message = submitted(here)
        with here.db.transaction() as session:
            setattr(session.get_one(Message, message), hand, "ersattare")
        with pytest.raises(Refused), here.db.transaction() as session:
            approve(session, session.get_one(Message, message), "ersattare", 1, here.clock())


@pytest.mark.parametrize("after", [0.0, 0.4])
def test_a_withdrawal_that_races_its_message_is_the_last_word(here: Broadcast, after: float) -> None:
    """after: seconds from the press; the platform takes a fifth of one."""
    graph_of(here.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    here.emulator.latency = 0.2
    alert = here.message()

    def presses() -> None:
        here.commit(alert)
        deliver_all(here.db, alert, Settings(), here.clock)

    def withdraws() -> int:
        assert eventually(lambda: bool(here.deliveries()))
        time.sleep(after)
        with here.db.transaction() as session:
            made = sending.taken_back(session, alert, Kind.CANCEL, "ersattare", here.clock(), Settings()).id
        deliver_all(here.db, made, Settings(), ticking(here))
        return made

    with ThreadPoolExecutor(2) as people:
        pressed, withdrawn = people.submit(presses), people.submit(withdraws)
        pressed.result(60)
        cancel = withdrawn.result(60)
    here.emulator.latency = 0.0
    here.to_the_end()
    first, last = here.delivery("facebook", alert), here.delivery("facebook", cancel)
    out = [each.made for each in here.effects]
    assert (last.state, out[-1]) == (Fate.VERIFIED, last.remote_id)
    if len(out) == 2:
        assert (first.state, out[0]) == (Fate.VERIFIED, first.remote_id)
    else:
        assert (first.state, first.reason, len(out)) == (Fate.EXPIRED, Why.OVERTAKEN, 1)


def ticking(here: Broadcast) -> Callable[[], datetime]:
    """A clock that goes on while somebody waits for his turn."""
    began = time.monotonic()
    return lambda: here.clock() + timedelta(seconds=time.monotonic() - began)


@pytest.mark.postgresql
def test_double_clicks_on_the_page_and_the_command_line_at_once_are_one_message(
    postgresql: Database, emulator: Emulator, hub: FakeHub
) -> None:
    here = Broadcast(postgresql, emulator, "facebook")
    here.wait((datetime.now(UTC) - here.clock()).total_seconds())
    message = here.message()
    ready = threading.Barrier(6)

    def presses(number: int) -> None:
        ready.wait(20)
        if number % 2:
            sending.send(here.db, message, "redaktor", datetime.now(UTC), Settings())
            return
        with here.db.transaction() as session:  # as the command line, which stays until it is out
            sends(here)(session, session.get_one(Message, message))
        deliver_all(here.db, message, Settings())

    with ThreadPoolExecutor(6) as people:
        list(people.map(presses, range(6)))
    assert eventually(lambda: here.delivery("facebook").state == Fate.VERIFIED)
    assert (len(here.deliveries()), len(here.effects), acts(here, "message.committed")) == (2, 1, 1)


def test_two_who_let_go_at_the_same_moment_never_wait_for_each_other_in_a_ring(postgresql: Database) -> None:
    """The planner may go through the same rows in opposite orders: here it is made to, and both meet in the middle."""
    many_held(postgresql)

    def let_go(place: str, *without: str) -> None:
        with postgresql.transaction() as session:
            for each in without:
                session.execute(text(f"SET LOCAL enable_{each} = off"))
            holding.release(session, place, "redaktor", datetime.now(UTC))

    with ThreadPoolExecutor(2) as two:
        with postgresql.transaction() as session:
            session.get_one(Delivery, HELD // 2, with_for_update=True)
            as_due = two.submit(let_go, "", "seqscan", "bitmapscan", "hashjoin", "mergejoin")
            as_they_lie = two.submit(let_go, "fb", "indexscan", "bitmapscan", "nestloop", "mergejoin")
            assert eventually(lambda: waiting(postgresql) == 2)
        as_due.result(60)
        as_they_lie.result(60)


def waiting(db: Database) -> int:
    """So many transactions of this database wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.snapshot() as session:
        return int(session.scalars(text(query)).one())


def many_held(db: Database) -> None:
    """The index of what is due has them in the opposite order of how they lie in the table."""
    Town(db)
    now = datetime.now(UTC)
    begun = {"started_at": now, "started_by_id": "redaktor", "decided_by": "K"}
    said = {"incident_id": 1, "kind": "alert", "author_id": "redaktor", "made_at": now}
    where = {"place": "fb", "channel_id": "fb", "way": "machine", "state": "held", "text": "x", "link": "x"}
    when = {"made_at": now, "expires": now + timedelta(hours=1), "marker": "x"}
    with db.transaction() as session:
        session.add(Incident(mode="actual", level="disturbance", title="Ström", **begun))  # type: ignore[arg-type]
        session.flush()
        for number in range(HELD, 0, -1):
            message = Message(**said)  # type: ignore[arg-type]
            message.id = number
            session.add(message)
            session.flush()
            due = now + timedelta(seconds=number)
            delivery = Delivery(message_id=number, next_at=due, **where, **when)  # type: ignore[arg-type]
            delivery.id = number
            session.add(delivery)
            session.flush()
