"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable


def eventually(true: Callable[[], object], seconds: float = 60) -> bool:
    """True as soon as it is so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.02)
    return True
