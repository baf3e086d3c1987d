"""What residents and people of the town do: on the platforms, and in Kanalvakt. Each verb takes its moment."""

from datetime import datetime

from sqlalchemy import select

from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Comment
from monitor.db import Database
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import CannotMark, mark
from monitor.register.absences import add_absence
from monitor.register.models import Person
from monitor.watch.models import Comment as Stored
from tests.truth.month.chronicle import Asked, Chronicle, Mark
from tests.truth.month.clock import Clock, Within
from tests.truth.month.plan import WORDS, Away
from tests.truth.month.town import ADMINISTRATOR, KINDS


class Acts:
    """`changed`: the channels on whose platform something has happened since somebody took them out."""

    def __init__(
        self, db: Database, emulator: Emulator, accounts: dict[str, Account], chronicle: Chronicle, clock: Clock
    ) -> None:
        self.db, self.emulator, self.accounts, self.chronicle = db, emulator, accounts, chronicle
        self.world, self.clock = emulator.world, clock
        self.posts = {id_: self.world.publish(account, "Välkommen hit") for id_, account in accounts.items()}
        self.comments: dict[str, Comment] = {}
        self.names: dict[str, str] = {}
        self.changed: set[str] = set()

    def happens(self, moment: datetime, verb: str, which: str, more: tuple[object, ...]) -> None:
        with self.world.lock:
            self.world.clock = moment
        getattr(self, verb)(which, moment, *more)

    def publishes(self, channel: str, _now: datetime) -> None:
        with self.world.lock:
            self.posts[channel] = self.world.publish(self.accounts[channel], "Så här blir det på vägarna i vår")
        self.changed.add(channel)

    def asks(self, channel: str, now: datetime, name: str, below: str | None, by: str, text: str, held: bool) -> None:
        on = (below and self._there(below)) or self.posts[channel]
        with self.world.lock:
            author = self.world.resident(self.accounts[channel].platform, by)
            made = self.world.comment(on, author, text, held=held)
        self.comments[name], self.names[made.id] = made, name
        self.chronicle.asked[name] = Asked(name, channel, None if held else now, flagged=text == WORDS)
        self._stirs(name)

    def answers(self, name: str, _now: datetime, mention: bool) -> None:
        if (comment := self._there(name)) is not None:
            with self.world.lock:
                self.world.answer(comment, "Hej, vägen är klar i maj.", mention=mention)
            self._stirs(name)

    def hides(self, name: str, _now: datetime) -> None:
        if (comment := self._there(name)) is not None:
            with self.world.lock:
                self.world.hide(comment)
            self._stirs(name)

    def deletes(self, name: str, _now: datetime) -> None:
        if (comment := self._there(name)) is not None:
            with self.world.lock:
                self.world.delete(comment)
            self._stirs(name)

    def edits(self, name: str, _now: datetime) -> None:
        if (comment := self._there(name)) is not None:
            with self.world.lock:
                self.world.edit(comment, f"{comment.text} Och väg 7?")
            self.chronicle.asked[name].since = None
            self._stirs(name)

    def releases(self, name: str, _now: datetime) -> None:
        comment = self._there(name)
        if comment is not None and comment.held:
            with self.world.lock:
                self.world.release(comment)
            self._stirs(name)

    def marks(self, name: str, now: datetime, kind: str, more: datetime | str | None) -> None:
        """By the person responsible; what is put off beyond its deadline, by the manager. Some of it is refused."""
        asked, until = self.chronicle.asked[name], more if isinstance(more, datetime) else None
        said = Said(Kind(kind), until, Reason(more) if isinstance(more, str) else None, note="Vi väntar på svar.")
        channel = KINDS[asked.channel]
        by = channel.manager if kind == "snooze" else channel.responsible
        with self.db.transaction() as session:
            stored = select(Stored.id).where(Stored.channel_id == asked.channel)
            id_ = session.scalar(stored.where(Stored.external_id == self.comments[name].id))
            if id_ is None:
                return
            try:
                mark(session, id_, said, by, now)
            except CannotMark:
                self.chronicle.counts["marks refused"] += 1
                return
        self.chronicle.counts[f"marks: {kind}"] += 1
        asked.marks.append(Mark(kind, now, self._until(kind, until, now)))

    def is_away(self, away: Away) -> None:
        with self.db.transaction() as session:
            person = session.get_one(Person, away.person)
            add_absence(session, person, away.first, away.last, ADMINISTRATOR, away.told)
        self.chronicle.absences.append(away)

    def numbers(self) -> dict[int, str]:
        """The comments' names by our number, which mails call them by."""
        with self.db.snapshot() as session:
            rows = session.execute(select(Stored.id, Stored.external_id))
            return {id_: self.names[theirs] for id_, theirs in rows if theirs in self.names}

    def _until(self, kind: str, until: datetime | None, now: datetime) -> datetime | None:
        if kind != "acknowledge":
            return until
        return self.clock.due(now, Within(days=1))

    def _there(self, name: str) -> Comment | None:
        comment = self.comments[name]
        gone = comment.deleted_at or comment.hidden or comment.rejected or comment.thread.deleted_at
        return None if gone else comment

    def _stirs(self, name: str) -> None:
        self.changed.add(self.chronicle.asked[name].channel)
