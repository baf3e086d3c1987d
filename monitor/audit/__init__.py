"""The audit log: who did what, when, before and after. Rows are only ever added, each chained to the one before."""

from monitor.audit.writing import COMMAND, SYSTEM, audited

__all__ = ["COMMAND", "SYSTEM", "audited"]
