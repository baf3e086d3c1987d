"""What a token may do, in words, for those who choose it."""

from config.language import N_
from monitor.access.permission_rules import Permission

P = Permission
SCOPE_WORDS = {
    P.READ_INBOX: N_("read comments"),
    P.READ_REMOVALS: N_("read what was removed"),
    P.READ_WATCH: N_("read how the channels are watched"),
    P.READ_REGISTER: N_("read channels, decisions and people"),
    P.READ_REPORTS: N_("read reports"),
    P.READ_REPAIRS: N_("read what is wrong"),
    P.READ_AUDIT: N_("read the audit log"),
    P.HANDLE: N_("mark, close and pass on comments"),
    P.ANSWER: N_("answer comments"),
    P.HIDE: N_("hide comments"),
    P.REMOVE: N_("remove comments"),
    P.ATTEST: N_("attest that channels were gone through"),
    P.CORRECT_WATCH: N_("correct watch days"),
    P.EDIT_REGISTER: N_("change the register"),
    P.DECIDE: N_("make decisions"),
    P.CONFIRM_DECISION: N_("confirm that decisions have arrived"),
    P.EDIT_ABSENCES: N_("note absences"),
    P.EXPORT: N_("export records"),
    P.EDIT_SETTINGS: N_("change settings"),
    P.READ_CRISIS: N_("read crises and their messages"),
    P.WORK_IN_CRISIS: N_("begin crises, write and send messages"),
    P.APPROVE_CRISIS: N_("approve crisis messages"),
    P.WORD_CRISIS: N_("keep templates for crisis messages"),
}
"""Every scope there is, in the order in which they are offered."""
