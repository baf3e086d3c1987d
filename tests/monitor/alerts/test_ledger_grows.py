"""A hundred thousand notices that are over do not slow down whoever looks for the few that are not."""

from typing import Any

import pytest
from sqlalchemy import event, text

from config.settings import Settings
from monitor.alerts.claiming import claim, ways_due
from monitor.alerts.judging import _new, _write
from monitor.alerts.standing_still import notices_unsent
from monitor.alerts.telling import Telling
from monitor.db import Database
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.gossip import FLAG, OVERDUE, PLAIN, Gossip
from tests.monitor.alerts.test_bundling import DAY
from tests.monitor.town import Town

OLD = """
INSERT INTO notice (subject_kind, subject, rung, cycle, recipient_id, due_at, created_at, route, state, attempts,
                    sent_at, bundle, folded)
SELECT 'test_plain', 's' || n, 'first', (DATE '2024-01-01' + n % 600)::text, 'redaktor', moment, moment, 'mail',
       CASE WHEN n % 50 = 0 THEN 'cancelled' ELSE 'sent' END, 1, moment, 'b' || n, false
FROM (SELECT n, TIMESTAMPTZ '2024-01-01 10:00+00' + n * INTERVAL '5 minutes' AS moment
      FROM generate_series(1, 100000) AS n) AS old
"""


@pytest.mark.postgresql
def test_claiming_and_auditing_read_no_table_from_end_to_end(postgresql: Database) -> None:
    Town(postgresql)
    with postgresql.transaction() as session:
        session.execute(text(OLD))
    with postgresql.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE notice"))
    kinds = (FLAG, OVERDUE, PLAIN)
    tellings = [Telling(kind, str(number), "first", DAY, "redaktor") for kind in kinds for number in range(20)]
    asked = list[tuple[str, Any]]()

    def hear(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "notice" in statement:
            asked.append((statement, parameters))

    with Gossip().spread():
        _write(postgresql, tellings, MORNING, Settings())
        event.listen(postgresql.engine, "before_cursor_execute", hear)
        claimed = [claim(postgresql, MORNING) for _each in range(3)]
        ways_due(postgresql, MORNING)
        with postgresql.snapshot() as session:
            notices_unsent(session, MORNING, Settings())
            _new(session, tellings)
        event.remove(postgresql.engine, "before_cursor_execute", hear)
    assert [len(each) for each in claimed] == [20, 20, 1]
    assert len(asked) > 8
    for statement, parameters in asked:
        assert "Seq Scan on notice" not in plan(postgresql, statement, parameters), statement


def plan(db: Database, statement: str, parameters: Any) -> str:
    with db.snapshot() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)
