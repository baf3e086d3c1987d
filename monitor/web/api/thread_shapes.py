"""One comment of a thread, as programs read it. What `kanalvakt unanswered --json` gives has the same names here."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict

from config.language import _
from monitor import State
from monitor.inbox.action_rules import Fate
from monitor.inbox.flag_rules import Kind as FlagKind
from monitor.inbox.mark_rules import Kind, Reason
from monitor.inbox.obligations import Obligation
from monitor.inbox.threads import Done
from monitor.inbox.threads import Entry as Written
from monitor.inbox.threads import Flagged as FlagOf
from monitor.web.api.shapes import Moment, Out

ActKind = Literal["reply", "hide", "unhide", "remove", "delete", "release", "reject"]


class Stands(Out):
    """A resident's comment and where it stands; `reason` says why. channel, responsible: ids of the register."""

    comment_id: int
    external_id: str
    thread_external_id: str
    channel: str
    channel_name: str
    platform: str
    author: str | None
    text: str
    posted_at: Moment
    fetched_at: Moment
    due_at: Moment
    overdue: bool
    state: State
    reason: str
    responsible: str
    permalink: str | None
    since: Moment
    unverified_since: Moment | None
    suggested: str | None
    reply: str | None
    cycle: str
    quiet_until: Moment | None
    flags: list[FlagKind]


class Action(Out):
    """What a person wanted done on the platform, and what became of it. state: pending, armed and unknown go on by
    themselves; asks: decide about it. remedy: what to do, in words. remote_id: the platform's id of a reply."""

    id: int
    comment_id: int
    channel: str
    kind: ActKind
    person: str
    created_at: Moment
    state: Fate
    done_at: Moment | None
    remote_id: str | None
    reason: str | None
    remedy: str | None
    interim: bool
    text: str


class Earlier(Out):
    text: str
    until: Moment


class Change(Out):
    kind: str
    seen_at: Moment


class Marked(Out):
    """What a person said of it. note: in the person's own words."""

    kind: Kind
    person: str
    at: Moment
    until: Moment | None
    reason: Reason | None
    reply: str | None
    note: str


class Flagged(Out):
    kind: FlagKind
    at: Moment
    words: list[str]
    person: str | None
    note: str


class Entry(Out):
    """One comment of a thread. own: written in the organisation's name; then nothing is owed, and obligation is null.
    earlier: former texts, the oldest first. secret: texts are left out, as the token may not read them."""

    comment_id: int
    external_id: str
    parent_external_id: str | None
    author: str | None
    text: str
    posted_at: Moment
    edited_at: Moment | None
    hidden: bool
    held: bool
    missing_since: Moment | None
    is_post: bool
    permalink: str | None
    secret: bool
    own: bool
    sent_by: str | None
    obligation: Stands | None
    earlier: list[Earlier]
    changes: list[Change]
    marks: list[Marked]
    actions: list[Action]
    flags: list[Flagged]


class Post(Out):
    """What the thread stands below. text is empty where that was never read."""

    model_config = ConfigDict(from_attributes=True)
    external_id: str
    text: str
    author: str | None
    posted_at: Moment | None
    permalink: str | None
    by_visitor: bool


def stands(item: Obligation, flags: Sequence[FlagKind], *, secret: bool = False) -> dict[str, Any]:
    """What Stands is made of. secret: without the text."""
    told = item.as_json() | {"flags": list(flags)}
    return told | {"text": ""} if secret else told


def action(done: Done, comment_id: int, channel: str) -> Action:
    remedy = _(done.remedy) if done.remedy else None
    return Action(
        id=done.id,
        comment_id=comment_id,
        channel=channel,
        kind=done.kind,
        person=done.person,
        created_at=done.created_at,
        state=Fate(done.state),
        done_at=done.done_at,
        remote_id=done.remote_id,
        reason=done.reason,
        remedy=remedy,
        interim=done.interim,
        text=done.text,
    )


def entry(each: Written, channel: str, *, secret: bool = False) -> Entry:
    """secret: without its text and earlier ones."""
    one, item = each.comment, each.obligation
    return Entry(
        comment_id=one.id,
        external_id=one.external_id,
        parent_external_id=one.parent_external_id,
        author=each.author,
        text="" if secret else one.text,
        posted_at=one.posted_at,
        edited_at=one.edited_at,
        hidden=one.hidden,
        held=one.held,
        missing_since=one.missing_since,
        is_post=one.is_post,
        permalink=one.permalink,
        own=each.own,
        sent_by=each.sent_by,
        obligation=Stands(**stands(item, [flag.kind for flag in each.flags], secret=secret)) if item else None,
        earlier=[Earlier(text="" if secret else text.text, until=text.until) for text in each.earlier],
        secret=secret,
        changes=[Change(kind=change.kind, seen_at=change.seen_at) for change in each.changes],
        marks=[Marked(person=spoken.person, at=spoken.mark.at, **_said(spoken.mark.said)) for spoken in each.marks],
        actions=[action(act, one.id, channel) for act in each.actions],
        flags=[_flagged(f, secret=secret) for f in each.flags],
    )


def _flagged(flag: FlagOf, *, secret: bool) -> Flagged:
    """Its words are the comment's own."""
    words = [] if secret else list(flag.words)
    return Flagged(kind=flag.kind, at=flag.at, words=words, person=flag.person, note=flag.note)


def _said(said: Any) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ("kind", "until", "reason", "reply", "note")}
