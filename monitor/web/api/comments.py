"""/comments: the inbox and one comment of it, as the pages show them. Looking changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.alerts.masked_rows import in_lists
from monitor.db.numbered import is_number
from monitor.inbox.afterwards import Undo as Way
from monitor.inbox.afterwards import after_of
from monitor.inbox.answering import unfit
from monitor.inbox.assigning import assignable
from monitor.inbox.cursor_rules import read
from monitor.inbox.forwarding import units_to_ask
from monitor.inbox.listing import Asked, listed
from monitor.inbox.listing import Item as Listed
from monitor.inbox.opened import Opened, View, draft_of, kept_secret, seen_in, view_of
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.templates import worded
from monitor.register.calendar import calendar_of
from monitor.register.organisation import organisation
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.comment_forms import Drafting, Filters
from monitor.web.api.comment_shapes import (
    After,
    Afterwards,
    Claim,
    Comments,
    Detail,
    Draft,
    Forwarded,
    Item,
    Named,
    Noted,
    Template,
    Undo,
)
from monitor.web.api.problems import DOCUMENTED, Refused, Wrong
from monitor.web.api.shapes import USUAL, Limit, Number, Page, paged, wrong_cursor
from monitor.web.api.shapes import After as Beyond
from monitor.web.api.thread_shapes import Post, entry, stands
from monitor.web.comment.place import place

router = APIRouter(prefix="/comments", tags=["comments"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_INBOX)]
Handler = Annotated[Caller, scoped(Permission.HANDLE)]
Answerer = Annotated[Caller, scoped(Permission.ANSWER)]
WAYS = {"mark": "marks", "act": "acts", "take-back": "take-back"}


@router.get("")
def comments(known: Reader, filters: Annotated[Filters, Query()]) -> Comments:
    """The inbox, a page at a time. What comes in meanwhile neither repeats nor hides anything on later pages."""
    seen = known.who.channels_for(Permission.READ_INBOX)
    if filters.channel is not None and filters.channel not in seen:
        raise Refused(404, "")
    position = read(filters.after) if filters.after is not None else None
    if filters.after is not None and (position is None or not is_number(position.id)):
        raise wrong_cursor()
    with known.db.snapshot() as session:
        asked = _asked(session, known, seen, filters)
        found = listed(session, asked, datetime.now(UTC), filters.after, filters.limit)
    items = [_item(each) for each in found.items]
    counts = {"waiting": found.waiting, "overdue": found.overdue}
    return Comments(items=items, next=found.next, reached=found.reached, **counts)


def _item(each: Listed) -> Item:
    secret = each.beside.secret
    told = stands(each.obligation, each.flags) | {"text": in_lists(each.obligation.text, secret=secret)}
    return Item(**told, post=in_lists(each.beside.post), secret=secret)


def _asked(session: Session, known: Caller, seen: frozenset[str], filters: Filters) -> Asked:
    """Raises Refused for a period that is none."""
    since, until = filters.since, filters.until
    if since is not None and until is not None and until < since:
        detail = _("The last day lies before the first.")
        raise Refused(422, detail, [Wrong(at="query/until", detail=detail)])
    midnight = calendar_of(organisation(session)).midnight
    return Asked(
        seen,
        channel=filters.channel,
        unit=filters.unit,
        mine=known.who.person_id if filters.mine else None,
        state=filters.state,
        everything=filters.everything,
        flagged=filters.flagged,
        overdue=filters.overdue,
        since=midnight(since) if since is not None else None,
        until=midnight(until + timedelta(days=1)) if until is not None else None,
        text=filters.text,
    )


@router.get("/{comment_id}")
def comment(comment_id: Number, known: Reader) -> Detail:
    """One comment, a resident's or an own one, with its thread and everything that people said and did about it."""
    with known.db.snapshot() as session:
        here = place(session, known.who, comment_id, Permission.READ_INBOX)
        return _detail(here, view_of(here))


def _detail(here: Opened, view: View) -> Detail:
    channel, there = here.channel, view.colleagues
    claim, names, secret = there.claim, there.names, kept_secret(here, view)
    return Detail(
        comment=entry(view.thread.asked, channel.id, secret=view.thread.asked.comment.id in secret),
        thread=[entry(each, channel.id, secret=each.comment.id in secret) for each in view.thread.entries],
        post=Post.model_validate(view.thread.post),
        channel=channel.id,
        channel_name=channel.name,
        platform=channel.platform,
        seen=seen_in(view, here.who.person_id),
        offered=sorted(view.offered),
        first=view.first,
        may_not=view.may_not,
        signature=view.signature,
        longest=here.writes.longest_reply if here.writes else None,
        claim=Claim.of(claim, names[claim.person_id]) if claim else None,
        assigned=there.assigned,
        forwards=[Forwarded.of(each, there.units[each.unit_id or ""]) for each in there.forwards],
        notes=[Noted.of(each, names[each.by_id]) for each in there.notes],
        waits_for_unit=view.waits_for_unit,
    )


@router.get("/{comment_id}/after")
def afterwards(comment_id: Number, known: Reader) -> Afterwards:
    """What became of the latest thing that the token's person did to it, and what takes it back."""
    with known.db.snapshot() as session:
        here = place(session, known.who, comment_id, Permission.READ_INBOX)
        told = after_of(session, known.who, comment_id, here.now)
    if told is None:
        return Afterwards(done=None)
    undo = _undo(told.undo) if told.undo else None
    return Afterwards(
        done=After(sentence=told.sentence, pending=told.pending, needs_person=told.kind == "warn", undo=undo)
    )


def _undo(way: Way) -> Undo:
    path = f"/comments/{way.comment_id}/{WAYS[way.what]}"
    return Undo(path=path, body={"kind": way.kind} if way.kind else None)


@router.post("/{comment_id}/draft")
def draft(comment_id: Number, sent: Drafting, known: Answerer) -> Draft:
    """The answer as it would be sent. Nothing is kept, and no key is needed."""
    with known.db.snapshot() as session:
        here = place(session, known.who, comment_id, Permission.ANSWER)
        made = draft_of(here, view_of(here), sent.text, sign=sent.sign)
        detail = unfit(here, made)
    if made is None:
        raise Refused(422, detail or "")
    told = {"text": made.text, "whole": made.whole, "longest": made.longest, "left": made.left, "unfit": made.unfit}
    return Draft.model_validate(told | {"length": len(made.whole), "detail": detail})


@router.get("/{comment_id}/templates")
def templates(comment_id: Number, known: Answerer, after: Beyond = None, limit: Limit = USUAL) -> Page[Template]:
    """Words to begin an answer with, filled in for this comment's channel; none where it cannot be answered."""
    with known.db.snapshot() as session:
        here = place(session, known.who, comment_id, Permission.ANSWER)
        page, following = paged(view_of(here).templates, lambda each: each.id, after, limit)
        items = [
            Template(
                id=each.id,
                name=each.name,
                language=each.language,
                kind=TemplateKind(each.kind),
                text=worded(each, here.owner, here.channel),
            )
            for each in page
        ]
    return Page(items=items, next=following)


@router.get("/{comment_id}/assignable")
def people(comment_id: Number, known: Handler, after: Beyond = None, limit: Limit = USUAL) -> Page[Named]:
    """Whose turn it can be."""
    with known.db.snapshot() as session:
        here = place(session, known.who, comment_id, Permission.HANDLE)
        found = assignable(session, here.channel, here.now)
        page, following = paged(found, lambda each: each.id, after, limit)
        return Page(items=[Named(id=each.id, name=each.name) for each in page], next=following)


@router.get("/{comment_id}/units")
def units(comment_id: Number, known: Handler, after: Beyond = None, limit: Limit = USUAL) -> Page[Named]:
    """Which units can be asked about it."""
    with known.db.snapshot() as session:
        place(session, known.who, comment_id, Permission.HANDLE)
        page, following = paged(units_to_ask(session), lambda each: each.id, after, limit)
        return Page(items=[Named(id=each.id, name=each.name) for each in page], next=following)
