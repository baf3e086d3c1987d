"""The queues. The clock has its own, so that slow platforms cannot keep notices and ticks waiting."""

from connectors import EXCLUSIVE

CLOCK = "clock"
POLLS = ("polls", *sorted(EXCLUSIVE))


def queue_of(platform: str) -> str:
    """A platform that must be read one channel at a time has a queue of its own."""
    return platform if platform in EXCLUSIVE else "polls"
