"""Whatever happens in a thread, every comment stands where a plain oracle says: in the rules, and in the database."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import update

from monitor import NEEDS_SOMEBODY
from monitor.db import Database
from monitor.db.guarding import TAKES_AWAY
from monitor.inbox.mark_rules import Kind, Marked, Said, said_of_replies, standing
from monitor.inbox.models import Action, Mark
from monitor.inbox.rules import Version, Written, judge
from monitor.inbox.unanswered import obligation, unanswered
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.models import Comment, Observation, Schedule
from tests.monitor.copies import keep_copy
from tests.monitor.inbox.life import Item, Life, Stands, where_all_stand
from tests.monitor.inbox.threads import OURS
from tests.monitor.town import Town

CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
BEGINNINGS = (
    datetime(2026, 6, 17, 9, 0, tzinfo=UTC),  # a Wednesday before Midsummer
    datetime(2026, 10, 23, 13, 30, tzinfo=UTC),  # the Friday before summer time ends
    datetime(2026, 3, 27, 14, 30, tzinfo=UTC),  # and begins
)
TEXTS = ("Hur länge är badet stängt?", "hur länge är badet stängt", "När öppnar ni?", "Tack!")
PAUSES = (timedelta(minutes=1), timedelta(hours=3), timedelta(hours=26), timedelta(days=3))
WHO = st.sampled_from(("anna", "erik", None))
WHICH = st.sampled_from((0, 0, 0, 1, 1, 2, 3))  # so few that much happens to the same one
RARELY = st.sampled_from((True, False, False, False))


class Thread(RuleBasedStateMachine):
    """A top-level comment and everything below it. Every step takes at least a minute."""

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning: datetime) -> None:
        self.now, self.life, self.count = beginning, Life(), 0
        self.open_database()
        self.wrote("anna", None)

    # -- what residents and the organisation write

    @rule(who=WHO, text=st.sampled_from(TEXTS), held=RARELY)
    def somebody_writes(self, who: str | None, text: str, held: bool) -> None:
        self.wrote(who, "1", text=text, held=held)

    @rule(mention=st.sampled_from(((), (), ("anna",), ("erik",))), below=st.booleans())
    def we_write(self, mention: tuple[str, ...], below: bool) -> None:
        self.wrote("page-1", "1" if below else None, own=True, mentions=mention)

    @rule(which=WHICH, interim=RARELY.map(lambda rarely: not rarely))
    def we_reply_from_here(self, which: int, interim: bool) -> None:
        to = self.resident(which)
        self.replied(to, "page-1", "1", own=True, mentions=(to.who,) if to.who else (), interim=interim)

    @rule(which=WHICH, text=st.sampled_from(TEXTS))
    def somebody_edits(self, which: int, text: str) -> None:
        item = self.resident(which)
        if item.missing or item.texts[-1][1] == text:
            return
        old = item.texts[-1][1]
        item.texts.append((self.tick(), text))
        self.changed(item, "edited", old)

    # -- what becomes of it on the platform

    @rule(which=WHICH, ours=RARELY)
    def we_hide_or_show(self, which: int, ours: bool) -> None:
        items = self.life.ours() if ours else self.life.residents()
        if not items or (item := items[which % len(items)]).missing or item.held:
            return
        item.hidden = not item.hidden
        moment = self.tick()
        item.gone_at = moment if item.own and item.hidden else None
        item.unhidden_at = item.unhidden_at if item.hidden else moment
        self.changed(item, "hidden" if item.hidden else "unhidden")

    @rule(which=WHICH)
    def a_held_one_is_published(self, which: int) -> None:
        item = self.resident(which)
        if item.held and not item.missing:
            item.held, item.public_at = False, self.tick()
            self.changed(item, "published")

    @rule(which=WHICH, deleted=st.booleans(), ours=st.booleans(), removed=st.booleans())
    def one_disappears(self, which: int, deleted: bool, ours: bool, removed: bool) -> None:
        items = [
            each
            for each in (self.life.ours() if ours else self.life.residents())
            if not each.missing and not (each.own and each.hidden)
        ]
        if not items:
            return
        item, moment = items[which % len(items)], self.tick()
        item.missing, item.gone_at = True, moment
        item.deleted_at = moment if deleted else None
        self.changed(item, "gone")
        if removed and not ours:
            item.removed = True
            self.acted(item, "reject")

    @rule(which=WHICH)
    def one_comes_back(self, which: int) -> None:
        items = [each for each in self.life.items if each.missing]
        if items:
            self.back(items[which % len(items)])

    @rule(which=WHICH, pause=st.sampled_from(PAUSES))
    def one_is_away_for_a_while(self, which: int, pause: timedelta) -> None:
        item = self.resident(which)
        if item.missing:
            return
        item.missing, item.gone_at = True, self.tick()
        self.changed(item, "gone")
        self.now += pause
        self.back(item)

    def back(self, item: Item) -> None:
        moment = self.tick()
        if item.gone_at is not None and moment - item.gone_at > timedelta(days=1):
            item.back_at = moment
        item.missing, item.gone_at, item.deleted_at = False, None, None
        self.changed(item, "back")

    # -- what people say, allowed or not

    @rule(which=WHICH, kind=st.sampled_from((Kind.ACKNOWLEDGE, Kind.SNOOZE)), pause=st.sampled_from((None, *PAUSES)))
    def somebody_puts_it_off(self, which: int, kind: Kind, pause: timedelta | None) -> None:
        item, moment = self.resident(which), self.tick()
        self.says(item, Said(kind, moment + pause if pause else None), moment)

    @rule(which=WHICH, kind=st.sampled_from((Kind.CLOSE, Kind.PRIVATE)))
    def somebody_closes_it(self, which: int, kind: Kind) -> None:
        self.says(self.resident(which), Said(kind), self.tick())

    @rule(which=WHICH, kind=st.sampled_from((Kind.WAKE, Kind.REOPEN)))
    def somebody_takes_it_back(self, which: int, kind: Kind) -> None:
        self.says(self.resident(which), Said(kind), self.tick())

    @rule(which=WHICH, kind=st.sampled_from((Kind.INTERIM, Kind.CONFIRM, Kind.REJECT)), reply=WHICH)
    def somebody_speaks_of_our_reply(self, which: int, kind: Kind, reply: int) -> None:
        if ours := self.life.ours():
            self.says(self.resident(which), Said(kind, reply=ours[reply % len(ours)].id), self.tick())

    def says(self, item: Item, said: Said, moment: datetime) -> None:
        marks = self.life.marks.setdefault(item.id, [])
        marks.append(Marked(said, "redaktor", moment, self.count))
        self.marked(item, said, moment)

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    # -- what must hold

    @invariant()
    def every_comment_stands_where_the_oracle_says(self) -> None:
        if hasattr(self, "life"):
            assert self.found() == where_all_stand(self.life, CALENDAR, self.now)

    # -- how it is kept here: as facts for the rules

    def open_database(self) -> None:
        """Nothing to open."""

    def changed(self, item: Item, kind: str, text: str | None = None) -> None:
        """Nothing to write."""

    def marked(self, item: Item, said: Said, moment: datetime) -> None:
        """Nothing to write."""

    def acted(self, item: Item, kind: str, remote_id: str | None = None, *, interim: bool = False) -> None:
        """Nothing to write."""

    def replied(self, to: Item, who: str, parent: str, **values: Any) -> None:
        self.wrote(who, parent, **values)

    def found(self) -> dict[str, Stands]:
        written = [_written(self.life, item) for item in self.life.items]
        found = {}
        for id_, verdict in judge(self.shuffled(written), OURS).items():
            marks = self.shuffled(self.life.marks.get(id_, []))
            stands = standing(verdict, marks, CALENDAR, self.now)
            found[id_] = (stands.state, stands.since, stands.quiet_until)
        return found

    def wrote(self, who: str | None, parent: str | None, text: str = TEXTS[0], **values: Any) -> None:
        moment = self.tick()
        item = Item(str(self.count), who, parent, moment, [(moment, text)], **values)
        self.life.items.append(item)
        self.changed(item, "new")

    def shuffled(self, things: Sequence[Any]) -> list[Any]:
        """In another order each time."""
        return [thing for _, thing in sorted(enumerate(things), key=lambda each: (each[0] * 7919 * self.count) % 31)]

    def resident(self, which: int) -> Item:
        there = self.life.residents()
        return there[which % len(there)]

    def tick(self) -> datetime:
        self.count += 1
        self.now += timedelta(minutes=1)
        return self.now


def _written(life: Life, item: Item) -> Written:
    told = {each.id: said_of_replies(life.marks.get(each.id, [])) for each in life.residents()}
    interim_for = frozenset(id_ for id_, replies in told.items() if item.id in replies.interim)
    return Written(
        id=item.id,
        post="p1",
        posted_at=item.posted,
        versions=tuple(Version(text, at) for at, text in item.texts),
        parent=item.parent,
        author_id=item.who,
        mentions=item.mentions,
        hidden=item.hidden,
        held=item.held,
        missing=item.missing,
        public_seen_at=item.public_at,
        deleted_at=item.deleted_at,
        removed_by_us=item.removed,
        unhidden_at=item.unhidden_at,
        back_at=item.back_at,
        gone_at=item.gone_at,
        reopened=told[item.id].reopened if not item.own else (),
        closed=told[item.id].closed if not item.own else (),
        interim=item.interim or bool(interim_for),
        interim_for=interim_for,
        answers=frozenset(id_ for id_, replies in told.items() if item.id in replies.answers),
        not_for=frozenset(id_ for id_, replies in told.items() if item.id in replies.not_for),
    )


class StoredThread(Thread):
    """The same, in a database as readings and people leave it; what is remembered must be what is read afresh."""

    template: Path
    folder: Path
    made = 0

    def open_database(self) -> None:
        StoredThread.made += 1
        path = self.folder / f"life-{self.made}.sqlite3"
        shutil.copy(self.template, path)
        self.db = Database(f"sqlite:///{path}")
        town = Town(self.db)
        town.schedule()
        self.rows: dict[str, int] = {}
        self.run = town.read(self.now)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()

    def replied(self, to: Item, who: str, parent: str, **values: Any) -> None:
        """Whom it is for, and that it only promises an answer, the action alone knows."""
        super().replied(to, who, parent, **values)
        reply = self.life.items[-1]
        self.acted(to, "reply", reply.id, interim=reply.interim)

    def acted(self, item: Item, kind: str, remote_id: str | None = None, *, interim: bool = False) -> None:
        about = {"channel_id": "fb", "comment_id": self.rows[item.id], "by_id": "redaktor", "interim": interim}
        when = {"created_at": self.now, "next_at": self.now, "done_at": self.now, "state": "done"}
        with self.db.transaction() as session:
            if kind in TAKES_AWAY:
                keep_copy(session, self.rows[item.id])
            session.add(Action(key=f"{item.id} {self.count}", kind=kind, remote_id=remote_id, **about, **when))
            if remote_id is not None:
                session.get_one(Comment, self.rows[remote_id]).mentions = []

    def changed(self, item: Item, kind: str, text: str | None = None) -> None:
        with self.db.transaction() as session:
            if kind == "new":
                row = _row(item)
                session.add(row)
                session.flush()
                self.rows[item.id] = row.id
            else:
                row = session.get_one(Comment, self.rows[item.id])
                noticed = {"kind": kind, "seen_at": self.now, "text": text}
                session.add(Observation(comment_id=row.id, poll_run_id=self.run, **noticed))
            row.text, row.hidden, row.held = item.texts[-1][1], item.hidden, item.held
            row.public_seen_at, row.deleted_at = item.public_at, item.deleted_at
            row.missing_since = item.gone_at if item.missing else None
            session.execute(update(Schedule).values(revision=Schedule.revision + 1))

    def marked(self, item: Item, said: Said, moment: datetime) -> None:
        words = {"kind": said.kind, "by_id": "redaktor", "until": said.until, "reply": said.reply}
        with self.db.transaction() as session:
            session.add(Mark(channel_id="fb", comment_id=self.rows[item.id], at=moment, **words))

    def found(self) -> dict[str, Stands]:
        with self.db.snapshot() as session:
            everything = unanswered(session, self.now, all_states=True)
            assert unanswered(session, self.now) == [each for each in everything if each.state in NEEDS_SOMEBODY]
            one = everything[self.count % len(everything)]
            assert obligation(session, one.comment_id, self.now) == one
        return {each.external_id: (each.state, each.since, each.quiet_until) for each in everything}


def _row(item: Item) -> Comment:
    return Comment(
        channel_id="fb",
        external_id=item.id,
        post_external_id="p1",
        thread_external_id=item.parent or item.id,
        parent_external_id=item.parent,
        author_id=item.who,
        mentions=list(item.mentions),
        posted_at=item.posted,
        fetched_at=item.posted,
        text_seen_at=item.posted,
        text=item.texts[-1][1],
        content_hash=b"",
    )


def test_what_is_read_from_the_database_agrees_with_the_oracle(sqlite: Database, tmp_path: Path) -> None:
    StoredThread.template, StoredThread.folder = Path(sqlite.url.database or ""), tmp_path
    run_state_machine_as_test(StoredThread, settings=settings(max_examples=12, stateful_step_count=20))


def test_the_rules_agree_with_the_oracle_in_any_life() -> None:
    run_state_machine_as_test(Thread, settings=settings(max_examples=100, stateful_step_count=30))
