"""The worker of crises beside the deliveries: without broker or beat people are told, and what ran out is history."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.emergency import hub, incidents
from monitor.emergency.drafting import Written, begin, edit, submit
from monitor.emergency.models import Incident, Intake
from monitor.emergency.notices import BEGUN, WANTED
from monitor.emergency.telling_alone import Teller
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.emergency import crises
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.monitor.town import Town
from tests.waiting import eventually
from workers.emergency import FINISHES

CREW = {"chef": ["unit_manager"], "vice": ["unit_manager"], "admin": ["administrator"], "kris": ["crisis_staff"]}
NO_BROKER = "redis://127.0.0.1:1"


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator() as platforms:
        for name, value in platforms.settings().items():
            monkeypatch.setenv(name, value)
        yield platforms


@contextmanager
def worker(db: Database, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """As `kanalvakt up` runs it; it is asked to stop afterwards, and does."""
    url = db.url.render_as_string(hide_password=False)
    known = {"KANALVAKT_DATABASE_URL": url, "KANALVAKT_REDIS_URL": NO_BROKER, **environment}
    command = [sys.executable, "-m", "workers.emergency"]
    with subprocess.Popen(command, env=os.environ | known, start_new_session=True) as process:
        yield process
        process.terminate()
        assert process.wait(10) == 0


def crisis(db: Database) -> Town:
    """Begun just now by `kris`, whose message waits to be approved."""
    town, now = Town(db), datetime.now(UTC)
    for id_, roles in CREW.items():
        town.person(id_, roles=roles)
    with db.transaction() as session:
        incident = incidents.start(session, "kris", "actual", "elevated", "Ström", "", now)
        message = begin(session, incident, "kris", now)
        said = Written("Strömavbrott", {"happened": "Mörkt."}, next_update_at=now + timedelta(hours=1))
        edit(session, message, "kris", 0, said, now)
        submit(session, message, "kris", 1, now, Settings())
    return town


def mails(office: PostOffice) -> Counter[tuple[str, str]]:
    return Counter((str(mail["To"]), str(mail["Subject"])) for mail in office.mails)


def kinds(db: Database) -> dict[str, set[str]]:
    with db.snapshot() as session:
        rows = session.execute(select(Notice.subject_kind, Notice.recipient_id).where(Notice.state == "sent"))
        found: dict[str, set[str]] = {}
        for kind, person in rows:
            found.setdefault(kind, set()).add(person)
    return found


def test_with_the_broker_down_a_real_worker_tells_what_is_the_crisis_own_and_nothing_else(
    sqlite: Database, post_office: PostOffice
) -> None:
    crisis(sqlite)
    with worker(sqlite, KANALVAKT_SMTP_URL=post_office.url):
        assert eventually(lambda: len(post_office.mails) == 5, seconds=20)
        assert eventually(lambda: kinds(sqlite) == {BEGUN: {"chef", "vice", "admin"}, WANTED: {"chef", "vice"}})


def test_everybody_is_told_once_though_another_worker_does_the_same_at_the_same_time(
    db: Database, post_office: PostOffice
) -> None:
    """Counted where the mails arrive."""
    crisis(db)
    mail, over = Settings(smtp_url=post_office.url), monotonic() + 1.5  # type: ignore[arg-type]
    tellers = [Teller() for _each in range(3)]

    def as_celery_does() -> None:
        while monotonic() < over:
            judge(db, datetime.now(UTC), mail)
            send_due(db, datetime.now(UTC), mail)

    beside = [threading.Thread(target=as_celery_does) for _each in range(2)]
    for thread in beside:
        thread.start()
    while monotonic() < over:
        for teller in tellers:
            teller.look(db, mail, datetime.now(UTC))
    for thread in beside:
        thread.join()
    for teller in tellers:
        teller.finish(10)
    told = kinds(db)
    assert (told[BEGUN], told[WANTED]) == ({"chef", "vice", "admin"}, {"chef", "vice"})
    assert set(mails(post_office).values()) == {1}


def test_a_mail_server_that_hangs_keeps_no_delivery_waiting(
    sqlite: Database, post_office: PostOffice, running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_up_hub(monkeypatch)
    here = Broadcast(sqlite, running, "facebook")
    hangs, free = threading.Event(), threading.Event()
    post_office.when_handed_in = lambda: (hangs.set(), free.wait(30))[0]
    teller = Teller()
    here.message(state="submitted", submitted_at=datetime.now(UTC), approved_by_id=None)
    here.town.person("chef", roles=["unit_manager"])
    try:
        began = monotonic()
        teller.look(sqlite, Settings(smtp_url=post_office.url), datetime.now(UTC))  # type: ignore[arg-type]
        assert hangs.wait(10)
        here.sent()
        with ThreadPoolExecutor(8) as pool:
            here.sweep(pool=pool)
        here.to_the_end()
        assert (len(here.effects), monotonic() - began < 10) == (1, True)
        assert not free.is_set()
    finally:
        free.set()
        teller.finish(10)


class ManyDesks(PostOffice):
    """Whoever is kept waiting when a mail was handed in waits alone."""

    async def handle_QUIT(self, *_dialogue: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        await asyncio.to_thread(self.when_handed_in)
        return "221 Bye"


def test_a_mail_server_that_hangs_once_keeps_nothing_waiting_that_comes_due_later(db: Database) -> None:
    town = crisis(db)
    office, first, free = ManyDesks().open(), threading.Lock(), threading.Event()
    mail, teller = Settings(smtp_url=office.url), Teller()  # type: ignore[arg-type]

    def hangs_once() -> None:
        if first.acquire(blocking=False):
            free.wait(30)

    def was_told(name: str) -> bool:
        teller.look(db, mail, datetime.now(UTC))
        return any(name in to for to, _subject in mails(office))

    try:
        teller.look(db, mail, datetime.now(UTC))
        assert eventually(lambda: len(office.mails) == 5, seconds=10)
        teller.finish(2)
        office.when_handed_in = hangs_once
        for name in ("ny", "nyare"):
            town.person(name, roles=["unit_manager"])
            assert eventually(partial(was_told, f"{name}@"), seconds=5), name
    finally:
        free.set()
        teller.finish(10)
        office.close()


def test_asked_to_stop_while_a_mail_server_hangs_it_ends_within_seconds(sqlite: Database) -> None:
    """Until it is started again nobody else delivers."""
    crisis(sqlite)

    def is_being_sent() -> bool:
        with sqlite.snapshot() as session:
            return session.scalars(select(Notice).where(Notice.state == "sending")).first() is not None

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"smtp://127.0.0.1:{silent.getsockname()[1]}?from=kanalvakt@tibro.example.org"
        with worker(sqlite, KANALVAKT_SMTP_URL=address) as process:
            assert eventually(is_being_sent)
            process.terminate()
            assert process.wait(FINISHES + 3) == 0


def test_what_has_run_out_is_history_on_the_page_within_seconds_though_no_beat_lives(sqlite: Database) -> None:
    settings, now = Settings(), datetime.now(UTC)
    with sqlite.transaction() as session:
        crises.register(session)
        event = crises.incident(session)
        crises.sent(session, event, "tibro-1", expires=now + timedelta(seconds=2), hub="verified")
    hub.publish_hub(sqlite, settings, now)
    page = hub.folder(settings) / "tibro-1.html"
    assert "gäller inte längre" not in page.read_text()
    with worker(sqlite):
        assert eventually(lambda: "gäller inte längre" in page.read_text(), seconds=15)


def test_what_residents_write_is_on_the_board_though_nobody_has_it_open_and_the_broker_is_gone(
    sqlite: Database,
) -> None:
    town, now = Town(sqlite), datetime.now(UTC)
    town.comment("n1", now, "Mormor behöver hjälp")
    begun = {"started_at": now, "started_by_id": "redaktor", "decided_by": "K"}
    with sqlite.transaction() as session:
        session.add(Incident(mode="actual", level="disturbance", title="Ström", **begun))  # type: ignore[arg-type]

    def on_the_board() -> list[str]:
        with sqlite.snapshot() as session:
            return list(session.scalars(select(Intake.kind)))

    with worker(sqlite):
        assert eventually(lambda: on_the_board() == ["help"], seconds=60)


def test_in_quiet_times_the_worker_has_loaded_nothing_of_what_it_does_in_a_crisis(
    sqlite: Database, tmp_path: Path
) -> None:
    look = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; from workers import emergency as worker\n"
        "worker.Telling().look(); worker.Page().look(); worker.Board().look(); worker.look(ThreadPoolExecutor(1))\n"
        "print(sorted(name for name in sys.modules if name.startswith(('monitor.alerts', 'apprise', 'PIL', 'jinja2'))))"
    )
    known = {"KANALVAKT_DATABASE_URL": sqlite.url.render_as_string(), "KANALVAKT_HOME": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", look], env=os.environ | known, capture_output=True, check=True)
    assert answer.stdout.decode().strip() == "[]"
