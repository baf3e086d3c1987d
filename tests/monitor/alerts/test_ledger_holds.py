"""Whatever happens to senders, servers and facts: each thing is told, in time, once, and only while it is true.

A plain oracle: the test knows what is true when, and a real mail server what arrived. Senders die in the middle of its
answers: an exception that nothing catches is raised in their thread while they wait for it.
"""

import ctypes
import shutil
import tempfile
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread, get_ident
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from monitor.alerts.cap_rules import GATHERED_WITHIN, HOUR, MOST_AN_HOUR
from monitor.alerts.judging import judge
from monitor.alerts.morning import DIGEST
from monitor.alerts.rules import ATTEMPTS, in_service
from monitor.alerts.sending import send_due
from monitor.alerts.standing_still import notices_unsent
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from tests.monitor.alerts.conftest import MORNING, with_mail
from tests.monitor.alerts.gossip import FLAG, OVERDUE, PLAIN, Gossip, name_of, told_in
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_sending import ledger
from tests.monitor.days.test_any_history import _template
from tests.monitor.town import Town

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
PEOPLE = ("redaktor", "ersattare")
HANDED_OVER, BEFORE = "handed over", "before"
HALF_HOURS = 17
"""Of a working day: whoever has heard of enough in an hour hears of the rest in the next ones."""
ENDED = {"sent", "failed", "cancelled"}


def _lately(moments: list[datetime], until: datetime) -> int:
    return sum(until - HOUR < each <= until for each in moments)


class Killed(BaseException):
    """A sender's sudden end."""


class DeadlyOffice(PostOffice):
    """`kills`: the sender that says the next message's recipient (BEFORE), or has just handed one in (HANDED_OVER)."""

    def __init__(self) -> None:
        super().__init__()
        self.kills: str | None = None
        self.spares = 0
        self.sender = 0
        self.is_down = False
        self.when_handed_in = lambda: self._strikes(HANDED_OVER)

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802
        if self._strikes(BEFORE):
            return "451 4.3.0 Nobody is there to hear this"
        return await super().handle_RCPT(*args)

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802
        return "451 4.3.0 Closed" if self.is_down else await super().handle_DATA(*args)

    def _strikes(self, moment: str) -> bool:
        if self.kills != moment or self.is_down:
            return False
        self.spares -= 1
        if self.spares >= 0:
            return False
        self.kills = None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.sender), ctypes.py_object(Killed))
        return True


class Ledger(RuleBasedStateMachine):
    """Two people hear of whatever is true, while mail servers and senders come and go."""

    @initialize()
    def begins(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kanalvakt-ledger-"))
        shutil.copy(_template(), self.folder / "ledger.sqlite3")
        self.db = Database(f"sqlite:///{self.folder / 'ledger.sqlite3'}")
        Town(self.db)
        self.office = DeadlyOffice().open()
        self.mail = with_mail(self.office.url)
        self.gossip, self.now, self.number = Gossip(digests=PEOPLE), MORNING, 0
        self.spread = self.gossip.spread()
        self.spread.__enter__()
        self.deliveries: dict[str, list[str]] = defaultdict(list)  # what was told: the Message-IDs
        self.crashes: Counter[str] = Counter()  # how often a sender died after telling it
        self.messages: dict[str, list[datetime]] = defaultdict(list)  # that are not urgent, and no digest: when
        self.patient: dict[str, list[datetime]] = defaultdict(list)  # of those, what can wait for long

    def teardown(self) -> None:
        if not hasattr(self, "spread"):
            return
        try:
            self._ends_well()
        finally:
            self.spread.__exit__(None, None, None)
            self.office.close()
            self.db.close()
            shutil.rmtree(self.folder)

    @rule(minutes=st.sampled_from([1, 2, 6, 11, 61, 240, 1440]))
    def passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def morning_comes(self) -> None:
        self.now = CALENDAR.opening(CALENDAR.next_working_day(CALENDAR.local_date(self.now)))

    @rule(kind=st.sampled_from([OVERDUE, FLAG, PLAIN]), person=st.sampled_from(PEOPLE), count=st.integers(1, 3))
    def happens(self, kind: str, person: str, count: int) -> None:
        for _each in range(count):
            self.number += 1
            self.gossip.learn(kind, f"s{self.number}", CALENDAR.local_date(self.now).isoformat(), person)

    @rule(kind=st.sampled_from([FLAG, PLAIN]), person=st.sampled_from(PEOPLE))
    def all_happens_at_once(self, kind: str, person: str) -> None:
        for _each in range(MOST_AN_HOUR + 1):
            self.happens(kind, person, 1)
            if kind == FLAG:
                self.is_judged()
                self._is_sent()

    @precondition(lambda self: self.gossip.facts)
    @rule(data=st.data())
    def is_settled(self, data: st.DataObject) -> None:
        self.gossip.forget(data.draw(st.sampled_from(sorted(fact[1] for fact in self.gossip.facts))))

    @rule(down=st.booleans())
    def mail_server(self, down: bool) -> None:
        self.office.is_down = down

    @rule()
    def is_judged(self) -> None:
        judge(self.db, self.now, self.mail)

    @rule()
    def is_told(self) -> None:
        self.is_judged()
        self._is_sent()

    @rule(when=st.sampled_from([BEFORE, HANDED_OVER]), spares=st.integers(0, 3))
    def sender_dies(self, when: str, spares: int) -> None:
        self.is_judged()
        self.office.kills, self.office.spares = when, spares
        died_after = self._is_sent()
        self.office.kills = None
        if died_after and when == HANDED_OVER:
            self.crashes.update(told_in(self.office.mails[-1]))

    @rule()
    def two_senders(self) -> None:
        self.is_judged()
        self._is_sent(senders=2)

    def _is_sent(self, senders: int = 1) -> bool:
        """Did the sender die? What arrives is looked at as it comes."""
        arrived, died = len(self.office.mails), list[bool]()

        def sender() -> None:
            self.office.sender = get_ident()
            try:
                send_due(self.db, self.now, self.mail)
            except Killed:
                died.append(True)

        threads = [Thread(target=sender) for _each in range(senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for mail in self.office.mails[arrived:]:
            self._arrived(str(mail["To"]).partition("@")[0], mail)
        self._holds()
        return bool(died)

    def _arrived(self, person: str, mail: Any) -> None:
        names, id_ = told_in(mail), str(mail["Message-ID"])
        kinds = {name.strip("[").partition("/")[0] for name in names}
        assert names
        assert len(kinds) == 1 or kinds == {DIGEST, OVERDUE}
        assert (DIGEST in kinds) == str(mail["Subject"]).startswith(DIGEST)
        for name in names:
            kind, subject, cycle = name.strip("[]").split("/")
            today = CALENDAR.local_date(self.now).isoformat()
            assert (kind, subject, cycle) in self.gossip.facts or (kind, cycle) == (DIGEST, today), "is true"
            self.deliveries[name].append(id_)
        if FLAG not in kinds:
            assert in_service(self.now, CALENDAR), "nobody is disturbed"
        if kinds.isdisjoint({FLAG, DIGEST}) and len({*self.deliveries[names[0]]}) == len(self.deliveries[names[0]]):
            self.messages[person].append(self.now)
            if OVERDUE not in kinds:
                self.patient[person].append(self.now)

    def _holds(self) -> None:
        for name, ids in self.deliveries.items():
            assert len(ids) <= 1 + self.crashes[name], f"{name} was told twice without a crash"
            assert len({*ids}) == 1, f"{name} was repeated under another id"
        for person, moments in self.messages.items():
            for moment in moments:
                assert _lately(moments, moment) <= MOST_AN_HOUR + HOUR / GATHERED_WITHIN
            for moment in self.patient[person]:
                assert _lately(moments, moment) <= MOST_AN_HOUR
        rows = ledger(self.db)
        for row in rows:
            assert (row.state == "sent") <= (name_of(row) in self.deliveries)
            assert (row.state == "cancelled") <= (self.crashes[name_of(row)] > 0 or name_of(row) not in self.deliveries)
            assert (row.state == "failed") <= (row.attempts >= ATTEMPTS)
            assert (row.state == "due") <= (row.claim is None)
            if row.state == "due" and row.attempts == 0 and (row.subject_kind == FLAG or row.folded):
                assert row.due_at <= row.created_at + GATHERED_WITHIN, "it is told within five minutes all the same"

    def _ends_well(self) -> None:
        """With a mail server that works, all that is true is told within two working days, and nothing stands still."""
        self.office.is_down, self.office.kills = False, None
        for _day in range(2):
            self.morning_comes()
            for _look in range(HALF_HOURS):
                self.is_judged()
                self._is_sent()
                self.now += HOUR / 2
                if all(row.state in ENDED for row in ledger(self.db)):
                    break
        rows = ledger(self.db)
        given_up = {name_of(row) for row in rows if row.state == "failed"}
        untold = {f"[{'/'.join(fact)}]" for fact in self.gossip.facts} - given_up - {*self.deliveries}
        assert untold == set()
        assert {row.state for row in rows} <= ENDED
        assert all(row.state != "sent" or self.gossip.told[name_of(row)] == 1 for row in rows)
        with self.db.snapshot() as session:
            assert notices_unsent(session, self.now + HOUR, self.mail) == []


Ledger.TestCase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
TestLedger = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")(
    pytest.mark.timeout(400)(Ledger.TestCase)
)
