"""The fault run: rounds through the real pipeline on a virtual clock, people at work, and platforms that fail."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from config.settings import Settings
from connectors.base import YOUNG
from connectors.emulator.server import Emulator
from connectors.emulator.world import World
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.models import Parking, PollRun, Schedule
from monitor.watch.polling import Claimed, PollOutcome, claim_due, claim_now, poll
from tests.bench.connectors.life import Life
from tests.bench.connectors.mix import HOLLOWED, OUTAGE, OUTAGE_MINUTES, HollowSite, MixedFaults, Trouble
from tests.bench.connectors.parked import Diary, Throttle
from tests.bench.connectors.stages import STAGES, addresses, environment
from tests.bench.connectors.town import register, sharing, variable
from tests.bench.connectors.verdict import Verdict, judge
from tests.connectors.instagram_public.account import start_new_process
from tests.connectors.stage import Stage

CHANNELS = ("facebook", "facebook", "instagram", "instagram_public", "youtube", "youtube")
"""Two pages share one Meta app with the Instagram account, two YouTube channels one project."""
PER_ROUND = 1.2
"""Things that people do for each round, on average."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run. outcomes: how rounds ended; errors: kinds of error they ended with. early: requests that were
    made although somebody had said "wait": (channel, what was said).
    late: comments below young posts that complete rounds left out, by platform, unless an answer misled them."""

    rounds: int
    seed: int
    days: int
    comments: int
    requests: int
    faults: dict[str, int]
    outcomes: dict[str, int]
    errors: dict[str, int]
    late: dict[str, int]
    early: list[tuple[str, str]]
    verdict: Verdict

    @property
    def zeros(self) -> dict[str, int]:
        """What is promised to be 0."""
        found = self.verdict
        return {
            "channels that could not be read in the end": len(found.unread),
            "comments missing": len(found.missing),
            "stored twice": len(found.twice),
            "in a wrong state, or with an old text": len({*found.wrong, *found.stale, *found.extra}),
            "calls made while parked": len(self.early),
        }

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What broke a promise, by name; nothing where all is well."""
        early = Counter(f"{channel} after {name}" for channel, name in self.early)
        found = asdict(self.verdict) | {"early": [f"{what}: {many}" for what, many in early.items()]}
        return {name: list(values) for name, values in found.items() if values}

    @property
    def holds(self) -> bool:
        return not any(self.zeros.values())


@dataclass
class Run:
    """One town's channels in one database and one world."""

    emulator: Emulator
    db: Database
    lives: dict[str, Life]
    settings: Settings
    chance: random.Random
    faults: MixedFaults
    sharing: dict[str, frozenset[str]]
    diary: Diary = field(default_factory=Diary)
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    late: set[tuple[str, str]] = field(default_factory=set)
    misled: set[str] = field(default_factory=set)
    reading: str = ""
    mending: dict[str, datetime] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.emulator.world.now

    # -- rounds

    def play(self, rounds: int) -> None:
        """So many rounds, as the scheduler would begin them: only what is due."""
        done = 0
        while done < rounds:
            self._mend()
            with self.db.transaction() as session:
                claimed = claim_due(session, self.now, 1)
            if not claimed:
                self._wait()
                continue
            before = self.faults.done[HOLLOWED]
            outcome = self._poll(claimed[0])
            self._count(outcome)
            self._note_late(outcome, self.faults.done[HOLLOWED] > before)
            done += 1
            self._perhaps_break_token(claimed[0].channel_id)
            self.emulator.world.advance(2)
            self._live(PER_ROUND)

    def end(self) -> list[PollOutcome]:
        """Nothing fails any more, a working day begins on which nobody has to wait, and each channel is read whole."""
        self.faults.quiet = True
        self._mend(everything=True)
        calendar = calendar_of(Organisation(name="Tibro kommun"))
        with self.db.snapshot() as session:
            parked = session.scalar(select(func.max(Parking.until))) or self.now
            due = session.scalar(select(func.max(Schedule.next_poll_at))) or self.now
        free = max(parked, due, self.now + timedelta(days=2))
        day = calendar.next_working_day(calendar.local_date(free))
        self._advance_to(calendar.opening(day))
        return [self._whole(name) for name in self.lives]

    def look(self, life: Life) -> bool:
        """A whole reading that nothing disturbs; False where the channel's token is out of order or it has to wait."""
        if self.mending or self.diary.waits(life.channel, self.now) or self._is_parked(life.channel):
            return False
        quiet, self.faults.quiet = self.faults.quiet, True
        self.emulator.world.advance(1)
        outcome = self._whole(life.channel)
        self.faults.quiet = quiet
        return outcome.outcome == "complete"

    def _whole(self, channel: str) -> PollOutcome:
        with self.db.transaction() as session:
            [claimed] = claim_now(session, self.now, [channel])
        return self._poll(claimed, full=True)

    def _poll(self, claimed: Claimed, *, full: bool = False) -> PollOutcome:
        self.reading, self.faults.platform = claimed.channel_id, claimed.platform
        start_new_process()  # instaloader counts requests in real time, and here the hours are seconds
        since = self.emulator.ledger.mark()
        outcome = poll(self.db, claimed, full=full, settings=self.settings, clock=lambda: self.now)
        self.diary.asked(claimed.channel_id, self.emulator.ledger.mark())
        if outcome.error and outcome.error.kind == "rate_limited" and outcome.error.retry_at:
            self.diary.decided(since, outcome.error.retry_at)
        return outcome

    def _note_late(self, outcome: PollOutcome, hollow: bool) -> None:
        """What a complete round did not bring, unless an answer without the comments that it counted is to blame."""
        channel, whole = outcome.channel, self._was_whole(outcome.channel)
        if hollow:
            self.misled.add(channel)
        elif outcome.outcome == "complete" and whole:
            self.misled.discard(channel)
        if outcome.outcome == "complete" and channel not in self.misled:
            life = self.lives[channel]
            left_out = life.truly_shown().keys() - life.stored().keys()
            self.late |= {(channel, id_) for id_ in left_out if self._is_young(id_)}

    def _is_young(self, id_: str) -> bool:
        """Below a post that is looked into in every round."""
        world = self.emulator.world
        post = world.posts.get(id_) or world.comments[id_].post
        return self.now - post.at < YOUNG

    def _was_whole(self, channel: str) -> bool:
        query = select(PollRun.full).where(PollRun.channel_id == channel).order_by(PollRun.id.desc()).limit(1)
        with self.db.snapshot() as session:
            return session.scalars(query).one()

    def _count(self, outcome: PollOutcome) -> None:
        self.outcomes[outcome.outcome] += 1
        if outcome.error:
            self.errors[outcome.error.kind] += 1

    def _is_parked(self, channel: str) -> bool:
        """Not reliably read now, for whatever reason."""
        with self.db.snapshot() as session:
            schedule = session.get_one(Schedule, channel)
            until = session.scalar(select(func.max(Parking.until))) or self.now
            return schedule.failures > 0 or until > self.now

    # -- time and people

    def _wait(self) -> None:
        """Until somebody is due; where that is long, people write meanwhile."""
        with self.db.snapshot() as session:
            due = session.scalars(select(func.min(Schedule.next_poll_at))).one()
        rest = (due - self.now).total_seconds()
        if rest > 3600:
            self.emulator.world.advance(rest / 2)
            self._live(3 * PER_ROUND)
        self._advance_to(max(due, self.now + timedelta(seconds=1)))

    def _advance_to(self, moment: datetime) -> None:
        self.emulator.world.advance(max(0.0, (moment - self.now).total_seconds()))

    def _live(self, things: float) -> None:
        for _thing in range(round(self.chance.expovariate(1 / things))):
            self.chance.choice(list(self.lives.values())).happen(self.chance)

    # -- what goes wrong

    def tell(self, trouble: Trouble, until: datetime | None) -> None:
        """A platform has just asked for a pause."""
        channels = frozenset({self.reading}) if trouble.whose == "channel" else self.sharing[self.reading]
        self.diary.throttled(Throttle(trouble.name, self.emulator.ledger.mark(), channels, until))

    def _perhaps_break_token(self, channel: str) -> None:
        if self.chance.random() < OUTAGE and channel not in self.mending:
            self.faults.done["token outage"] += 1
            self._set_error(channel, (190, 463))
            self.mending[channel] = self.now + timedelta(minutes=self.chance.randint(*OUTAGE_MINUTES))

    def _mend(self, *, everything: bool = False) -> None:
        for channel, until in list(self.mending.items()):
            if everything or until <= self.now:
                self._set_error(channel, None)
                del self.mending[channel]

    def _set_error(self, channel: str, error: tuple[int, int] | None) -> None:
        credential = self.lives[channel].stage.credential
        for name in ("token", "refresh_token", "session"):
            if value := credential.get(name):
                self.emulator.world.tokens[value].error = error


def measure(rounds: int = 2000, seed: int = 1) -> Figures:
    """The whole run, in a database and a world of its own."""
    with _begun(seed) as run:
        began = run.now
        run.play(rounds)
        days = (run.now - began).days
        last = run.end()
        return Figures(
            rounds=rounds,
            seed=seed,
            days=days,
            comments=sum(len(life.comments) for life in run.lives.values()),
            requests=run.emulator.ledger.requests(),
            faults=dict(sorted(run.faults.done.items())),
            outcomes=dict(run.outcomes),
            errors=dict(run.errors),
            late=dict(Counter(run.lives[channel].stage.platform for channel, _id in run.late)),
            early=run.diary.calls_while_parked(run.emulator.ledger.entries),
            verdict=judge(run.db, run.emulator.world, run.lives, last),
        )


@contextmanager
def _begun(seed: int) -> Iterator[Run]:
    with tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as folder, Emulator(World(seed=seed)) as emulator:
        stages = [STAGES[platform](emulator, number) for number, platform in enumerate(CHANNELS)]
        secrets = {
            variable(number, name): stage.credential.get(name) or ""
            for number, stage in enumerate(stages)
            for name in stage.credential.names
        }
        with environment(addresses(emulator) | secrets | {"KANALVAKT_HOME": folder}):
            db = Database(f"sqlite:///{Path(folder) / 'kanalvakt.sqlite3'}")
            upgrade(db)
            yield _run(emulator, db, stages, seed)
            db.close()


def _run(emulator: Emulator, db: Database, stages: Sequence[Stage], seed: int) -> Run:
    settings, chance, words = Settings(), random.Random(seed), count()  # noqa: S311 - a toy world
    lives: dict[str, Life] = {}
    for number, stage in enumerate(stages):
        people = [stage.resident, *(stage.world.person(stage.account.platform, name) for name in ("Ali", "Siv", "Ove"))]
        name = f"{stage.platform}-{number}"
        lives[name] = Life(stage, db, people, words=words, channel=name)
    register(db, lives, emulator.world.now)
    faults = MixedFaults(seed, lambda: emulator.world.now)
    run = Run(emulator, db, lives, settings, chance, faults, sharing(lives, settings))
    faults.tell = run.tell
    for life in lives.values():
        life.look = run.look
        for number in range(3):
            life.publish(number, 0)
            life.ask(number, number + 1)
    emulator.faults = faults
    emulator.sites = [HollowSite(site, faults) for site in emulator.sites]
    return run
