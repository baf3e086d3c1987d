"""`kanalvakt demo`, as a newcomer runs it."""

import json
import re
import sqlite3
import time
import urllib.request
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.cli.demo_town import free_port
from tests.runtime.house import house, processes, run
from tests.waiting import eventually


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the demo makes its home when none is given. Short: a socket has to fit."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


def test_once_reads_everything_sends_the_mails_and_leaves_nothing(temporary: Path) -> None:
    dead = "http://127.0.0.1:1"  # nobody's proxy, database or mail server may be touched
    away = {
        "KANALVAKT_DATABASE_URL": "postgresql://127.0.0.1:1/real",
        "KANALVAKT_SMTP_URL": "smtp://127.0.0.1:1?from=a@b.se",
    }
    bare = {"TMPDIR": str(temporary), "HOME": "", "LANG": "C.UTF-8", "KANALVAKT_HOME": ""}
    proxies = {"HTTPS_PROXY": dead, "HTTP_PROXY": dead, "http_proxy": dead}
    answer = run("demo", "--once", "--json", seconds=150, **bare, **proxies, **away)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert set(found) == {"channels", "comments", "unanswered", "mails", "counted_cost", "seconds"}
    assert found["channels"] == 4
    assert found["mails"] >= 2, "the digests; in service hours also what is flagged and what is for the manager"
    assert found["comments"] > 150
    assert 10 < found["unanswered"] < found["comments"]
    assert set(found["counted_cost"]) == {"facebook", "instagram", "instagram_public", "youtube"}
    assert all(found["counted_cost"].values())
    assert found["seconds"] < 60
    assert list(temporary.iterdir()) == []
    assert processes(temporary) == {}


def test_a_demo_begins_anew_in_its_own_home_and_tells_people_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    for left_behind in ("demo-register.toml", "kanalvakt.sqlite3", "mails/1.eml"):
        (tmp_path / left_behind).write_text("of an earlier demo")
    answer = run("demo", "--once", seconds=150, KANALVAKT_HOME=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    assert "Obesvarade" in answer.stdout
    assert re.search(r"Skickade mejl\t[2-9]", answer.stdout)
    with closing(sqlite3.connect(tmp_path / "kanalvakt.sqlite3")) as connection:
        flagged = {kind for (kind,) in connection.execute("SELECT kind FROM flag")}
        assert {"breach", "danger", "report"} <= flagged
        assert connection.execute("SELECT kind, by_id FROM mark").fetchall() == [("interim", "redaktor")]
        assert connection.execute("SELECT mode, state FROM incident").fetchall() == [("exercise", "active")]
        said = connection.execute("SELECT text, way, state FROM delivery").fetchall()
        assert {text.startswith("ÖVNING") for text, _way, _state in said} == {True}
        assert {state for _text, _way, state in said} == {"verified"}
        assert sum(way == "machine" for _text, way, _state in said) == 3, "the crisis page and two test accounts"
        sorted_ = {kind for (kind,) in connection.execute("SELECT kind FROM crisis_intake")}
        assert {"help", "rumour", "question"} <= sorted_
        assert connection.execute("SELECT status FROM outside_warning").fetchall() == [("Exercise",)]
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in tmp_path.glob("mails/*.eml")]
    texts = " ".join(mail.get_body(("plain",)).get_content() for mail in mails)
    for mark in ("FÖRSENAD.", "FLAGGAD", "KONTROLLERA", "Har fått ett besked", "inte kräva något svar"):
        assert mark in texts
    assert processes(tmp_path) == {}


def test_the_demo_shows_its_address_soon_and_the_first_mail_after_it_and_goes_on(tmp_path: Path) -> None:
    home, began = tmp_path / "home", time.monotonic()
    with house("demo", home=home, KANALVAKT_WEB__PORT=str(free_port(0))) as demo:
        demo.says("Web: ")
        assert time.monotonic() - began < 40  # 10 on an idle machine
        found = re.search(r"Web: (\S+)", demo.says("/demo/mails"))
        assert found
        assert eventually(lambda: b"/demo/mails/" in page(f"{found[1]}/demo/mails"))
        assert time.monotonic() - began < 90  # 30 on an idle machine
        assert b"tibrokommun" in page(f"{found[1]}/channels") or b"Tibro kommun" in page(f"{found[1]}/channels")
        assert eventually(lambda: unread(home) == [], seconds=90), unread(home)
        before = stored(home)
        assert eventually(lambda: stored(home) > before, seconds=90)
        mail = message_from_bytes(next((home / "mails").glob("*.eml")).read_bytes(), policy=policy.default)
        assert f"{found[1]}/" in str(mail.get_body(("plain",)))
        assert run("doctor", "work", KANALVAKT_HOME=str(home)).returncode == 0
        assert demo.stop() == 0
    assert processes(home) == {}


def test_a_home_with_a_register_of_its_own_is_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "kanalvakt.sqlite3"
    database.write_bytes(b"somebody's")
    answer = run("demo", "--once", KANALVAKT_HOME=str(tmp_path))
    assert answer.returncode == 3
    assert str(tmp_path) in answer.stderr
    assert database.read_bytes() == b"somebody's"


def page(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
        content: bytes = answer.read()
        return content


def unread(home: Path) -> list[str]:
    """Channels that a machine reads and that have not been read completely yet."""
    with closing(sqlite3.connect(home / "kanalvakt.sqlite3")) as connection:
        query = "SELECT channel_id FROM schedule WHERE last_complete_at IS NULL"
        return [channel for (channel,) in connection.execute(query)]


def stored(home: Path) -> int:
    """Comments, and changes of comments, that the demo has stored so far."""
    with closing(sqlite3.connect(home / "kanalvakt.sqlite3")) as connection:
        (count,) = connection.execute(
            "SELECT (SELECT count(*) FROM comment) + (SELECT count(*) FROM observation)"
        ).fetchone()
        return int(count)
