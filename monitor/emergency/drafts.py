"""What a place's publisher gets to publish."""

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, bindparam, select

from config.home import make_home
from connectors.about import Part
from connectors.publishing import Draft
from monitor.db.plainly import rows
from monitor.emergency.composing import titled
from monitor.emergency.in_hand import InHand
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.places import on_platform, part_of
from monitor.emergency.putting_back import is_back

EARLIER = 20
"""So many deliveries back is looked for one that still stands in a place."""


def drafted(work: InHand, publisher: Any) -> Draft:
    """With a card where the platform has no posts without one, and a film where the place wants one. No card is drawn:
    it lies on the hub, where the platform fetches it."""
    delivery, message, part = work.delivery, work.message, _part(work)
    image_url, seen = _card(work) if publisher.needs_image else ("", "")
    return Draft(
        text=delivery.text,
        marker=delivery.marker,
        link=delivery.link,
        image_url=image_url,
        alt_text=seen,
        video=_film(work) if part is not None and part.needs_video else None,
        title=titled(message, work.mode),
        stood=_stood(work) if part is not None and part.lasting else None,
    )


def _part(work: InHand) -> Part | None:
    told = on_platform(work.channel.platform) if work.channel is not None else None
    return told.parts.get(part_of(work.delivery.place)) if told is not None else None


def _card(work: InHand) -> tuple[str, str]:
    """Where platforms fetch the picture, and what it says."""
    # loaded where it is needed: it measures with a library of many megabytes
    from monitor.emergency import hub
    from monitor.emergency.cards import alt_text

    exercise = work.mode == "exercise"
    seen = work.message.alt_text or alt_text(work.message, exercise)
    return hub.card_address(work.settings, work.delivery.marker), seen


def _film(work: InHand) -> Path:
    from monitor.emergency.films import film  # as above

    path = make_home(work.settings.home) / "films" / f"{work.delivery.marker}.mp4"
    return film(work.message, work.mode == "exercise", path)


def _stood(work: InHand) -> str | None:
    """What an earlier message found in this place, where it stands there still."""
    delivery = work.delivery
    with work.db.snapshot() as session:
        asked = {"place": delivery.place, "id": delivery.id, "mode": work.mode}
        earlier = [row.progress for row in rows(session, _earlier(), asked)]
    return next((str(each["before"]) for each in earlier if "before" in each and not is_back(each)), None)


@cache
def _earlier() -> Select[dict[str, Any]]:
    """Of the same place and mode, the latest first."""
    same = (Delivery.place == bindparam("place"), Delivery.id < bindparam("id"), Incident.mode == bindparam("mode"))
    query = select(Delivery.progress).join(Message, Message.id == Delivery.message_id)
    query = query.join(Incident, Incident.id == Message.incident_id).where(*same, Delivery.armed_at.is_not(None))
    return query.order_by(Delivery.id.desc()).limit(EARLIER)
