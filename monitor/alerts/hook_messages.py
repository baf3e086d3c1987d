"""What another system is told of an event: what happened, when, to what, and where it is to be read. Nobody's words."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.alerts.wording import base_url
from monitor.audit.outgoing_models import OutgoingEvent
from monitor.audit.outgoing_rules import TEST
from monitor.inbox.removal_models import SavedCopy
from monitor.watch.models import Comment

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Place:
    """What an event is about. ids: by their names in the message. page: the address of the page about it."""

    channel: str
    page: str
    ids: dict[str, Any] = field(default_factory=dict)


def place_of(session: Session, event: OutgoingEvent) -> Place | None:
    """None where there is no such thing (any more)."""
    kind, name = event.subject_kind, event.subject
    if kind == "comment":
        comment = session.get(Comment, _number(name))
        return _of_comment(comment.channel_id, comment.id) if comment is not None else None
    if kind in {"saved_copy", "removal"}:
        copy = session.get(SavedCopy, _number(name))
        return _of_copy(copy, kind) if copy is not None else None
    channel, _slash, rest = name.partition("/")
    if kind == "watch_day":
        return Place(channel, f"/watch/{channel}/{rest}", {"day": rest})
    if kind == "decision":
        return Place(channel, f"/channels/{channel}", {"version": _number(rest)})
    return Place(name, f"/channels/{name}")


def message(event: OutgoingEvent, place: Place, settings: Settings) -> str:
    """As JSON; the same each time."""
    here = base_url(settings)
    data = {"channel": place.channel} | place.ids | event.data
    links = dict(_links(here, place))
    return _json(event.kind, event.at.isoformat(), data | {"links": links})


def new_message_id() -> str:
    """Random, so that a receiver who remembers it is right even after this database was restored from a backup."""
    return f"msg_{secrets.token_hex(16)}"


def trial(now: str) -> str:
    """A message that says nothing."""
    return _json(TEST, now, {})


def _number(name: str) -> int:
    """0, which nothing has, for what is none: one odd event must not keep all others from being told."""
    return int(name) if name.isdecimal() else 0


def _of_comment(channel: str, id_: int) -> Place:
    return Place(channel, f"/comment/{id_}", {"comment": id_})


def _of_copy(copy: SavedCopy, kind: str) -> Place:
    case = copy.case_id or copy.id
    ids = {"comment": copy.comment_id, "removal": case} | ({"copy": copy.id} if kind == "saved_copy" else {})
    return Place(copy.channel_id, f"/removals/{case}", ids)


def _links(here: str, place: Place) -> Iterator[tuple[str, str]]:
    comment = place.ids.get("comment")
    yield "api", f"{here}{API}/comments/{comment}" if comment else f"{here}{API}/channels/{place.channel}"
    yield "page", f"{here}{place.page}"


def _json(type_: str, at: str, data: dict[str, Any]) -> str:
    return json.dumps({"type": type_, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":"))
