"""A letter as a web hook, signed after Standard Webhooks: that there is something to do and where, no resident's text.

Stored is the address with the secret behind the last #: https://example.org/hook#whsec_…
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

from config.language import _
from config.settings import Settings
from monitor.alerts.carrying import WayFailed
from monitor.alerts.hook_posting import TIMES, NotPosted, in_words, post, signed
from monitor.alerts.wording import Letter

GONE = {404, 410}


def by_webhook(_name: str, address: str, letter: Letter, message_id: str, settings: Settings, now: datetime) -> None:
    """Raises WayFailed, for good only where the address is gone (404, 410)."""
    url, _sharp, secret = address.rpartition("#")
    body = json.dumps(
        {
            "type": "kanalvakt.notice",
            "timestamp": now.isoformat(),
            "data": {"subject": letter.subject, "url": letter.page_url, "language": letter.language},
        },
        ensure_ascii=False,
    )
    headers = signed([secret], message_id, now, body)
    try:
        status = post(url, body.encode(), headers, inside=settings.private_addresses, times=TIMES)
    except NotPosted as why:
        raise WayFailed(in_words(why.problem, urlsplit(url).hostname or "")) from None
    if not 200 <= status < 300:
        raise WayFailed(_("The web hook refuses: {code}.", code=status), permanent=status in GONE)
