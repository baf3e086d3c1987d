"""The database fails over to another server. A house of its own: afterwards it leans on what ends with this test."""

import psycopg
import pytest

from tests.faults.whole import SOON, THEIRS, Whole
from tests.services import Cluster, postgresql_programs, private_postgresql
from tests.waiting import eventually

pytestmark = [pytest.mark.postgresql, pytest.mark.redis, pytest.mark.timeout(900)]
ASKED_LATELY = f"SELECT count(*) {THEIRS} AND query_start > clock_timestamp() - interval '10 seconds'"
"""Of the connections that are still there: whoever finds out that a server only reads leaves it at once."""


def test_nobody_goes_on_asking_the_old_server_after_a_failover(here: Whole, cluster: Cluster) -> None:
    """The old one goes on answering, but only reads, as a standby does; the address leads to the new one."""
    programs = postgresql_programs()
    assert programs
    here.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    with private_postgresql(programs, of=cluster) as new:
        here.follow(new)
        here.sql("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
        here.goes_on(1)
        with psycopg.connect(cluster.url, autocommit=True) as old:
            assert eventually(lambda: old.execute(ASKED_LATELY).fetchone() == (0,), SOON)
