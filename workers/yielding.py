"""Workers let others go first: a page, or a message in a crisis, must not wait until readings have had their share of
the processor."""

import os
from contextlib import suppress
from pathlib import Path

import structlog

YIELDS = 10
"""As nice(2) counts it: the others get about nine times as much of a processor that both want."""
AUTOGROUP = Path("/proc/self/autogroup")
"""Where Linux shares a processor out by sessions first, as it does unless a service manager has shares of its own, how
nice a process is counts only within its session; each part of ours has one to itself. This is the session's."""

log = structlog.get_logger(__name__)


def let_others_go_first() -> None:
    """Nice to that level, not by so much more: whoever starts us may have made us so. Where that is forbidden, it works
    all the same: the service manager then has to see to it (config/systemd/kanalvakt-worker@.service)."""
    try:
        if os.getpriority(os.PRIO_PROCESS, 0) < YIELDS:
            os.setpriority(os.PRIO_PROCESS, 0, YIELDS)
    except PermissionError:
        log.warning("a worker may not yield the processor to pages and crises")
    if os.getsid(0) == os.getpid():  # else the session is somebody else's too: a terminal's
        with suppress(OSError):  # the kernel has none
            AUTOGROUP.write_text(str(YIELDS))
