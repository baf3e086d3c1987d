"""What Python reads first in processes whose clock `tests/faults/clock.py` sets: whatever asks for the time, also from
C's side of the interpreter, is given the real one and what stands in the clock's file."""

import mmap
import os
import struct
import sys

sys.modules["pytest"] = None  # type: ignore[assignment]  # it would be loaded, for fixtures that nobody asks for here
import _time_machine  # noqa: E402
import time_machine  # noqa: E402

del sys.modules["pytest"]

with open(os.environ["TEST_CLOCK"], "rb") as file:  # noqa: PTH123
    AHEAD = mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ)


class Shared(time_machine.Traveller):
    def time_ns(self) -> int:
        real: int = _time_machine.original_time_ns()
        return real + int(struct.unpack_from("q", AHEAD)[0])


time_machine.travel(0).start()
time_machine.traveller_stack[-1] = Shared(0, None, tick=True)
