"""What follows from what is known about a delivery. Pure."""

from enum import StrEnum


class Fate(StrEnum):
    """Where a delivery stands. `armed`: about to be sent, or sent. `unknown`: sent, the answer lost. `confirmed`: the
    platform said yes; `verified`: read back. `held`: the kill switch. `needs_human`: seen, not seen, or skip."""

    PENDING = "pending"
    ARMED = "armed"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    HELD = "held"
    EXPIRED = "expired"
    NEEDS_HUMAN = "needs_human"
