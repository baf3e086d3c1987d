"""No way to our own people works in a crisis: the outside watcher stops hearing that all is well, and so alarms."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from config.settings import Settings
from monitor.alerts.auditing import audit
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.alerts.standing_still import REMEMBERED
from monitor.db import Database
from monitor.emergency import incidents
from monitor.emergency.notices import BEGUN
from monitor.register import routes
from monitor.register.models import Person
from tests.monitor.alerts.conftest import MORNING, post_office, watcher
from tests.monitor.alerts.heartbeat import Watcher
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.providers import Providers
from tests.monitor.town import Town

__all__ = ["post_office", "watcher"]
MINUTE = timedelta(minutes=1)
REFUSED, TOO_MANY = "451 4.3.0 Mail server temporarily rejected message", 100


@pytest.fixture
def providers() -> Iterator[Providers]:
    opened = Providers().open()
    yield opened
    opened.close()


@pytest.fixture
def town(sqlite: Database, providers: Providers) -> Town:
    """Siv is told by mail, and else in a chat; Tor by mail alone. Somebody else begins a crisis."""
    made = Town(sqlite)
    for id_ in ("siv", "tor"):
        made.person(id_, roles=["crisis_staff"])
    with sqlite.transaction() as session:
        siv = session.get_one(Person, "siv")
        chat = f"mmost://127.0.0.1:{providers.port}/abcdefgh"
        routes.add(session, siv, "mattermost", chat, "command", MORNING)
        routes.noted(session, "siv", "mattermost").worked_at = MORNING
        incidents.start(session, "redaktor", "actual", "elevated", "Ström", "", MORNING)
    return made


def silent(sqlite: Database, watcher: Watcher, settings: Settings, minutes: int) -> list[int]:
    """Judges, sends and audits as the daemon does, every minute; when the watcher heard nothing."""
    found = []
    for minute in range(minutes):
        now = MORNING + minute * MINUTE
        judge(sqlite, now)
        send_due(sqlite, now, settings)
        if not audit(sqlite, now, settings).told:
            found.append(minute)
    return found


def watched(watcher: Watcher, office: PostOffice) -> Settings:
    return watcher.settings(smtp_url=office.url, private_addresses=True)


def test_while_every_way_fails_the_watcher_hears_nothing_and_again_when_one_works(
    town: Town, sqlite: Database, watcher: Watcher, post_office: PostOffice, providers: Providers
) -> None:
    settings = watched(watcher, post_office)
    post_office.answers = [REFUSED] * TOO_MANY
    providers.moods = [(503, "")] * TOO_MANY
    quiet = silent(sqlite, watcher, settings, 9)
    assert quiet[0] in (5, 6), "patience first"
    assert quiet == list(range(quiet[0], 9)), "and it goes on"
    assert post_office.mails == []
    post_office.answers.clear()
    later = MORNING + 13 * MINUTE
    send_due(sqlite, later, settings)
    assert post_office.mails
    assert audit(sqlite, later, settings).told


def test_where_one_of_them_was_told_the_watcher_hears_that_all_is_well(
    town: Town, sqlite: Database, watcher: Watcher, post_office: PostOffice, providers: Providers
) -> None:
    post_office.answers = [REFUSED] * TOO_MANY
    assert silent(sqlite, watcher, watched(watcher, post_office), 9) == []
    assert providers.asked


def test_what_was_given_up_everywhere_keeps_the_watcher_waiting_for_hours_but_not_for_ever(
    town: Town, sqlite: Database, watcher: Watcher, post_office: PostOffice
) -> None:
    settings = watched(watcher, post_office)
    judge(sqlite, MORNING)
    with sqlite.transaction() as session:
        assert session.query(Notice).update({"state": "failed"}) > 1
    for late, well in ((MINUTE, True), (6 * MINUTE, False), (REMEMBERED, False), (REMEMBERED + MINUTE, True)):
        still = audit(sqlite, MORNING + late, settings).still
        assert (f"{BEGUN} 1" not in still.notices) is well, late
