"""/settings: the words that flag comments, and what the register file has set."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import numbered
from monitor.inbox.flag_listing import (
    LABELS,
    LANGUAGES,
    WORDS,
    NotAccepted,
    add_word,
    remove_rule,
    rules_in_use,
    seed,
    set_rush,
)
from monitor.inbox.flag_rules import Kind
from monitor.inbox.models import FlagRule
from monitor.inbox.rush_rules import Rush
from monitor.register import hours
from monitor.register.models import Channel, Organisation, Person
from monitor.register.organisation import organisation
from monitor.register.term_words import in_words
from monitor.register.terms import told
from monitor.web.register.asking import Form, Sent
from monitor.web.rendering import page
from monitor.web.visiting import needs

router = APIRouter(prefix="/settings", default_response_class=HTMLResponse)
Editor = Annotated[Visitor, needs(Permission.EDIT_SETTINGS)]
DONE = {
    "added": N_("The word flags comments from now on, and those of the last day."),
    "rush": N_("That many comments are unusual from now on."),
    "removed": N_("The rule flags nothing more. What it has flagged stays."),
}
LANGUAGE_NAMES = {"sv": N_("Swedish"), "en": N_("English")}
FIELDS = ("word", "kind", "language", "channel", "comments", "minutes", "rush_channel")


@router.get("", dependencies=[needs(Permission.EDIT_SETTINGS)])
def overview(request: Request, kind: str = "", channel: str = "", done: Annotated[str, Query()] = "") -> HTMLResponse:
    """The rules in use, those of one kind or channel where asked for, and the organisation's own values."""
    with request.app.state.db.snapshot() as session:
        return _page(request, session, shown=(kind, channel), done=done)


@router.post("/words")
def add(request: Request, who: Editor, sent: Form) -> Response:
    """A word or phrase that flags comments. 422 with what is wrong at the field."""
    return _kept(request, who, sent, _word_faults(sent), "added")


@router.post("/rush")
def rush(request: Request, who: Editor, sent: Form) -> Response:
    """How many comments at once are unusual. 422 with what is wrong at the field."""
    return _kept(request, who, sent, _rush_faults(sent), "rush")


@router.post("/rules/{number}/remove")
def remove(request: Request, number: int, who: Editor) -> Response:
    """Takes a rule out of use; 409 where it is so already."""
    try:
        with request.app.state.db.transaction() as session:
            rule = numbered(session, FlagRule, number)
            if rule is None:
                raise HTTPException(404)
            remove_rule(session, rule, who.person_id, datetime.now(UTC))
    except NotAccepted as why:
        with request.app.state.db.snapshot() as session:
            return _page(request, session, refusal=str(why))
    return RedirectResponse("/settings?done=removed#rules", status_code=303)


def _kept(request: Request, who: Visitor, sent: Sent, faults: dict[str, str], done: str) -> Response:
    """Adds the rule; or the page with what is wrong."""
    at, now = "word" if done == "added" else "comments", datetime.now(UTC)
    if not faults:
        try:
            with request.app.state.db.transaction() as session:
                seed(session, now)
                _add(session, sent, done, who.person_id, now)
            return RedirectResponse(f"/settings?done={done}#rules", status_code=303)
        except NotAccepted as why:
            faults = {at: str(why)}
    with request.app.state.db.snapshot() as session:
        return _page(request, session, faults=faults, typed={name: sent.text(name) for name in FIELDS})


def _add(session: Session, sent: Sent, done: str, by: str, now: datetime) -> None:
    """Raises NotAccepted."""
    if done == "added":
        where = _channel(session, sent.text("channel"))
        add_word(session, Kind(sent.text("kind")), sent.text("word"), sent.text("language"), where, by, now)
    else:
        where = _channel(session, sent.text("rush_channel"))
        set_rush(session, Rush(int(sent.text("comments")), int(sent.text("minutes"))), where, by, now)


def _channel(session: Session, id_: str) -> str | None:
    """None: all channels. 404 for one that there is not."""
    if id_ and session.get(Channel, id_) is None:
        raise HTTPException(404)
    return id_ or None


def _word_faults(sent: Sent) -> dict[str, str]:
    faults = {}
    if not sent.text("word"):
        faults["word"] = _("Write the word or phrase.")
    if sent.text("kind") not in WORDS:
        faults["kind"] = _("Choose what a comment with the word may be.")
    if sent.text("language") not in LANGUAGES:
        faults["language"] = _("Choose the word's language.")
    return faults


def _rush_faults(sent: Sent) -> dict[str, str]:
    return {
        name: _("Write a whole number.")
        for name in ("comments", "minutes")
        if not (sent.text(name).isascii() and sent.text(name).isdecimal() and len(sent.text(name)) < 10)
    }


def _page(
    request: Request,
    session: Session,
    *,
    shown: tuple[str, str] = ("", ""),
    done: str = "",
    refusal: str = "",
    faults: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    owner = organisation(session)
    return page(
        request,
        "register/settings.html",
        status=422 if faults else 409 if refusal else 200,
        organisation=owner,
        **_rules(session, *shown),
        own=list(_own(session, owner)),
        done=_(DONE[done]) if done in DONE else "",
        refusal=refusal,
        faults=faults or {},
        typed=dict.fromkeys(FIELDS, "") | {"language": "sv"} | (typed or {}),
    )


def _rules(session: Session, kind: str, channel: str) -> dict[str, object]:
    """The rules in use, of that kind and channel where given, and what their forms offer."""
    in_use = select(Channel.id, Channel.name).where(Channel.state != "retired").order_by(Channel.name)
    names = dict(session.execute(in_use).all())
    rules = rules_in_use(session)
    return {
        "rules": [each for each in rules if kind in ("", each.kind) and channel in ("", each.channel_id or "")],
        "kinds": [(each.value, _(LABELS[each])) for each in LABELS],
        "words": [(each.value, _(LABELS[each])) for each in WORDS],
        "languages": [(each, _(LANGUAGE_NAMES[each])) for each in LANGUAGES],
        "channels": list(names.items()),
        "names": names,
        "kind": kind,
        "channel": channel,
    }


def _own(session: Session, owner: Organisation) -> Iterator[tuple[str, str]]:
    """What the register file has set for the organisation, with labels, in the language in use."""
    yield _("Organisation"), owner.name
    yield _("Time zone"), owner.timezone
    yield _("Language of mails"), _(LANGUAGE_NAMES[owner.language])
    yield _("Website"), owner.website or "–"
    yield _("Service hours"), hours.in_words(owner.service_hours)
    yield _("Closed days"), ", ".join(owner.closed_days) or "–"
    yield from in_words(told(owner.answer_within, owner.escalation))
    yield _("Reminders before closing time, in minutes"), ", ".join(map(str, owner.reminder_minutes)) or "–"
    yield _("Longest time of a decision, in months"), str(owner.longest_decision_months)
    yield _("Mails quote the beginning of comments"), _("yes") if owner.excerpts else _("no")
    on_call = session.get(Person, owner.on_call) if owner.on_call else None
    yield _("On call"), on_call.name if on_call else "–"
    yield _("Telephone"), owner.phone or "–"
    yield _("E-mail"), owner.email or "–"
    yield _("Rules for comments"), owner.rules_url or "–"
    yield _("How personal data are used"), owner.privacy_url or "–"
    yield _("Guidelines"), owner.policy_url or "–"
