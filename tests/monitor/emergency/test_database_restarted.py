"""PostgreSQL dies, and comes back, with messages armed and sent: nothing twice, nothing lost, counted at the platform.

A cluster of its own is killed in the middle of a COMMIT and right after one.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.emergency.claimed import LEASE
from monitor.emergency.delivering import deliver_all
from monitor.emergency.models import Delivery
from monitor.emergency.rules import UNDER_WAY, Fate
from monitor.emergency.sweeping import sweep
from tests.connectors.graph_stages import graph_of
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.services import Cluster, postgresql_programs, private_postgresql, without
from tests.waiting import eventually

pytestmark = pytest.mark.postgresql
LINGERS = """
CREATE TABLE lingers (state text);
CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.token > 0 AND EXISTS (SELECT FROM lingers WHERE state = NEW.state) THEN PERFORM pg_sleep(20); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON delivery DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.place <> 'hub') EXECUTE FUNCTION linger();
"""
"""A COMMIT that writes one of these states takes long."""
IN_COMMIT = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = 'COMMIT'"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    programs = postgresql_programs()
    if programs is None:
        without("needs PostgreSQL's own programs: sudo apt-get install postgresql")
    with private_postgresql(programs) as found:
        with _asked(found) as connection:
            connection.execute("CREATE DATABASE migrated")
        db = Database(found.url_of("migrated"))
        upgrade(db)
        db.close()
        yield found


@contextmanager
def _asked(cluster: Cluster, database: str = "postgres") -> Iterator[psycopg.Connection]:
    with psycopg.connect(cluster.url_of(database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def here(cluster: Cluster, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broadcast]:
    put_up_hub(monkeypatch)
    name = f"kanalvakt_{uuid.uuid4().hex[:12]}"
    with _asked(cluster) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE migrated')
    db = Database(cluster.url_of(name))
    made = Broadcast(db, emulator, "facebook", "youtube")
    graph_of(made.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
    with _asked(cluster, name) as connection:
        connection.execute(LINGERS)
    yield made
    db.close()


def is_out_once(here: Broadcast, message: int) -> None:
    found = here.delivery("facebook", message)
    out = sum(found.marker in post.text for post in here.world.posts.values())
    assert (found.state, out) == (Fate.VERIFIED, 1), found.reason


def sent_without_hub(here: Broadcast) -> int:
    """The hub has had its turn and YouTube is left out, so that what is committed is the channel's."""
    message = here.sent()
    with here.db.transaction() as session:
        for delivery in here.deliveries_of(message):
            if delivery.place != "facebook":
                session.merge(delivery).state = Fate.VERIFIED
    return message


@pytest.mark.parametrize("state", ["pending", "armed", "confirmed", "verified"])
def test_killed_in_mid_commit_it_is_out_once(here: Broadcast, cluster: Cluster, state: str) -> None:
    """pending: of whoever claims it."""
    name = here.db.url.database or ""
    message = sent_without_hub(here)
    with _asked(cluster, name) as connection:
        connection.execute("INSERT INTO lingers VALUES (%s)", (state,))
        sweeps = threading.Thread(target=swept, args=(here.db, here))
        sweeps.start()
        assert eventually(lambda: connection.execute(IN_COMMIT).fetchone() == (1,))
    cluster.crash()
    cluster.start()
    sweeps.join()
    with _asked(cluster, name) as connection:
        connection.execute("DELETE FROM lingers")
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    is_out_once(here, message)


class Unheard(Database):
    """The n-th transaction is committed; then the server dies, and nobody hears of it."""

    at = 0
    cluster: Cluster

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        with super().transaction(repeatable=repeatable) as session:
            yield session
        self.at -= not repeatable
        if self.at == 0 and not repeatable:
            self.cluster.crash()
            self.cluster.start()
            raise OperationalError("COMMIT", None, ConnectionError("the server closed the connection unexpectedly"))


def test_killed_right_after_a_commit_of_which_nobody_hears_it_is_out_once(here: Broadcast, cluster: Cluster) -> None:
    for at in (2, 3):  # armed, and what came of it
        message = sent_without_hub(here)
        db: Any = Unheard(here.db.url.render_as_string(hide_password=False))
        db.at, db.cluster = at, cluster
        swept(db, here)
        assert db.at <= 0, "it has died"
        here.wait(LEASE.total_seconds())
        here.to_the_end()
        is_out_once(here, message)
        db.close()


def swept(db: Database, here: Broadcast) -> None:
    """As the worker looks."""
    with suppress(SQLAlchemyError):
        sweep(db, here.clock(), Settings(), here.clock, here.connect)


def test_restarted_while_everything_is_being_sent_each_channel_has_it_once(here: Broadcast, cluster: Cluster) -> None:
    """Whoever pressed delivers, a worker looks beside, and the platforms have what they are to answer."""
    message = here.sent()
    over = threading.Event()

    def looks() -> None:
        while not over.wait(0.05):
            swept(here.db, here)

    here.emulator.latency = 0.5
    several = [threading.Thread(target=deliver_all, args=(here.db, message, Settings(), here.clock))]
    several.append(threading.Thread(target=looks))
    for each in several:
        each.start()
    assert eventually(lambda: len(here.effects) >= 1)
    cluster.crash()
    here.emulator.latency = 0.0
    cluster.start()
    assert eventually(lambda: any(each.state not in UNDER_WAY for each in here.deliveries()))
    over.set()
    several[1].join()
    here.wait(LEASE.total_seconds())
    here.to_the_end()
    several[0].join()
    is_out_once(here, message)
    assert {each.place: each.state for each in here.deliveries()} == dict.fromkeys(
        ("hub", "facebook", "youtube", "youtube:text"), Fate.VERIFIED
    )
    assert len(here.effects) == 2
    with here.db.snapshot() as session:
        assert session.query(Delivery).count() == 4
