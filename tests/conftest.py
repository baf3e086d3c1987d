"""What every test may use: a database of its own on SQLite, and the same on PostgreSQL where there is one."""

import gc
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config.logging import configure_logging
from config.settings import settings
from monitor.db import Database, database
from monitor.db.migrating import upgrade
from tests.emptied import Emptied, one_database
from tests.engines import learning
from tests.logged import everything_logged_has_words
from tests.migrated import remembering

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["everything_logged_has_words"]
Measured = Callable[[str, int], None]
"""What was gone through, and how many."""
MEASURED = "measured"
Logged = Callable[[], list[dict[str, Any]]]
"""The lines so far."""

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""Of a property that says nothing else: other ones each time, so that all runs together try many."""
hypothesis_settings.register_profile(
    "kanalvakt",
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("kanalvakt")
# no test cuts the power, and each commit would wait for the disk
vars(sys.modules[Database.__module__])["SURE"] = "OFF"
learning()
remembering()
# people's shells set none, and what stays in a buffer may fail later
os.environ.pop("PYTHONUNBUFFERED", None)
# three suites share two cores: an answer may be slow, and no test is about that
vars(httpx2._config.DEFAULT_TIMEOUT_CONFIG)["read"] = 60
# every call would load all authorities anew, and here everything is on loopback without TLS
_transport = vars(httpx2._transports.default)
_transport["create_ssl_context"] = cache(_transport["create_ssl_context"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked with a service skip where `make test` did not find it (in CI, `make test` has already failed)."""
    needs = {"postgresql": "TEST_POSTGRESQL_URL", "redis": "TEST_REDIS_URL", "browser": "TEST_CHROMIUM"}
    needs["systemd"] = "TEST_SYSTEMD_ANALYZE"
    for mark, variable in needs.items():
        if variable not in os.environ:
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=f"{variable} is not set; `make test` finds or starts it"))


def pytest_collection_finish() -> None:
    """Ten thousand tests are half a gigabyte that Python would go through again and again, looking for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests have `measured`, also from the workers of xdist: properties travel with the reports."""
    ended = [each for found in terminalreporter.stats.values() for each in found if isinstance(each, pytest.TestReport)]
    lines = [value for each in ended if each.when == "call" for name, value in each.user_properties if name == MEASURED]
    if lines:
        terminalreporter.section(MEASURED)
        terminalreporter.write_line("\n".join(sorted(map(str, lines))))


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """Tells at the end of the run how much a test went through, and how long it took until then."""
    began = time.perf_counter()
    return lambda what, n: record_property(MEASURED, f"{what}: n={n}, seconds={time.perf_counter() - began:.2f}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nobody's settings leak in; every test has a home folder of its own."""
    for name in list(os.environ):
        if name.startswith("KANALVAKT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KANALVAKT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "sv_SE.UTF-8")
    settings.cache_clear()
    database.cache_clear()
    yield
    if database.cache_info().currsize:
        database().close()  # else its connections are found open by whichever test the garbage is collected in
    settings.cache_clear()
    database.cache_clear()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Logged]:
    """What the program logs, as fields, whatever other tests have made of logging before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging()
    yield lambda: [line.msg for line in caplog.records if isinstance(line.msg, dict)]
    root.handlers[:], root.level = handlers, level


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once in a process, and copied for each test: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    db.close()
    return path


def _closed(db: Database) -> None:
    """Whoever delivers for a button that was pressed goes on behind the test, and would open it again."""
    if sending := sys.modules.get("monitor.emergency.sending"):
        sending.finish(10)
    db.close()


@pytest.fixture
def sqlite(_migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database."""
    shutil.copy(_migrated, tmp_path / "test.sqlite3")
    db = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    yield db
    _closed(db)


@pytest.fixture(scope="session")
def _emptied() -> Iterator[Emptied]:
    with one_database() as found:
        yield found


@pytest.fixture
def postgresql(_emptied: Emptied) -> Iterator[Database]:
    """A migrated PostgreSQL database, emptied afterwards. Mark the test `postgresql`."""
    db = _emptied.database()
    yield db
    _closed(db)
    _emptied.empty()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def db(request: pytest.FixtureRequest) -> Database:
    """Both databases: a test that uses it runs once on each."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, as few of its own network habits as can be had; one for all tests of a process, as Playwright
    can be started only once in it."""
    from playwright.sync_api import expect, sync_playwright  # only where a test needs it: it is slow to load

    expect.set_options(timeout=30_000)  # as long as it waits for everything else

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=os.environ["TEST_CHROMIUM"], args=quiet)
        yield started
        started.close()
