"""Every kind of notice there is. Adding one adds a module and a line here."""

from monitor.alerts import (
    decision_ends,
    decision_sent,
    decision_state,
    expiry,
    findings,
    guard,
    morning,
    trouble,
    undone,
    unwatched,
    webgaps,
)
from monitor.alerts.telling import Kind

KINDS: dict[str, Kind] = {
    morning.DIGEST: morning.KIND,
    guard.GUARD: guard.KIND,
    unwatched.UNWATCHED: unwatched.KIND,
    trouble.TROUBLE: trouble.TROUBLES,
    trouble.RECOVERY: trouble.RECOVERIES,
    expiry.EXPIRY: expiry.KIND,
    findings.FINDING: findings.KIND,
    undone.UNDONE: undone.KIND,
    decision_sent.DECISION_SENT: decision_sent.KIND,
    decision_ends.DECISION_ENDS: decision_ends.KIND,
    decision_state.DECISION_STATE: decision_state.KIND,
    webgaps.WEB_GAPS: webgaps.KIND,
}
"""By the notice's subject_kind."""
