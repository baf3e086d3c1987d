"""What a place's publisher gets to publish."""

from pathlib import Path
from typing import Any

from connectors.publishing import Draft
from monitor.emergency.composing import titled
from monitor.emergency.in_hand import InHand


def drafted(work: InHand, publisher: Any) -> Draft:
    """With a card where the platform has no posts without one, and the video where there is one. Nothing is drawn:
    the card lies on the hub, where the platform fetches it."""
    delivery, message = work.delivery, work.message
    image_url, seen = _card(work) if publisher.needs_image else ("", "")
    video = Path(work.settings.home) / message.video if message.video else None
    return Draft(
        text=delivery.text,
        marker=delivery.marker,
        link=delivery.link,
        image_url=image_url,
        alt_text=seen,
        video=video,
        title=titled(message, work.mode),
    )


def _card(work: InHand) -> tuple[str, str]:
    """Where platforms fetch the picture, and what it says."""
    # loaded where it is needed: it measures with a library of many megabytes
    from monitor.emergency import hub
    from monitor.emergency.cards import alt_text

    exercise = work.mode == "exercise"
    seen = work.message.alt_text or alt_text(work.message, exercise)
    return hub.card_address(work.settings, work.delivery.marker), seen
