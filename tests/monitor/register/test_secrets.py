"""Stored secrets: encrypted where they lie, in clear where they are used, and never lost by rotating keys."""

import base64
import multiprocessing
import os
import signal
import stat
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from config.settings import SettingsError, settings
from connectors.errors import CredentialMissing
from monitor.db import Database
from monitor.register import keys, secrets
from monitor.register.credentials import at_hand, resolve
from monitor.register.exporting import export
from monitor.register.models import Channel, StoredSecret
from tests.monitor.town import Town

SECRET = "EAABsecretsecretsecret"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def town(db: Database) -> Town:
    return Town(db)


@pytest.fixture
def small(sqlite: Database) -> Town:
    """On SQLite only, for what does not depend on the database."""
    return Town(sqlite)


def store(town: Town, channel: str = "fb", **values: str) -> None:
    with town.db.transaction() as session:
        secrets.store(session, channel, values or {"token": SECRET}, NOW)


def stored(town: Town, channel: str = "fb") -> secrets.Stored:
    with town.db.transaction() as session:
        return secrets.stored(session, channel)


def channel(town: Town, **credential: str) -> Channel:
    if credential:
        town.change(Channel, "fb", credential=credential)
    with town.db.snapshot() as session:
        return session.get_one(Channel, "fb")


def use_keys(monkeypatch: pytest.MonkeyPatch, *ring: str) -> None:
    monkeypatch.setenv("KANALVAKT_ENCRYPTION_KEYS", ",".join(ring))
    settings.cache_clear()


# -- kept and used


def test_what_is_stored_comes_back_and_can_be_replaced_and_forgotten(town: Town) -> None:
    store(town, token="one", app_secret="two")
    store(town, token="three")
    assert stored(town).secrets == {"token": "three", "app_secret": "two"}
    with town.db.transaction() as session:
        assert secrets.kept(session, "fb") == {"app_secret": NOW, "token": NOW}
        assert secrets.forget(session, "fb") == ["app_secret", "token"]
    assert stored(town) == secrets.NOTHING


def test_a_stored_secret_is_taken_before_the_one_the_register_names_one_by_one(small: Town) -> None:
    store(small, token=SECRET)
    row = channel(small, token_env="GONE", app_secret_env="APP")
    found = resolve(row, {"APP": "from the environment"}, stored=stored(small))
    assert (found.get("token"), found.get("app_secret")) == (SECRET, "from the environment")


def test_a_channel_needs_no_word_in_the_register_when_its_secrets_are_stored(small: Town) -> None:
    store(small)
    assert resolve(channel(small), {}, stored=stored(small)).get("token") == SECRET


def test_what_is_at_hand_leaves_out_what_is_missing(small: Town) -> None:
    row = channel(small, token_env="GONE", app_secret_env="APP")
    assert at_hand(row, {"APP": "here"}).names == {"app_secret"}


# -- shown nowhere


def test_the_database_holds_nothing_readable(town: Town) -> None:
    store(town)
    with town.db.snapshot() as session:
        raw = session.execute(text("SELECT value FROM stored_secret")).scalar_one()
    assert SECRET.encode() not in bytes(raw)
    if town.db.is_sqlite:
        path = Path(str(town.db.url.database))
        files = [path, *path.parent.glob(path.name + "-*")]
        assert not any(SECRET.encode() in file.read_bytes() for file in files)


def test_no_text_shows_a_secret(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    store(town)
    with town.db.snapshot() as session:
        row = session.scalars(select(StoredSecret)).one()
        file = export(session, "toml")
    fresh = StoredSecret(channel_id="fb", name="token", value=SECRET, stored_at=NOW)  # type: ignore[arg-type]
    credential = resolve(channel(town), {}, stored=stored(town))
    shown = [repr(row), str(row.value), repr(fresh), repr(stored(town)), repr(credential), file, caplog.text]
    assert not any(SECRET in each for each in shown)


def test_no_traceback_shows_a_secret(town: Town) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key") as told:
        store(town, "no-such-channel")
    assert SECRET not in "".join(traceback.format_exception(told.value))


def test_two_secrets_that_are_equal_do_not_look_equal(small: Town) -> None:
    store(small, token="same", app_secret="same")
    with small.db.snapshot() as session:
        raw = session.execute(text("SELECT value FROM stored_secret")).scalars().all()
    assert len(set(raw)) == 2


# -- the key


def test_the_key_is_made_once_for_us_alone(small: Town) -> None:
    assert not keys.key_file().exists()
    store(small)
    first = keys.key_file().read_text()
    store(small, app_secret="two")
    assert keys.key_file().read_text() == first
    assert stat.S_IMODE(keys.key_file().stat().st_mode) == 0o600
    assert len(base64.b64decode(first)) == 32


def test_many_that_need_the_first_key_at_once_agree_on_one() -> None:
    ready = threading.Barrier(8)

    def make() -> None:
        ready.wait()
        keys.make_key_file()

    threads = [threading.Thread(target=make) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys.keys()) == 1
    assert [path.name for path in keys.key_file().parent.iterdir()] == ["secrets.key"]


@pytest.mark.parametrize("damage", ["missing", "damaged", "other"])
def test_a_key_that_is_not_the_right_one_is_told_with_what_to_do_and_loses_nothing(town: Town, damage: str) -> None:
    store(town)
    right = keys.key_file().read_text()
    if damage == "missing":
        keys.key_file().unlink()
    else:
        keys.key_file().write_text("no key" if damage == "damaged" else keys.new_key())
    found = stored(town)
    assert found.problem is not None
    assert "secrets.key" in found.problem.remedy
    with pytest.raises(CredentialMissing):
        resolve(channel(town), {}, stored=found)
    with pytest.raises(CredentialMissing):
        secrets.rotate(town.db)
    if damage == "missing":
        with pytest.raises(CredentialMissing):
            store(town, app_secret="two")  # no new key that would hide that the old one is missing
        assert not keys.key_file().exists()
    keys.key_file().write_text(right)
    assert stated(town) == SECRET


def stated(town: Town) -> str | None:
    return stored(town).secrets.get("token")


def test_the_settings_keys_go_before_the_file(small: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    use_keys(monkeypatch, keys.new_key())
    store(small)
    assert stated(small) == SECRET
    assert not keys.key_file().exists()


@pytest.mark.parametrize("wrong", ["", "short", "c2hvcnQ=", "_" * 43 + "="])
def test_a_key_in_the_settings_that_is_none_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    use_keys(monkeypatch, wrong)
    with pytest.raises(SettingsError, match="encryption_keys") as told:
        settings()
    assert not wrong or wrong not in str(told.value)


# -- rotation


def envelope(town: Town) -> bytes:
    with town.db.snapshot() as session:
        return bytes(session.execute(text("SELECT value FROM stored_secret")).scalar_one())


def test_rotation_leaves_one_new_key_that_every_secret_is_encrypted_with(town: Town) -> None:
    store(town)
    old, before = keys.keys(), envelope(town)
    assert secrets.rotate(town.db) == secrets.Rotation(1)
    assert len(keys.keys()) == 1
    assert keys.keys() != old
    assert envelope(town) != before
    assert stated(town) == SECRET
    assert stat.S_IMODE(keys.key_file().stat().st_mode) == 0o600


def test_there_is_nothing_to_rotate_before_anything_is_stored(small: Town) -> None:
    assert secrets.rotate(small.db) == secrets.Rotation()
    assert not keys.key_file().exists()


def test_keys_of_the_settings_are_rotated_by_their_administrator(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = keys.new_key(), keys.new_key()
    use_keys(monkeypatch, old)
    store(town)
    assert secrets.rotate(town.db).needs_key
    use_keys(monkeypatch, new, old)
    assert secrets.rotate(town.db) == secrets.Rotation(1, superfluous=1)
    use_keys(monkeypatch, new)
    assert stated(town) == SECRET


STEPS = ["put_first", "put_first after", "update", "commit", "keep_only", "replace", "replace after"]


@pytest.mark.parametrize("step", STEPS)
def test_a_rotation_that_is_killed_at_any_step_loses_nothing_and_can_be_run_again(town: Town, step: str) -> None:
    store(town, token=SECRET, app_secret="two")
    url = town.db.url.render_as_string(hide_password=False)
    child = multiprocessing.get_context("fork").Process(target=rotate_and_die, args=(url, step))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert stored(town).secrets == {"token": SECRET, "app_secret": "two"}
    secrets.rotate(town.db)
    assert stored(town).secrets == {"token": SECRET, "app_secret": "two"}
    assert len(keys.keys()) == 1


def rotate_and_die(url: str, step: str) -> None:
    """A rotation whose process is killed at one step: before it, or just after."""
    name, _, after = step.partition(" ")
    db = Database(url)
    places: dict[str, tuple[object, str]] = {
        "put_first": (keys, "put_first"),
        "keep_only": (keys, "keep_only"),
        "replace": (os, "replace"),
        "update": (StoredSecret, "__setattr__"),
        "commit": (db.engine.dialect, "do_commit"),
    }
    place, attribute = places[name]
    real: Callable[..., object] = getattr(place, attribute)

    def dying(*arguments: object, **options: object) -> object:
        done = real(*arguments, **options) if after else None
        os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(place, attribute, dying)
    secrets.rotate(db)


def test_readers_never_miss_a_secret_while_keys_are_rotated(town: Town) -> None:
    store(town)
    done = threading.Event()
    problems: list[object] = []

    def read() -> None:
        while not done.is_set():
            found = stored(town)
            if found.secrets != {"token": SECRET}:
                problems.append(found.problem)

    threads = [threading.Thread(target=read) for _number in range(3)]
    for thread in threads:
        thread.start()
    for _time in range(15):
        secrets.rotate(town.db)
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
