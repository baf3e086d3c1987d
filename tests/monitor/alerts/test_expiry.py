"""Credentials that run out are warned of in time, to the right people, once; and what a look at them found as well."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from config.settings import Settings
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import WARNING_DAYS, in_service, warning
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation
from monitor.watch.checking import check_now
from monitor.watch.models import Schedule, TokenHealth
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
DAY = timedelta(days=1)
NOW = MORNING + timedelta(hours=1)  # Monday 15 June 2026; Midsummer's Eve is on the Friday
HOOK = {"verify_token": "ett-eget-ord", "app_secret": "0123456789abcdef"}
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture
def town(db: Database) -> Town:
    """With an administrator who reads English, and a page that is read."""
    town = Town(db)
    town.decision()
    town.person("it", roles=["communicator", "administrator"], language="en")
    town.schedule(last_complete_at=MORNING)
    return town


def health(town: Town, channel: str = "fb", **values: object) -> None:
    known = {"checked_at": MORNING, "token_kind": "page", "can_read": True} | values
    with town.db.transaction() as session:
        session.execute(delete(TokenHealth).where(TokenHealth.channel_id == channel))
        session.add(TokenHealth(channel_id=channel, **known))  # type: ignore[arg-type]


def ledger(db: Database, kind: str) -> list[tuple[str, str, str]]:
    with db.snapshot() as session:
        rows = session.scalars(select(Notice).where(Notice.subject_kind == kind).order_by(Notice.id))
        return [(row.rung, row.cycle, row.recipient_id) for row in rows]


def rungs(db: Database, kind: str = "expiry") -> list[str]:
    return list(dict.fromkeys(rung for rung, _cycle, _person in ledger(db, kind)))


def letters(office: PostOffice, to: str = "redaktor@example.org") -> list[tuple[str, str]]:
    """Subject and text of each mail that is no digest and no missed day."""
    found = []
    for mail in office.mails:
        body = mail.get_body(("plain",))
        assert body is not None
        subject = str(mail["Subject"]).split(" – ")[0]
        if str(mail["To"]) == to and "fetched" not in subject and "hämtad" not in subject and "hämtat" not in subject:
            found.append((subject, " ".join(str(body.get_content()).split())))
    return found


@pytest.mark.parametrize(
    ("expires", "rung"),
    [
        (NOW + 15 * DAY, None),
        (NOW + 14 * DAY, 14),
        (NOW + 8 * DAY, 14),
        (NOW + 7 * DAY, 7),
        (NOW + 2 * DAY, 7),
        (NOW + DAY, 1),
        (NOW + timedelta(minutes=1), 1),
        (NOW, None),
        (NOW - DAY, None),
    ],
)
def test_the_most_urgent_warning_is_the_one_that_counts(expires: datetime, rung: int | None) -> None:
    assert warning(expires, NOW, CALENDAR) == rung


def test_what_would_be_warned_of_on_a_day_off_is_warned_of_on_the_working_day_before() -> None:
    thursday = NOW + 3 * DAY
    for days_off in (1, 2, 3):  # Midsummer's Eve, Saturday, Sunday
        assert warning(thursday + timedelta(days=days_off + 1), thursday, CALENDAR) == 1
        assert warning(thursday + timedelta(days=days_off + 7), thursday, CALENDAR) == 7
    assert warning(thursday + 5 * DAY, thursday, CALENDAR) == 7


@given(MOMENTS, st.integers(0, 40 * 86_400))
def test_whoever_looks_in_service_hours_is_warned_before_every_expiry(expires: datetime, early: int) -> None:
    now = expires - timedelta(seconds=early)
    found = warning(expires, now, CALENDAR)
    left = (CALENDAR.local_date(expires) - CALENDAR.local_date(now)).days
    if early > 0 and in_service(now, CALENDAR) and left <= max(WARNING_DAYS):
        assert found is not None
        assert found >= min((days for days in WARNING_DAYS if days <= left), default=1)
    if found is not None:
        assert left <= found + 6, "days off are never that many in a row"


def test_fourteen_seven_and_one_day_before_responsible_and_administrators_are_told_once(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    expires = MORNING + 14 * DAY + timedelta(hours=5)
    health(town, expires=expires)
    for day in range(16):
        now = NOW + day * DAY
        judge(db, now)
        judge(db, now + timedelta(hours=1))
        send_due(db, now, mail)
    cycle = "2026-06-29"
    assert ledger(db, "expiry") == [
        *[("14", cycle, person) for person in ("redaktor", "it")],
        *[("7", cycle, person) for person in ("redaktor", "it")],
        *[("1", cycle, person) for person in ("redaktor", "it")],
    ]
    warnings = [text for subject, text in letters(post_office) if subject.startswith("Token")]
    assert [subject for subject, _text in letters(post_office) if subject.startswith("Token")] == [
        "Token för Tibro kommun på fb går ut mån 29 juni"
    ] * 3
    assert ["14 dagar är kvar." in warnings[0], "7 dagar är kvar." in warnings[1]] == [True, True]
    assert "3 dagar är kvar." in warnings[2], "told on the Friday before"
    assert "Gör så här: Förnya" in warnings[0]
    assert "Från och med mån 29 juni kl. 12.30 kan Kanalvakt inte läsa kanalen." in warnings[0]
    english = [subject for subject, _text in letters(post_office, "it@example.org") if "token" in subject]
    assert english == ["The token of Tibro kommun på fb expires Mon 29 Jun"] * 3


def test_the_earlier_end_counts_and_the_letter_says_which_it_is(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, expires=NOW + 40 * DAY, data_access_expires=NOW + 7 * DAY)
    judge(db, NOW)
    send_due(db, NOW, mail)
    [(subject, text)] = [one for one in letters(post_office) if "bekräftas" in one[0]]
    assert subject == "Det Kanalvakt får se av Tibro kommun på fb måste bekräftas senast mån 22 juni"
    assert "Låt den som anslöt kanalen ansluta den igen" in text
    assert rungs(db) == ["7"]


def test_after_a_long_stop_only_the_most_urgent_warning_is_sent(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, expires=NOW + 14 * DAY)
    judge(db, NOW)  # written, but the mail server is away for a fortnight
    later = NOW + 8 * DAY
    judge(db, later)
    assert rungs(db) == ["14", "7"]
    send_due(db, later, mail)
    assert len([subject for subject, _text in letters(post_office) if "Token" in subject]) == 1


def test_a_daemon_that_was_away_warns_once_with_what_is_left(town: Town, db: Database) -> None:
    health(town, expires=NOW + timedelta(hours=3))
    judge(db, NOW)
    assert rungs(db) == ["1"]


def test_a_renewed_token_cancels_what_is_queued(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, expires=NOW + 7 * DAY)
    judge(db, NOW)
    health(town, expires=NOW + 60 * DAY)
    send_due(db, NOW, mail)
    assert [subject for subject, _text in letters(post_office) if "Token" in subject] == []
    with db.snapshot() as session:
        reasons = set(session.scalars(select(Notice.reason).where(Notice.subject_kind == "expiry")))
    assert reasons == {"Inloggningen har förnyats."}


def test_a_token_that_never_ends_is_never_warned_of(town: Town, db: Database) -> None:
    health(town)
    judge(db, NOW)
    assert ledger(db, "expiry") == ledger(db, "finding") == []


@pytest.mark.parametrize("now", ["2026-06-14T10:00+02:00", "2026-06-15T16:30+02:00", "2026-06-19T10:00+02:00"])
def test_no_warning_on_days_off_or_at_night(town: Town, db: Database, now: str) -> None:
    moment = datetime.fromisoformat(now).astimezone(UTC)
    health(town, expires=moment + DAY, scopes_missing=["pages_read_user_content"])
    assert judge(db, moment) == 0


def test_a_channel_that_is_paused_is_not_warned_of(town: Town, db: Database) -> None:
    health(town, expires=NOW + DAY, problem="permission_lost")
    town.change(Channel, "fb", state="paused")
    judge(db, NOW)
    assert ledger(db, "expiry") == ledger(db, "finding") == []


def test_a_missing_permission_is_told_once_while_reading_still_works(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    missing = {"problem": "permission_lost", "scopes_missing": ["pages_read_user_content"]}
    for night in range(4):
        health(town, checked_at=MORNING + night * DAY, **missing)
        judge(db, NOW + night * DAY)
        send_due(db, NOW + night * DAY, mail)
    assert ledger(db, "finding") == [
        ("scopes pages_read_user_content", "2026-06-15", person) for person in ("redaktor", "it")
    ]
    [(subject, text)] = [one for one in letters(post_office) if "behörigheter" in one[0]]
    assert subject == "Tibro kommun på fb har inte gett alla behörigheter"
    assert "Saknas: pages_read_user_content" in text
    assert "Gör så här: Ge appen" in text
    assert "Kanalen läses fortfarande." in text


def test_a_finding_that_lasts_is_told_again_after_a_month(town: Town, db: Database) -> None:
    for days in (0, 29, 30):
        health(town, checked_at=MORNING + days * DAY, problem="permission_lost")
        judge(db, NOW + days * DAY)
    assert sorted({cycle for _rung, cycle, _person in ledger(db, "finding")}) == ["2026-06-15", "2026-07-15"]


def test_another_missing_permission_is_another_finding(town: Town, db: Database) -> None:
    health(town, scopes_missing=["b", "a"])
    judge(db, NOW)
    health(town, scopes_missing=["a"])
    judge(db, NOW)
    assert rungs(db, "finding") == ["scopes a b", "scopes a"]


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable"])
def test_a_look_that_failed_for_now_is_no_finding(town: Town, db: Database, kind: str) -> None:
    health(town, problem=kind)
    judge(db, NOW)
    assert ledger(db, "finding") == []


def test_while_the_channel_cannot_be_read_its_trouble_is_told_and_not_the_finding(town: Town, db: Database) -> None:
    health(town, problem="auth_expired")
    town.change(Schedule, "fb", failing_since=MORNING, failure_kind="auth_expired")
    judge(db, NOW)
    assert ledger(db, "finding") == []
    assert rungs(db, "trouble") == ["auth_expired"]


def test_a_finding_that_is_mended_before_it_was_sent_is_cancelled(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, problem="permission_lost", remedy="Restore the role.", message="role lost")
    judge(db, NOW)
    health(town)
    outcome = send_due(db, NOW, mail)
    assert outcome.cancelled >= 2
    assert [subject for subject, _text in letters(post_office) if "ses över" in subject] == []


def test_a_finding_says_the_remedy_that_the_look_gave(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, problem="permission_lost", remedy="Restore the role.", message="role lost (190/492)")
    judge(db, NOW)
    assert send_due(db, NOW, mail).sent >= 2
    [(_subject, text)] = [one for one in letters(post_office) if "ses över" in one[0]]
    assert "Gör så här: Restore the role." in text
    assert "190/492" in text


def test_a_missing_subscription_is_told_only_where_the_settings_want_hints(
    town: Town, db: Database, post_office: PostOffice
) -> None:
    health(town, subscribed=False)
    judge(db, NOW, Settings())
    assert ledger(db, "finding") == []
    wanting = with_mail(post_office.url, webhook=HOOK)
    judge(db, NOW, wanting)
    assert rungs(db, "finding") == ["subscription"]
    assert isinstance(send_due(db, NOW, wanting), SendOutcome)
    [(subject, text)] = [one for one in letters(post_office) if "tips" in one[0]]
    assert subject == "Tibro kommun på fb skickar inga tips till Kanalvakt"
    assert "Tills dess läses allt ändå" in text


def test_a_finding_waits_while_the_channel_cannot_be_read(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    health(town, problem="permission_lost")
    judge(db, NOW)
    town.change(Schedule, "fb", failing_since=NOW, failure_kind="unavailable")
    send_due(db, NOW, mail)
    assert [subject for subject, _text in letters(post_office) if "ses över" in subject] == []
    town.change(Schedule, "fb", failing_since=None, failure_kind=None)
    send_due(db, NOW + timedelta(minutes=20), mail)
    assert len([subject for subject, _text in letters(post_office) if "ses över" in subject]) == 1


def test_an_expired_token_is_not_hidden_behind_a_missing_scope(town: Town, db: Database) -> None:
    health(town, problem="auth_expired", scopes_missing=["a"])
    judge(db, NOW)
    assert rungs(db, "finding") == ["scopes a", "auth_expired"]


def test_what_a_real_look_finds_is_told(
    town: Town, db: Database, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator() as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TOWN_TOKEN", "EAApage")
        page = emulator.world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")
        scopes = ("pages_show_list", "pages_read_engagement", "pages_manage_metadata")
        token = emulator.world.token(Token("EAApage", "page", page, scopes))
        town.change(Channel, "fb", external_id=page.id, credential={"token_env": "TOWN_TOKEN"})
        with db.snapshot() as session:
            channel = session.get_one(Channel, "fb")
        wanting = with_mail(post_office.url, webhook=HOOK)
        for granted in (scopes, (*scopes, "pages_read_user_content")):
            token.scopes = granted
            check_now(db, channel, Settings())
            judge(db, NOW, wanting)
            send_due(db, NOW, wanting)
    told = [one for one in letters(post_office) if "Tibro kommun på fb" in one[0]]
    assert [subject for subject, _text in told] == [
        "Tibro kommun på fb har inte gett alla behörigheter",
        "Tibro kommun på fb skickar inga tips till Kanalvakt",
    ]
    assert "Saknas: pages_read_user_content" in told[0][1]
