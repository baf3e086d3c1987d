"""What people say about a delivery: that they have published it, seen it, not seen it, or that it is left out."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import audited
from monitor.emergency.composing import HUB
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.faults import CannotSend
from monitor.emergency.models import Delivery, Message
from monitor.emergency.noting import noted
from monitor.emergency.places import place_name
from monitor.emergency.rules import FROM_BACKUP, Fate, Why

ANSWERED = "delivery.answered"
ANSWERABLE = frozenset({Fate.NEEDS_HUMAN, Fate.UNKNOWN, Fate.REJECTED})
FATES = {
    "seen": (Fate.VERIFIED, Why.SEEN),
    "not_seen": (Fate.PENDING, Why.NOT_SEEN),
    "skip": (Fate.REJECTED, Why.SKIPPED),
}
COUNTS = frozenset({"made", "looks", FROM_BACKUP})
"""What of a delivery's progress begins anew; the rest tells what its publisher may have made already."""
SAID = {
    "seen": N_("Seen by a person: {headline} – {place} {url}"),
    "not_seen": N_("Not seen by a person, sent again: {headline} – {place}"),
    "skip": N_("Left out by a person: {headline} – {place}"),
}
LOOKED = N_("Not seen by a person, looked for once more before it is sent: {headline} – {place}")


def answer(session: Session, delivery_id: int, seen: str, url: str, by: str, now: datetime) -> None:
    """seen: "seen" (url: where, or empty), "not_seen" (sent again) or "skip". Whoever held it has lost it.

    What the platform may have got is looked for once before it is sent again, for people look at what others see, and
    too early; "not_seen" after that look sends it whatever the look showed.

    Raises CannotSend where there is nothing to answer, or the words are none of these.
    """
    delivery = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    _check(delivery, seen, url)
    fate, why = FATES[seen]
    said = SAID[seen]
    if seen == "not_seen" and _may_be_out(delivery):
        fate, why, said = Fate.UNKNOWN, Why.LOOKING, LOOKED
    delivery.token += 1
    delivery.state, delivery.reason, delivery.remedy, delivery.next_at = fate, str(why), SENTENCES[why], now
    if seen == "seen":
        delivery.verified_at = now
        delivery.confirmed_at, delivery.url = delivery.confirmed_at or now, url or delivery.url
    elif seen == "not_seen":
        delivery.lost_at = delivery.lost_at or delivery.confirmed_at if fate == Fate.UNKNOWN else None
        delivery.attempts, delivery.looks, delivery.told_at = 0, 0, None
        delivery.progress = {name: kept for name, kept in delivery.progress.items() if name not in COUNTS}
    message = session.get_one(Message, delivery.message_id)
    place = place_name(session, delivery.place)
    noted(session, message.incident_id, "decision", by, now, said, headline=message.headline, place=place, url=url)
    session.flush()
    told = {"answer": seen, "url": url, "place": delivery.place, "message": delivery.message_id}
    audited(session, by, ANSWERED, ("delivery", str(delivery.id)), now, after=told)


def _may_be_out(delivery: Delivery) -> bool:
    """Could the platform have it, with no look since a person said that it is not seen?

    No attempt and yet lost: somebody has said so, and only a look has brought it back to people.
    """
    looked = delivery.state == Fate.NEEDS_HUMAN and delivery.attempts == 0
    return not looked and (delivery.lost_at or delivery.confirmed_at) is not None


def _check(delivery: Delivery, seen: str, url: str) -> None:
    if seen not in FATES or delivery.state not in ANSWERABLE:
        raise CannotSend(_("There is nothing to answer here any more."))
    if delivery.place == HUB and seen == "skip":
        raise CannotSend(_("Every post leads to the crisis page: say that it is there, or send again."))
    if delivery.way == "by_hand" and seen == "not_seen":
        raise CannotSend(_("No machine publishes there: publish it by hand, or leave it out."))
    if seen == "not_seen" and delivery.state == Fate.UNKNOWN:
        raise CannotSend(_("Kanalvakt still looks for it. Sent again now, it could stand there twice."))
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise CannotSend(_("This is no web address: {url}", url=url))
