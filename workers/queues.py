"""The queues. The clock has its own, so that slow platforms cannot keep notices and ticks waiting; each provider has
one, so that what waits for one cannot stand before what is for another. Crises have none: see emergency.py."""

from monitor.telemetry.broker import CLOCK
from monitor.watch.bulkheads import QUEUES

__all__ = ["CLOCK", "POLLS"]
POLLS = tuple(QUEUES.values())
