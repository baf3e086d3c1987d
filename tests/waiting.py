"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable


class NotYet(AssertionError):
    """What was waited for has not come. No TimeoutError: those are run again, as a busy machine's (pyproject.toml), and
    whoever was never told must not be told by the second try."""


def eventually(true: Callable[[], object], seconds: float = 60) -> bool:
    """True as soon as it is so. Raises NotYet."""
    began = looked = time.monotonic()
    while not true():
        now = time.monotonic()
        if now > began + seconds:
            raise NotYet(f"not within {seconds} s")
        time.sleep(max(0.02, 2 * (now - looked)))  # whoever looks must not take the processor from what is looked for
        looked = time.monotonic()
    return True
