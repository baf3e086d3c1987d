"""`kanalvakt emergency evidence`: one file, or a sentence why there is none."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.emergency.models import Incident
from monitor.register.models import Organisation, Person
from tests.monitor.cli.conftest import Command


def test_the_evidence_is_written_to_a_file(kanalvakt: Command, tmp_path: Path) -> None:
    upgrade(database())
    with database().transaction() as session:
        session.add_all([Organisation(name="Tibro kommun"), Person(id="kris", name="Kim Kris")])
        session.flush()
        known = {"started_at": datetime.now(UTC), "started_by_id": "kris", "decided_by": "Kim"}
        session.add(Incident(mode="actual", level="elevated", title="Strömavbrott", **known))  # type: ignore[arg-type]
    file = tmp_path / "underlag.zip"
    assert kanalvakt("emergency", "evidence", "1", str(file)).code == 0
    assert {"MANIFEST.txt", "incident.json", "intake.csv", "log.csv"} <= set(zipfile.ZipFile(file).namelist())
    with database().snapshot() as session:
        [taken] = session.scalars(select(AuditEntry).where(AuditEntry.act == "evidence.taken"))
        assert (taken.actor, taken.subject) == ("command", "1")
    missing = kanalvakt("emergency", "evidence", "7", str(file))
    assert (missing.code, "Det finns ingen händelse med det numret" in missing.err) == (2, True)
