"""`kanalvakt channel connect` and what comes after: the real command, the emulated platforms, somebody who clicks."""

import fcntl
import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Browser

from connectors.emulator.graph.logins import APP_SECRET
from connectors.emulator.graph.tokens import APP_ID
from connectors.emulator.server import Emulator
from connectors.emulator.youtube.consents import CLIENT_ID, CLIENT_SECRET
from monitor.cli.callback import Callback
from monitor.cli.setup import opened_database
from monitor.register import keys, secrets
from monitor.register.models import Channel
from monitor.watch.models import Schedule, TokenHealth
from tests.connectors.visitor import agree
from tests.monitor.cli.conftest import Answer, Command

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+\S*(?:dialog/oauth|/o/oauth2)\S*")
APP = {"META_APP_ID": APP_ID, "META_APP_SECRET": APP_SECRET, "YT_ID": CLIENT_ID, "YT_SECRET": CLIENT_SECRET}
META = {"app_id_env": "META_APP_ID", "app_secret_env": "META_APP_SECRET"}
GOOGLE = {"client_id_env": "YT_ID", "client_secret_env": "YT_SECRET"}
Decide = Callable[[str], str]
pytestmark = pytest.mark.usefixtures("imported")


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The sample register's accounts, on emulated platforms that this process and its children are sent to."""
    with Emulator() as started:
        world = started.world
        with opened_database().transaction() as session:
            facebook, instagram, youtube = (
                session.get_one(Channel, name) for name in ("facebook", "instagram", "youtube")
            )
            facebook.credential = instagram.credential = META
            youtube.credential = GOOGLE
            world.account("facebook", facebook.external_id or "", "tibrokommun", "Tibro kommun")
            world.account(
                "instagram", instagram.external_id or "", "tibro", "Tibro", page_id=facebook.external_id or ""
            )
            world.account("youtube", youtube.external_id or "", "tibro", "Tibro kommun")
        for name, value in {**APP, **started.settings(), "PYTHONWARNINGS": "error"}.items():
            monkeypatch.setenv(name, value)
        yield started


def connected(*words: str, decide: Decide = agree, visit: bool = True) -> Answer:
    """The program, while somebody decides in a browser; `visit`: the browser then goes where it is sent."""
    with program(*words) as running:
        assert running.stderr is not None
        said = ""
        for line in running.stderr:
            said += line
            if found := ADDRESS.search(line):
                answer = decide(found[0])
                if visit and "--paste" not in words:
                    requests.get(answer, timeout=10)
                elif running.stdin is not None:
                    running.stdin.write(answer + "\n")
                    running.stdin.flush()
                break
        out, err = running.communicate(timeout=60)
        return Answer(running.returncode, out, said + err)


@contextmanager
def program(*words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "monitor.cli.main", "channel", "connect", *words, "--no-browser", "--lang", "en"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=os.environ, **pipes) as running:  # type: ignore[call-overload]
        yield running
        running.kill()


@pytest.mark.parametrize("platform", ["facebook", "instagram", "youtube"])
@pytest.mark.parametrize("way", ["callback", "--paste"])
def test_a_channel_is_connected_stored_checked_and_due_at_once(emulator: Emulator, platform: str, way: str) -> None:
    late = datetime.now(UTC) + timedelta(days=1)
    with opened_database().transaction() as session:
        session.merge(Schedule(channel_id=platform, next_poll_at=late))
    done = connected(platform, "--debug", *([way] if way == "--paste" else []))
    assert (done.code, done.err.count("Traceback")) == (0, 0), done.err
    assert f"{platform} is connected and can be read" in done.out
    with opened_database().transaction() as session:
        names = [*secrets.kept(session, platform)]
        values = secrets.stored(session, platform).secrets.values()
        assert names == (["refresh_token"] if platform == "youtube" else ["token"])
        assert session.get_one(TokenHealth, platform).can_read
        assert session.get_one(Schedule, platform).next_poll_at < late
    for secret in (*values, APP_SECRET, CLIENT_SECRET):
        assert secret not in done.out + done.err
    assert emulator.ledger.entries


def test_the_json_is_the_check_and_nothing_else(emulator: Emulator) -> None:
    done = connected("facebook", "--channel", "facebook", "--json")
    [shown] = json.loads(done.out)
    assert (shown["id"], shown["ok"], shown["token_kind"]) == ("facebook", True, "page")
    assert emulator.world.tokens


def test_a_missing_permission_is_named_and_nothing_is_stored(emulator: Emulator) -> None:
    done = connected("facebook", decide=lambda url: agree(url, but=lambda each: each != "pages_read_user_content"))
    assert done.code == 1
    assert "pages_read_user_content: to read what residents write" in done.err
    assert "not granted: pages_read_user_content" in done.err
    assert not keys.key_file().exists()
    assert emulator.world.tokens


def test_a_page_that_was_not_agreed_to_is_told_with_those_that_were(emulator: Emulator) -> None:
    other = emulator.world.account("facebook", "998877", "badet", "Badet i Tibro")
    done = connected("facebook", decide=lambda url: agree(url, but=lambda each: not each.isdigit() or each == other.id))
    assert done.code == 1
    assert "Badet i Tibro (998877)" in done.err
    assert not keys.key_file().exists()


def test_the_wrong_youtube_channel_is_told(emulator: Emulator) -> None:
    private = emulator.world.account("youtube", "UC" + "z" * 22, "anna", "Annas matkanal")
    done = connected("youtube", decide=lambda url: agree(url, choose=private.id))
    assert done.code == 1
    assert "Annas matkanal" in done.err


def test_a_no_stores_nothing(emulator: Emulator) -> None:
    done = connected("facebook", decide=lambda url: agree(url, cancel=True))
    assert (done.code, "the person said no" in done.err) == (1, True)
    assert not keys.key_file().exists()
    assert not emulator.world.tokens


def test_an_answer_to_another_question_is_refused(emulator: Emulator) -> None:
    def forged(url: str) -> str:
        return re.sub("state=[^&#]+", "state=forged", agree(url))

    done = connected("facebook", decide=forged)
    assert (done.code, "state_mismatch" in done.err) == (1, True)
    assert not emulator.world.tokens


def test_without_a_terminal_the_app_must_be_named_in_the_register(
    kanalvakt: Command, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("META_APP_ID")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    done = kanalvakt("channel", "connect", "facebook", "--lang", "en")
    assert (done.code, "app_id is not known: name app_id_env or app_id_file" in done.err) == (2, True)
    assert not emulator.world.tokens


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["blog"], "blog cannot be connected. These can: facebook, instagram, youtube"),
        (["facebook", "--channel", "youtube"], "youtube is no channel that is read from facebook"),
        (["facebook", "--channel", "facebok"], "Did you mean facebook?"),
    ],
)
def test_who_misspells_is_told_what_there_is(kanalvakt: Command, words: list[str], said: str) -> None:
    done = kanalvakt("channel", "connect", *words, "--lang", "en")
    assert (done.code, said in done.err) == (2, True), done.err


def test_a_port_that_is_taken_is_told(kanalvakt: Command, emulator: Emulator) -> None:
    with Callback() as taken:
        done = kanalvakt("channel", "connect", "facebook", "--port", str(taken.port), "--no-browser", "--lang", "en")
    assert (done.code, "is taken" in done.err) == (2, True)
    assert emulator.port


def test_no_word_of_the_call_takes_a_secret(kanalvakt: Command) -> None:
    told = kanalvakt("channel", "connect", "--help").out
    assert "--app-id" in told
    assert "secret" not in told.replace("kept encrypted", "").lower()


# -- afterwards


def test_what_is_stored_is_shown_by_name_and_date_and_can_be_forgotten(kanalvakt: Command) -> None:
    now = datetime.now(UTC)
    with opened_database().transaction() as session:
        secrets.store(session, "facebook", {"token": "EAABsecret"}, now)
    shown = kanalvakt("channel", "show", "facebook", "--json").out
    assert json.loads(shown)["stored_secrets"] == {"token": now.isoformat()}
    told = kanalvakt("channel", "show", "facebook", "--lang", "en").out
    assert re.search(r"Stored secret: token \(\d{4}-", told)
    assert "EAABsecret" not in shown + told + kanalvakt("register", "export").out
    assert "Forgotten: token" in kanalvakt("channel", "disconnect", "facebook", "--lang", "en").out
    assert "Nothing is stored" in kanalvakt("channel", "disconnect", "facebook", "--lang", "en").out


def test_keys_are_rotated_by_a_command(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        secrets.store(session, "facebook", {"token": "EAABsecret"}, datetime.now(UTC))
    before = keys.keys()
    done = kanalvakt("channel", "rotate-keys", "--lang", "en")
    assert (done.code, "first key: 1." in done.out) == (0, True)
    assert not {*before} & {*keys.keys()}
    assert not any(key in done.out + done.err for key in (*before, *keys.keys()))


def test_with_a_wrong_key_the_channel_fails_with_the_remedy_and_the_others_go_on(
    kanalvakt: Command, emulator: Emulator
) -> None:
    assert connected("facebook").code == 0
    keys.key_file().write_text(keys.new_key())
    done = kanalvakt("channel", "check", "facebook", "--json", "--debug")
    [found] = [json.loads(done.out)]
    assert (found["problem"], done.code) == ("credential_missing", 1)
    assert "secrets.key" in found["remedy"]
    polled = json.loads(kanalvakt("poll", "facebook", "--json").out)
    assert polled[0]["error"]["kind"] == "credential_missing"
    assert emulator.port


# -- with a real browser


@pytest.mark.browser
@pytest.mark.parametrize("platform", ["facebook", "youtube"])
def test_a_person_with_a_real_browser_gets_through(emulator: Emulator, browser: Browser, platform: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    def click(url: str) -> str:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.goto(url)
        consent = Axe().run(page)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("heading", name="Kanalvakt has got the answer").wait_for()
        thanks = Axe().run(page)
        assert page.evaluate("document.documentElement.lang") == "en"
        page.close()
        for found in (consent, thanks):
            assert found.violations_count == 0, found.generate_report()
        return ""

    done = connected(platform, decide=click, visit=False)
    assert done.code == 0, done.err
    assert emulator.world.tokens


def test_the_callback_takes_one_answer_and_nothing_else() -> None:
    with Callback() as callback:
        base = f"http://127.0.0.1:{callback.port}"
        assert requests.get(f"{base}/favicon.ico", timeout=5).status_code == 404
        assert requests.get(base, timeout=5).status_code == 404
        assert callback.wait(0) is None
        threading.Timer(0.1, requests.get, [f"{base}/?code=abc&state=<script>"]).start()
        assert callback.wait(10) is not None
        again = requests.get(f"{base}/?code=other&state=x", timeout=5)
        assert again.status_code == 404
        assert "abc" in (callback.wait(0) or "")


# -- with webhooks


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_with_webhooks_set_up_the_permission_is_asked_for_and_the_page_subscribed(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setenv("KANALVAKT_WEBHOOK__VERIFY_TOKEN", "a word of our own")
    monkeypatch.setenv("KANALVAKT_WEBHOOK__APP_SECRET", APP_SECRET)
    done = connected(platform)
    assert done.code == 0, done.err
    assert "pages_manage_metadata: to be told at once" in done.err
    [fields] = emulator.world.subscriptions.values()
    assert "feed" in fields


def test_a_page_that_cannot_be_subscribed_is_connected_all_the_same(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANALVAKT_WEBHOOK__VERIFY_TOKEN", "a word of our own")
    monkeypatch.setenv("KANALVAKT_WEBHOOK__APP_SECRET", APP_SECRET)
    done = connected("facebook", decide=lambda url: agree(url, but=lambda each: each != "pages_manage_metadata"))
    assert (done.code, "facebook: no webhooks" in done.err) == (0, True)
    assert "pages_manage_metadata was not granted" in done.err
    assert not emulator.world.subscriptions


# -- typed at a terminal


def test_an_app_that_the_register_does_not_name_is_asked_for_without_showing_the_secret(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("META_APP_ID", "META_APP_SECRET"):
        monkeypatch.delenv(name)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "monitor.cli.main", "channel", "connect", "facebook", "--no-browser"]
    ends = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    running = subprocess.Popen(command, preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0), **ends)  # type: ignore[call-overload]  # noqa: PLW1509 - it only takes the terminal
    os.close(theirs)
    try:
        shown = _until(ours, "app_id")
        os.write(ours, f"{APP_ID}\n".encode())
        shown += _until(ours, "app_secret: ")  # the last space comes when nothing is shown any more
        os.write(ours, f"{APP_SECRET}\n".encode())
        shown += _until(ours, r"auth_type=rerequest&scope=\S+\s")
        found = ADDRESS.search(shown)
        assert found
        requests.get(agree(found[0]), timeout=10)
        shown += _until(ours, "är ansluten")
        assert running.wait(60) == 0
    finally:
        running.kill()
        running.wait()
        os.close(ours)
    assert APP_SECRET not in shown
    with opened_database().transaction() as session:
        assert {*secrets.stored(session, "facebook").secrets} == {"app_id", "app_secret", "token"}


def _until(terminal: int, pattern: str) -> str:
    """What the terminal shows until the pattern is there."""
    shown = ""
    while not re.search(pattern, shown):
        assert select.select([terminal], [], [], 15)[0], shown
        shown += os.read(terminal, 4096).decode()
    return shown
