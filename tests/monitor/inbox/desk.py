"""Somebody of the organisation who acts on the comments of an emulated platform; time is the platform's."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from connectors.emulator.effects import Effect
from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment as Written
from connectors.emulator.world import World
from monitor import State
from monitor.db import Database
from monitor.inbox.acting import carry_out, request
from monitor.inbox.action_rules import UNDER_WAY
from monitor.inbox.models import Action
from monitor.inbox.unanswered import unanswered
from monitor.watch.claiming import claim_now
from monitor.watch.models import Comment
from monitor.watch.polling import poll
from tests.connectors.writing_stages import STAGES, Pen
from tests.monitor.town import Town

CHANNEL = "here"
TEXT = "Badet öppnar på måndag."


class Desk:
    """One channel, read when a resident has asked something; verbs are what people and workers do.

    The manager has decided about it on `decided_on`, for many years.
    """

    def __init__(self, db: Database, emulator: Emulator, platform: str, decided_on: date = date(2020, 1, 1)) -> None:
        self.db, self.stage = db, STAGES[platform](emulator)
        self.pen, self.emulator = Pen(self.stage), emulator
        self.settings = Settings()  # once: making them takes longer than many an act
        self.town = Town(db)
        self.town.channel(
            CHANNEL,
            platform=platform,
            external_id=self.stage.account.id,
            address=f"https://www.example.org/{self.stage.account.handle}",
            credential=dict(self.stage.credential.secrets),
        )
        self.town.decision(CHANNEL, decided_on=decided_on)
        self._keys = 0

    @property
    def world(self) -> World:
        return self.stage.world

    @property
    def effects(self) -> list[Effect]:
        return self.world.effects

    def clock(self) -> datetime:
        return self.world.now

    def read(self) -> None:
        with self.db.transaction() as session:
            [claimed] = claim_now(session, self.clock(), [CHANNEL])
        outcome = poll(self.db, claimed, settings=self.settings, clock=self.clock, full=True)
        assert outcome.outcome == "complete", outcome

    def asked(self, kind: str = "reply") -> Written:
        """Something to which this can be done, read into the database."""
        made = self.pen.ready_for(kind)
        self.read()
        self.world.advance(60)
        return made

    def row(self, written: Written) -> Comment:
        with self.db.snapshot() as session:
            found = select(Comment).where(Comment.external_id == written.id)
            return session.scalars(found).one()

    def wants(self, written: Written, kind: str = "reply", text: str = TEXT, key: str = "", **more: Any) -> Action:
        """A person presses the button."""
        self._keys += 1
        if kind != "reply":
            text = ""
        with self.db.transaction() as session:
            comment = session.get_one(Comment, self.row(written).id)
            return request(session, key or f"key {self._keys}", comment, kind, "redaktor", text, self.clock(), **more)

    def carry_out(self, action: Action, **more: Any) -> Action:
        """A worker comes by."""
        return carry_out(self.db, action.id, self.settings, **{"clock": self.clock, **more})

    def to_the_end(self, action: Action) -> Action:
        """Workers come by whenever it is due, until nothing goes on by itself."""
        for _round in range(60):
            action = self.carry_out(action)
            if action.state not in UNDER_WAY:
                return action
            wait = (action.next_at - self.clock()).total_seconds()
            self.world.advance(max(wait, 1))
        raise AssertionError(f"{action.state} for ever: {action.reason}")

    def everything_to_the_end(self) -> None:
        """The same of all that people have asked for on pages, which may keep a later clock than the platform's."""
        for _round in range(30):
            with self.db.snapshot() as session:
                ids = session.scalars(select(Action.id).where(Action.state.in_(UNDER_WAY))).all()
            if not ids:
                return
            for id_ in ids:
                carry_out(self.db, id_, self.settings, clock=self.latest)
            self.world.advance(5)
        raise AssertionError("it goes on for ever")

    def latest(self) -> datetime:
        return max(self.clock(), datetime.now(UTC))

    def does(self, kind: str = "reply", written: Written | None = None) -> Action:
        """All of it."""
        return self.to_the_end(self.wants(written or self.asked(kind), kind))

    def does_more(self, written: Written, text: str) -> Action:
        """Another reply, though somebody has answered."""
        return self.carry_out(self.wants(written, text=text, confirmed=True))

    def state(self, written: Written) -> State:
        with self.db.snapshot() as session:
            found = unanswered(session, self.clock(), channel_id=CHANNEL, all_states=True)
        return next(each.state for each in found if each.external_id == written.id)
