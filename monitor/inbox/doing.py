"""One step of an action: look, and send or wait or say what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.base import Budget, Reading, ReadPlan
from connectors.errors import ConnectorError, OutcomeUnknown, RateLimited, Unavailable, UnexpectedAnswer
from monitor.db.guarding import TAKES_AWAY
from monitor.inbox.acting_words import IS_STOPPED, NOT_PERMITTED, SENTENCES, STOPPED, TAKES_TURNS, WAITS
from monitor.inbox.action_rules import GONE, Fate, Step, Why, after_look, before_sending, pause
from monitor.inbox.in_hand import LEASE, InHand
from monitor.inbox.looking import Seen, compare, store, with_reply
from monitor.inbox.models import Action
from monitor.inbox.permitting import refusal
from monitor.inbox.removal_steps import keep
from monitor.inbox.removals import case_of
from monitor.inbox.saving import save
from monitor.inbox.stops import may_be_stopped, stopped_until
from monitor.inbox.unanswered import standing_of
from monitor.register.models import Channel
from monitor.watch import budgets
from monitor.watch.budget_rules import next_day
from monitor.watch.models import Comment

PROMPT = timedelta(seconds=20)
"""What is armed is sent at once, or not at all: a worker that was put to sleep in between must not wake and send, nor
one that cannot tell how long it slept, as the clock was set back."""
TURN = timedelta(seconds=5)

log = structlog.get_logger(__name__)


@dataclass
class Doing:
    """An action in hand, and the connector of its channel: a Replier, that offers this kind of action."""

    work: InHand
    connector: Any
    budgets: tuple[Budget, ...]

    def step(self) -> None:
        work = self.work
        state = Fate(work.action.state)
        if state == Fate.PENDING and self._is_stopped():
            return
        if until := self._waits_until(state):
            work.write(state, {"reason": "budget", "remedy": WAITS}, until)
            return
        began = work.clock()
        reading = self._read(began)
        if state == Fate.PENDING:
            self._begin(reading, began)
        else:
            self._look(reading, began)

    # -- an attempt

    def _begin(self, reading: Reading, began: datetime) -> None:
        """Sends, unless something stands against it."""
        work, action = self.work, self.work.action
        with work.db.transaction() as session:
            _lock(session, work.channel)
            seen = self._seen(session, reading, began)
            store(session, work.channel.id, reading, work.held.token, began)
            state = standing_of(session, work.comment) if action.kind == "reply" else None
            step = before_sending(seen.look, state, confirmed=action.confirmed, attempts=action.attempts)
            if step:
                work.take(session, step, _adopted(seen))
                return
            ready = reading.complete and self._arm(session, seen)
        if reading.error:
            work.put_off(reading.error, began=began)
        elif ready:
            self._send()

    def _arm(self, session: Session, seen: Seen) -> bool:
        """Committed before anything is sent. False where it may not be sent any more, has to wait, or is not ours."""
        work, action, now = self.work, self.work.action, self.work.clock()
        if why := refusal(session, work.channel, action.by_id, action.kind, now):
            work.write_in(session, Fate.REFUSED, {"reason": str(why), "remedy": NOT_PERMITTED[why]})
            return False
        if self._is_stopped_in(session):
            return False
        if action.kind in TAKES_AWAY:
            _keep(session, action, now)
        if self._is_beside_another(session):
            work.write_in(session, Fate.PENDING, {"reason": "turn", "remedy": TAKES_TURNS}, now + TURN)
            return False
        baseline = action.baseline if action.attempts else list(seen.own)
        armed = {"attempts": action.attempts + 1, "armed_at": now, "baseline": baseline, "looks": 0}
        action.armed_at = now
        return work.write_in(session, Fate.ARMED, armed, now + LEASE)

    def _is_beside_another(self, session: Session) -> bool:
        """Two equal texts under way in one thread could not be told apart."""
        work, action = self.work, self.work.action
        beside = select(Action.id).join(Comment, Comment.id == Action.comment_id)
        beside = beside.where(
            Action.channel_id == work.channel.id,
            Action.id != action.id,
            Action.kind == "reply",
            Action.text == action.text,
            Action.state.in_((Fate.ARMED, Fate.UNKNOWN)),
            Comment.thread_external_id == work.comment.thread_external_id,
        )
        return action.kind == "reply" and session.scalars(beside).first() is not None

    def _send(self) -> None:
        """What is armed goes out now; the next statement writes down what came of it."""
        work = self.work
        if self._is_stopped():
            return
        now = work.clock()  # here: whoever waited for the database has slept, too
        if not timedelta(0) <= now - (work.action.armed_at or now) <= PROMPT:
            work.write(Fate.PENDING, {"attempts": work.action.attempts, "reason": "slept"})
            return
        try:
            made = self._act()
        except ConnectorError as error:
            self._not_done(error)
            return
        told = {"reason": str(Why.SENT), "remedy": SENTENCES[Why.SENT], "remote_id": made}
        ours = work.write(Fate.DONE, told)
        self._book(self.connector.write_cost, 1)
        if ours:
            self._show(made)

    def _is_stopped(self) -> bool:
        if not may_be_stopped(self.work.action):
            return False
        with self.work.db.transaction() as session:
            return self._is_stopped_in(session)

    def _is_stopped_in(self, session: Session) -> bool:
        """Then it is written until when; what was armed and not sent is no attempt."""
        work, action = self.work, self.work.action
        until = stopped_until(session, action, work.clock())
        if until is not None:
            told = {"attempts": action.attempts, "reason": STOPPED, "remedy": IS_STOPPED}
            work.write_in(session, Fate.PENDING, told, until)
        return until is not None

    def _act(self) -> str | None:
        """The new reply's id, None for everything else. Raises ConnectorError; of a bug nobody knows what it did."""
        target, action = self.work.target, self.work.action
        acts: dict[str, Callable[[], Any]] = {
            "reply": lambda: self.connector.reply(target, action.text),
            "hide": lambda: self.connector.hide(target, hidden=True),
            "unhide": lambda: self.connector.hide(target, hidden=False),
            "remove": lambda: self.connector.remove(target),
            "delete": lambda: self.connector.delete(target),
            "release": lambda: self.connector.release(target),
            "reject": lambda: self.connector.reject(target),
        }
        try:
            made: str | None = acts[action.kind]()
        except ConnectorError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it may have been sent
            kind = type(error).__name__
        else:
            return made
        log.warning("a connector failed", channel=self.work.channel.id, error=kind)
        raise OutcomeUnknown("a fault of ours while writing", code=kind)

    def _not_done(self, error: ConnectorError) -> None:
        """Certainly not, or nobody knows. What is certain costs no attempt."""
        work, action, now = self.work, self.work.action, self.work.clock()
        told = {"reason": str(error), "remedy": error.remedy, "attempts": action.attempts}
        if isinstance(error, OutcomeUnknown):
            lost = {"reason": str(error), "remedy": SENTENCES[Why.LOOKING], "armed_at": now}
            work.write(Fate.UNKNOWN, lost, now + pause(0))
        elif isinstance(error, RateLimited):
            work.write(Fate.PENDING, told, error.retry_at)
            self._park(error)
        elif isinstance(error, Unavailable):
            work.write(Fate.PENDING, told | {"looks": action.looks + 1}, now + pause(action.looks))
            return
        else:
            work.write(Fate.REFUSED, told)
        self._book(self.connector.write_cost, 1)

    # -- after a lost answer

    def _look(self, reading: Reading, began: datetime) -> None:
        work, action = self.work, self.work.action
        with work.db.transaction() as session:
            _lock(session, work.channel)  # what one action adopts no other one does
            seen = self._seen(session, reading, began)
            settle = self.connector.settle
            step = after_look(seen.look, action.armed_at or began, settle, action.attempts, action.looks)
            store(session, work.channel.id, reading, work.held.token, began)
            later = reading.error.retry_at if reading.error else None
            if step.fate == Fate.UNKNOWN and later:
                step = Step(step.fate, step.why, later)
            work.take(session, step, {"looks": action.looks + 1, **_adopted(seen)})

    # -- the thread

    def _read(self, began: datetime) -> Reading:
        """The thread now. An error is a value."""
        try:
            reading: Reading = self.connector.thread(self.work.target, ReadPlan(now=began))
        except Exception as error:  # noqa: BLE001 - a bug must not look like a thread without answers
            log.warning("a connector failed", channel=self.work.channel.id, error=type(error).__name__)
            reading = Reading(error=UnexpectedAnswer(f"{type(error).__name__} while reading a thread"))
        self._book(reading.counted_cost, reading.requests)
        if isinstance(reading.error, RateLimited):
            self._park(reading.error)
        return reading

    def _seen(self, session: Session, reading: Reading, began: datetime) -> Seen:
        sent = self.connector.reply_text(self.work.target, self.work.action.text)
        return compare(session, self.work.action, self.work.comment, reading, sent, began)

    def _show(self, made: str | None) -> None:
        """Reads the thread once more, so that what was done is stored at once. Cannot undo that it is done."""
        work, began = self.work, self.work.clock()
        reading = self._read(began)
        if made:
            sent = self.connector.reply_text(work.target, work.action.text)
            reading = with_reply(reading, work.channel, work.comment, made, sent, began)
        claims = work.action.kind in GONE
        with work.db.transaction() as session:
            store(session, work.channel.id, reading, work.held.token, began, claims=claims)

    # -- what it costs

    def _waits_until(self, state: Fate) -> datetime | None:
        """Until when the platform, or what is left of its quota for replies, forbids to ask."""
        work, now = self.work, self.work.clock()
        with work.db.snapshot() as session:
            found = budgets.standing(session, self.budgets, work.channel.id, "reply", now, work.settings)
        if found.parked_until is None and state == Fate.PENDING and found.allowance is not None:
            room = found.allowance >= self.connector.write_cost
            return None if room else next_day(now, self.budgets[0].zone)
        return found.parked_until

    def _book(self, cost: int, requests: int) -> None:
        with self.work.db.transaction() as session:
            budgets.book(session, self.budgets, self.work.channel.id, "reply", cost, requests, self.work.clock())

    def _park(self, error: RateLimited) -> None:
        with self.work.db.transaction() as session:
            budgets.park(session, self.budgets, error, self.work.clock())


def _lock(session: Session, channel: Channel) -> None:
    """One at a time decides about a channel's actions. Readings, which only point to the channel, are not held up."""
    session.get_one(Channel, channel.id, with_for_update={"key_share": True})


def _keep(session: Session, action: Action, now: datetime) -> None:
    """What is taken away is what was saved: it may have been changed, or replied to, since the copy was made."""
    case = case_of(session, action.comment_id)
    if case is None:  # asked for before there were copies
        save(session, action.comment_id, action.by_id, now)
    else:
        keep(session, case, action.by_id, now)


def _adopted(seen: Seen) -> dict[str, object]:
    return {"remote_id": seen.matches[0]} if seen.matches else {}
