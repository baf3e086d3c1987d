"""Other systems are told of exactly what was committed: signed, in order, at least once, each on a line of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.alerts.hook_handing import hand_over, stop_those_who_left
from monitor.alerts.hook_posting import new_secret, signed
from monitor.alerts.hook_rules import KEPT, LEASE, MOST, WAITS
from monitor.alerts.hook_sending import Keys, carry, claim, due, send_due
from monitor.alerts.hook_subscriptions import (
    CannotSubscribe,
    Wish,
    add,
    leave_out,
    listed,
    pause,
    remove,
    replace_secret,
    resume,
    send_again,
    send_test,
)
from monitor.audit.models import AuditEntry
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.outgoing_rules import TEST, Event, Happened
from monitor.db import Database
from monitor.register.models import Person, Unit
from tests.conftest import Logged
from tests.monitor.alerts.receiver import INSIDE, RECEIVED, Hooked, Receiver


@pytest.fixture
def hooked(sqlite: Database) -> Iterator[Hooked]:
    found = Hooked.of(sqlite)
    yield found
    for receiver in found.opened:
        receiver.close()


@pytest.fixture
def on_postgresql(postgresql: Database) -> Iterator[Hooked]:
    found = Hooked.of(postgresql)
    yield found
    for receiver in found.opened:
        receiver.close()


def wish(**values: object) -> Wish:
    return Wish(**({"name": "Arkivet", "address": "https://arkiv.example.org/in", "events": (RECEIVED,)} | values))  # type: ignore[arg-type]


def comments(receiver: Receiver) -> list[int]:
    """What the receiver has done something about, in order."""
    return [each["data"]["comment"] for each in receiver.done]


# -- what is told


def test_a_message_names_what_happened_and_where_to_read_it_and_holds_nobodys_words(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    comment = hooked.comes("c1")
    assert hooked.run() == 1
    assert json.loads(receiver.bodies[0]) == {
        "type": "comment.received",
        "timestamp": hooked.now.isoformat(),
        "data": {
            "channel": "fb",
            "comment": comment,
            "links": {
                "api": f"https://kanalvakt.tibro.example.org/api/v1/comments/{comment}",
                "page": f"https://kanalvakt.tibro.example.org/comment/{comment}",
            },
        },
    }
    assert receiver.forged == 0


def test_what_the_documentation_says_of_checking_a_signature_and_of_events_is_so() -> None:
    page = (Path(__file__).parents[3] / "docs" / "outgoing-webhooks.md").read_text()
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    known: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(program, known)  # type: ignore[arg-type]  # noqa: S102 - it stands in our own documentation
    now, secret, other = datetime.now(UTC), new_secret(), new_secret()
    headers = signed([other, secret], "msg_1", now, "{}")
    assert known["is_ours"](secret, headers, b"{}")
    assert not known["is_ours"](new_secret(), headers, b"{}")
    assert not known["is_ours"](secret, headers, b"{ }")
    old = signed([secret], "msg_1", now - timedelta(minutes=6), "{}")
    assert not known["is_ours"](secret, old, b"{}")
    named = set(re.findall(r"`(\w+\.\w+)`", page.partition("| `type` |")[2].partition("Names stay")[0]))
    assert named == {*Event, TEST}


def test_events_arrive_in_order_and_each_once(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    sent = [hooked.comes(f"c{number}") for number in range(5)]
    assert hooked.run() == 5
    assert hooked.run() == 0
    assert comments(receiver) == sent
    assert len(set(receiver.arrived)) == len(receiver.arrived) == 5


def test_what_was_rolled_back_is_never_told(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    comment = hooked.comes("c1")
    with suppress(RuntimeError), hooked.db.transaction() as session:
        tell(session, [Happened(RECEIVED, ("comment", str(comment)), "fb")], hooked.now)
        raise RuntimeError
    assert hooked.run() == 1
    assert comments(receiver) == [comment]


@pytest.mark.postgresql
def test_an_event_that_is_committed_after_a_later_one_is_not_skipped(on_postgresql: Hooked) -> None:
    hooked = on_postgresql
    _number, receiver = hooked.subscribe()
    slow, quick = (hooked.town.comment(name, hooked.now) for name in ("c1", "c2"))
    with hooked.db.transaction() as session:
        tell(session, [Happened(RECEIVED, ("comment", str(slow)), "fb")], hooked.now)
        with hooked.db.transaction() as other:
            tell(other, [Happened(RECEIVED, ("comment", str(quick)), "fb")], hooked.now)
        assert hooked.run() == 1, "the later number is committed, and told; the lower one is not there yet"
    assert hooked.run() == 1
    assert comments(receiver) == [quick, slow]


@pytest.mark.postgresql
def test_two_workers_hand_over_and_send_nothing_twice(on_postgresql: Hooked) -> None:
    hooked = on_postgresql
    number, receiver = hooked.subscribe()
    sent = [hooked.comes(f"c{each}") for each in range(6)]

    def work() -> None:
        hand_over(hooked.db, hooked.now)
        send_due(hooked.db, number, INSIDE, lambda: hooked.now)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    hooked.run()
    assert comments(receiver) == sent
    assert len(receiver.arrived) == 6


def test_nothing_is_written_down_that_nobody_subscribes_to(hooked: Hooked) -> None:
    hooked.comes("c1")
    hooked.subscribe(Event.COMMENT_EDITED)
    hooked.comes("c2")
    with hooked.db.snapshot() as session:
        assert session.scalars(select(OutgoingEvent)).all() == []


def test_only_the_channels_that_were_chosen_are_told_of(hooked: Hooked) -> None:
    hooked.town.channel("ig", platform="instagram")
    _all, everything = hooked.subscribe()
    _one, only = hooked.subscribe(channels=("ig",))
    first, second = hooked.comes("c1"), hooked.comes("c2", "ig")
    assert hooked.run() == 3
    assert (comments(everything), comments(only)) == ([first, second], [second])


# -- who may be told


def test_nobody_is_told_more_than_whoever_subscribed_may_read(hooked: Hooked) -> None:
    hooked.town._add(Unit(id="skola", name="Skola"))
    hooked.town.channel("skola", unit_id="skola", responsible_id="kommunikator", deputy_id=None)
    _number, receiver = hooked.subscribe(by="kommunikator")
    before = hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    hooked.town.change(Person, "kommunikator", roles=[])
    own = hooked.comes("c2", "skola")
    hooked.comes("c3")
    assert hooked.run() == 1, "it may still read the channel that it is charged with"
    assert comments(receiver) == [own]
    assert before not in comments(receiver)
    assert [each.state for each in hooked.dispatches()] == ["withheld", "delivered"]


def test_a_subscription_of_somebody_who_leaves_stops_and_says_so(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    hooked.town.change(Person, "kommunikator", retired=True)
    hooked.comes("c1")
    stop_those_who_left(hooked.db, hooked.now)
    assert hooked.run() == 0
    assert receiver.arrived == []
    found = hooked.subscription(number)
    assert (found.state, found.reason) == ("disabled", "left")
    with pytest.raises(CannotSubscribe, match="har slutat"), hooked.db.transaction() as session:
        resume(session, session.get_one(Subscription, number), "admin", hooked.now)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"address": "http://arkiv.example.org/in"}, "address"),
        ({"address": "https://a:b@arkiv.example.org/in"}, "address"),
        ({"address": "https://arkiv.example.org/in#x"}, "address"),
        ({"address": "https://[::1/"}, "address"),
        ({"address": "https://arkiv.example.org:99999/"}, "address"),
        ({"address": "http://127.0.0.1/in"}, "address"),
        ({"events": ()}, "events"),
        ({"events": ("comment.eaten",)}, "events"),
        ({"events": (Event.COPY_SAVED,)}, "events"),
        ({"channels": ("nirgends",)}, "channels"),
    ],
)
def test_what_cannot_be_subscribed_to_is_said_at_its_field(
    hooked: Hooked, values: dict[str, object], field: str
) -> None:
    outside = INSIDE.model_copy(update={"private_addresses": False})
    with pytest.raises(CannotSubscribe) as told, hooked.db.transaction() as session:
        add(session, wish(**values), "admin", hooked.now, outside)
    assert list(told.value.faults) == [field]


def test_only_who_may_change_the_settings_subscribes_and_only_so_often(hooked: Hooked) -> None:
    with pytest.raises(CannotSubscribe), hooked.db.transaction() as session:
        add(session, wish(), "redaktor", hooked.now, INSIDE)
    with hooked.db.transaction() as session:
        for _each in range(MOST):
            add(session, wish(), "admin", hooked.now, INSIDE)
    with pytest.raises(CannotSubscribe), hooked.db.transaction() as session:
        add(session, wish(), "admin", hooked.now, INSIDE)


# -- what goes wrong


def test_a_refusal_is_tried_again_under_the_same_id_and_those_after_it_wait(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    receiver.moods = [500, 503]
    sent = [hooked.comes("c1"), hooked.comes("c2")]
    assert hooked.run() == 0
    assert hooked.run() == 0, "it is not time yet"
    hooked.later(WAITS[0] * 1.2)
    assert hooked.run() == 0
    hooked.later(WAITS[1] * 1.2)
    assert hooked.run() == 2
    assert comments(receiver) == sent
    first, second = receiver.arrived[0], receiver.arrived[-1]
    assert receiver.arrived == [first, first, first, second]
    assert len(set(receiver.bodies[:3])) == 1, "a repeat says the same"


def test_after_the_last_attempt_it_is_stopped_and_goes_on_with_what_waited_when_it_is_resumed(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    receiver.always = 500
    sent = [hooked.comes("c1")]
    for wait in (*WAITS, timedelta()):
        assert hooked.run() == 0
        assert hooked.subscription(number).state == "active" if wait else True
        hooked.later(wait * 1.2)
    found = hooked.subscription(number)
    assert (found.state, found.reason, len(receiver.arrived)) == ("disabled", "failing", len(WAITS) + 1)
    sent.append(hooked.comes("c2"))
    assert hooked.run() == 0
    receiver.always = 204
    with hooked.db.transaction() as session:
        resume(session, session.get_one(Subscription, number), "admin", hooked.now)
    assert hooked.run() == 2
    assert comments(receiver) == sent
    with hooked.db.snapshot() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject_kind == "webhook")).all()
    assert acts == ["webhook.added", "webhook.disabled", "webhook.resumed"]


def test_410_stops_it_at_once(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    receiver.moods = [410]
    hooked.comes("c1")
    hooked.run()
    found = hooked.subscription(number)
    assert (found.state, found.reason) == ("disabled", "gone")


def test_a_redirect_is_not_followed_even_to_ourselves(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    receiver.moods, receiver.headers = [307], {"Location": receiver.url.replace("/in", "/elsewhere")}
    hooked.comes("c1")
    assert hooked.run() == 0
    assert receiver.paths == ["/in?token=hemligt"]
    assert hooked.dispatches()[0].status == 307


def test_an_address_in_our_own_network_is_not_asked_unless_that_is_set(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    outside = INSIDE.model_copy(update={"private_addresses": False})
    assert send_due(hooked.db, number, outside, lambda: hooked.now) == 0
    assert receiver.paths == []
    assert hooked.dispatches()[0].problem == "inside"


def test_silence_ends_after_the_time_there_is(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.alerts.hook_sending.ANSWER_WITHIN", timedelta(seconds=0.3))
    _number, receiver = hooked.subscribe()
    receiver.moods = [1.0]
    hooked.comes("c1")
    assert hooked.run() == 0
    assert hooked.dispatches()[0].problem == "timeout"
    hooked.later(WAITS[0] * 1.2)
    assert hooked.run() == 1
    assert len(receiver.done) == 1, "the receiver knows the id, and does nothing twice"


def test_an_answer_that_trickles_in_letter_by_letter_ends_too(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.alerts.hook_sending.ANSWER_WITHIN", timedelta(seconds=0.4))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection, _client = server.accept()
            with connection, suppress(OSError):
                for letter in b"HTTP/1.1 204 OK":
                    connection.sendall(bytes([letter]))
                    time.sleep(0.1)

        trickling = threading.Thread(target=trickle)
        trickling.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answer = carry(Keys(url, ("whsec_eA==",)), "msg_1", "{}", INSIDE, hooked.now)
        assert answer.problem == "timeout", "each letter came in time, and the whole did not"
        trickling.join()


def test_a_slow_receiver_holds_up_nobody_else(hooked: Hooked) -> None:
    slow_one, slow = hooked.subscribe()
    quick_one, quick = hooked.subscribe()
    slow.moods = [3.0]
    hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    assert due(hooked.db, hooked.now) == [slow_one, quick_one]
    sending = threading.Thread(target=send_due, args=(hooked.db, slow_one, INSIDE, lambda: hooked.now))
    sending.start()
    assert send_due(hooked.db, quick_one, INSIDE, lambda: hooked.now) == 1
    assert sending.is_alive()
    sending.join()
    assert (len(slow.done), len(quick.done)) == (1, 1)


def test_a_clock_that_is_set_back_lets_nobody_wait_longer(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    receiver.moods = [500]
    hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    assert hooked.run() == 0
    hooked.later(-timedelta(hours=1))
    assert due(hooked.db, hooked.now) == [number]
    assert hooked.run() == 1


def test_who_is_killed_between_sending_and_writing_it_down_sends_the_same_id_again(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    comment = hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    program = (
        "import sys; from datetime import datetime; from config.settings import Settings;"
        "from monitor.db import Database;"
        "from monitor.alerts.hook_sending import send_due; now = datetime.fromisoformat(sys.argv[2]);"
        "send_due(Database(sys.argv[1]), int(sys.argv[3]), Settings(private_addresses=True), lambda: now)"
    )
    words = [str(hooked.db.url), hooked.now.isoformat(), str(number)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, "-c", program, *words], env=environment) as sender:
        receiver.on_arrival = lambda: os.kill(sender.pid, signal.SIGKILL)
        assert sender.wait(60) == -signal.SIGKILL
    receiver.on_arrival = lambda: None
    assert hooked.run() == 0, "somebody may still be at it"
    hooked.later(LEASE)
    assert hooked.run() == 1
    assert len(receiver.arrived) == 2
    assert len(set(receiver.arrived)) == 1
    assert comments(receiver) == [comment]


def test_what_the_receiver_answers_and_its_address_are_in_no_log(hooked: Hooked, logged: Logged) -> None:
    _number, receiver = hooked.subscribe()
    receiver.moods = [500]
    hooked.comes("c1")
    hooked.run()
    told = str(logged())
    assert "webhook sent" in told
    assert "hemligt" not in told
    assert receiver.secrets[0] not in told


# -- what people do


def test_a_new_secret_and_the_one_before_sign_side_by_side_for_a_day(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    [old] = receiver.secrets
    with hooked.db.transaction() as session:
        new = replace_secret(session, session.get_one(Subscription, number), "admin", hooked.now)
    for secrets, taken in (([old], 1), ([new], 1)):
        receiver.secrets = secrets
        hooked.comes(f"c{secrets}")
        assert hooked.run() == taken
    hooked.later(timedelta(hours=24))
    receiver.secrets = [old]
    hooked.comes("c3")
    assert hooked.run() == 0
    assert receiver.forged == 1


def test_while_it_is_paused_nothing_is_sent_and_nothing_lost(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    with hooked.db.transaction() as session:
        pause(session, session.get_one(Subscription, number), "admin", hooked.now)
    comment = hooked.comes("c1")
    assert hooked.run() == 0
    with hooked.db.snapshot() as session:
        [found] = listed(session)
    assert (found.waiting, found.waiting_since) == (1, hooked.now)
    with hooked.db.transaction() as session:
        resume(session, session.get_one(Subscription, number), "admin", hooked.now)
    assert hooked.run() == 1
    assert comments(receiver) == [comment]


def test_a_message_is_sent_again_under_its_id_and_one_that_is_never_taken_is_left_out(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    hooked.comes("c1")
    hooked.run()
    with hooked.db.transaction() as session:
        subscription = session.get_one(Subscription, number)
        send_again(session, subscription, hooked.dispatches()[0].id, "admin", hooked.now)
    assert hooked.run() == 1
    assert len(receiver.arrived) == 2
    assert len(receiver.done) == 1
    receiver.moods = [422]
    hooked.comes("c2")
    after = hooked.comes("c3")
    assert hooked.run() == 0
    with hooked.db.transaction() as session:
        subscription = session.get_one(Subscription, number)
        stuck = next(each for each in hooked.dispatches() if each.state == "waiting")
        leave_out(session, subscription, stuck.id, "admin", hooked.now)
    assert hooked.run() == 1
    assert comments(receiver)[-1] == after


def test_a_test_goes_past_what_waits_and_where_it_is_taken_the_rest_is_tried_at_once(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    receiver.moods = [500, 500]
    hooked.comes("c1")
    hooked.run()
    answer = send_test(hooked.db, number, hooked.now, INSIDE)
    assert answer is not None
    assert answer.status == 500
    assert due(hooked.db, hooked.now) == []
    answer = send_test(hooked.db, number, hooked.now, INSIDE)
    assert answer is not None
    assert answer.status == 204
    assert receiver.done[0]["type"] == "webhook.test"
    assert hooked.run() == 1
    assert send_test(hooked.db, 99, hooked.now, INSIDE) is None


def test_what_is_removed_leaves_nothing_behind_but_the_log(hooked: Hooked) -> None:
    number, _receiver = hooked.subscribe()
    hooked.comes("c1")
    hand_over(hooked.db, hooked.now)
    with hooked.db.transaction() as session:
        parcel = claim(session, number, INSIDE, hooked.now)
    assert parcel is not None
    with hooked.db.transaction() as session:
        remove(session, session.get_one(Subscription, number), "admin", hooked.now)
    with hooked.db.snapshot() as session:
        assert session.scalars(select(Dispatch)).all() == []
        [*_before, last] = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (last.act, last.subject) == ("webhook.removed", str(number))
    assert "hemligt" not in str((last.before, last.after))
    later, _other = hooked.subscribe()
    assert later > number, "no number is given twice"


def test_what_was_delivered_a_month_ago_is_forgotten_and_what_waits_for_somebody_who_goes_on_is_not(
    hooked: Hooked,
) -> None:
    _number, receiver = hooked.subscribe()
    hooked.comes("c1")
    hooked.run()
    receiver.moods = [500]
    waiting = hooked.comes("c2")
    hooked.run()
    hooked.later(KEPT + timedelta(days=1))
    receiver.moods = [500]
    hooked.comes("c3")
    hooked.run()
    with hooked.db.snapshot() as session:
        told = session.scalars(select(OutgoingEvent.subject).order_by(OutgoingEvent.id)).all()
    assert (told[0], len(told)) == (str(waiting), 2)


def test_what_is_stored_of_an_address_and_a_secret_is_encrypted(hooked: Hooked) -> None:
    number, receiver = hooked.subscribe()
    with hooked.db.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM subscription").all())
    assert "hemligt" not in rows
    assert receiver.secrets[0] not in rows
    found = hooked.subscription(number)
    assert receiver.secrets[0] not in repr(found)
    assert found.host == "127.0.0.1"


def test_an_event_about_nothing_keeps_nothing_else_from_being_told(hooked: Hooked) -> None:
    _number, receiver = hooked.subscribe()
    with hooked.db.transaction() as session:
        tell(
            session, [Happened(RECEIVED, ("comment", "fb/c1"), "fb"), Happened(RECEIVED, ("comment", "77"))], hooked.now
        )
    comment = hooked.comes("c1")
    assert hooked.run() == 1
    assert comments(receiver) == [comment]
