"""Any history of readings, comments, people and outages comes to what a slow oracle makes of it: one verdict a day."""

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.inbox.day_keeping import keep_days
from monitor.register.models import Channel
from monitor.watch.attesting import CannotAttest, attest
from monitor.watch.models import PollRun, Schedule
from monitor.watch.reviewing import review
from tests.monitor.days.almanac import Almanac, at
from tests.monitor.days.oracle import ZONE, Chronicle

MINUTE = timedelta(minutes=1)
STARTS = [date(2026, 6, 15), date(2026, 10, 22)]  # before midsummer; before the clocks change
CHANNELS = st.sampled_from(["fb", "grupp"])


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="kanalvakt-days-")) / "empty.sqlite3"
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    db.close()
    return path


class Days(RuleBasedStateMachine):
    """While Kanalvakt runs, the register is kept after everything that happens, and at both sides of midnight."""

    @initialize(day=st.sampled_from(STARTS))
    def begins(self, day: date) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kanalvakt-days-"))
        shutil.copy(_template(), self.folder / "days.sqlite3")
        self.db = Database(f"sqlite:///{self.folder / 'days.sqlite3'}")
        self.almanac = Almanac(self.db)
        self.now, self.runs, self.number = at(day, "06.00"), True, 0
        self.chronicles = {"fb": Chronicle(True, self.now), "grupp": Chronicle(False, self.now)}
        self.fb = self.chronicles["fb"]
        for channel in self.chronicles:
            self.almanac.changes(channel, watched_since=self.now)
        self._kept()

    def teardown(self) -> None:
        if not hasattr(self, "almanac"):
            return
        self._kept(always=True)
        for channel, chronicle in self.chronicles.items():
            days = chronicle.days(self.now)
            assert self.almanac.days(channel) == days
            over = [day for day in days if day < self._today()]
            told = [self.almanac.shown(day, channel) for day in over]
            assert all(each.concluded_at for each in told)
            assert {each.day: each.first_verdict for each in told} == {d: chronicle.verdict(d)[0] for d in over}
            uncorrected = [each for each in told if not each.correction]
            assert all((each.verdict, each.how, each.why) == chronicle.verdict(each.day) for each in uncorrected)
            assert all(each.verdict == "watched" for each in told if each.correction)
        with self.db.snapshot() as session:
            assert verify(session).broken is None
        self.db.close()
        shutil.rmtree(self.folder)

    @rule(minutes=st.sampled_from([1, 20, 59, 60, 181, 300, 600, 1440, 2900]))
    def passes(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        while self._midnight() <= until:
            self.now = self._midnight() - MINUTE
            self._kept()
            self.now = self._midnight()
            self._kept()
        self.now = until
        self._kept()

    @precondition(lambda self: not self.fb.is_paused(self.now))
    @rule(outcome=st.sampled_from(["complete", "complete", "partial", "failed"]), comments=st.integers(0, 2))
    def is_read(self, outcome: str, comments: int) -> None:
        began, self.now = self.now, self.now + MINUTE
        with self.db.transaction() as session:
            run = {"claim": "c", "full": False, "started_at": began, "finished_at": self.now, "outcome": outcome}
            session.add(PollRun(channel_id="fb", **run))
        self.fb.runs.append((began, self.now, outcome))
        for _each in range(comments if outcome != "failed" else 0):
            self.fb.comments.append([self.now, None])
            self._comment(f"c{len(self.fb.comments) - 1}")
        self._kept()

    @precondition(lambda self: self.fb.comments and not self.fb.is_paused(self.now))
    @rule(which=st.integers(0, 20))
    def is_answered(self, which: int) -> None:
        number = which % len(self.fb.comments)
        self.is_read("complete", 0)
        self.fb.comments[number][1] = self.fb.comments[number][1] or self.now
        self._comment(f"c{number}", "page-1")
        self._kept()

    @rule()
    def is_reviewed(self) -> None:
        self.now += MINUTE
        with self.db.transaction() as session:
            review(session, session.get_one(Channel, "fb"), "redaktor", self.now)
        self.fb.reviews.append(self.now)
        self.fb.touched.append(self.now)
        self._kept()

    @rule(
        channel=CHANNELS, days_ago=st.sampled_from([0, 0, 0, 1, 2, -1]), by=st.sampled_from(["redaktor", "ersattare"])
    )
    def is_attested(self, channel: str, days_ago: int, by: str) -> None:
        self.now += MINUTE
        day, chronicle = self._today() - timedelta(days=days_ago), self.chronicles[channel]
        self.almanac.town.change(Schedule, "fb", next_poll_at=self.now)
        try:
            with self.db.transaction() as session:
                made = attest(session, session.get_one(Channel, channel), day, by, self.now)
        except CannotAttest:
            assert not chronicle.may_attest(day, self.now)
        else:
            chronicle.touched.append(self.now)
            if made.at == self.now:
                assert chronicle.may_attest(day, self.now)
                chronicle.attested.append((day, self.now))
        self._kept()

    @rule()
    def is_paused_or_resumed(self) -> None:
        self.now += MINUTE
        paused = not self.fb.is_paused(self.now)
        self.fb.pauses.append((self.now, paused))
        self.almanac.changes(state="paused" if paused else "active")
        self._kept()

    @rule()
    def goes_down_or_up(self) -> None:
        self.runs = not self.runs
        self._kept()

    def _kept(self, *, always: bool = False) -> None:
        if self.runs or always:
            keep_days(self.db, self.now)
            for chronicle in self.chronicles.values():
                chronicle.looks.append(self.now)
                chronicle.touched.append(self.now)

    def _comment(self, id_: str, author: str = "anna") -> None:
        self.number += 1
        post = {"post_external_id": f"post of {id_}", "thread_external_id": id_}
        parent = None if author == "anna" else id_
        row = id_ if author == "anna" else f"answer {self.number}"
        seen = {"fetched_at": self.now, "text_seen_at": self.now}
        self.almanac.town.comment(row, self.now, **post, **seen, author_id=author, parent_external_id=parent)

    def _today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def _midnight(self) -> datetime:
        return datetime.combine(self._today() + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC)


Days.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestDays = pytest.mark.timeout(300)(Days.TestCase)
