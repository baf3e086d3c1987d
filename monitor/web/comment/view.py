"""The page of one comment: its thread, where it stands, what colleagues do about it, and what can be done."""

import uuid
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from config.language import _
from monitor import NEEDS_SOMEBODY
from monitor.access.permission_rules import Permission
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.mark_rules import Kind, latest_pause
from monitor.inbox.offer_rules import Offer
from monitor.inbox.opened import Opened, View, draft_of, kept_secret, seen_in, view_of
from monitor.inbox.reasons import STATES
from monitor.inbox.threads import Done, Entry
from monitor.inbox.writing import Draft
from monitor.register.calendar import calendar_of
from monitor.web.comment.forms import Typed
from monitor.web.comment.words import CHANGES, DONE_THERE, FATES, MARKED, REASON_CHOICES
from monitor.web.rendering import page

IN_ITS_FORM = frozenset({Kind.CLOSE, Kind.SNOOZE, Kind.PRIVATE})


def comment_page(
    request: Request, place: Opened, sent: Typed | None = None, *, status: int = 200, **more: Any
) -> HTMLResponse:
    """The whole page; with what was typed, and what is wrong with it. more: after, kept, asks and preview, where there
    is something to show of them; view, where it is known already."""
    view, sent = more.pop("view", None) or view_of(place), sent or Typed()
    known: dict[str, Any] = {"after": None, "asks": None, "kept": None, "preview": None}
    known |= WORDS | _where_it_stands(place, view) | _of_the_visitor(place, view)
    known["typed"], known["seen"] = sent, seen_in(view, place.who.person_id)
    known["summary"] = {_field_id(sent.form, name): sentence for name, sentence in sent.faults.items() if name}
    known["draft"] = typed_draft(place, view, sent) if sent.form == "answer" else None
    return page(request, "comment/comment.html", status=status, **(known | more))


def typed_draft(place: Opened, view: View, sent: Typed) -> Draft | None:
    """As the form says it."""
    return draft_of(place, view, sent["text"], sign=bool(sent["sign"]))


def _where_it_stands(place: Opened, view: View) -> dict[str, Any]:
    item, calendar = view.obligation, calendar_of(place.owner)
    return {
        "organisation": place.owner,
        "channel": place.channel,
        "writes": place.writes,
        "zone": view.thread.zone,
        "view": view,
        "item": item,
        "waits": item is not None and item.state in NEEDS_SOMEBODY,
        "waits_for_unit": view.waits_for_unit,
        "moving": any(map(is_under_way, view.thread.asked.actions)),
        "latest_snooze": latest_pause(Kind.SNOOZE, place.now, calendar),
    }


def _of_the_visitor(place: Opened, view: View) -> dict[str, Any]:
    """Who it is, and what this person may do and read there."""
    return {
        "me": place.who.person_id,
        "kept_secret": kept_secret(place, view),
        "handles": place.may(Permission.HANDLE),
        "removes": place.may(Permission.HIDE),
        "answers": place.may(Permission.ANSWER),
    }


def _field_id(form: str, name: str) -> str:
    """The field's id on the page, where several forms have fields of one name."""
    return f"{form}-{name}" if form in IN_ITS_FORM else name


def story(entry: Entry) -> list[tuple[datetime, str, str]]:
    """What was said of a comment and done to it from here, the first thing first: when, what, and by whom."""
    marks = [(each.mark.at, _(MARKED[each.mark.said.kind]), each.person) for each in entry.marks]
    acts = [(act.created_at, _became(act), act.person) for act in entry.actions]
    noticed = [(each.seen_at, _(CHANGES[each.kind]), "") for each in entry.changes if each.kind in CHANGES]
    return sorted([*marks, *acts, *noticed], key=lambda each: each[0])


def _became(act: Done) -> str:
    return f"{_(DONE_THERE[act.kind])}: {_(FATES[Fate(act.state)])}"


def new_key() -> str:
    """What makes two presses of one button one."""
    return uuid.uuid4().hex


def is_under_way(act: Done) -> bool:
    return act.state in UNDER_WAY


WORDS: dict[str, Any] = {
    "states": STATES,
    "labels": LABELS,
    "fates": FATES,
    "reason_choices": REASON_CHOICES,
    "story": story,
    "new_key": new_key,
    "is_under_way": is_under_way,
    "Offer": Offer,
}
