"""For processes whose clock libfaketime sets: its 0.9.10, which Debian 12 has, does not bear how Python sleeps (until a
moment of the monotonic clock), and refuses it."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select((), (), (), seconds)


time.sleep = _sleep
