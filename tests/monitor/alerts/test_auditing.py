"""The auditor: an outside watcher hears from us every minute, as long as nothing stands still."""

from datetime import timedelta

import pytest

from config.settings import Settings
from monitor.alerts.auditing import MOST_NAMES, Audit, audit
from monitor.alerts.judging import judge
from monitor.alerts.standing_still import PATIENCE, Still
from monitor.db import Database
from monitor.register.models import Channel
from tests.conftest import Logged
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.heartbeat import Watcher
from tests.monitor.town import Town

SMTP = "smtp://127.0.0.1:1?from=kanalvakt@example.org"
LATE = MORNING + PATIENCE + timedelta(seconds=1)


def test_the_watcher_hears_that_nothing_stands_still(town: Town, db: Database, watcher: Watcher) -> None:
    town.schedule(next_poll_at=MORNING)
    judge(db, MORNING)
    assert audit(db, MORNING + PATIENCE, watcher.settings(smtp_url=SMTP)) == Audit(Still(), told=True)
    assert watcher.heard == ["/ping/hemlig-nyckel"]


def test_a_channel_that_nobody_reads_silences_the_ping(
    town: Town, db: Database, watcher: Watcher, logged: Logged
) -> None:
    town.schedule(next_poll_at=MORNING)
    found = audit(db, LATE, watcher.settings())
    assert (found, found.well) == (Audit(Still(channels=("fb",)), told=False), False)
    assert watcher.heard == []
    [line] = logged()
    assert (line["event"], line["late_channels"], line["channels"]) == ("standing_still", 1, ["fb"])


def test_of_many_that_stand_still_the_log_counts_all_and_names_some(
    town: Town, db: Database, watcher: Watcher, logged: Logged
) -> None:
    for number in range(MOST_NAMES + 1):
        town.channel(f"c{number}")
        town.schedule(f"c{number}", next_poll_at=MORNING)
    assert not audit(db, LATE, watcher.settings()).told
    [line] = logged()
    assert (line["late_channels"], len(line["channels"])) == (MOST_NAMES + 1, MOST_NAMES)  # type: ignore[arg-type]


def test_a_notice_that_nobody_sends_silences_the_ping(town: Town, db: Database, watcher: Watcher) -> None:
    judge(db, MORNING)
    assert audit(db, LATE, watcher.settings(smtp_url=SMTP)) == Audit(Still(notices=("digest redaktor",)), told=False)
    assert watcher.heard == []


def test_notices_that_wait_for_a_mail_server_to_be_set_are_not_late(town: Town, db: Database, watcher: Watcher) -> None:
    judge(db, MORNING)
    assert audit(db, LATE, watcher.settings()).told


@pytest.mark.parametrize("values", [{"state": "paused"}, {"state": "retired"}, {"watch_mode": "manual"}])
def test_channels_that_are_not_read_cannot_be_late(
    town: Town, db: Database, watcher: Watcher, values: dict[str, str]
) -> None:
    town.schedule(next_poll_at=MORNING)
    town.change(Channel, "fb", **values)
    assert audit(db, LATE, watcher.settings()).told


def test_without_an_address_nothing_is_pinged(town: Town, db: Database) -> None:
    assert audit(db, MORNING, Settings()) == Audit(Still(), told=False)


def test_a_watcher_that_refuses_is_logged_without_its_secret_address(
    town: Town, db: Database, watcher: Watcher, logged: Logged
) -> None:
    watcher.status = 500
    assert audit(db, MORNING, watcher.settings()) == Audit(Still(), told=False)
    logs = logged()
    assert [line["event"] for line in logs] == ["heartbeat_not_heard"]
    assert "hemlig" not in str(logs)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/hemlig", "inget/hemlig", "http://[hemlig"])
def test_a_watcher_that_cannot_be_reached_is_logged_only(town: Town, db: Database, url: str, logged: Logged) -> None:
    assert not audit(db, MORNING, Settings(heartbeat_url=url)).told
    logs = logged()
    assert [line["event"] for line in logs] == ["heartbeat_not_heard"]
    assert "hemlig" not in str(logs)
