"""One whole house for the tests of a module: starting it takes longer than most faults."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.faults.whole import Whole, whole
from tests.services import Cluster, postgresql_programs, private_postgresql, without
from tests.small_disk import Disk, small_disk

ROOM = 96 * 1024 * 1024


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    programs = postgresql_programs()
    if programs is None or shutil.which("redis-server") is None:
        without("needs the programs of PostgreSQL and Redis: sudo apt-get install postgresql redis-server")
    with private_postgresql(programs) as found:
        yield found


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk | None]:
    """What the database lies on; None where this machine lets nobody mount one."""
    with ExitStack() as stack:
        # not pytest's: the database's own user has to get there
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kanalvakt-disk-")))
        folder.chmod(0o755)
        try:
            yield stack.enter_context(small_disk(folder / "small", ROOM))
        except pytest.skip.Exception:
            yield None


@pytest.fixture
def here(running: Whole) -> Whole:
    """What an earlier test wrote is none of this one's business."""
    running.flagged.clear()
    running.repeated.clear()
    return running


@pytest.fixture(scope="module")
def running(cluster: Cluster, disk: Disk | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    home, space = tmp_path_factory.mktemp("whole"), "pg_default"
    if disk is not None:
        space = "small"
        place = disk.path / "database"
        place.mkdir()
        shutil.chown(place, "postgres")
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE {space} LOCATION '{place}'")
    with whole(home, cluster, pages=5, tablespace=space) as found:
        yield found
