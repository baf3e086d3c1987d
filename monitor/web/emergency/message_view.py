"""What the page of one message shows."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.emergency.approving import needs_review
from monitor.emergency.beginning import beside
from monitor.emergency.composing import HUB, channels_of, link_of, long_text, short_text, texts, versions
from monitor.emergency.drafting import is_late, promised, standing
from monitor.emergency.message_rules import (
    AT_ONCE,
    BEFORE,
    PARTS,
    SHORT,
    Kind,
    State,
    alone_from,
    why_not_commit,
)
from monitor.emergency.message_words import QUESTIONS
from monitor.emergency.models import Incident, Message
from monitor.emergency.places import NO_ENCODER, alike, lacks_encoder, places
from monitor.emergency.places import place_names as named_places
from monitor.emergency.staff import approvers
from monitor.emergency.standing import holds_of, stood
from monitor.register.organisation import organisation
from monitor.register.people import named
from monitor.web.emergency.forms import LOCAL
from monitor.web.emergency.incidents import place_names, words


def shown(session: Session, message: Message, who: Visitor, now: datetime, settings: Settings) -> dict[str, Any]:
    owner = organisation(session)
    zone = ZoneInfo(owner.timezone)
    incident = session.get_one(Incident, message.incident_id)
    values = {
        "organisation": owner,
        "zone": zone,
        "incident": incident,
        "message": message,
        "names": named(session),
        "questions": QUESTIONS,
        "hub": HUB,
        **words(),
        **_may(message, who, now, settings),
    }
    own = {each.place: each for each in versions(session, message.id)}
    if message.state in BEFORE:
        return values | {"own": own} | _written(session, message, incident, zone, settings, now)
    found = stood(session, message)
    names = {**place_names(session), **named_places(session, [each.place for each in found.deliveries])}
    sent = {"stood": found, "holds": holds_of(session, now, incident.mode), "channels": names}
    return values | {"own": own, "place_names": names} | sent


def _written(
    session: Session, message: Message, incident: Incident, zone: ZoneInfo, settings: Settings, now: datetime
) -> dict[str, Any]:
    """The texts as they will go out, and how long they may be. around: characters beside those of the fields.
    promise: a time to promise instead of one that has passed, as browsers send it; else empty."""
    channels = channels_of(session)
    link = link_of(message, settings)
    long = long_text(message, incident, link, zone)
    fields = len(message.headline) + sum(len(getattr(message, name)) for name in PARTS)
    late = is_late(message, now)
    promise = promised(now).astimezone(zone).strftime(LOCAL) if late else ""
    said, there = texts(session, message, channels, settings), places(channels, settings)
    return {
        "texts": said,
        "places": there,
        "alike": alike(there, said),
        "no_video": _(NO_ENCODER) if lacks_encoder(channels, settings) else "",
        "long": long,
        "short": short_text(message, incident, link),
        "most_short": SHORT,
        "around": len(long) - fields,
        "promise": promise,
        "beside": beside(session, message, now),
        "can_approve": approvers(session, but=standing(message).whose) if message.state == State.SUBMITTED else [],
    }


def _may(message: Message, who: Visitor, now: datetime, settings: Settings) -> dict[str, Any]:
    """What whoever looks can do with it now."""
    stands = standing(message)
    works, approves = who.may(Permission.WORK_IN_CRISIS), who.may(Permission.APPROVE_CRISIS)
    since = alone_from(stands, settings.emergency.approval_minutes, now)
    own = who.person_id in stands.whose
    return {
        "works": works,
        "approves": approves and stands.state is State.SUBMITTED and not own,
        "ready": works and why_not_commit(stands) is None,
        "at_once": Kind(message.kind) in AT_ONCE,
        "alone_from": since,
        "alone_now": works and since is not None and since <= now,
        "wait": max(timedelta(0), since - now) if since is not None else None,
        "reviews": who.may(Permission.APPROVE_CRISIS)
        and needs_review(message)
        and who.person_id not in stands.whose | {message.committed_by_id},
    }
