"""What is wrong is listed with what mends it, until it is mended; what passes by itself is not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.language import use_language
from config.settings import Oidc, Settings, settings
from monitor.access.models import Account
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.inbox.models import Flag
from monitor.records.repair_rules import LAST, Gravity, Means, Repair, ranked
from monitor.records.repairs import repairs
from monitor.register.models import Absence, Channel, Organisation, Person, Route
from monitor.watch.day_rules import Verdict
from monitor.watch.models import Schedule, TokenHealth
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at
from tests.monitor.town import Town

WEDNESDAY = date(2026, 6, 17)
NOW = at(WEDNESDAY, "10.00")
MAIL = Settings(smtp_url="smtp://localhost:2525?from=kanalvakt@example.org")


@pytest.fixture
def town(sqlite: Database) -> Town:
    """Nothing is wrong in it: `fb` has been read, and is decided about."""
    return sound(sqlite)


def sound(db: Database) -> Town:
    town = Town(db)
    town.decision()
    town.schedule(last_complete_at=NOW)
    enters(town)
    return town


def enters(town: Town, **way: str) -> None:
    """There is an administrator, who can sign in."""
    town.person("admin", roles=["administrator"])
    town._add(Account(person_id="admin", created_at=NOW, **(way or {"password": "a hash"})))


def found(town: Town, chosen: Settings = MAIL, now: datetime = NOW) -> list[Repair]:
    with town.db.snapshot() as session, use_language("sv"):
        all_ = repairs(session, chosen, now)
    return [each for each in all_ if not each.kind.startswith("still_") and each.kind not in {"contact", "logins"}]


def kinds(town: Town) -> list[str]:
    return [each.kind for each in found(town)]


def test_where_nothing_is_wrong_nothing_is_listed(db: Database) -> None:
    assert found(sound(db)) == []


@pytest.mark.parametrize(
    ("kind", "code", "listed"),
    [
        ("auth_expired", "190", True),
        ("rate_limited", "4", False),
        ("unavailable", None, False),
        ("channel_gone", None, True),
    ],
)
def test_a_channel_that_cannot_be_read_is_listed_where_it_needs_a_person(
    sqlite: Database, kind: str, code: str | None, listed: bool
) -> None:
    town = Town(sqlite)
    town.decision()
    since = NOW - timedelta(hours=3)
    town.schedule(failing_since=since, failure_kind=kind, failure_code=code)
    assert kinds(town) == ["unread"] * listed
    if listed:
        [only] = found(town)
        assert (only.gravity, only.channel, only.since, only.address) == (Gravity.NOW, "fb", since, "/channels/fb")
        assert only.problem == "Tibro kommun på fb kan inte läsas"
        assert only.remedy


def test_a_credential_that_ends_within_a_fortnight_is_listed(town: Town) -> None:
    health = {"checked_at": NOW, "token_kind": "page", "can_read": True}
    town._add(TokenHealth(channel_id="fb", expires=NOW + timedelta(days=40), **health))
    assert kinds(town) == []
    town.change(TokenHealth, "fb", expires=NOW + timedelta(days=6))
    [only] = found(town)
    assert (only.kind, only.gravity) == ("credential_ends", Gravity.SOON)
    town.change(TokenHealth, "fb", expires=None, scopes_missing=["pages_read_engagement"])
    assert kinds(town) == ["credential"]


def test_decisions_that_are_missing_ended_or_ending_are_listed(sqlite: Database) -> None:
    town = Town(sqlite)
    town.schedule(last_complete_at=NOW)
    assert [each.problem for each in found(town)] == ["Tibro kommun på fb: beslut saknas"]
    town.decision(valid_until=WEDNESDAY + timedelta(days=60))
    [ending] = found(town)
    assert (ending.kind, ending.gravity) == ("decision_ends", Gravity.LATER)
    town.decision(valid_until=WEDNESDAY - timedelta(days=1))
    [ended] = found(town)
    assert (ended.gravity, ended.problem) == (Gravity.SOON, "Tibro kommun på fb: beslutet gick ut 2026-06-16")
    town.decision(confirmed=False, created_at=NOW - timedelta(days=20))
    assert kinds(town) == ["unconfirmed"]


def test_who_cannot_be_reached_is_named_once_and_a_way_out_of_use_only_of_others(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.change(Route, ("ersattare", "mail"), disabled_at=NOW - timedelta(days=1), reason="550")
    [lost] = found(town)
    assert (lost.kind, lost.gravity) == ("unreachable", Gravity.NOW)
    assert "Erik Ersättare" in lost.problem
    monkeypatch.setenv("KANALVAKT_SMS_URL", "json://localhost")
    settings.cache_clear()
    town.change(Person, "ersattare", phone="070-174 06 05")
    [way] = found(town)
    assert (way.kind, way.since) == ("way", NOW - timedelta(days=1))
    assert "550" not in way.problem + way.remedy


def test_a_channel_that_nobody_will_be_there_for_is_listed(town: Town) -> None:
    for person in ("redaktor", "ersattare"):
        town._add(Absence(person_id=person, first_day=WEDNESDAY + timedelta(1), last_day=WEDNESDAY + timedelta(8)))
    [only] = found(town)
    assert (only.kind, only.channel, only.gravity) == ("unattended", "fb", Gravity.SOON)


def test_a_missing_mail_server_comes_first_and_one_that_cannot_be_read_is_told(town: Town) -> None:
    town.change(Channel, "fb", address="https://www.facebook.com/annan")
    assert [each.kind for each in found(town, Settings())] == ["mail", "moved"]


def test_a_flagged_comment_is_listed_until_somebody_has_dealt_with_it(town: Town) -> None:
    comment = town.comment("1", NOW - timedelta(hours=2))
    flag = {"channel_id": "fb", "kind": "breach", "at": NOW - timedelta(hours=1)}
    town._add(Flag(key="breach 1", comment_id=comment, **flag))
    [only] = found(town)
    assert (only.kind, only.problem) == ("flagged", "Tibro kommun på fb: flaggat att bedöma: 1")
    town.answer("2", NOW - timedelta(minutes=30), to="1")
    assert kinds(town) == []


def test_notices_that_were_given_up_are_counted_by_person(town: Town) -> None:
    about = {"subject_kind": "digest", "subject": "redaktor", "rung": "daily", "recipient_id": "redaktor"}
    for day in (10, 15, 16):
        created = datetime(2026, 6, day, 6, 0, tzinfo=UTC)
        cycle = created.date().isoformat()
        town._add(Notice(**about, cycle=cycle, due_at=created, created_at=created, state="failed"))
    [only] = found(town)
    assert (only.kind, only.problem) == ("given_up", "2 aviseringar till Rut Redaktör kom inte fram")


def test_that_no_administrator_can_sign_in_is_said_first_of_all(sqlite: Database) -> None:
    def said(**change: object) -> list[tuple[str, Gravity]]:
        with sqlite.snapshot() as session:
            every = repairs(session, MAIL.model_copy(update=change), NOW)
        return [(each.kind, each.gravity) for each in every if each.kind == "logins"]

    town, nobody = Town(sqlite), [("logins", Gravity.NOW)]
    assert said() == nobody
    assert said(demo_mails=Path("mails")) == [], "in a demo everybody can"
    town._add(Account(person_id="redaktor", created_at=NOW, password="a hash"))
    assert said() == nobody, "an editor's login mends nothing"
    enters(town, outside="https://login.example 1")
    assert said() == []
    town.change(Account, "admin", outside=None)
    assert said() == nobody
    directory = {"issuer": "https://login.example", "client_id": "x", "client_secret": "y"}
    assert said(oidc=Oidc(**directory)) == [], "the directory lets an administrator in the first time"


def test_a_paused_channel_is_listed_with_its_reason(town: Town) -> None:
    town.change(Channel, "fb", state="paused", state_reason="Sommar")
    [only] = found(town)
    assert (only.kind, only.gravity, only.means) == ("paused", Gravity.LATER, ((Means.RESUME, "fb"),))
    assert "Sommar" in only.problem


def test_a_retired_channel_needs_nothing(sqlite: Database) -> None:
    town = Town(sqlite)
    town.schedule(failing_since=NOW - timedelta(days=2), failure_kind="auth_expired")
    town.change(Channel, "fb", state="retired")
    assert found(town) == []


def test_the_gravest_comes_first_and_of_equal_ones_the_oldest() -> None:
    def repair(gravity: Gravity, since: datetime | None) -> Repair:
        return Repair("x", gravity, "p", "r", "", "", since=since)

    early, late = NOW - timedelta(days=2), NOW
    mixed = [repair(g, s) for g in (Gravity.LATER, Gravity.NOW, Gravity.SOON) for s in (None, late, early)]
    order = [(each.gravity, each.since or LAST) for each in ranked(mixed)]
    assert order == sorted(order)
    assert order[0] == (Gravity.NOW, early)


def test_days_that_were_not_watched_are_listed_together_until_somebody_puts_them_right(quick: Almanac) -> None:
    quick.read(THURSDAY, "08.00")
    quick.comes("c1", THURSDAY, "07.30")
    quick.keep_over(THURSDAY)
    quick.read(FRIDAY, "08.00", "failed", error_kind="auth_expired")
    quick.keep_over(FRIDAY)
    missed = _of_kind(quick, "unwatched")
    assert {each.channel for each in missed} == {"fb", "grupp"}
    [mine] = [each for each in missed if each.channel == "fb"]
    assert mine.problem.endswith("bevakades inte fullt ut: tors 11 juni, fre 12 juni")
    assert (mine.address, mine.gravity) == ("/watch/2026-06", Gravity.SOON)
    for day in (THURSDAY, FRIDAY):
        quick.corrects(MONDAY, day, Verdict.NOT_WATCHED, reason="Sjukdom.")
    assert [each.channel for each in _of_kind(quick, "unwatched")] == ["grupp"]


def test_what_stands_still_is_listed_as_doctor_says_it(quick: Almanac) -> None:
    quick.town.change(Schedule, "fb", next_poll_at=at(FRIDAY, "08.00"), due_at=at(FRIDAY, "08.00"))
    [still] = _of_kind(quick, "still_channels")
    assert (still.gravity, still.channel) == (Gravity.NOW, None)
    assert "fb" in still.problem


def _of_kind(almanac: Almanac, kind: str) -> list[Repair]:
    with almanac.db.snapshot() as session, use_language("sv"):
        return [each for each in repairs(session, MAIL, at(MONDAY, "10.00")) if each.kind == kind]


def test_the_accessibility_statement_needs_somewhere_to_report_to(town: Town) -> None:
    def listed() -> list[tuple[Gravity, str]]:
        with town.db.snapshot() as session:
            return [(each.gravity, each.address) for each in repairs(session, MAIL, NOW) if each.kind == "contact"]

    assert listed() == [(Gravity.LATER, "/accessibility")]
    town.change(Organisation, 1, phone="0504-180 00")
    assert listed() == []
