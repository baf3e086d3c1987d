"""What a whole house leans on is taken away from it, and given back: nothing is lost, nobody hears of it twice, and
duties are caught up with. Counted at the platforms and at the mail server.

Kills of the worker that reads, and of the worker of crises: `tests/runtime`.
"""

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import psycopg
import pytest
from redis import Redis

from connectors.emulator.faults import Fault
from monitor.telemetry.broker import SIGN_EVERY, SIGNS
from tests.faults.whole import CONNECTED, CUT, DATABASE, SOON, Whole
from tests.runtime.house import processes
from tests.small_disk import Disk
from tests.waiting import eventually

pytestmark = [pytest.mark.postgresql, pytest.mark.redis, pytest.mark.timeout(900)]
SERIALIZABLE = f"ALTER DATABASE {DATABASE} SET default_transaction_isolation = 'serializable'"
REFUSES = """CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF random() < 0.3 THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF;
RETURN NEW; END $$"""
"""Three writes in ten, as a server does that cannot put transactions in an order."""
REFUSED = ("comment", "notice", "schedule", "poll_run")
WAITING_FOR_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
LOADED = 4
"""The page that nobody is told of."""
LOST = "SELECT count(*) FROM poll_run WHERE outcome = 'lost'"
NOTES = "SELECT count(*) FROM note"


@contextmanager
def load(here: Whole) -> Iterator[None]:
    """Residents write all the time, and a lot; nobody has to hear of it at once."""
    over = threading.Event()

    def writes() -> None:
        while not over.wait(0.5):
            here.write(LOADED, secrets.token_hex(500))

    thread = threading.Thread(target=writes)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# -- processes


def killed(here: Whole, word: str) -> None:
    """It is started again by whoever watches over it."""
    pid = here.up.pid(word)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: any(word in line for each, line in processes(here.home).items() if each != pid), SOON)


def test_a_worker_killed_in_the_middle_of_a_mail_repeats_that_one_under_its_id_and_no_other(here: Whole) -> None:
    """The server had taken it already, and nobody heard so; a minute later it is sent again."""
    here.goes_on(0)
    taken, go, in_hand = threading.Event(), threading.Event(), here.write(1)

    def hold() -> None:
        """This mail alone: whatever else is on its way comes as always."""
        if here.is_told(in_hand) and not taken.is_set():
            taken.set()
            go.wait(SOON)

    here.office.when_taken = hold
    assert taken.wait(SOON)
    killed(here, "--queues clock")
    here.office.when_taken = lambda: None
    go.set()
    assert eventually(lambda: list(here.told()[in_hand].values()) == [1], SOON)
    later = here.write(2)
    assert eventually(lambda: here.is_told(later), SOON)
    here.sql("UPDATE notice SET due_at = now() WHERE state = 'sending'")  # the minute
    assert eventually(lambda: list(here.told()[in_hand].values()) == [2], SOON)
    here.repeated.add(in_hand)
    here.goes_on(0)


def test_a_beat_that_is_killed_skips_no_duty(here: Whole) -> None:
    killed(here, " beat ")
    here.goes_on(1)


def test_a_page_killed_in_the_middle_of_a_press_has_written_nothing_and_pressed_again_it_is_done_once(
    here: Whole,
) -> None:
    here.goes_on()
    [[comment]] = here.sql("SELECT min(id) FROM comment WHERE channel_id = 'sida-0'")

    def pressed() -> int:
        said = {"Authorization": f"Bearer {here.token}", "Idempotency-Key": "en-och-samma"}
        path = f"{here.web}api/v1/comments/{comment}/notes"
        try:
            return httpx2.post(path, json={"text": "Ringt"}, headers=said, timeout=SOON).status_code
        except httpx2.HTTPError:
            return 0

    answers: list[int] = []
    with psycopg.connect(here.cluster.url_of(DATABASE)) as holds:
        holds.execute("LOCK TABLE note IN EXCLUSIVE MODE")
        presser = threading.Thread(target=lambda: answers.append(pressed()))
        presser.start()
        assert eventually(lambda: bool(answers) or here.sql(WAITING_FOR_LOCK)[0][0] > 0, SOON), "it has begun to write"
        assert answers == []
        killed(here, "uvicorn")
    presser.join()
    assert eventually(lambda: here.sql(CONNECTED)[0][0] > 0 and here.sql(WAITING_FOR_LOCK) == [(0,)], SOON)
    assert (answers, here.sql(NOTES)) == ([0], [(0,)])
    assert eventually(lambda: pressed() == 201, SOON)
    assert pressed() == 201
    assert here.sql(NOTES) == [(1,)]


def test_a_platform_that_takes_long_holds_up_its_own_readings_alone(here: Whole) -> None:
    """Fifteen seconds an answer, and nobody else takes the reading over for that."""
    lost = here.sql(LOST)
    slow = here.emulator.faults.add(Fault("latency", path=here.pages[1].id, seconds=15, times=None))
    here.write(1)
    here.goes_on(0)
    assert slow.done > 0
    assert here.sql(LOST) == lost
    here.emulator.faults.clear()


# -- the broker: what it holds is only "look now", and the rows know everything


def test_a_broker_away_for_a_while_is_waited_for(here: Whole) -> None:
    here.broker.kill()
    here.write(1)
    time.sleep(2)
    here.broker.start()
    here.goes_on()


def test_a_broker_emptied_again_and_again_loses_nothing(here: Whole) -> None:
    client = Redis(port=here.broker.port)
    for _each in range(10):
        here.write(2, "Hej")
        client.flushall()
        time.sleep(0.1)
    here.goes_on(2)


def test_a_full_broker_takes_no_work_which_can_be_seen_and_afterwards_nothing_was_lost(here: Whole) -> None:
    """`maxmemory` with `noeviction`: it answers, and refuses every write."""
    client = Redis(port=here.broker.port)
    client.config_set("maxmemory", 1)
    try:
        client.delete(SIGNS)
        meanwhile = here.write(3)
        time.sleep(3 * SIGN_EVERY)
        assert client.hgetall(SIGNS) == {}, "nobody shows that they live: that is what doctor says"
        assert not here.is_told(meanwhile)
    finally:
        client.config_set("maxmemory", 0)
    here.goes_on(3)


# -- the database: what cannot be written is undone whole, and done again


def test_a_database_that_dies_under_load_comes_back(here: Whole) -> None:
    with load(here):
        here.cluster.crash()
        time.sleep(1)
        here.cluster.start()
        time.sleep(1)
    here.goes_on()


def test_every_connection_is_cut_again_and_again(here: Whole) -> None:
    with load(here):
        for _each in range(5):
            here.sql(CUT)
            time.sleep(0.2)
            here.address.cut()
            time.sleep(0.2)
    here.goes_on(2)


def test_what_cannot_be_serialised_is_done_again(here: Whole) -> None:
    where = "BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION refuses()"
    here.sql(REFUSES, *(f"CREATE TRIGGER refuses {where.format(each)}" for each in REFUSED))
    with load(here):
        here.write(2)
        assert eventually(lambda: "SerializationFailure" in here.logs(), SOON)
    here.sql(*(f"DROP TRIGGER refuses ON {each}" for each in REFUSED), "DROP FUNCTION refuses()")
    here.goes_on(3)


def test_a_server_whose_transactions_are_serialisable_refuses_none_of_ours(here: Whole) -> None:
    here.sql(SERIALIZABLE, CUT)
    refused = here.logs(10**8).count("SerializationFailure")
    with load(here):
        flagged = here.write(3)
        assert eventually(lambda: here.is_told(flagged), SOON)
    here.goes_on(2)
    assert here.logs(10**8).count("SerializationFailure") == refused
    here.sql(f"ALTER DATABASE {DATABASE} RESET default_transaction_isolation", CUT)


def test_a_full_disk_that_has_room_again(here: Whole, disk: Disk | None) -> None:
    if disk is None:
        pytest.skip("only who may mount a file system has a disk to fill")
    with load(here):
        disk.fill()
        here.write(2)
        assert eventually(lambda: "DiskFull" in here.logs(), SOON)
        disk.free()
    here.goes_on(2)
