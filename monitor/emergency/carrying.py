"""One delivery, as far as it goes now: prepared, armed, sent once, read back; or looked for after a lost answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.errors import (
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
    UnexpectedAnswer,
)
from connectors.publishing import LAST_LOOK, Draft, Prepared, Published, Search
from monitor.emergency.around import around, hub_first
from monitor.emergency.claimed import LEASE
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.in_hand import InHand, Stopped
from monitor.emergency.others import Others
from monitor.emergency.rules import (
    FROM_BACKUP,
    LONGEST_WAIT,
    Fate,
    Look,
    Step,
    Why,
    after_look,
    before_preparing,
    before_sending,
    certainly_not,
    held,
    not_read_back,
    pause,
)
from monitor.watch import budgets

PROMPT = timedelta(seconds=3)
"""What is armed is sent at once, or not at all: a worker that was put to sleep in between must not wake and send, nor
one that cannot tell how long it slept, as the clock was set back."""
PASSING = (Unavailable, UnexpectedAnswer, OutcomeUnknown)

log = structlog.get_logger(__name__)


@dataclass
class Carrying:
    """A delivery in hand, and the Publisher of its place. others: those of the same message that this process delivers
    at the same time."""

    work: InHand
    publisher: Any
    draft: Draft
    others: Others

    def go(self) -> None:
        """Raises only what the database raises."""
        state = Fate(self.work.delivery.state)
        if state == Fate.UNKNOWN:
            self._look()
        elif state == Fate.CONFIRMED:
            self._read_back()
        else:
            self._begin()

    # -- an attempt

    def _begin(self) -> None:
        work = self.work
        if self.publisher.needs_image:  # the platform fetches it from the hub
            self._wait_for_hub()
        step = self._not_yet() if self.publisher.asks_first else None
        if step is not None:
            work.take(step)
            return
        prepared = self._prepared()
        if prepared is None:
            return
        if not prepared.ready:
            later = work.clock() + min(prepared.wait, LONGEST_WAIT)
            work.take(Step(Fate.PENDING, Why.PREPARING, later), progress=prepared.progress, looks=0)
            return
        if not self.publisher.needs_image:
            self._wait_for_hub()
        if self._armed(prepared):
            self._send(prepared)

    def _not_yet(self) -> Step | None:
        """Why nothing is prepared now. Where something is already, the platform is not asked again while it waits."""
        work = self.work
        with work.db.snapshot() as session:
            there, now = around(session, work, self._budgets), work.clock()
        if self.publisher.needs_image or work.delivery.progress:
            return before_sending(there, hub_first(work.settings), now)
        return before_preparing(there, now)

    def _wait_for_hub(self) -> None:
        if self.others.see_to_hub and not self._is_hub:
            with self.work.alive():
                self.others.wait_for_hub(self.work.settings.emergency.hub_patience_seconds)

    def _prepared(self) -> Prepared | None:
        """None where that did not work out; then it is written why."""
        work = self.work
        try:
            with work.alive():
                prepared: Prepared = self.publisher.prepare(self.draft, work.delivery.progress, work.clock())
        except OutcomeUnknown as error:
            # published by an attempt that nobody remembers: looked for, not made again
            self._lost(error)
            return None
        except Exception as error:  # noqa: BLE001 - nothing of it is public
            self._not_done(_told(error))
            return None
        return prepared

    def _armed(self, prepared: Prepared) -> bool:
        """Committed before anything is sent. False where it may not be sent now, or is not ours any more."""
        work = self.work
        asked_already = self.publisher.asks_first  # whether the platform may be asked: see _not_yet
        with work.db.transaction() as session:
            now = work.clock()  # here: whoever waited for the lock must not go by the time before it
            there = around(session, work, () if asked_already else self._budgets)
            step = before_sending(there, hub_first(work.settings), now)
            if step is not None:
                work.take_in(session, step, progress=prepared.progress)
                return False
            armed: dict[str, Any] = {"attempts": work.delivery.attempts + 1, "armed_at": now}
            armed |= {"progress": prepared.progress, "lost_at": None}
            return work.write_in(session, Fate.ARMED, armed, now + LEASE)

    def _send(self, prepared: Prepared) -> None:
        """What is armed goes out now; the next statement writes down what came of it."""
        work = self.work
        back = {"attempts": work.delivery.attempts - 1}
        now = work.clock()
        if not timedelta(0) <= now - (work.delivery.armed_at or now) <= PROMPT:
            work.take(Step(Fate.PENDING, Why.SLEPT, now), **back)
            return
        try:
            with work.alive():
                published = self._published(prepared)
        except Stopped as stop:
            work.take(held(stop.until, work.clock()), **back)
        except ConnectorError as error:
            self._not_published(error)
        except Exception as error:  # noqa: BLE001 - whatever it was, it may have been sent
            log.warning("a publisher failed", place=work.held.place, error=type(error).__name__)
            self._lost(OutcomeUnknown("a fault of ours while publishing", code=type(error).__name__))
        else:
            self._confirmed(Step(Fate.CONFIRMED, Why.SENT, work.clock()), published)

    def _published(self, prepared: Prepared) -> Published:
        """With a last look, at the kill switch too, behind what the publisher asks before: a token can take seconds,
        and who asks may sleep."""
        looked = LAST_LOOK.set(self.work.last_look)
        try:
            published: Published = self.publisher.publish(self.draft, prepared.progress)
            return published
        finally:
            LAST_LOOK.reset(looked)

    def _confirmed(self, step: Step, published: Published) -> None:
        work = self.work
        kept = {"remote_id": published.remote_id, "confirmed_at": work.clock(), "looks": 0}
        ours = work.take(step, **kept, url=published.url or work.delivery.url)
        self.others.called(work.held.delivery_id)
        if not self._is_hub:
            self.others.wait_for_calls()
        self._book(self.publisher.publish_cost)
        if ours:
            self._read_back()

    def _not_published(self, error: ConnectorError) -> None:
        # a refusal that nobody has heard of proves nothing
        if isinstance(error, (OutcomeUnknown, UnexpectedAnswer)):
            self._lost(error)
        else:
            self._not_done(error, armed=True)
        self._book(self.publisher.publish_cost)

    def _not_done(self, error: ConnectorError, *, armed: bool = False) -> None:
        """It is certain that nothing is out. What passes costs no attempt; what does not is a person's."""
        work, delivery, now = self.work, self.work.delivery, self.work.clock()
        told = {"reason": str(error), "remedy": error.remedy, "attempts": delivery.attempts - armed}
        if isinstance(error, RateLimited):
            with work.db.transaction() as session:
                budgets.park(session, self._budgets, error, now)
        if isinstance(error, (*PASSING, RateLimited)):
            step = certainly_not(delivery.looks, now, error.retry_at)
            if step.fate == Fate.NEEDS_HUMAN:
                told["remedy"] = SENTENCES[step.why]
            self._write(step.fate, told | {"looks": delivery.looks + 1}, min(step.next_at, delivery.expires))
        else:
            self._write(Fate.REJECTED, told, now)

    def _lost(self, error: ConnectorError) -> None:
        now = self.work.clock()
        lost = {"reason": str(error), "remedy": SENTENCES[Why.LOOKING], "lost_at": now, "looks": 0}
        self._write(Fate.UNKNOWN, lost, now + pause(1))

    # -- after a lost answer

    def _look(self) -> None:
        work, delivery, began = self.work, self.work.delivery, self.work.clock()
        since = delivery.armed_at or delivery.made_at
        try:
            with work.alive():
                search: Search = self.publisher.find(self.draft, delivery.progress, since)
        except Exception as error:  # noqa: BLE001 - a bug must not look like an empty channel
            search = Search(None, complete=False)
            log.info("a look failed", place=work.held.place, error=type(error).__name__)
        look = Look(began, complete=search.complete, found=search.found is not None)
        lost_at = delivery.lost_at or began
        restored = FROM_BACKUP in delivery.progress
        counted = (delivery.attempts, delivery.looks)
        step = after_look(look, lost_at, self.publisher.settle, *counted, from_backup=restored)
        if search.found is not None:
            self._confirmed(step, search.found)
            return
        self._book(1)
        looks = delivery.looks + 1 if step.fate == Fate.UNKNOWN else 0
        work.take(step, looks=looks)

    def _read_back(self) -> None:
        """Another way than it was written. Can no longer undo that it is out."""
        work, delivery = self.work, self.work.delivery
        confirmed = Published(delivery.remote_id or "", delivery.url or "")
        confirmed_at = delivery.confirmed_at or work.clock()
        try:
            with work.alive():
                read: Published = self.publisher.verify(self.draft, confirmed)
        except Exception as error:  # noqa: BLE001 - whatever it was: it is out
            now = work.clock()
            step = not_read_back(confirmed_at, now, delivery.looks, otherwise=isinstance(error, Refused))
            work.take(step, looks=delivery.looks + 1)
        else:
            now = work.clock()
            seen = {"verified_at": now, "url": read.url or confirmed.url, "remote_id": read.remote_id}
            work.take(Step(Fate.VERIFIED, Why.READ_BACK, now), **seen)

    # -- what it costs, and what it says

    @property
    def _is_hub(self) -> bool:
        return self.work.channel is None

    @property
    def _budgets(self) -> Any:
        return self.publisher.budgets

    def _book(self, cost: int) -> None:
        work = self.work
        if work.channel is not None and self._budgets:
            with work.db.transaction(repeatable=True) as session:
                budgets.book(session, self._budgets, work.channel.id, "crisis", cost, 1, work.clock())

    def _write(self, fate: Fate, values: dict[str, Any], next_at: datetime) -> None:
        with self.work.db.transaction() as session:
            self.work.write_in(session, fate, values, next_at)


def _told(error: Exception) -> ConnectorError:
    if isinstance(error, ConnectorError):
        return error
    log.warning("a publisher failed", error=type(error).__name__)
    return UnexpectedAnswer(f"{type(error).__name__} while preparing a message")
