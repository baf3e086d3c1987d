"""How long it takes to back up and to restore a town with so many comments:  python -m tests.bench.backup [N]

Seconds on the clock, and seconds of processor time of this process: the database's own stand in neither column.
"""

import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from monitor.db import Database
from monitor.db.archive import Archive, Belongings, write
from monitor.db.migrating import alone, upgrade_in
from monitor.db.rows_in import take_in
from monitor.db.rows_out import go_on_counting
from tests.bench.web.town import build
from tests.services import Services

SEED = 20261128


def main(n: int) -> None:
    now = datetime.now(UTC)
    with Services() as services, tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as folder:
        server = services.environment["TEST_POSTGRESQL_URL"]
        home = Path(folder)
        with _database(server) as db:
            build(db, n, SEED, now)
            _measured("PostgreSQL: back up", lambda: write(db, home / "p.zip", Belongings({}, {}), "bench", now))
        print(f"{'size':<24}{(home / 'p.zip').stat().st_size / 1e6:10.1f} MB")
        lite = Database(f"sqlite:///{home / 'bench.sqlite3'}")
        _measured("SQLite: restore", lambda: _restore(lite, home / "p.zip"))
        _measured("SQLite: back up", lambda: write(lite, home / "s.zip", Belongings({}, {}), "bench", now))
        with _database(server) as db:
            _measured("PostgreSQL: restore", lambda: _restore(db, home / "s.zip"))


def _restore(db: Database, file: Path) -> None:
    with Archive.open(file) as archive, alone(db) as connection:
        upgrade_in(connection, archive.manifest.revision or "")
        take_in(connection, archive.parts())
        go_on_counting(connection, archive.manifest.counters)


def _measured(what: str, step: Callable[[], object]) -> None:
    began, worked = time.monotonic(), time.process_time()
    step()
    print(f"{what:<24}{time.monotonic() - began:10.1f} s{time.process_time() - worked:10.1f} s", flush=True)


@contextmanager
def _database(server: str) -> Iterator[Database]:
    name = f"kanalvakt_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    db = Database(f"{server.rsplit('/', 1)[0]}/{name}")
    try:
        yield db
    finally:
        db.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
