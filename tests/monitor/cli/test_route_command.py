"""`kanalvakt person route`, `notices test` and `notices bounced`: a secret comes in, and never out again."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from standardwebhooks import Webhook

from config.settings import settings
from monitor.alerts.judging import digest_now
from monitor.alerts.sending import send_due
from monitor.audit.models import AuditEntry
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.register import keys, routes
from monitor.register.models import Person
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.providers import Providers
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

TOKEN = "hemligtoken1234567890abcdef"
POSTFIX = Path(__file__).parents[1] / "alerts" / "bounces" / "postfix.eml"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    settings.cache_clear()
    upgrade(database())
    return Town(database())


@pytest.fixture
def providers() -> Iterator[Providers]:
    opened = Providers().open()
    yield opened
    opened.close()


@pytest.fixture
def post_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    office = PostOffice().open()
    monkeypatch.setenv("KANALVAKT_SMTP_URL", office.url)
    settings.cache_clear()
    yield office
    office.close()


@pytest.fixture
def chat(town: Town, providers: Providers, kanalvakt: Command, monkeypatch: pytest.MonkeyPatch) -> Providers:
    """Rut has a chat."""
    monkeypatch.setenv("RUTS_CHATT", f"mmost://127.0.0.1:{providers.port}/{TOKEN}")
    answer = kanalvakt("person", "route", "add", "redaktor", "mattermost", "--url-env", "RUTS_CHATT")
    assert (answer.code, answer.err) == (0, "")
    assert TOKEN not in answer.out
    return providers


def everything(town: Town) -> str:
    """All that is stored, as anybody with the file could read it."""
    with town.db.snapshot() as session:
        tables = [*session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        return "".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)  # noqa: S608


def test_an_address_is_stored_encrypted_and_shown_by_nothing(town: Town, chat: Providers, kanalvakt: Command) -> None:
    assert TOKEN not in everything(town)
    for words in (["list", "redaktor"], ["list", "redaktor", "--json"]):
        answer = kanalvakt("person", "route", *words)
        assert answer.code == 0
        assert TOKEN not in answer.out + answer.err
    with town.db.snapshot() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "route.added"))
        assert (entry.actor, entry.subject, entry.before, entry.after) == ("command", "redaktor/mattermost", None, None)
        assert session.get_one(Person, "redaktor").routes == ["mail", "sms", "mattermost"]


def test_an_address_may_come_from_a_file_or_from_standard_input(
    town: Town, kanalvakt: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "adress"
    file.write_text(f"mmosts://mm.example.org/{TOKEN}\n")
    assert kanalvakt("person", "route", "add", "redaktor", "mattermost", "--url-file", str(file)).code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"matrixs://{TOKEN}@mx.example.org/!rum:example.org\n"))
    assert kanalvakt("person", "route", "add", "redaktor", "matrix").code == 0
    with town.db.transaction() as session:
        person = session.get_one(Person, "redaktor")
        assert routes.address_of(person, "matrix", routes.route_of(session, "redaktor", "matrix")) == (
            f"matrixs://{TOKEN}@mx.example.org/!rum:example.org"
        )


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("mattermost", "", "Det finns ingen adress"),
        ("mattermost", f"json://127.0.0.1/{TOKEN}", "Adressen måste börja med mmost:// eller mmosts://."),
        ("teams", f"workflow://ond.example.org/{TOKEN}/x", "hos Microsoft"),
        ("webhook", f"http://example.org/{TOKEN}", "https://"),
        ("sms", "+46701740605", "sms har ingen egen adress"),
        ("brevduva", "x", "brevduva har ingen egen adress"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(
    town: Town, kanalvakt: Command, monkeypatch: pytest.MonkeyPatch, name: str, address: str, said: str
) -> None:
    monkeypatch.setenv("ADRESS", address)
    answer = kanalvakt("person", "route", "add", "redaktor", name, "--url-env", "ADRESS")
    assert answer.code == 2
    assert said in answer.err
    assert TOKEN not in answer.err


def test_a_web_hooks_secret_is_shown_once_and_verifies_what_arrives(
    town: Town, providers: Providers, kanalvakt: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KROK", f"http://127.0.0.1:{providers.port}/krok")
    told = json.loads(kanalvakt("person", "route", "add", "redaktor", "webhook", "--url-env", "KROK", "--json").out)
    assert told.keys() == {"person", "route", "secret"}
    assert told["secret"].removeprefix("whsec_") not in everything(town)
    assert told["secret"] not in kanalvakt("person", "route", "list", "redaktor", "--json").out
    assert kanalvakt("person", "route", "test", "redaktor", "webhook").code == 0
    [asked] = providers.asked
    assert Webhook(told["secret"]).verify(asked.body, asked.headers)["data"]["language"] == "sv"


def test_a_test_goes_every_way_and_shows_each_ones_real_failure(
    town: Town, chat: Providers, post_office: PostOffice, kanalvakt: Command
) -> None:
    answer = kanalvakt("notices", "test", "redaktor", "--json")
    assert answer.code == 0
    assert json.loads(answer.out) == [
        {"route": "mail", "ok": True, "said": None, "disabled": False},
        {"route": "sms", "ok": None, "said": "Den har ingen adress.", "disabled": False},
        {"route": "mattermost", "ok": True, "said": None, "disabled": False},
    ]
    assert len(post_office.mails) == len(chat.sent) == 1
    town.change(Person, "redaktor", email="nobody@example.org")
    chat.moods = [(403, "token revoked")]
    answer = kanalvakt("notices", "test", "redaktor")
    assert answer.code == 1
    assert "e-post: Mejlservern säger nej: 550 5.1.1 No such user here" in answer.err
    assert "Mattermost: Mattermost säger nej: 403 token revoked" in answer.err
    assert TOKEN not in answer.err


def test_one_way_alone_can_be_tested(town: Town, chat: Providers, post_office: PostOffice, kanalvakt: Command) -> None:
    assert kanalvakt("notices", "test", "redaktor", "--route", "mattermost").code == 0
    assert (len(post_office.mails), len(chat.sent)) == (0, 1)
    answer = kanalvakt("notices", "test", "redaktor", "--route", "mattermst")
    assert (answer.code, "mattermost" in answer.err) == (2, True)


def test_a_person_whom_nothing_reaches_is_a_failure(town: Town, kanalvakt: Command) -> None:
    assert kanalvakt("notices", "test", "redaktor").code == 1
    town.change(Person, "redaktor", email=None)
    answer = kanalvakt("person", "route", "list", "redaktor")
    assert (answer.code, answer.err) == (1, "redaktor kan inte nås på något sätt.\n")


def test_a_way_is_put_right_and_forgotten(town: Town, chat: Providers, kanalvakt: Command) -> None:
    with town.db.transaction() as session:
        routes.disable(session, "redaktor", "mattermost", "403 token revoked", datetime.now(UTC))
    shown = json.loads(kanalvakt("person", "route", "list", "redaktor", "--json").out)
    [row] = [each for each in shown if each["route"] == "mattermost"]
    assert row.keys() == {"route", "usable", "worked_at", "tested_at", "disabled_at", "reason"}
    assert (row["usable"], row["reason"]) == (False, "403 token revoked")
    assert "ur bruk" in kanalvakt("notices", "test", "redaktor", "--route", "mattermost").err
    assert kanalvakt("person", "route", "enable", "redaktor", "mattermost", "--by", "redaktor").out == (
        "Mattermost används igen.\n"
    )
    assert kanalvakt("person", "route", "remove", "redaktor", "mattermost").code == 0
    assert kanalvakt("person", "route", "remove", "redaktor", "mattermost").code == 2
    with town.db.snapshot() as session:
        acts = [(each.act, each.actor) for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        assert session.get_one(Person, "redaktor").routes == ["mail", "sms"]
    assert [each for each in acts if each[0].startswith("route.")] == [
        ("route.added", "command"),
        ("route.disabled", "system"),
        ("route.enabled", "redaktor"),
        ("route.removed", "command"),
    ]


def test_a_mail_that_came_back_is_read_from_a_file_and_from_a_pipe(
    town: Town, post_office: PostOffice, kanalvakt: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    digest_now(town.db, now)
    send_due(town.db, now, settings())
    ours = str(post_office.mails[0]["Message-ID"])
    raw = POSTFIX.read_text().replace("<notice-0123456789abcdef0123456789abcdef@tibro.example.org>", ours)
    file = tmp_path / "studs.eml"
    file.write_text(raw)
    answer = kanalvakt("notices", "bounced", str(file))
    assert answer.code == 0
    assert "administratörerna får veta det" in answer.out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw.encode())))
    [told] = json.loads(kanalvakt("notices", "bounced", "--json").out)
    assert (told["person"], told["status"], told["permanent"], told["disabled"]) == ("redaktor", "5.1.1", True, False)
    assert told.keys() == {"person", "status", "said", "permanent", "disabled", "notices", "again"}


def test_what_is_no_bounce_of_ours_needs_a_person(town: Town, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "bounced", str(POSTFIX))
    assert answer.code == 1
    assert "någon måste läsa det" in answer.err
    assert kanalvakt("notices", "bounced", "/finns/inte").code == 2


def test_addresses_are_rotated_with_the_other_secrets(town: Town, chat: Providers, kanalvakt: Command) -> None:
    before = everything(town)
    assert kanalvakt("channel", "rotate-keys").code == 0
    assert everything(town) != before
    assert kanalvakt("notices", "test", "redaktor", "--route", "mattermost").code == 0


@pytest.mark.parametrize("lost", [True, False], ids=["no key", "another key"])
def test_an_address_whose_key_is_lost_is_told_from_one_that_is_missing(
    town: Town, chat: Providers, post_office: PostOffice, kanalvakt: Command, *, lost: bool
) -> None:
    keys.key_file().unlink()
    if not lost:
        keys.make_key_file()
    answer = kanalvakt("notices", "test", "redaktor")
    assert answer.code == 1, "though the mail arrives"
    assert "Mattermost: Adressen går inte att dekryptera" in answer.err
    assert "kanalvakt doctor keys" in answer.err
    assert "sms: Den har ingen adress." in answer.err
    assert kanalvakt("doctor", "keys").code == 1
    assert chat.sent == []
