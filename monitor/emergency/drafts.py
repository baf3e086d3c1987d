"""What a place's publisher gets to publish."""

from pathlib import Path
from typing import Any

from connectors.publishing import Draft
from monitor.emergency.in_hand import InHand


def drafted(work: InHand, publisher: Any) -> Draft:
    """With a card where the platform has no posts without one, and the video where there is one."""
    delivery, message = work.delivery, work.message
    image, image_url = _card(work) if publisher.needs_image else (None, "")
    video = Path(work.settings.home) / message.video if message.video else None
    return Draft(
        text=delivery.text,
        marker=delivery.marker,
        link=delivery.link,
        image=image,
        image_url=image_url,
        alt_text=message.alt_text or message.headline,
        video=video,
        title=message.headline,
    )


def _card(work: InHand) -> tuple[bytes, str]:
    """The picture, and where platforms fetch it."""
    # loaded where it is needed: it draws with a library of many megabytes
    from monitor.emergency import hub
    from monitor.emergency.cards import card

    image = card(work.message, exercise=work.mode == "exercise")
    return image, hub.card_address(work.settings, work.delivery.marker)
