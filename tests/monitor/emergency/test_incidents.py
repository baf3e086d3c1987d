"""An incident from its beginning to its end: what residents may read of it, and what its end waits for."""

from datetime import UTC, datetime

import pytest

from monitor.db import Database
from monitor.emergency import incidents
from monitor.emergency.models import Intake, Topic
from monitor.emergency.topics import gather, write_answer
from monitor.inbox.faults import Fault
from tests.monitor.town import Town

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)


@pytest.fixture
def town(sqlite: Database) -> Town:
    return Town(sqlite)


def test_neither_a_topic_nor_its_answer_looks_like_an_authoritys_warning(town: Town) -> None:
    with town.db.transaction() as session:
        incident = incidents.start(session, "redaktor", "actual", "elevated", "Rök", "", NOW)
        with pytest.raises(Fault, match="vma"):
            gather(
                session,
                incident,
                [Intake(incident_id=1, comment_id=1, kind="question", at=NOW)],
                "Är det VMA?",
                "redaktor",
                NOW,
            )
        topic = Topic(incident_id=incident.id, title="Rök", made_at=NOW)
        with pytest.raises(Fault, match="faran över"):
            write_answer(session, topic, "Faran över i Tibro", "redaktor", NOW)
