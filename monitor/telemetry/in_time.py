"""Looks at something that may hang for ever, a frozen server say, by whoever must answer in time all the same."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

Found = TypeVar("Found")


class InTime(Generic[Found]):
    """One look at a time, in a thread of its own, however many ask: whoever comes meanwhile gets what that one finds.

    A look that hangs holds one thread, not one for each who asks, and keeps no process from ending.
    """

    def __init__(self, look: Callable[[], Found], seconds: float) -> None:
        self.look, self.seconds = look, seconds
        self._under_way: Future[Found] | None = None
        self._turn = threading.Lock()

    async def ask(self) -> Found | None:
        """None: it takes longer than `seconds`. Raises what the look raises."""
        looking = asyncio.wrap_future(self._begun())
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(looking), self.seconds)
        looking.add_done_callback(lambda over: over.cancelled() or over.exception())  # nobody waits for it any more
        return None

    def _begun(self) -> Future[Found]:
        with self._turn:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                threading.Thread(target=self._look, args=(self._under_way,), daemon=True).start()
            return self._under_way

    def _look(self, under_way: Future[Found]) -> None:
        try:
            under_way.set_result(self.look())
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            under_way.set_exception(error)
