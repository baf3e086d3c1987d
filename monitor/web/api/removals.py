"""/removals: comments that were taken away, and how one is: a copy saved, hidden or removed, and accounted for."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.permission_rules import Permission
from monitor.inbox.removal_desk import NotTaken, Wish, answerable, reads, take, ways
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import Kind, Rule, Step, question
from monitor.inbox.removal_steps import CannotStep, note
from monitor.inbox.removal_words import QUESTIONS, RULES
from monitor.inbox.removals import Case, case, case_of, cases
from monitor.inbox.saving import check, read
from monitor.records.removal_paper import removal_file, removal_pdf
from monitor.register.models import Channel, Person
from monitor.watch.models import Comment
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.comment_acts import Hider, action_key
from monitor.web.api.comment_forms import Whether
from monitor.web.api.once import Once, once
from monitor.web.api.problems import DOCUMENTED, Refused, Wrong, refusing
from monitor.web.api.removal_shapes import Copy, Removal, RemovalCase, RemovalWays, Removing, Stepping, removal, taken
from monitor.web.api.shapes import (
    USUAL,
    After,
    Limit,
    Number,
    Page,
    read_number,
    written_cursor,
)

router = APIRouter(tags=["removals"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_REMOVALS)]
Stepper = Annotated[Caller, scoped(Permission.HANDLE, own=True)]
"""A token that may write; whose person may write what, the case says."""
FILES: dict[str, dict[int | str, dict[str, Any]]] = {
    kind: {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}, "description": "The file."}}
    for kind in ("image/png", "application/pdf")
}
WHOLE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("/comments/{comment_id}/removal")
def how(comment_id: Number, known: Hider) -> RemovalWays:
    """How the comment can be taken away with this token, what can be taken back first; and the case that it has."""
    with known.db.snapshot() as session:
        comment, channel = _comment(session, comment_id, known)
        before = case_of(session, comment.id)
        can = ways(comment, channel, known.who)
    return RemovalWays(
        ways=list(can), before=before.id if before else None, rules={each: _(RULES[each]) for each in Rule}
    )


@router.post("/comments/{comment_id}/removal", status_code=201, response_model=Removal)
def remove(comment_id: Number, sent: Removing, known: Hider, asked: Once) -> Response:
    """Saves a copy, asks for what is to be done, and writes down what is known already: all of it, or nothing."""
    later = [step(each) for each in (sent.told, sent.police, sent.registered) if each is not None]

    def do(session: Session) -> Removal:
        comment, channel = _comment(session, comment_id, known)
        wish = Wish(action_key(known, asked), Kind(sent.how), sent.rule, sent.note.strip(), later)
        try:
            made = take(session, comment, ways(comment, channel, known.who), wish, known.who.person_id, asked.now)
        except NotTaken as why:
            wrongs = [Wrong(at=f"/{name.replace('_', '/')}", detail=each) for name, each in why.faults.items()]
            raise Refused(422, wrongs[0].detail, wrongs) from None
        return removal(session, made)

    return once(known, asked, do, 201)


@router.get("/removals")
def all_cases(
    known: Reader,
    everything: Annotated[Whether, Query(description="Those with nothing missing, too.")] = False,
    after: After = None,
    limit: Limit = USUAL,
) -> Page[Removal]:
    """The cases of the channels that the token sees, the newest first."""
    before = read_number(after)
    seen = known.who.channels_for(Permission.READ_REMOVALS)
    with known.db.snapshot() as session:
        found = cases(session, seen, open_only=not everything, before=before, most=limit + 1)
        items = [removal(session, each) for each in found[:limit]]
    return Page(items=items, next=written_cursor(items[-1].id) if len(found) > limit else None)


@router.get("/removals/{case_id}")
def one_case(case_id: Number, known: Reader) -> RemovalCase:
    """A case with its copies and its steps; without the text where it is secret to this token."""
    with known.db.snapshot() as session:
        return _whole(session, known, _case(session, case_id, known))


def _whole(session: Session, known: Caller, found: Case) -> RemovalCase:
    copies = [session.get_one(SavedCopy, id_) for id_ in found.copies]
    comment = session.get_one(Comment, found.comment_id)
    kept = read(copies[-1])["comment"] if reads(known.who, found) else None
    return RemovalCase(
        **removal(session, found).model_dump(),
        copies=[Copy.of(each, session.get_one(Person, each.by_id).name) for each in copies],
        whole=all(check(session, each).whole for each in copies),
        author=(kept["author_name"] or kept["author_handle"]) if kept else None,
        text=kept["text"] if kept else None,
        steps=[taken(each, session.get_one(Person, each.by).name) for each in found.steps],
        answerable=answerable(found),
        questions={each: _(QUESTIONS[question(each)]) for each in answerable(found)},
        hidden=comment.hidden,
        gone=comment.missing_since is not None or comment.deleted_at is not None,
    )


@router.post("/removals/{case_id}/steps", status_code=201, response_model=RemovalCase)
def write_step(case_id: Number, sent: Stepping, known: Stepper, asked: Once) -> Response:
    """Writes down one step: registrars write numbers, who takes care of the channel the rest."""

    def do(session: Session) -> RemovalCase:
        found = _case(session, case_id, known)
        with refusing(CannotStep, at="kind"):
            found = note(session, found.id, step(sent), known.who.person_id, datetime.now(UTC))
        return _whole(session, known, found)

    return once(known, asked, do, 201)


@router.get("/removals/{case_id}/copies/{copy_id}", response_class=Response, responses=WHOLE)
def copy(case_id: Number, copy_id: Number, known: Reader) -> Response:
    """A saved copy, byte for byte: its SHA-256 is what the case and the audit log say."""
    with known.db.snapshot() as session:
        found = _readable(session, case_id, known)
        if copy_id not in found.copies:
            raise Refused(404, "")
        return Response(session.get_one(SavedCopy, copy_id).content, media_type="application/json")


@router.get("/removals/{case_id}/picture.png", response_class=Response, responses=FILES["image/png"])
def picture(case_id: Number, known: Reader) -> Response:
    """The picture of the latest copy. 404 where there is none, as the comment is suspected of showing abuse."""
    with known.db.snapshot() as session:
        made = session.get_one(SavedCopy, _readable(session, case_id, known).copies[-1]).picture
    if made is None:
        raise Refused(404, "")
    return Response(made, media_type="image/png")


@router.get("/removals/{case_id}/case.pdf", response_class=Response, responses=FILES["application/pdf"])
def pdf(case_id: Number, known: Reader) -> Response:
    """The case on paper."""
    with known.db.snapshot() as session:
        found = _readable(session, case_id, known)
        made = removal_pdf(session, found)
    name = f'attachment; filename="{removal_file(found)}"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


def step(sent: Stepping) -> Step:
    return Step(Kind(sent.kind), sent.answer, sent.rule, sent.number.strip(), sent.note.strip())


def _comment(session: Session, comment_id: int, known: Caller) -> tuple[Comment, Channel]:
    """Raises Refused, 404, for what is not there, or not to be hidden by this token."""
    comment = session.get(Comment, comment_id)
    if comment is None or not known.who.may(Permission.HIDE, comment.channel_id):
        raise Refused(404, "")
    return comment, session.get_one(Channel, comment.channel_id)


def _case(session: Session, case_id: int, known: Caller) -> Case:
    """Raises Refused, 404, for what is not there, or not for this token."""
    found = case(session, case_id)
    if found is None or not known.who.may(Permission.READ_REMOVALS, found.channel):
        raise Refused(404, "")
    return found


def _readable(session: Session, case_id: int, known: Caller) -> Case:
    """Raises Refused as well, 403, for one that is secret to this token."""
    found = _case(session, case_id, known)
    if not reads(known.who, found):
        raise Refused(403, "")
    return found
