"""Lists of comments, one with all that is around it, and what its writes give back, as programs read them."""

from typing import Literal, Self

from monitor.inbox import desk_models
from monitor.inbox.colleagues import Word
from monitor.inbox.offer_rules import Offer
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.writing import Unfit
from monitor.web.api.shapes import Moment, Out, Page
from monitor.web.api.thread_shapes import Entry, Post, Stands


class Item(Stands):
    """post: what it stands below says; empty where that was never read. secret: the text is told in no list, and is
    empty here. In both texts personal identity numbers are left out; the comment itself has them."""

    post: str
    secret: bool


class Comments(Page[Item]):
    """waiting: how many need somebody, of all that was asked for; overdue: of those; null where the list is not of what
    waits. reached: the page ends there though it has room, as so much was looked at in vain: ask for the next one."""

    waiting: int | None
    overdue: int | None
    reached: Moment | None


class Claim(Out):
    """Who is at it."""

    person: str
    name: str
    since: Moment
    until: Moment

    @classmethod
    def of(cls, row: desk_models.Claim, name: str) -> Self:
        """name: of the person."""
        return cls(person=row.person_id, name=name, since=row.since, until=row.until)


class Assignment(Out):
    """Whose turn it is: a person's id; null: the responsible person's."""

    to: str | None


class Noted(Out):
    id: int
    comment_id: int
    by: str
    name: str
    at: Moment
    text: str

    @classmethod
    def of(cls, row: desk_models.Note | Word, name: str) -> Self:
        """name: of who wrote it."""
        return cls(id=row.id, comment_id=row.comment_id, by=row.by_id, name=name, at=row.at, text=row.text)


class Forwarded(Out):
    id: int
    comment_id: int
    unit: str
    unit_name: str
    to: str
    by: str
    at: Moment
    note: str

    @classmethod
    def of(cls, row: desk_models.Forward | Word, unit: str) -> Self:
        """unit: its name."""
        who = {"unit": row.unit_id or "", "unit_name": unit, "to": row.to_id or "", "by": row.by_id}
        return cls(id=row.id, comment_id=row.comment_id, at=row.at, note=row.note, **who)


class Detail(Out):
    """One comment with everything around it. seen: to send with an answer, so that nobody answers what is new there.
    offered: what the token may do with it now. may_not: why no answer. longest: characters that the platform takes of
    one. waits_for_unit: a resident can see that a unit has been asked."""

    comment: Entry
    thread: list[Entry]
    post: Post
    channel: str
    channel_name: str
    platform: str
    seen: str
    offered: list[Offer]
    first: Offer | None
    may_not: str | None
    signature: str
    longest: int | None
    claim: Claim | None
    assigned: str | None
    forwards: list[Forwarded]
    notes: list[Noted]
    waits_for_unit: bool


class Draft(Out):
    """The answer as it would be sent. whole: what residents read; length: of that, in characters. unfit: why it cannot
    be sent so, `detail` in words."""

    text: str
    whole: str
    length: int
    longest: int
    left: int
    unfit: Unfit | None
    detail: str | None


class Named(Out):
    id: str
    name: str


class Template(Out):
    """text: for an answer on that channel; what stands in braces has to be replaced first. kind: what begins with
    interim's words is to be sent with `interim`."""

    id: int
    name: str
    language: str
    kind: TemplateKind
    text: str


class Undo(Out):
    """What takes it back: one more request."""

    method: Literal["POST"] = "POST"
    path: str
    body: dict[str, str] | None


class After(Out):
    """What became of the person's latest act there. pending: it is under way. needs_person: somebody has to look."""

    sentence: str
    pending: bool
    needs_person: bool
    undo: Undo | None


class Afterwards(Out):
    """done: null where the person did nothing to it in the last ten minutes."""

    done: After | None
