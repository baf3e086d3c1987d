"""Is the disk full? What databases and the system say then."""

import errno

from sqlalchemy.exc import DBAPIError

SQLITE = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE"})
POSTGRESQL = "53100"
SYSTEM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def no_room(error: Exception) -> bool:
    """Of a disk, or of what somebody may use of it."""
    if isinstance(error, DBAPIError):
        name = getattr(error.orig, "sqlite_errorname", None)
        return name in SQLITE or getattr(error.orig, "sqlstate", None) == POSTGRESQL
    return isinstance(error, OSError) and error.errno in SYSTEM
