"""Every setting is told of: what it is, when one needs it, what goes wrong. The sample loads; no secret is shown."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.effective import Setting, Source, effective, every_setting
from config.settings import Settings, SettingsError, settings, settings_file
from monitor.cli.main import app_for
from tests import settings_docs

EVERY = list(every_setting())
SHOWN = [each for each in EVERY if settings_docs.is_shown(each)]
PASSWORD = "hemligt-ord-som-aldrig-syns"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and its folder of secret files."""
    monkeypatch.setenv("KANALVAKT_HOME", str(tmp_path))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))
    (tmp_path / "secrets").mkdir()
    return tmp_path


def test_the_page_and_the_sample_are_what_the_model_gives() -> None:
    assert settings_docs.PAGE.read_text(encoding="utf-8") == settings_docs.page(), "run `python -m tests.docs`"
    assert settings_docs.SAMPLE.read_text(encoding="utf-8") == settings_docs.sample(), "run `python -m tests.docs`"


def test_each_setting_is_described_and_has_its_words_and_nothing_else_has() -> None:
    assert [each.name for each in EVERY if not each.field.description] == []
    assert {each.name for each in EVERY} == settings_docs.words().keys()
    lacking = [name for name, each in settings_docs.words().items() if not {"when", "wrong", "example"} <= each.keys()]
    assert lacking == []


@pytest.mark.parametrize("uncommented", [False, True])
def test_the_sample_loads_as_it_is_and_with_everything_in_use(folder: Path, *, uncommented: bool) -> None:
    text = settings_docs.SAMPLE.read_text(encoding="utf-8")
    used = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE) if uncommented else text
    (folder / "kanalvakt.toml").write_text(used, encoding="utf-8")
    held = {each.name: each.source for each in effective(Settings())}
    expected = Source.FILE if uncommented else Source.DEFAULT
    assert {held[each.name] for each in SHOWN if each.name != "home"} == {expected}


def test_each_example_is_right_in_the_environment_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in SHOWN:
        monkeypatch.setenv(each.variable, settings_docs.in_environment(settings_docs.about(each)["example"]))
    held = {each.name: each.source for each in effective(Settings())}
    assert {held[each.name] for each in SHOWN} == {Source.ENVIRONMENT}


def test_what_comes_first_goes_before_what_comes_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "kanalvakt.toml").write_text("[polling]\nconcurrency = 3\ninterval_seconds = 3\ndaily_quota = 3\n")
    monkeypatch.setenv("KANALVAKT_POLLING__CONCURRENCY", "2")
    monkeypatch.setenv("KANALVAKT_POLLING__INTERVAL_SECONDS", "2")
    (folder / "secrets" / "kanalvakt_polling").write_text('{"concurrency": 1}')
    (folder / "secrets" / "kanalvakt_polling__reserve_for_crisis").write_text("1\n")
    polling = {each.name: (each.value, each.source) for each in effective(Settings()) if "polling" in each.name}
    assert polling["polling.concurrency"] == (1, Source.SECRET)
    assert polling["polling.interval_seconds"] == (2, Source.ENVIRONMENT)
    assert polling["polling.daily_quota"] == (3, Source.FILE)
    assert polling["polling.reserve_for_crisis"] == (1, Source.SECRET)
    assert polling["polling.around_the_clock"] == (False, Source.DEFAULT)


def test_each_example_is_right_as_a_secret_file_too(folder: Path) -> None:
    for each in SHOWN:
        told = settings_docs.in_environment(settings_docs.about(each)["example"])
        (folder / "secrets" / each.secret_file).write_text(f"{told}\n", encoding="utf-8")
    held = {each.name: each.source for each in effective(Settings())}
    assert {held[each.name] for each in SHOWN} == {Source.SECRET}


def test_a_secret_file_of_a_nested_setting_that_does_not_exist_is_named_and_its_value_is_not(folder: Path) -> None:
    (folder / "secrets" / "kanalvakt_oidc__client_sercet").write_text(PASSWORD)
    with pytest.raises(SettingsError, match=r"oidc\.client_sercet .* oidc\.client_secret") as told:
        settings()
    assert PASSWORD not in str(told.value)


def test_what_else_lies_among_the_secret_files_is_left_alone_and_what_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "secrets" / "postgres_password").write_bytes(b"\xff")
    (folder / "secrets" / "kanalvakt_tibro_facebook_token").write_text("a token that the register names")
    (folder / "secrets" / "kanalvakt_polling").mkdir()
    assert settings().polling.concurrency == 8
    settings.cache_clear()
    wrong = folder / "secrets" / "kanalvakt_smtp_url"
    wrong.write_bytes(b"\xff" + PASSWORD.encode())
    with pytest.raises(SettingsError, match="kanalvakt_smtp_url") as told:
        settings()
    assert PASSWORD not in str(told.value)


def _secret(setting: Setting) -> bool:
    return "SecretStr" in str(setting.field.annotation)


def test_the_command_shows_where_each_comes_from_and_no_secret(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = [each for each in EVERY if _secret(each)]
    for each in secret:
        right = {
            "encryption_keys": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "redis_url": f"redis://:{PASSWORD}@h",
        }
        monkeypatch.setenv(each.variable, right.get(each.name, PASSWORD))
    monkeypatch.setenv("KANALVAKT_OIDC__ISSUER", "https://id.example.org")
    monkeypatch.setenv("KANALVAKT_OIDC__CLIENT_ID", "kanalvakt")
    for words in (["settings", "--json", "--given"], ["settings"]):
        answer = CliRunner().invoke(app_for("settings"), words)
        assert answer.exit_code == 0, answer.output
        assert PASSWORD not in answer.output
        assert "MDEy" not in answer.output
        if "--json" in words:
            shown = {each["name"]: each for each in json.loads(answer.stdout)}
            assert {each.name for each in secret} < shown.keys()
            assert all(shown[each.name]["set"] and shown[each.name]["value"] is None for each in secret)
            assert shown["oidc.issuer"]["source"] == "environment"


def test_the_file_of_words_has_no_misspelt_key() -> None:
    written = tomllib.loads(settings_docs.WORDS.read_text(encoding="utf-8"))
    known = {"when", "wrong", "example", "made", "like", "sample"}
    assert [name for name, each in written.items() if each.keys() - known] == []


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("KANALVAKT_REDIS_URL", "", "redis_url"),
        ("KANALVAKT_REDIS_URL", f"user:{PASSWORD}@localhost:6379", "redis_url"),
        ("KANALVAKT_REDIS_URL", f"redis://:{PASSWORD}/@localhost:6379/0", "redis_url"),
        ("KANALVAKT_WEB__PUBLIC_URL", "kanalvakt.example.org", r"web\.public_url"),
        ("KANALVAKT_WEB__PUBLIC_URL", "https://", r"web\.public_url"),
    ],
)
def test_an_address_that_is_none_is_named_before_anything_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, name: str
) -> None:
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=f" {name} .*(måste börja med|har en port)") as told:
        settings()
    assert PASSWORD not in str(told.value)


def test_whatever_is_wrong_with_a_setting_is_said_in_swedish_and_names_no_value(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["", "a", "-1", "99999999999", "1.5", "http://example.org", f"x://:{PASSWORD}@h"]
    values = ["[[1]]", "true", "1.5", "{ a = 1 }"]
    said = set[str]()
    for each in EVERY:
        for text in texts:
            with monkeypatch.context() as here:
                here.setenv(each.variable, text)
                said |= faults()
        for value in values:
            (folder / "kanalvakt.toml").write_text(f"{each.name} = {value}\n")
            said |= faults()
        (folder / "kanalvakt.toml").unlink()
    assert len(said) > 60
    assert [line for line in said if re.search("Input|Value|should|must|cannot|går inte att använda", line)] == []
    assert PASSWORD not in "".join(said)


def faults() -> set[str]:
    settings.cache_clear()
    try:
        settings()
    except SettingsError as error:
        return {line.replace(str(settings_file()), "") for line in str(error).splitlines()}
    return set()


@pytest.mark.parametrize(
    "url", ["redis://:a@h:6379/0", "rediss://h", "valkey://h/1", "unix:///run/r", "redis+socket:///r"]
)
def test_each_spelling_of_a_brokers_address_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("KANALVAKT_REDIS_URL", url)
    assert Settings().broker.endswith(url.partition(":")[2])
