"""The bundle for a bug report: it helps, and whatever secret or resident's word there is anywhere, none is in it."""

import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings, settings
from monitor.cli.diagnostics import diagnostics
from monitor.cli.setup import opened_database
from monitor.register.models import Channel
from monitor.telemetry.redacting import line_told, lines_told, settings_told, without
from monitor.watch.models import PollRun, Schedule
from tests.runtime.house import run
from tests.telemetry.test_metrics import NAME, TEXT, furnished

WORDS = ("Hemligt4711", "whsec_Zx81hemlig", "EAAB0planted")
"""Each stands in something that must stay."""
PLANTED = {
    "KANALVAKT_SMTP_URL": f"smtp://u:{WORDS[0]}@127.0.0.1:1?from=a@example.org",
    "KANALVAKT_SMS_URL": f"46elks://u:{WORDS[0]}@Kanalvakt",
    "KANALVAKT_HEARTBEAT_URL": f"https://hc.hemlig.example/{WORDS[0]}",
    "KANALVAKT_WEBHOOK__VERIFY_TOKEN": WORDS[1],
    "KANALVAKT_WEBHOOK__APP_SECRET": WORDS[1],
    "KANALVAKT_METRICS_TOKEN": WORDS[2] + "x" * 20,
    "KANALVAKT_SENTRY_DSN": f"https://{WORDS[2]}@sentry.hemlig.example/1",
    "KANALVAKT_REDIS_URL": f"redis://:{WORDS[0]}@127.0.0.1:1/0",
    "KANALVAKT_EMERGENCY__CALL": json.dumps({"Kim Hemlig": "+46700000000"}),
    "KANALVAKT_POLLING__CONCURRENCY": "3",
}
STAYS = [*WORDS, TEXT, "Ågatan", NAME, "Rut", "redaktor", "hemlig.example", "Kim Hemlig", "+4670", "Tibro", "Diariet"]
LOG = [
    {"event": "channel read", "logger": "monitor.watch", "channel": "fb", "outcome": "failed", "error": "unavailable"},
    {"event": f"Task poll raised unexpected: {TEXT}", "logger": "celery.app.trace", "exception": f"Error: {TEXT}"},
    {"event": "notice_not_sent", "logger": "monitor.alerts.sending", "route": WORDS[0], "channel": WORDS[1]},
    {"event": "a connector failed", "logger": "connectors.x", "error": TEXT, "frames": ["a.py:1 read", TEXT], "n": 5},
    {"event": "x", "logger": TEXT, "timestamp": WORDS[0], TEXT: 1},
]


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with something secret wherever there is room for it."""
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    db = furnished(opened_database(create=True))
    now = datetime.now(UTC)
    with db.transaction() as session:
        schedule = session.get_one(Schedule, "fb")
        schedule.failing_since, schedule.failure_kind, schedule.failure_detail = (
            now,
            "unavailable",
            f"{TEXT} {WORDS[0]}",
        )
        wrong = {"claim": WORDS[1], "full": False, "error_kind": "unavailable", "error_detail": TEXT}
        session.add(PollRun(channel_id="fb", started_at=now, outcome="failed", error_code=f"{WORDS[2]} åäö", **wrong))
        session.get_one(Channel, "fb").watched_since = now - timedelta(days=3)
    logs = settings().home / "logs"
    logs.mkdir()
    (logs / "polls.log").write_text("\n".join([*map(json.dumps, LOG), f"Traceback: {TEXT}", '"' + WORDS[0] + '"', ""]))
    return settings().home


def bundle(path: Path) -> dict[str, str]:
    with ZipFile(path) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def test_the_bundle_holds_what_helps_and_nothing_that_must_stay(planted: Path, tmp_path: Path) -> None:
    assert diagnostics(tmp_path / "b.zip") == 0
    found = bundle(tmp_path / "b.zip")
    assert {name: word for name, text in found.items() for word in STAYS if word in text} == {}
    assert str(planted) not in "".join(found.values())
    assert json.loads(found["settings.json"])["polling.concurrency"] == "3"
    assert json.loads(found["settings.json"])["smtp_url"] == "(set)"
    assert json.loads(found["settings.json"])["oidc.issuer"] == "(not set)"
    assert json.loads(found["tables.json"])["comment"] == 2
    reading = json.loads(found["readings.json"])[0]
    assert (reading["channel"], reading["error"], reading["code"]) == ("fb", "unavailable", "(left out)")
    assert json.loads(found["migrations.json"])["applied"] == json.loads(found["migrations.json"])["of this version"]
    doctor = {each["check"]: each for each in json.loads(found["doctor.json"])}
    assert "(left out) does not answer" in doctor["mail"]["problem"]
    assert not doctor["broker"]["ok"]
    assert doctor["broker"]["remedy"]
    assert json.loads(found["broker.json"])["answers"] is False
    assert "kanalvakt_unanswered" in found["metrics.txt"]
    assert "sqlalchemy==" in found["packages.txt"].lower()
    lines = [json.loads(line) for line in found["logs/polls.jsonl"].splitlines()]
    assert lines[0] == LOG[0]
    assert lines[3] == {"event": "a connector failed", "logger": "connectors.x", "n": 5}
    assert lines[-1] == {"line": "(left out)"}


def test_before_anything_is_set_up_there_is_a_bundle_too(tmp_path: Path) -> None:
    answer = run("diagnostics", str(tmp_path / "b.zip"), "--lang", "en", seconds=110)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "doctor.json" in bundle(tmp_path / "b.zip")
    assert not settings().home.exists()


def test_a_database_that_cannot_be_reached_leaves_the_rest_in_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KANALVAKT_DATABASE_URL", "postgresql://u:7f3kvx9q@127.0.0.1:1/x")
    assert diagnostics(tmp_path / "b.zip") == 3
    found = bundle(tmp_path / "b.zip")
    assert {"about.json", "settings.json", "doctor.json"} <= found.keys()
    assert "7f3kvx9q" not in "".join(found.values()) + "".join(capsys.readouterr())


SIGNS = string.ascii_letters + string.digits + "åäö -_/.:=@"
SECRET = st.text(SIGNS, min_size=12, max_size=60).map(lambda each: f"7{each}ö")
LISTED = st.sampled_from(["channel", "code", "error", "frames", "next", "logger", "timestamp", "level", "place"])
VALUES = st.recursive(
    st.just("SECRET"), lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.just("k"), inner)
)


@given(
    SECRET, st.dictionaries(LISTED | SECRET, VALUES, max_size=6), st.sampled_from(["monitor.watch", "urllib3", None])
)
def test_no_line_of_the_log_lets_a_secret_through_wherever_it_stands(
    secret: str, fields: dict[str, object], logger: str | None
) -> None:
    line = json.loads(json.dumps({"logger": logger} | fields).replace("SECRET", json.dumps(secret)[1:-1]))
    line |= {"event": secret} if logger != "monitor.watch" else {}
    line |= {secret: 1}
    told = json.dumps([line_told(line, ["fb"]), *lines_told([json.dumps(line), secret], ["fb"])], ensure_ascii=False)
    assert secret not in told


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), SECRET, min_size=1), SECRET)
def test_no_setting_shows_its_text_unless_it_is_listed(values: dict[str, str], inner: str) -> None:
    section = {"call": {inner: inner}, "hub_url": inner}
    told = settings_told(values | {"emergency": section}, ["log_level"], {"emergency": {"call": {}, "hub_url": None}})
    shown = {value for name, value in told.items() if name != "log_level"}
    assert shown <= {"(set)", "(not set)"}
    assert told.keys() <= values.keys() | {"emergency.call", "emergency.hub_url"}


def test_a_sentence_loses_whole_words_alone() -> None:
    assert without("r. never reaches er: r", ["r", ""]) == "(left out). never reaches er: (left out)"
