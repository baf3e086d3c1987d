"""A process of its own, as traces and reports are set up once in each: two readings, one of which meets a bug whose
words are a resident's and hold a secret; and an error that nobody deals with.

python -m tests.telemetry.failing_reading DATABASE_URL
"""

import logging
import sys
from datetime import UTC, datetime

from config.observing import observe
from config.settings import settings
from config.tracing import span
from monitor.db import Database
from monitor.watch.polling import claim_now, poll
from tests.monitor.watch.platform import Platform

TEXT = "Min granne på Storgatan 4 dricker"
SECRET = "EAAB-hemlig-token-4711"


def main(url: str) -> None:
    db, platform = Database(url), Platform(now=datetime.now(UTC))
    observe(settings(), "worker")
    platform.post()
    platform.comment("c1", TEXT)
    for error in (None, ValueError(f"{TEXT} {SECRET}")):
        platform.error = error
        with db.transaction() as session:
            [claimed] = claim_now(session, platform.now, ["fb"])
        poll(db, claimed, settings=settings(), connect=platform.connect, clock=lambda: platform.now)
    try:
        unlooked_for(TEXT, SECRET)
    except ValueError:
        logging.getLogger("celery.app.trace").exception("Task poll raised %s", SECRET)


def unlooked_for(text: str, token: str) -> None:
    with span("notice", way="mail"):
        raise ValueError(f"{text} {token}")


if __name__ == "__main__":
    main(sys.argv[1])
