"""The nightly look at credentials: every channel once a night, a new one at once, none while its budget is parked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from connectors.base import Health
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import AuthExpired, RateLimited, Unavailable
from monitor.db import Database
from monitor.register import secrets
from monitor.register.models import Channel
from monitor.watch.checking import check_now, keep
from monitor.watch.models import Parking, TokenHealth
from monitor.watch.nightly import check_claimed, claim_check, stale_before
from monitor.watch.overview import channels
from tests.monitor.town import Town

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=STOCKHOLM)
DAY = datetime(2026, 11, 25, 12, 0, tzinfo=STOCKHOLM)
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement")


@pytest.fixture
def town(db: Database) -> Town:
    return Town(db)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as started:
        yield started


def claim(town: Town, now: datetime) -> str | None:
    with town.db.transaction() as session:
        return claim_check(session, now.astimezone(UTC), Settings())


def looked_at(town: Town, channel: str, at: datetime, **values: object) -> None:
    with town.db.transaction() as session:
        known = {"token_kind": "page", "can_read": True}
        session.merge(TokenHealth(channel_id=channel, checked_at=at, **(known | values)))  # type: ignore[arg-type]


def health(town: Town, channel: str = "fb") -> TokenHealth:
    with town.db.snapshot() as session:
        return session.get_one(TokenHealth, channel)


# -- when


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - the zone is put on below
def test_what_was_looked_at_today_is_never_due_and_by_day_nothing_is(moment: datetime) -> None:
    now = moment.replace(tzinfo=STOCKHOLM)
    stale = stale_before(now, STOCKHOLM)
    if not time(2) <= now.timetz().replace(tzinfo=None) < time(5):
        assert stale is None or now.astimezone(UTC).astimezone(STOCKHOLM) != now  # an hour that summer time skips
    elif stale is not None:
        assert stale.astimezone(STOCKHOLM).date() <= now.date()
        assert stale <= now


def test_every_night_has_its_check_also_when_clocks_change() -> None:
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 25)):
        hours = [datetime.combine(day, time(), UTC) + timedelta(hours=hour) for hour in range(-2, 8)]
        assert any(stale_before(hour, STOCKHOLM) for hour in hours)


def test_a_new_channel_is_looked_at_at_once_and_only_once(town: Town) -> None:
    assert claim(town, DAY) == "fb"
    assert claim(town, DAY) is None


def test_at_night_each_channel_is_looked_at_once_the_longest_ago_first(town: Town) -> None:
    town.channel("yt", platform="youtube", external_id="UC1")
    looked_at(town, "fb", NIGHT - timedelta(days=1))
    looked_at(town, "yt", NIGHT - timedelta(days=2))
    assert claim(town, DAY) is None
    assert [claim(town, NIGHT) for _time in range(3)] == ["yt", "fb", None]
    assert claim(town, NIGHT + timedelta(days=1)) is not None


def test_channels_that_nobody_reads_by_machine_are_left_alone(town: Town) -> None:
    town.change(Channel, "fb", state="paused")
    town.channel("grupp", platform="facebook_group", watch_mode="manual")
    assert claim(town, DAY) is None


def test_a_parked_channel_is_left_alone_until_it_may_be_asked(town: Town) -> None:
    with town.db.transaction() as session:
        secrets.store(session, "fb", {"token": "TOKEN"}, NIGHT)
        session.add(Parking(key="graph/pages/page-1", until=NIGHT + timedelta(hours=1), since=NIGHT, reason="4"))
    assert claim(town, NIGHT) is None
    assert claim(town, NIGHT + timedelta(hours=1)) == "fb"


def test_nothing_is_asked_while_parked_not_even_by_hand(town: Town, emulator: Emulator) -> None:
    now = datetime.now(UTC)
    with town.db.transaction() as session:
        secrets.store(session, "fb", {"token": "TOKEN"}, now)
        session.add(Parking(key="graph/pages/page-1", until=now + timedelta(hours=1), since=now, reason="80001"))
        channel = session.get_one(Channel, "fb")
    found = check_now(town.db, channel, Settings(graph_url=emulator.url))
    assert (found.problem, emulator.ledger.entries) == ("rate_limited", [])


def test_a_check_that_is_told_to_wait_parks_what_it_counts_against(town: Town, emulator: Emulator) -> None:
    page = emulator.world.account("facebook", "page-1", "tibro", "Tibro")
    emulator.world.token(Token("TOKEN", "page", page, SCOPES))
    emulator.graph.habits.calls_a_day = 1
    with town.db.transaction() as session:
        secrets.store(session, "fb", {"token": "TOKEN"}, NIGHT)
        channel = session.get_one(Channel, "fb")
    problems = [check_now(town.db, channel, Settings(graph_url=emulator.url)).problem for _time in range(4)]
    assert problems[-2:] == ["rate_limited"] * 2
    with town.db.snapshot() as session:
        assert [row.key for row in session.scalars(select(Parking))] == ["graph/pages/page-1"]
    asked = len(emulator.ledger.entries)
    check_now(town.db, channel, Settings(graph_url=emulator.url))
    assert len(emulator.ledger.entries) == asked


# -- what is kept


def test_the_result_is_kept_and_the_list_tells_the_earlier_of_both_ends(town: Town, emulator: Emulator) -> None:
    page = emulator.world.account("facebook", "page-1", "tibro", "Tibro")
    ends = emulator.world.now + timedelta(days=20)
    emulator.world.token(Token("TOKEN", "page", page, SCOPES, None, None, None, ends))
    town.change(Channel, "fb", credential={"token_file": "/no/such/file"})
    settings = Settings(graph_url=emulator.url)
    check_claimed(town.db, "fb", settings)
    assert (health(town).problem, health(town).can_read) == ("credential_missing", False)
    with town.db.transaction() as session:
        secrets.store(session, "fb", {"token": "TOKEN"}, NIGHT)
    check_claimed(town.db, "fb", settings)
    found = health(town)
    assert (found.problem, found.message, found.remedy, found.can_read) == (None, None, None, True)
    with town.db.snapshot() as session:
        [row] = channels(session, date(2026, 11, 25))
    assert row.token_expires == ends


@pytest.mark.parametrize(
    ("problem", "known"),
    [
        (Unavailable("away"), True),
        (RateLimited("wait", retry_at=NIGHT), True),
        (AuthExpired("the token has expired", code="190/463"), False),
    ],
)
def test_while_the_platform_is_away_what_is_known_stays_known(town: Town, problem: AuthExpired, known: bool) -> None:
    looked_at(town, "fb", NIGHT, expires=NIGHT + timedelta(days=7), role="MODERATE")
    with town.db.transaction() as session:
        keep(session, session.get_one(Channel, "fb"), Health("unknown", can_read=False, problem=problem), DAY)
    found = health(town)
    assert (found.checked_at, found.problem) == (DAY.astimezone(UTC), problem.kind)
    assert found.message == str(problem)
    assert (found.expires is not None, found.can_read, found.role) == (known, known, "MODERATE" if known else None)
