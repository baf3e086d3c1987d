"""The audit log: who did what, when, before and after. Rows are only ever added, each chained to the one before."""

from monitor.audit.writing import COMMAND, SYSTEM, Said, audited, audited_all

__all__ = ["COMMAND", "SYSTEM", "Said", "audited", "audited_all"]
