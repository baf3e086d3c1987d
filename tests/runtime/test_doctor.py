"""`kanalvakt doctor`: every problem is caused for real, and is told with its remedy."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname

import pytest

from config.settings import Settings, settings
from monitor.cli import embedded
from monitor.cli.doctor import CHECKS, Finding, examine
from monitor.cli.parts import Part, programs
from monitor.cli.processes import Children, wait_until
from monitor.cli.setup import opened_database
from monitor.db import database
from monitor.register.file import parse
from monitor.register.importing import import_register
from monitor.register.routes import disable
from monitor.telemetry import broker
from monitor.telemetry.broker import Sign
from tests.runtime.house import run
from tests.waiting import eventually

REGISTER = """
[organisation]
name = "Tibro kommun"
[[unit]]
id = "k"
name = "Kommunikation"
[[person]]
id = "r"
name = "R"
email = "r@example.org"
[[person]]
id = "e"
name = "E"
email = "e@example.org"
[[channel]]
id = "fb"
platform = "facebook"
name = "Tibro"
address = "https://www.facebook.com/tibrokommun"
external_id = "1"
unit = "k"
responsible = "r"
deputy = "e"
credential = { token_env = "A_TOKEN_THAT_IS_NOT_SET" }
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Settings]:
    """The embedded broker alone."""
    children = Children()
    children.start(embedded.server(settings()))
    assert wait_until(lambda: broker.answers(settings()), 10)
    yield settings()
    children.stop()


def show(moment: datetime, *signs: Sign) -> None:
    for sign in signs:
        broker.connect(settings()).hset(broker.SIGNS, sign, moment.isoformat())


def found() -> dict[str, Finding]:
    return {one.check: one for one in examine(settings())}


def here() -> dict[str, Finding]:
    return {one.check: one for one in examine(settings(), here=True)}


def test_before_anything_is_started_every_problem_has_a_remedy() -> None:
    answer = run("doctor", "--json", "--lang", "en")
    findings = json.loads(answer.stdout)
    assert answer.returncode == 1
    assert answer.stderr == ""
    assert all(set(one) == {"check", "ok", "problem", "remedy"} for one in findings)
    wrong = {one["check"]: one["remedy"] for one in findings if not one["ok"]}
    assert set(wrong) == {"home", "database", "broker", "beat", "workers", "emergency", "mail"}
    assert all(wrong.values())
    assert not settings().home.exists()  # whoever only looks, makes nothing


def test_a_register_and_its_channels_are_looked_at() -> None:
    with opened_database(create=True).transaction() as session:
        pass
    assert not found()["register"].ok
    with database().transaction() as session:
        import_register(session, parse(REGISTER), datetime.now(UTC))
    looked_at = found()
    assert looked_at["register"].ok
    assert not looked_at["channel fb"].ok
    assert "A_TOKEN_THAT_IS_NOT_SET" in str(looked_at["channel fb"].problem)
    assert looked_at["channel fb"].remedy
    assert not looked_at["logins"].ok
    assert "channel fb" not in {one.check for one in examine(settings(), quick=True)}


def test_signs_of_life_tell_the_beat_from_the_workers(server: Settings) -> None:
    now = datetime.now(UTC)
    show(now, Sign.CLOCK, Sign.POLLS, Sign.CANARY)
    show(now - timedelta(minutes=1), Sign.BEAT)
    assert (found()["broker"].ok, found()["beat"].ok, found()["workers"].ok) == (True, False, True)
    show(now, Sign.BEAT)
    show(now - timedelta(minutes=1), Sign.POLLS)
    assert (found()["beat"].ok, found()["workers"].ok) == (True, False)


def test_a_queue_that_nobody_takes_from_is_named_though_other_readers_live(server: Settings) -> None:
    show(datetime.now(UTC), Sign.CLOCK, Sign.POLLS)
    one, other = broker.QUEUES[1:3]
    broker.show_sign(server, Sign.POLLS, [other])
    assert found()["workers"].ok, "nothing waits in the one"
    broker.connect(server).rpush(one, "ring")
    broker.connect(server).rpush(other, "ring")
    assert one in str(found()["workers"].problem)
    assert other not in str(found()["workers"].problem)
    broker.show_sign(server, Sign.POLLS, [one])
    assert found()["workers"].ok


def test_processes_that_live_but_do_no_work_are_a_problem(server: Settings) -> None:
    show(datetime.now(UTC), Sign.BEAT, Sign.CLOCK, Sign.POLLS)
    show(datetime.now(UTC) - timedelta(minutes=1), Sign.CANARY)
    assert not found()["work"].ok
    show(datetime.now(UTC), Sign.CANARY)
    assert found()["work"].ok


def test_where_two_beats_run_one_does_not_pass_for_the_other(server: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "gethostname", lambda: "another")
    for sign in (Sign.BEAT, Sign.CLOCK, Sign.POLLS, Sign.EMERGENCY):
        broker.show_sign(server, sign)
    monkeypatch.undo()
    assert all(found()[check].ok for check in ("beat", "workers", "emergency"))
    assert not any(here()[check].ok for check in ("beat", "workers", "emergency"))
    broker.show_sign(server, Sign.POLLS)
    assert (here()["workers"].ok, here()["beat"].ok) == (True, False), "the clock's worker is elsewhere"
    broker.show_sign(server, Sign.BEAT)
    assert here()["beat"].ok
    own = f"{broker.SIGNS}:{gethostname()}"
    broker.connect(server).hset(own, Sign.POLLS, (datetime.now(UTC) - timedelta(minutes=1)).isoformat())
    assert (here()["workers"].ok, found()["workers"].ok) == (False, True)
    assert 0 < int(str(broker.connect(server).ttl(own))) <= 3600, "a container that is gone is forgotten"


def test_of_two_beats_on_one_machine_the_one_that_hangs_is_named(server: Settings) -> None:
    [program] = programs(Part.BEAT, server, None)
    children = Children()
    try:
        first, second = children.start(program).pid, children.start(program).pid
        ours = {f"beat@{gethostname()}/{pid}" for pid in (first, second)}
        assert eventually(lambda: broker.versions(server, datetime.now(UTC)).keys() == ours, 60)
        assert found()["beat"].ok
        os.kill(second, signal.SIGSTOP)
        long_ago = f"1.0 {(datetime.now(UTC) - timedelta(minutes=1)).isoformat()}"
        time.sleep(0.1)  # what it was just saying arrives
        broker.connect(server).hset(broker.VERSIONS, f"beat@{gethostname()}/{second}", long_ago)
        assert not found()["beat"].ok
        assert str(second) in str(found()["beat"].problem)
        assert f"kill -9 {second}" in str(found()["beat"].remedy)
        assert not here()["beat"].ok
        broker.connect(server).config_set("maxmemory", "1mb")  # it takes no signs of life any more
        assert "kill" not in str(found()["beat"].remedy)
        broker.connect(server).config_set("maxmemory", "0")
        os.kill(second, signal.SIGCONT)
        assert eventually(lambda: found()["beat"].ok)
        os.kill(second, signal.SIGKILL)
        os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)
        broker.connect(server).hset(broker.VERSIONS, f"beat@{gethostname()}/{second}", long_ago)
        assert found()["beat"].ok, "who has ended does not hang"
    finally:
        children.stop()


def test_only_what_is_asked_for_decides(server: Settings) -> None:
    home = str(settings().home)
    assert run("doctor", "broker", KANALVAKT_HOME=home).returncode == 0
    assert run("doctor", "broker", "beat", KANALVAKT_HOME=home).returncode == 1
    assert run("doctor", "work", KANALVAKT_HOME=home).returncode == 1  # could not be looked at: no reason to be calm


def test_a_check_that_does_not_exist_is_named() -> None:
    answer = run("doctor", "brokers")
    assert answer.returncode == 2
    assert all(name in answer.stderr for name in CHECKS)


def test_a_mail_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_SMTP_URL", "smtp://me:a-secret@127.0.0.1:1?from=a@example.org")
    mail = found()["mail"]
    assert not mail.ok
    assert "127.0.0.1" in str(mail.problem)
    assert "a-secret" not in str(mail)


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "redis"])
def test_a_database_that_cannot_be_used_is_a_finding(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("KANALVAKT_DATABASE_URL", url)
    assert not found()["database"].ok
    assert "KANALVAKT_DATABASE_URL" in str(found()["database"])


def test_a_database_of_another_version_is_a_finding_unless_everything_is_there_that_this_one_needs() -> None:
    with opened_database(create=True).engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'newer'")
    assert found()["database"].ok
    with database().engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE reply_template")
    assert not found()["database"].ok


def test_a_home_that_cannot_be_written_to_is_a_finding() -> None:
    settings().home.parent.mkdir(exist_ok=True)
    settings().home.write_text("a file where the folder should be")
    assert not found()["home"].ok


def test_space_is_measured_where_the_home_will_lie() -> None:
    assert found()["space"].ok == (shutil.disk_usage(settings().home.parent).free > 500_000_000)
    assert os.path.lexists(settings().home) is False


def test_people_whom_nothing_reaches_are_named() -> None:
    with opened_database(create=True).transaction() as session:
        import_register(session, parse(REGISTER), datetime.now(UTC))
    assert found()["people"].ok
    with database().transaction() as session:
        disable(session, "r", "mail", "550 5.1.1", datetime.now(UTC))
    people = found()["people"]
    assert not people.ok
    assert "r." in str(people.problem)
    assert "person route list" in str(people.remedy)


def test_an_sms_gateway_that_cannot_be_read_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found()["sms"].ok
    for url, ok in (("46elks://u:a-secret@Kanalvakt", True), ("json://u:a-secret@127.0.0.1", False)):
        monkeypatch.setenv("KANALVAKT_SMS_URL", url)
        settings.cache_clear()
        sms = found()["sms"]
        assert sms.ok is ok
        assert "a-secret" not in str(sms)
