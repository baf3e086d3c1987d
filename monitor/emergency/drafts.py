"""What a place's publisher gets to publish."""

from pathlib import Path
from typing import Any

from connectors.publishing import Draft
from monitor.emergency.composing import titled
from monitor.emergency.in_hand import InHand


def drafted(work: InHand, publisher: Any) -> Draft:
    """With a card where the platform has no posts without one, and the video where there is one."""
    delivery, message = work.delivery, work.message
    image, image_url, seen = _card(work) if publisher.needs_image else (None, "", "")
    video = Path(work.settings.home) / message.video if message.video else None
    return Draft(
        text=delivery.text,
        marker=delivery.marker,
        link=delivery.link,
        image=image,
        image_url=image_url,
        alt_text=seen,
        video=video,
        title=titled(message, work.mode),
    )


def _card(work: InHand) -> tuple[bytes, str, str]:
    """The picture, where platforms fetch it, and what it says."""
    # loaded where it is needed: it draws with a library of many megabytes
    from monitor.emergency import hub
    from monitor.emergency.cards import alt_text, card

    exercise = work.mode == "exercise"
    seen = work.message.alt_text or alt_text(work.message, exercise)
    return card(work.message, exercise), hub.card_address(work.settings, work.delivery.marker), seen
