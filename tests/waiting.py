"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable


class NotYet(AssertionError):
    """What was waited for has not come. No TimeoutError: those are run again, as a busy machine's (pyproject.toml), and
    whoever was never told must not be told by the second try."""


def eventually(true: Callable[[], object], seconds: float = 60) -> bool:
    """True as soon as it is so. Raises NotYet."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise NotYet(f"not within {seconds} s")
        time.sleep(0.02)
    return True
