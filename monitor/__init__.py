"""The domain of Kanalvakt, in the order in which a comment travels: register, watch, inbox, alerts; records and
emergency above them, telemetry beside the way, web and cli on top, db, audit and documents below.

The glossary. One term, one meaning, everywhere in code, database, pages and mails:

Unit         part of the organisation that a channel belongs to (Verksamhet / enhet)
Person       somebody who can be told something (Person)
Channel      one watched account, group or blog (Social mediekanal)
Decision     a unit manager's written, time-limited decision about a channel (Chefsbeslut)
Receipt      that a decision was sent to the communicator and has arrived (Bekräftat mottaget)
Post         what the organisation, or a visitor on its page, published: context, not work (Inlägg)
Comment      anything written below a post; a reply is a comment with a parent (Kommentar)
Thread       a top-level comment, or a visitor's post, with its replies (Tråd)
Obligation   one resident's comment that needs a look; what "unanswered" is said of (Ärende)
PollRun      what one reading of a channel did; the proof that somebody looked (Hämtning)
WatchDay     one channel's working day: how it was watched, and what that came to (Dagens bevakning)
Attestation  a person's word to have gone through a channel that no machine has read that day (Intygande)
Review       a person's word to have gone through everything that was fetched until then (Genomgång)
Correction   what a concluded day came to after all, beside what was said first (Rättelse)
Hub          the organisation's own website, which everything said elsewhere must be found on (Webben som nav)
Audit entry  one act of a person or of the system, in a chain that shows any change to it (Logg)
Observation  a change that a reading noticed in a comment: edited, hidden, gone, back (Iakttagelse)
Action       what a person does to a comment on its platform: reply, hide, delete, release, reject (Åtgärd)
Budget       whose calls a platform counts together (Anropsbudget)
Gap          comments that a platform counts below a post but does not show (Lucka)
Hint         a platform's word that something happened; the reading stays the truth (Tips från plattformen)
Mark         what a person says of an obligation: acknowledged, put off, closed, confirmed … (Notering)
Deadline     when an obligation is due (Besvaras senast)
Term         how long something may take, in working days or hours of service (Tidsfrist)
Ladder       who hears of an obligation past its deadline, rung by rung (Påminnelsetrappa)
Flag         why a comment must be looked at before its turn: words, a report, danger, a rush (Flaggning)
Route        a way to reach a person: mail, SMS, a chat, a web hook (Aviseringsväg)
Notice       one thing one person must know, unique by subject, rung, cycle and recipient (Avisering)
Dispatch     what one subscriber is told of one event (Utskick till annat system)
Incident     an extraordinary event: mode actual or exercise, fixed when it begins (Krisläge)
Message      one crisis text in its versions: alert, update, correction or cancel (Budskap)
Delivery     the fate of one message on one channel, or on the hub (Leverans)
Hold         the kill switch: nothing new goes out, on a channel or anywhere (Stopp)
Intake       what a resident wrote during an incident, as the board sorts it (Inkommet)
Topic        what several residents write about in an incident, and the answer to all of them (Samlad fråga)
Warning      what an authority's feed warns of; a reason to look, never to publish by itself (Varning utifrån)
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where an obligation stands. NEEDS_SOMEBODY are the ones that still wait for a person of the organisation."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    INTERIM_ANSWERED = "interim_answered"
    PROBABLY_ANSWERED = "probably_answered"
    ANSWERED = "answered"
    ANSWERED_PRIVATELY = "answered_privately"
    CLOSED_NO_REPLY = "closed_no_reply"
    HELD = "held"
    HIDDEN_BY_US = "hidden_by_us"
    REMOVED_BY_US = "removed_by_us"
    REMOVED_BY_AUTHOR = "removed_by_author"
    UNAVAILABLE = "unavailable"
    HISTORIC = "historic"


NEEDS_SOMEBODY = frozenset(
    {
        State.OPEN,
        State.ACKNOWLEDGED,
        State.SNOOZED,
        State.INTERIM_ANSWERED,
        State.PROBABLY_ANSWERED,
        State.HELD,
    }
)


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take. days: so many working days, until service hours end on the last of them, or until
    `at` on the organisation's clock. hours: of service. One of days and hours is given."""

    days: int | None = None
    hours: float | None = None
    at: time | None = None


class Calendar(Protocol):
    """The organisation's working days and service hours, in its own time zone."""

    def is_working_day(self, day: date) -> bool: ...

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        ...

    def working_days_before(self, day: date, count: int) -> date:
        """The working day that lies `count` working days before `day`."""
        ...

    def local_date(self, moment: datetime) -> date:
        """The organisation's date at that moment."""
        ...

    def midnight(self, day: date) -> datetime:
        """When the day begins. Aware, UTC."""
        ...

    def opening(self, day: date) -> datetime:
        """When service hours begin on a working day. Aware, UTC."""
        ...

    def closing(self, day: date) -> datetime:
        """When service hours end on a working day. Aware, UTC."""
        ...

    def wall(self, day: date, at: time) -> datetime:
        """That time of the organisation's clock on that day. Aware, UTC."""
        ...

    def is_open(self, moment: datetime) -> bool:
        """Is it within service hours? The moment at which they begin is, the moment at which they end is not."""
        ...

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself within service hours, else when they begin next. Aware, UTC."""
        ...

    def after(self, moment: datetime, hours: timedelta) -> datetime:
        """When so many hours of service have passed since then. Aware, UTC."""
        ...

    def open_between(self, begin: datetime, end: datetime) -> timedelta:
        """How much of the time from `begin` to `end` lies within service hours."""
        ...
