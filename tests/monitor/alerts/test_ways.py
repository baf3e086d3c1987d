"""Each way to a person over real HTTP: what arrives, and what is said when nothing does. Nothing secret is told."""

import base64
import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from config.language import use_language
from config.logging import configure_logging
from config.settings import Settings, SettingsError
from connectors.emulator.tunnel import Tunnel
from monitor.alerts.by_apprise import NoAddress, chat_at, gateway
from monitor.alerts.hook_posting import is_hook, new_secret
from monitor.alerts.telling import NotNow
from monitor.alerts.ways import Way, WayFailed, carry, failed_for_good, ways, worked
from monitor.alerts.wording import Letter
from monitor.db import Database
from monitor.register import routes
from monitor.register.models import Person, Route
from tests.conftest import Logged
from tests.monitor.alerts.conftest import with_mail
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.providers import HOSTS, Providers
from tests.monitor.town import Town

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
URL = "https://kanalvakt.tibro.example.org/tasks/abc"
LETTER = Letter(
    "3 obesvarade, 1 försenad – Kanalvakt, Tibro kommun", "sv", f"Hej å ä ö @all\n\nÖppna: {URL}\n", "<p>Hej</p>", URL
)
SECRET = "hemligtLosen9"
TOKEN = "hemligtoken1234567890abcdef"
ELKS = f"46elks://u4f2:{SECRET}@Kanalvakt"
INVOKE = (
    f"workflows/{TOKEN}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRET}"
)
TEAMS = (
    f"workflow://prod-1.westeurope.logic.azure.com:443/{TOKEN}/{SECRET}",
    f"https://prod-1.westeurope.logic.azure.com:443/{INVOKE}",
    f"https://default1.environment.api.powerplatform.com:443/powerautomate/automations/direct/{INVOKE}",
)


@pytest.fixture
def providers() -> Iterator[Providers]:
    opened = Providers().open()
    yield opened
    opened.close()


@pytest.fixture
def real_names(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """The providers under the names they have in the world, with TLS."""
    with Tunnel(providers, HOSTS) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        yield providers


def known(**values: Any) -> Settings:
    return Settings(**({"private_addresses": True, "sms_url": ELKS} | values))


def address(name: str, providers: Providers) -> str:
    return {
        "sms": "+46701740605",
        "teams": TEAMS[0],
        "matrix": f"matrix://{TOKEN}@127.0.0.1:{providers.port}/!rum:example.org?discovery=no",
        "mattermost": f"mmost://127.0.0.1:{providers.port}/{TOKEN}",
        "webhook": f"http://127.0.0.1:{providers.port}/krok/{TOKEN}#whsec_{base64.b64encode(b'x' * 32).decode()}",
    }[name]


def handed(way: str, where: str, settings: Settings | None = None) -> None:
    with use_language("en"):
        carry(Way("rut", way, where), LETTER, "notice-1", settings or known(), datetime.now(UTC))


def refused(way: str, where: str, settings: Settings | None = None) -> WayFailed:
    with pytest.raises(WayFailed) as error:
        handed(way, where, settings)
    assert SECRET not in str(error.value)
    assert TOKEN not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return error.value


# -- what arrives


def test_an_sms_goes_to_one_number_through_the_organisations_gateway(real_names: Providers) -> None:
    handed("sms", "+46701740605")
    [asked] = real_names.asked
    assert asked.path == "/a1/sms"
    assert asked.form == {
        "to": "+46701740605",
        "from": "Kanalvakt",
        "message": f"3 obesvarade, 1 försenad - Kanalvakt, Tibro kommun {URL}",
    }
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(f"u4f2:{SECRET}".encode()).decode()


@pytest.mark.parametrize("where", TEAMS)
def test_a_teams_workflow_takes_either_form_of_its_address(real_names: Providers, where: str) -> None:
    handed("teams", where)
    [asked] = real_names.asked
    assert TOKEN in asked.path
    assert f"sig={SECRET}" in asked.path
    told = str(asked.json)
    assert LETTER.subject in told
    assert URL in told
    assert "github" not in told


def test_a_chat_of_ones_own_gets_the_letter_and_calls_nobody(providers: Providers) -> None:
    handed("mattermost", address("mattermost", providers))
    handed("matrix", address("matrix", providers))
    mattermost, matrix = providers.sent
    assert mattermost.path == f"/hooks/{TOKEN}"
    assert LETTER.subject in mattermost.json["text"]
    assert "icon_url" not in mattermost.json
    assert "/send/m.room.message/" in matrix.path
    for told in (mattermost.json["text"], matrix.json["body"]):
        assert "Hej å ä ö" in told
        assert URL in told
        assert "@all" not in told


def test_a_web_hook_is_signed_after_standard_webhooks(providers: Providers) -> None:
    where = address("webhook", providers)
    handed("webhook", where)
    [asked] = providers.asked
    assert asked.path == f"/krok/{TOKEN}"
    assert asked.headers["webhook-id"] == "notice-1"
    said = Webhook(where.rpartition("#")[2]).verify(asked.body, asked.headers)
    assert said["data"] == {"subject": LETTER.subject, "url": URL, "language": "sv"}
    assert said["type"] == "kanalvakt.notice"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(asked.body, asked.headers)


def test_a_repeat_of_a_web_hook_has_the_same_id_and_is_signed_anew(providers: Providers) -> None:
    for _attempt in range(2):
        handed("webhook", address("webhook", providers))
    assert {asked.headers["webhook-id"] for asked in providers.asked} == {"notice-1"}


def test_six_people_are_told_without_waiting_between_them(real_names: Providers) -> None:
    gateway(known())  # so that loading the library is not counted
    began = time.monotonic()
    for number in range(6):
        handed("sms", f"+4670174060{number}")
        handed("mattermost", address("mattermost", real_names))
        handed("matrix", address("matrix", real_names))
    assert len(real_names.sent) == 18
    assert time.monotonic() - began < 8


# -- what goes wrong


@pytest.mark.parametrize("way", ["teams", "matrix", "mattermost", "webhook"])
@pytest.mark.parametrize(("status", "permanent"), [(404, True), (410, True), (429, False), (500, False), (503, False)])
def test_a_refusal_is_told_and_for_good_only_where_the_address_is_gone(
    real_names: Providers, way: str, status: int, permanent: bool
) -> None:
    real_names.moods = [(status, '{"error": "nej tack"}')] * 3
    error = refused(way, address(way, real_names))
    assert str(status) in str(error)
    assert error.permanent is permanent
    assert len(real_names.sent) == 1 or way == "matrix"


@pytest.mark.parametrize(
    ("way", "permanent"), [("mattermost", True), ("teams", False), ("matrix", False), ("webhook", False)]
)
def test_only_mattermost_says_with_400_that_an_address_is_withdrawn(
    real_names: Providers, way: str, permanent: bool
) -> None:
    real_names.moods = [(400, "Invalid webhook")]
    assert refused(way, address(way, real_names)).permanent is permanent


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500])
def test_what_the_gateway_refuses_is_never_held_against_the_person(real_names: Providers, status: int) -> None:
    real_names.moods = [(status, "Not enough credits")]
    error = refused("sms", "+46701740605")
    assert not error.permanent
    assert f"46elks refuses: {status} Not enough credits" in str(error)


class Overheard(logging.Handler):
    """Everything that reaches the program's log, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_info}")


@pytest.fixture
def overheard() -> Iterator[list[str]]:
    root, handler = logging.getLogger(), Overheard()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG")
    root.addHandler(handler)
    yield handler.lines
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize("way", ["sms", "teams", "matrix", "mattermost", "webhook"])
def test_an_answer_that_repeats_the_secret_is_not_repeated(
    real_names: Providers, way: str, overheard: list[str]
) -> None:
    real_names.moods = [(500, f"no such {TOKEN} {SECRET}")] * 3
    refused(way, address(way, real_names))
    real_names.moods = []
    handed(way, address(way, real_names))
    told = str(overheard)
    assert SECRET not in told
    assert TOKEN not in told
    assert "46701740605" not in told


@pytest.mark.parametrize("way", ["sms", "teams", "matrix", "mattermost", "webhook"])
def test_an_address_is_shown_by_nothing(providers: Providers, way: str) -> None:
    assert address(way, providers) not in repr(Way("rut", way, address(way, providers)))


@pytest.mark.parametrize("way", ["sms", "teams", "mattermost", "webhook"])
def test_silence_ends(real_names: Providers, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.alerts.by_apprise.TIMES", {"cto": 1, "rto": 0.3})
    monkeypatch.setattr("monitor.alerts.by_webhook.TIMES", (1, 0.3))
    real_names.moods = [1.5]
    error = refused(way, address(way, real_names))
    assert not error.permanent
    assert "did not answer in time" in str(error)


@pytest.mark.parametrize("way", ["matrix", "mattermost", "webhook"])
def test_nobody_there_is_no_fault_of_the_address(providers: Providers, way: str) -> None:
    where = address(way, providers).replace(str(providers.port), "9")
    error = refused(way, where)
    assert not error.permanent
    assert "cannot be reached" in str(error)


def test_a_server_that_asks_for_patience_does_not_get_ours(providers: Providers) -> None:
    providers.moods = [(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 60000}')] * 3
    began = time.monotonic()
    assert not refused("matrix", address("matrix", providers)).permanent
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("way", ["matrix", "mattermost", "webhook"])
def test_an_address_in_our_own_network_needs_leave(providers: Providers, way: str) -> None:
    error = refused(way, address(way, providers), known(private_addresses=False))
    assert "private_addresses" in str(error)
    assert providers.asked == []
    assert not error.permanent


@pytest.mark.parametrize("way", ["matrix", "mattermost"])
def test_a_name_that_led_outside_when_we_looked_and_leads_inside_now_is_not_followed(
    providers: Providers, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ["93.184.216.34"]

    def looked_up(host: str, port: int, *_args: Any, **_options: Any) -> list[Any]:
        number = found.pop() if found else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr("socket.getaddrinfo", looked_up)
    where = address(way, providers).replace("127.0.0.1", "chatt.example.org")
    assert not refused(way, where, known(private_addresses=False)).permanent
    assert found == [], "somebody has looked"
    assert providers.asked == []


@pytest.mark.parametrize("way", ["teams", "mattermost", "webhook"])
def test_nobody_is_sent_elsewhere(real_names: Providers, way: str) -> None:
    real_names.moods = [(307, "")]
    real_names.headers = {"Location": f"http://127.0.0.1:{real_names.port}/annanstans"}
    refused(way, address(way, real_names))
    assert all("annanstans" not in asked.path for asked in real_names.asked)


# -- which addresses there are


@pytest.mark.parametrize(
    ("way", "where"),
    [
        ("mattermost", "json://169.254.169.254/"),
        ("matrix", "syslog://"),
        ("teams", "mailto://a:b@example.org"),
        ("teams", "workflow://ond.example.org/abc/sig"),
        ("teams", "https://logic.azure.com.example.org/workflows/abc/triggers/manual/paths/invoke?sig=x"),
        ("teams", TEAMS[0] + "?template=/etc/passwd"),
        ("mattermost", f"mmosts://mm.example.org/{TOKEN}?verify=no"),
        ("mattermost", f"mmosts://mm.example.org/{TOKEN}?to=a,b"),
        ("matrix", f"matrixs://{TOKEN}@mx.example.org/!a:example.org/!b:example.org"),
        ("matrix", f"mmosts://mm.example.org/{TOKEN}"),
        ("mattermost", "mmosts://"),
        ("mattermost", ""),
        ("teams", "https://example.org/"),
    ],
)
def test_only_what_is_named_can_be_used(way: str, where: str) -> None:
    with pytest.raises(NoAddress) as error:
        chat_at(way, where)
    assert TOKEN not in str(error.value)
    assert refused(way, where).permanent


@pytest.mark.parametrize(
    "url", [f"46elks://u:{SECRET}@Kanalvakt/+46701740605", "mailto://a:b@c.se", "json://127.0.0.1", "46elks://", "x"]
)
def test_a_gateway_that_is_none_is_said_at_once_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as error:
        gateway(known(sms_url=url))
    assert "KANALVAKT_SMS_URL" in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        ELKS,
        "twilio://ACabcdef0123456789abcdef0123456789:0123456789abcdef0123456789abcdef@+46700000000",
        "smseagles://0123456789abcdef@sms.example.org",
        "vonage://AbCd1234:AbCdEf1234567890@46700000000",
    ],
)
def test_every_gateway_is_given_one_recipient(url: str) -> None:
    found = gateway(known(sms_url=url))
    assert found is not None
    assert len(found) == 1
    assert "46701740605" in gateway(known(sms_url=url), "+46701740605").url(privacy=False)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.org/krok", True),
        ("http://127.0.0.1/krok", True),
        ("http://example.org/krok", False),
        ("https://example.org/krok#x", False),
        ("ftp://example.org", False),
        ("example.org", False),
    ],
)
def test_a_web_hook_is_encrypted_on_its_way(url: str, good: bool) -> None:
    assert is_hook(url) is good


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("070-174 06 05", "+46701740605"),
        ("+46 70 174 06 05", "+46701740605"),
        ("0046701740605", "+46701740605"),
        ("+4790012345", "+4790012345"),
        ("112", None),
        ("ring växeln", None),
        (None, None),
    ],
)
def test_a_number_is_written_as_the_world_writes_it(text: str | None, number: str | None) -> None:
    assert routes.telephone(text) == number


# -- which ways a person has


def usable(db: Database, settings: Settings, now: datetime = NOON, *, urgent: bool = False) -> list[str]:
    with db.transaction() as session:
        person = session.get_one(Person, "redaktor")
        return [way.name for way in ways(session, person, settings, now, STOCKHOLM, urgent=urgent)]


def test_a_person_is_told_by_mail_first_and_then_by_sms(town: Town, db: Database, post_office: PostOffice) -> None:
    mail = with_mail(post_office.url, sms_url=ELKS)
    assert usable(db, mail) == ["mail"]
    town.change(Person, "redaktor", phone="070-174 06 05")
    assert usable(db, mail) == ["mail", "sms"]
    assert usable(db, with_mail(post_office.url)) == ["mail"]
    assert usable(db, known()) == ["sms"]
    town.change(Person, "redaktor", routes=["sms", "mail", "sms", "brevduva"])
    assert usable(db, mail) == ["sms", "mail"]


def test_a_way_that_failed_for_good_is_not_used_until_somebody_has_put_it_right(
    town: Town, db: Database, post_office: PostOffice
) -> None:
    mail, way = with_mail(post_office.url), Way("redaktor", "mail", "redaktor@example.org")
    with db.transaction() as session:
        worked(session, way, NOON)
        failed_for_good(session, way, "550 5.1.1 redaktor@example.org", NOON)
        failed_for_good(session, way, "again", NOON + timedelta(hours=1))
    assert usable(db, mail) == []
    with db.transaction() as session:
        row = session.get_one(Route, ("redaktor", "mail"))
        assert (row.worked_at, row.disabled_at, row.reason) == (NOON, NOON, "550 5.1.1 redaktor@example.org")
        assert routes.without_way(session) == {"redaktor"}
        assert routes.enable(session, "redaktor", "mail", "command", NOON)
        assert not routes.enable(session, "redaktor", "mail", "command", NOON)
        assert routes.without_way(session) == frozenset()
    assert usable(db, mail) == ["mail"]


def test_in_quiet_hours_only_what_is_urgent_goes_out(town: Town, db: Database, post_office: PostOffice) -> None:
    town.change(Person, "redaktor", quiet_hours="21:00-07:00")
    mail, night = with_mail(post_office.url), NOON.replace(hour=22)
    with pytest.raises(NotNow) as later:
        usable(db, mail, night)
    assert later.value.until == datetime(2026, 6, 16, 5, 0, tzinfo=UTC)
    assert usable(db, mail, night, urgent=True) == ["mail"]
    assert usable(db, mail) == ["mail"]


def test_an_address_whose_key_is_lost_is_no_way(
    town: Town, db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, logged: Logged
) -> None:
    with db.transaction() as session:
        routes.add(session, session.get_one(Person, "redaktor"), "mattermost", f"mmost://h/{TOKEN}", "command", NOON)
    assert usable(db, known()) == ["mattermost"]
    (tmp_path / "home" / "secrets.key").unlink()
    assert usable(db, known()) == []
    assert [line["event"] for line in logged()] == ["route_unreadable"]


def test_an_unknown_recipient_is_the_addresss_fault_and_a_busy_server_is_not(post_office: PostOffice) -> None:
    mail = with_mail(post_office.url)
    assert refused("mail", "nobody@example.org", mail).permanent
    assert refused("mail", "redaktor", mail).permanent
    for answer in ("451 4.3.0 Try again later", "554 5.7.1 Rejected as spam", "552 5.3.4 Too big"):
        post_office.answers.append(answer)
        assert not refused("mail", "rut@example.org", mail).permanent
    assert not refused("mail", "rut@example.org", with_mail("smtp://127.0.0.1:9?from=a@example.org")).permanent


@pytest.mark.parametrize("option", ["", "?discovery=yes"])
def test_a_matrix_server_cannot_send_us_on_to_a_host_of_its_choice(option: str) -> None:
    """Its .well-known would be followed into our own network, past the look at the address."""
    service: Any = chat_at("matrix", f"matrixs://{TOKEN}@matrix.example.org/!rum:example.org{option}")
    assert service.server_discovery() in (None, "")
    assert service.base_url == "https://matrix.example.org"
