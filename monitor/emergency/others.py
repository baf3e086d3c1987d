"""What one process delivers of one message at the same time. Its channels wait for the hub; and what nobody waits for,
the log and reading back, waits until each of them has made its first call, for they share one processor."""

from collections.abc import Iterable
from threading import Event, Lock

from monitor.emergency.claimed import Held
from monitor.emergency.composing import HUB

A_MOMENT = 0.3
"""Seconds that the log waits at the most: a platform that is slow must not keep it."""


class Others:
    """Safe to share between threads. patience: seconds that `wait_for_calls` waits at the most."""

    def __init__(self, held: Iterable[Held], patience: float = A_MOMENT) -> None:
        held = list(held)
        self._hub = Event() if any(each.place == HUB for each in held) else None
        self._waiting = {each.delivery_id for each in held}
        self._changing = Lock()
        self._all_called = Event()
        if not held:
            self._all_called.set()
        self._patience = patience

    def hub_had_its_turn(self) -> None:
        if self._hub is not None:
            self._hub.set()

    def wait_for_hub(self, seconds: float) -> None:
        """Not at all where nobody in this process sees to the hub."""
        if self._hub is not None:
            self._hub.wait(seconds)

    @property
    def see_to_hub(self) -> bool:
        return self._hub is not None

    def called(self, delivery_id: int) -> None:
        """It has made its first call, or makes none now."""
        with self._changing:
            self._waiting.discard(delivery_id)
            if not self._waiting:
                self._all_called.set()

    def wait_for_calls(self) -> None:
        self._all_called.wait(self._patience)


def others_of(held: Iterable[Held]) -> dict[int, Others]:
    """By message, for whoever goes on with many at a time and must not keep his threads waiting."""
    by_message: dict[int, list[Held]] = {}
    for each in held:
        by_message.setdefault(each.message_id, []).append(each)
    return {message: Others(those, patience=0.0) for message, those in by_message.items()}
