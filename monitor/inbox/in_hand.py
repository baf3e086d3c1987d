"""An action in our hands, and the only way in which it is written: while the claim on it is ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.acting import Target
from connectors.errors import ConnectorError, OutcomeUnknown, RateLimited, Unavailable, UnexpectedAnswer
from monitor.db import Database
from monitor.inbox.acting_words import SENTENCES
from monitor.inbox.action_rules import PATIENCE, Fate, Look, Step, after_look, pause
from monitor.inbox.looking import target_of
from monitor.inbox.models import Action
from monitor.register.models import Channel
from monitor.register.secrets import Stored, stored
from monitor.watch.models import Comment

LEASE = timedelta(minutes=2)
"""Longer than any step: whoever has not come back then is taken for dead."""
PASSING = (Unavailable, UnexpectedAnswer, OutcomeUnknown, RateLimited)
"""Errors of a reading after which another one may go well by itself."""

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Held:
    """The right to go on with an action, as long as its row holds `token`."""

    action_id: int
    token: str
    platform: str


@dataclass
class InHand:
    """A claimed action with what belongs to it, as it stood when it was opened."""

    db: Database
    held: Held
    settings: Settings
    clock: Clock
    action: Action
    comment: Comment
    channel: Channel
    stored: Stored

    @classmethod
    def open(cls, db: Database, held: Held, settings: Settings, clock: Clock) -> Self | None:
        """None where somebody else holds it. One whose worker died with it armed is a lost answer from now on."""
        with db.transaction() as session:
            action = session.get_one(Action, held.action_id)
            comment = session.get_one(Comment, action.comment_id)
            channel = session.get_one(Channel, action.channel_id)
            secrets = stored(session, channel.id)
        if action.token != held.token:
            return None
        work = cls(db, held, settings, clock, action, comment, channel, secrets)
        return work if action.state != Fate.ARMED or work._take_over() else None

    @property
    def target(self) -> Target:
        return target_of(self.comment)

    def write(self, fate: Fate, values: Mapping[str, object], next_at: datetime | None = None) -> bool:
        """In a transaction of its own; see write_in."""
        with self.db.transaction() as session:
            return self.write_in(session, fate, values, next_at)

    def write_in(
        self, session: Session, fate: Fate, values: Mapping[str, object], next_at: datetime | None = None
    ) -> bool:
        """False, and nothing written, when somebody else holds the action now."""
        now = self.clock()
        changed: dict[str, Any] = {**values, "state": fate, "next_at": next_at or now}
        if fate == Fate.DONE:
            changed["done_at"] = now
        ours = update(Action).where(Action.id == self.action.id, Action.token == self.held.token)
        kept = session.scalar(ours.values(**changed).returning(Action.id)) is not None
        what = log.info if kept else log.warning
        what("action" if kept else "action lost", id=self.action.id, state=str(fate), reason=values.get("reason"))
        return kept

    def take(self, session: Session, step: Step, values: Mapping[str, object]) -> bool:
        """Writes what a rule decided, with its reason."""
        told = {"reason": str(step.why), "remedy": SENTENCES[step.why]}
        return self.write_in(session, step.fate, {**told, **values}, step.next_at)

    def put_off(self, error: ConnectorError, *, began: datetime) -> None:
        """The platform cannot be asked now. What was certainly not sent waits or is refused; what may have been sent
        is looked for later."""
        action, now = self.action, self.clock()
        told = {"reason": str(error), "remedy": error.remedy, "looks": action.looks + 1}
        if action.state == Fate.PENDING:
            lasts = isinstance(error, PASSING) and now < action.created_at + PATIENCE
            later = error.retry_at or now + pause(action.looks)
            self.write(Fate.PENDING if lasts else Fate.REFUSED, told, later)
            return
        blind = Look(began, complete=False, as_wanted=False)
        step = after_look(blind, action.armed_at or began, timedelta(0), action.attempts, action.looks)
        if step.fate == Fate.UNKNOWN:
            self.write(step.fate, told, error.retry_at or step.next_at)
        else:
            self.write(step.fate, {"reason": str(step.why), "remedy": SENTENCES[step.why]})

    def _take_over(self) -> bool:
        now = self.clock()
        self.action.state, self.action.armed_at = Fate.UNKNOWN, now
        return self.write(Fate.UNKNOWN, {"armed_at": now}, now + LEASE)
