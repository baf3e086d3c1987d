"""Who may do what, in one place. Pure: a person's roles and place go in, permissions come out.

A role permits something everywhere, or in the units that the person belongs to: the ones that the person manages, and
the ones where the person is responsible or deputy of a channel, or named in its decision. Whoever is charged with a
channel (responsible, deputy, named) may do the daily work on it without any role. What a manager's decision says of who
answers in the organisation's name goes beyond this, and is asked for where it is done (monitor.inbox.permitting).
"""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing that somebody may do. What is read and done on a channel is asked for with the channel."""

    READ_INBOX = "read_inbox"  # comments and threads
    HANDLE = "handle"  # acknowledge, put off, close, confirm, note, assign, forward
    ANSWER = "answer"
    HIDE = "hide"  # and release, reject, unhide
    REMOVE = "remove"
    READ_REMOVALS = "read_removals"
    READ_WATCH = "read_watch"
    ATTEST = "attest"  # and review
    CORRECT_WATCH = "correct_watch"
    READ_REGISTER = "read_register"  # channels, decisions, people
    EDIT_REGISTER = "edit_register"
    DECIDE = "decide"
    CONFIRM_DECISION = "confirm_decision"
    EDIT_ABSENCES = "edit_absences"  # of others; everybody notes their own
    READ_REPORTS = "read_reports"
    READ_REPAIRS = "read_repairs"
    READ_AUDIT = "read_audit"
    EXPORT = "export"  # records, for whoever asks for them
    EDIT_SETTINGS = "edit_settings"  # words to flag, templates, the organisation's own
    MANAGE_LOGINS = "manage_logins"  # of others; everybody manages their own
    READ_CRISIS = "read_crisis"  # incidents, messages, deliveries, the board, readiness
    WORK_IN_CRISIS = "work_in_crisis"  # begin and end one, write, send, hold, sort what residents write
    APPROVE_CRISIS = "approve_crisis"  # somebody else's message
    WORD_CRISIS = "word_crisis"  # the municipality's own templates for crisis messages


class Reach(StrEnum):
    """Where a permission holds: on every channel, or on those of the person's own units."""

    EVERYWHERE = "everywhere"
    UNIT = "unit"


P = Permission
READS_SECRETS = frozenset({P.REMOVE, P.EXPORT})
"""Whoever has one of these on a channel reads what is said to be secret there."""
DAILY = frozenset({P.READ_INBOX, P.HANDLE, P.ANSWER, P.HIDE, P.READ_REMOVALS, P.READ_WATCH, P.ATTEST, P.READ_REGISTER})
"""The daily work on a channel, of whoever is charged with it."""

MATRIX: Mapping[str, tuple[Reach, frozenset[Permission]]] = {
    "communicator": (
        Reach.EVERYWHERE,
        DAILY
        | {P.REMOVE, P.CORRECT_WATCH, P.CONFIRM_DECISION, P.EDIT_ABSENCES, P.READ_REPORTS, P.READ_REPAIRS}
        | {P.EDIT_SETTINGS, P.EDIT_REGISTER, P.EXPORT}
        | {P.READ_CRISIS, P.WORK_IN_CRISIS, P.APPROVE_CRISIS, P.WORD_CRISIS},
    ),
    "unit_manager": (
        Reach.UNIT,
        DAILY
        | {P.REMOVE, P.CORRECT_WATCH, P.DECIDE, P.EDIT_ABSENCES, P.READ_REPORTS, P.READ_REPAIRS}
        | {P.READ_CRISIS, P.APPROVE_CRISIS},
    ),
    "moderator": (Reach.UNIT, DAILY),
    "crisis_staff": (
        Reach.EVERYWHERE,
        frozenset({P.READ_INBOX, P.HANDLE, P.ANSWER, P.HIDE, P.READ_WATCH, P.READ_REGISTER, P.READ_REPAIRS})
        | {P.READ_CRISIS, P.WORK_IN_CRISIS, P.APPROVE_CRISIS, P.WORD_CRISIS},
    ),
    "registrar": (
        Reach.EVERYWHERE,
        frozenset({P.READ_INBOX, P.READ_REMOVALS, P.READ_WATCH, P.READ_REGISTER, P.READ_REPORTS, P.EXPORT})
        | {P.READ_CRISIS},
    ),
    "auditor": (
        Reach.EVERYWHERE,
        frozenset({P.READ_REMOVALS, P.READ_WATCH, P.READ_REGISTER, P.READ_REPORTS, P.READ_AUDIT}),
    ),
    "administrator": (
        Reach.EVERYWHERE,
        frozenset({P.READ_INBOX, P.HANDLE, P.READ_WATCH, P.READ_REGISTER, P.EDIT_REGISTER, P.READ_REPORTS})
        | {P.EDIT_ABSENCES, P.READ_REPAIRS, P.READ_AUDIT, P.EDIT_SETTINGS, P.MANAGE_LOGINS, P.READ_CRISIS},
    ),
}
"""What each role permits, and where. A role that is not here permits nothing."""


def permissions(roles: Collection[str], *, charged: bool, of_unit: bool) -> frozenset[Permission]:
    """What the person may do on one channel. charged: with that channel; of_unit: belongs to its unit."""
    found = set(DAILY) if charged else set()
    for reach, granted in (MATRIX[role] for role in roles if role in MATRIX):
        if reach is Reach.EVERYWHERE or of_unit:
            found |= granted
    return frozenset(found)


def anywhere(roles: Collection[str], *, charged: bool) -> frozenset[Permission]:
    """What the person may do on some channel, or apart from channels. charged: with any channel."""
    return permissions(roles, charged=charged, of_unit=True)
