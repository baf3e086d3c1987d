"""What every kind of notice is made of: when there is something to tell, whether it still holds, and the letter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor import Calendar
from monitor.alerts.models import Notice
from monitor.alerts.rules import next_service
from monitor.alerts.wording import Letter, channel_url, letter, signed
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Organisation, Person

READ = (Channel.state == "active", Channel.watch_mode == "automatic", Channel.has_comments)
"""What makes a channel one that is read by machine."""


Found = TypeVar("Found")
Subject = tuple[str, str]
"""What a notice, or an entry of the audit log, is about: its kind and its name there."""


class NoLongerTrue(Exception):
    """The notice need not be sent any more. The text says why."""


class NotNow(Exception):
    """The notice may still have to be sent: look again at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


@dataclass(frozen=True, slots=True)
class Telling:
    """What makes a notice the same notice. `cycle` begins with the date it is about (YYYY-MM-DD)."""

    subject_kind: str
    subject: str
    rung: str
    cycle: str
    recipient_id: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Under which circumstances something is told."""

    session: Session
    owner: Organisation
    now: datetime
    settings: Settings
    known: dict[Callable[..., Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, find: "Callable[[Scene], Found]") -> Found:
        """What `find` gives of this scene, found out once however often it is asked for."""
        if find not in self.known:
            self.known[find] = find(self)
        found: Found = self.known[find]
        return found

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.owner.timezone)

    @property
    def calendar(self) -> Calendar:
        return calendar_of(self.owner)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def waiting(scene: Scene) -> Sequence[Obligation]:
    """What needs somebody on all channels; to be asked for by `scene.once`."""
    return unanswered(scene.session, scene.now)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    tellings: all that there is to tell now, told or not. check: raises NoLongerTrue (its text in the language in use)
    or NotNow. letter: what is sent, in the language in use. sent: what else is written when it has been sent, in the
    transaction that says so. untold: kind and name of what nobody can be told of ("watch_day", "fb/2026-11-20").
    after_hours: is asked outside service hours too, and knows itself when to be silent.

    way: the only way that a notice goes, where it is about that way; else the recipient's own order holds.

    group: notices of one group to one person that are due at the same time go in one message, which `together` writes,
    of the group's first kind in KINDS that has one among them. urgent: waits for no quiet hours.
    """

    tellings: Callable[[Scene], Iterable[Telling]]
    check: Callable[[Scene, Notice], None]
    letter: Callable[[Scene, Notice], Letter]
    sent: Callable[[Session, Notice, datetime], None] | None = None
    untold: Callable[[Scene], Iterable[Subject]] | None = None
    after_hours: bool = False
    group: str | None = None
    together: Callable[[Scene, Sequence[Notice]], Letter] | None = None
    urgent: bool = False
    way: Callable[[Notice], str] | None = None


def concerned(scene: Scene, channels: Iterable[Channel]) -> dict[str, tuple[str, ...]]:
    """Who must act on trouble with each of these channels: the person responsible, and every administrator."""
    people = scene.session.scalars(select(Person).where(~Person.retired).order_by(Person.id))
    administrators = [person.id for person in people if "administrator" in person.roles]
    return {channel.id: tuple(dict.fromkeys((channel.responsible_id, *administrators))) for channel in channels}


def active_channel(scene: Scene, id_: str) -> Channel:
    """A channel that is read by machine. Raises NoLongerTrue where it is not any more."""
    channel = scene.session.get(Channel, id_)
    if channel is None or channel.state != "active" or channel.watch_mode != "automatic" or not channel.has_comments:
        raise NoLongerTrue(_("The channel is no longer watched."))
    return channel


def check_recipient(scene: Scene, channel: Channel, notice: Notice) -> None:
    """Raises NoLongerTrue for who is neither responsible for the channel nor an administrator any more."""
    if notice.recipient_id not in concerned(scene, [channel])[channel.id]:
        raise NoLongerTrue(_("The recipient is no longer responsible for the channel."))


def check_hours(scene: Scene) -> None:
    """Raises NotNow outside service hours: what waited for a mail server must not go out at night either."""
    if (then := next_service(scene.now, scene.calendar)) > scene.now:
        raise NotNow(then)


def channel_note(
    scene: Scene, channel: Channel, headline: str, paragraphs: list[str], page_url: str | None = None
) -> Letter:
    """A short letter about one channel, with the way to it; or to `page_url`."""
    return letter(
        "note",
        signed(headline, scene.owner.name),
        headline=headline,
        organisation=scene.owner.name,
        paragraphs=paragraphs,
        page_url=page_url or channel_url(scene.settings, channel.id),
    )
