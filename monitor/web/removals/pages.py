"""Taking comments away: the one form that saves a copy and hides or removes, the list of cases, and one case."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from connectors import PLATFORMS
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import is_number, numbered
from monitor.inbox.removal_desk import LATER, NotTaken, Wish, answerable, reads, take, ways
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import OBVIOUS, Kind, Rule, question
from monitor.inbox.removal_steps import CannotStep, note
from monitor.inbox.removal_words import BY_LAW, BY_RULES, COPY, KINDS, QUESTIONS, RULES
from monitor.inbox.removals import Case, case, case_of, cases
from monitor.inbox.saving import check, read
from monitor.records.removal_paper import removal_file, removal_pdf, step_words
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.watch.models import Comment, Post
from monitor.web.removals.forms import Sent, sent
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(default_response_class=HTMLResponse)
Reader = Annotated[Visitor, needs(Permission.READ_REMOVALS)]
Hider = Annotated[Visitor, needs(Permission.HIDE)]
Form = Annotated[Sent, Depends(sent)]


@dataclass(frozen=True, slots=True)
class Found:
    """A comment of a channel that the visitor sees, and how it can be taken away by them."""

    comment: Comment
    channel: Channel
    post: Post | None
    ways: tuple[Kind, ...]
    before: Case | None


@router.get("/comment/{number}/remove")
def form(request: Request, number: int, who: Hider) -> HTMLResponse:
    """The form, with hiding chosen."""
    with request.app.state.db.snapshot() as session:
        found = _comment(session, number, who)
        blank = Sent()
        blank.typed |= {"key": uuid.uuid4().hex, "how": str(found.ways[0]) if found.ways else ""}
        return _form(request, session, found, blank)


@router.post("/comment/{number}/remove")
def remove(request: Request, number: int, who: Hider, typed: Form) -> Response:
    """Saves the copy, asks for what is to be done, and writes down what is known already: all of it, or nothing."""
    now = datetime.now(UTC)
    with request.app.state.db.transaction() as session:
        found = _comment(session, number, who)
        try:
            made = take(session, found.comment, found.ways, _wish(typed), who.person_id, now)
        except NotTaken as why:
            session.rollback()
            typed.faults |= why.faults
            made = None
    if made is not None:
        return RedirectResponse(f"/removals/{made.id}", status_code=303)
    with request.app.state.db.snapshot() as session:
        return _form(request, session, _comment(session, number, who), typed, status=422)


@router.get("/removals")
def all_cases(request: Request, who: Reader, show: str = "") -> HTMLResponse:
    """The cases of the visitor's channels, those with something missing first of all."""
    everything = show == "all"
    with request.app.state.db.snapshot() as session:
        owner = organisation(session)
        found = cases(session, who.channels_for(Permission.READ_REMOVALS), open_only=not everything)
        names = {each.channel: session.get_one(Channel, each.channel).name for each in found}
    shown: dict[str, Any] = {"kinds": KINDS, "rules": RULES, "questions": QUESTIONS, "everything": everything}
    shown |= {"organisation": owner, "zone": ZoneInfo(owner.timezone)}
    return page(request, "removals/removals.html", cases=found, names=names, **shown)


@router.get("/removals/{number}")
def one_case(request: Request, number: int, who: Reader) -> HTMLResponse:
    with request.app.state.db.snapshot() as session:
        return _page(request, session, _case(session, number, who), who, Sent())


@router.post("/removals/{number}")
def step(request: Request, number: int, who: Reader, typed: Form) -> Response:
    """Writes down one step. Who may is for the case to say: registrars write numbers, who takes care of it the rest."""
    with request.app.state.db.transaction() as session:
        found = _case(session, number, who)
        wanted = typed.step()
        if wanted is None:
            raise HTTPException(404)
        if not typed.faults:
            try:
                note(session, found.id, wanted, who.person_id, datetime.now(UTC))
            except CannotStep as why:
                typed.faults["kind"] = str(why)
    if not typed.faults:
        return RedirectResponse(f"/removals/{number}", status_code=303)
    with request.app.state.db.snapshot() as session:
        return _page(request, session, _case(session, number, who), who, typed, status=422)


@router.get("/removals/{number}/picture.png")
def picture(request: Request, number: int, who: Reader) -> Response:
    """The picture of the latest copy."""
    with request.app.state.db.snapshot() as session:
        found = _case(session, number, who)
        made = session.get_one(SavedCopy, found.copies[-1]).picture
    if made is None or not reads(who, found):
        raise HTTPException(404)
    return Response(made, media_type="image/png")


@router.get("/removals/{number}/case.pdf")
def pdf(request: Request, number: int, who: Reader) -> Response:
    """The case on paper."""
    with request.app.state.db.snapshot() as session:
        found = _case(session, number, who)
        if not reads(who, found):
            raise HTTPException(403)
        made = removal_pdf(session, found)
    name = f'inline; filename="{removal_file(found)}"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


# -- the form


def _comment(session: Session, number: int, who: Visitor) -> Found:
    """Raises HTTPException: 404 for what is not there, or not for this visitor."""
    comment = numbered(session, Comment, number)
    if comment is None or not who.may(Permission.HIDE, comment.channel_id):
        raise HTTPException(404)
    channel = session.get_one(Channel, comment.channel_id)
    where = (Post.channel_id == comment.channel_id, Post.external_id == comment.post_external_id)
    post = session.scalars(select(Post).where(*where)).one_or_none()
    return Found(comment, channel, post, ways(comment, channel, who), case_of(session, comment.id))


def _wish(typed: Sent) -> Wish:
    """Raises NotTaken, empty, where something is too long."""
    if typed.faults:
        raise NotTaken
    return Wish(typed["key"] or uuid.uuid4().hex, typed.how, typed.rule, typed["note"], typed.later())


def _form(request: Request, session: Session, found: Found, typed: Sent, status: int = 200) -> HTMLResponse:
    owner = organisation(session)
    shown: dict[str, Any] = {"comment": found.comment, "channel": found.channel, "post": found.post}
    return page(
        request,
        "removals/removing.html",
        status=status,
        organisation=owner,
        zone=ZoneInfo(owner.timezone),
        platform=PLATFORMS[found.channel.platform].title if found.channel.platform in PLATFORMS else "",
        ways=found.ways,
        before=found.before,
        form=typed,
        groups=_groups(),
        later=[(str(kind), _(QUESTIONS[question(kind)])) for kind in LATER],
        **shown,
    )


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The rules by where they stand: the law, or the organisation's own."""
    law = [(str(rule), _(RULES[rule])) for rule in Rule if rule in OBVIOUS]
    own = [(str(rule), _(RULES[rule])) for rule in Rule if rule not in OBVIOUS]
    return [(_(BY_LAW), law), (_(BY_RULES), own)]


# -- the case


def _case(session: Session, number: int, who: Visitor) -> Case:
    """Raises HTTPException: 404 for what is not there, or not for this visitor."""
    found = case(session, number) if is_number(number) else None
    if found is None or not who.may(Permission.READ_REMOVALS, found.channel):
        raise HTTPException(404)
    return found


def _page(
    request: Request, session: Session, found: Case, who: Visitor, typed: Sent, status: int = 200
) -> HTMLResponse:
    owner = organisation(session)
    copies = [session.get_one(SavedCopy, id_) for id_ in found.copies]
    comment = session.get_one(Comment, found.comment_id)
    shown = {
        "case": found,
        "channel": session.get_one(Channel, found.channel),
        "comment": comment,
        "kept": read(copies[-1]) if reads(who, found) else None,
        "pictured": copies[-1].picture_sha256 is not None,
        "copies": [(copy, session.get_one(Person, copy.by_id).name) for copy in copies],
        "whole": all(check(session, copy).whole for copy in copies),
        "steps": [(each, session.get_one(Person, each.by).name) for each in found.steps],
    }
    words = {"kinds": KINDS, "rules": RULES, "copy_word": COPY, "step_words": step_words, "groups": _groups()}
    told = {"organisation": owner, "zone": ZoneInfo(owner.timezone), "form": typed, "asked": _asked(found)}
    return page(request, "removals/removal.html", status=status, **shown, **words, **told, missing=_missing(found))


def _missing(found: Case) -> list[str]:
    return [_(QUESTIONS[each]) for each in found.missing]


def _asked(found: Case) -> list[tuple[Kind, str, bool]]:
    """The questions that can be answered now: kind, words, and whether the answer is still missing."""
    return [(kind, _(QUESTIONS[question(kind)]), question(kind) in found.missing) for kind in answerable(found)]
