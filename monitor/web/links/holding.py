"""What a link in a mail lets its holder do, in general: who holds it, what its page shows, what its button sends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.language import _, language, moment
from monitor.register.models import Channel, Organisation, Person


class Refused(Exception):
    """The link does nothing. title and text say why, in the language in use, and what to do instead.

    status: of the answer.
    """

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text
        self.language = language()


class LookAgain(Exception):
    """Something is missing, or is not as the page showed it. The text says what, in the language in use; the button is
    there again."""


class UsedUp(Exception):
    """The link has been used, and works only once. The text says so, in the language in use."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a link, and what it is about. rest: what follows the channel in the link's subject. digest: of what is
    sealed in the link, SHA-256."""

    session: Session
    owner: Organisation
    person: Person
    channel: Channel
    purpose: str
    rest: str
    digest: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.owner.timezone)

    def done(self, sentence: str, person_id: str, at: datetime, **told: object) -> str:
        """The sentence, with who did it and when."""
        name = self.session.get_one(Person, person_id).name
        return _(sentence, person=name, moment=moment(at, self.zone), **told)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the holder has written beside the button, and which button it was. newest: as the page's Task said;
    None: not told. picked: ids of what was chosen of several."""

    note: str = field(default="", repr=False)
    count: int | None = None
    newest: int | None = None
    choice: str = ""
    reason: str = ""
    picked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what the task is about. url: where its value leads."""

    label: str
    value: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done, with its button. value: what the button sends. said: what it means. reasons: of which
    one has to be given, code and words. note: what the note is for; None where none is asked for."""

    value: str
    button: str
    said: str
    reasons: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    note_needed: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One of several things that the button does, unless it is taken out. said: why it is one of them."""

    id: int
    title: str = field(repr=False)
    said: str
    link: Fact | None


@dataclass(frozen=True, slots=True)
class Task:
    """What a page shows. done: who did it and when, where it is done. links: what to look at first. pdf: to read.

    closed: why there is nothing to do any more. newest: id of the latest comment it tells of, 0 where there is none;
    of one comment, a number for what stood there. choices: each with a button, in the
    place of the one button; picks: what the button is about. answering: the address of the page where, signed in, one
    can answer.
    """

    title: str
    button: str = ""
    said: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    links: tuple[Fact, ...] = ()
    done: str | None = None
    closed: str | None = None
    fields: bool = False
    pdf: bool = False
    newest: int | None = None
    choices: tuple[Choice, ...] = ()
    picks: tuple[Pick, ...] = ()
    answering: str | None = None


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One purpose. act raises what kinds.REFUSALS has; done again it changes nothing. paper: a file's name and
    bytes."""

    view: Callable[[Holder], Task]
    act: Callable[[Holder, Filled], object]
    paper: Callable[[Holder], tuple[str, bytes]] | None = None
