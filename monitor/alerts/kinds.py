"""Every kind of notice there is. Adding one adds a module and a line here."""

from monitor.alerts import (
    close_overdue,
    code_used,
    decision_ends,
    decision_sent,
    decision_state,
    expiry,
    findings,
    flagged,
    forwarded,
    guard,
    hook_stopped,
    morning,
    overdue,
    put_away,
    route_failed,
    route_test,
    staffing,
    trouble,
    undone,
    unwatched,
    webgaps,
)
from monitor.alerts.given_up import ROUTE_TEST
from monitor.alerts.telling import Kind

KINDS: dict[str, Kind] = {
    code_used.CODE_USED: code_used.KIND,
    flagged.FLAG: flagged.KIND,
    overdue.CLOSE_OVERDUE: close_overdue.KIND,
    morning.DIGEST: morning.KIND,
    overdue.OVERDUE: overdue.KIND,
    forwarded.FORWARD: forwarded.KIND,
    guard.GUARD: guard.KIND,
    unwatched.UNWATCHED: unwatched.KIND,
    trouble.TROUBLE: trouble.TROUBLES,
    trouble.RECOVERY: trouble.RECOVERIES,
    expiry.EXPIRY: expiry.KIND,
    findings.FINDING: findings.KIND,
    staffing.STAFFING: staffing.KIND,
    undone.UNDONE: undone.KIND,
    put_away.PUT_AWAY: put_away.KIND,
    decision_sent.DECISION_SENT: decision_sent.KIND,
    decision_ends.DECISION_ENDS: decision_ends.KIND,
    decision_state.DECISION_STATE: decision_state.KIND,
    webgaps.WEB_GAPS: webgaps.KIND,
    route_failed.ROUTE_FAILED: route_failed.KIND,
    hook_stopped.HOOK_STOPPED: hook_stopped.KIND,
    ROUTE_TEST: route_test.KIND,
}
"""By the notice's subject_kind."""
