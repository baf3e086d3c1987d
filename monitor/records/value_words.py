"""What the audit log calls the values of fields that can only be one of a few, in words."""

from collections.abc import Mapping
from typing import Any

from config.language import N_, _
from connectors import EVERY_PLATFORM
from monitor.access.token_words import SCOPE_WORDS
from monitor.alerts.hook_stopped import WHY as HOOK_WHY
from monitor.alerts.hook_words import EVENTS
from monitor.alerts.hook_words import STATES as HOOK_STATES
from monitor.alerts.route_test import NAMES
from monitor.inbox.flag_listing import LABELS
from monitor.inbox.reasons import REASONS, STATES
from monitor.inbox.removal_words import RULES, STATUTES
from monitor.register.account_text import POINTS
from monitor.register.duties import ROLES
from monitor.watch.day_view import SENTENCES, VERDICTS

SIDES = {"set": N_("set"), "changed": N_("changed"), "removed": N_("removed")}
"""Of what the log does not hold itself: telephone numbers, notes."""
DELIVERIES = {
    "sent": N_("the platform has taken it"),
    "found": N_("it was found there"),
    "read_back": N_("it was read back as it was sent"),
    "looking": N_("its answer was lost; it is looked for"),
    "absent": N_("it is not there"),
    "not_found": N_("it could not be found there"),
    "unreadable": N_("nobody could look there"),
    "reads_otherwise": N_("it reads otherwise there"),
    "hub": N_("the crisis page goes first"),
    "turn": N_("another message goes first"),
    "parked": N_("the platform's limit was reached"),
    "preparing": N_("the platform prepares it"),
    "stopped": N_("stopped by a person"),
    "slept": N_("the machine slept meanwhile"),
    "overtaken": N_("a later message has gone out"),
    "too_late": N_("its time is over"),
    "rehearsed": N_("only rehearsed"),
    "by_hand": N_("to be published by hand"),
    "not_offered": N_("the platform does not offer it"),
    "failed": N_("a fault of ours"),
    "seen": N_("a person has seen it there"),
    "not_seen": N_("a person has not seen it there"),
    "skipped": N_("skipped by a person"),
}
"""Why a delivery of a crisis message stands where it stands."""
WHOM = {
    "responsible": N_("the responsible person"),
    "deputy": N_("the deputy"),
    "manager": N_("the manager"),
    "communicator": N_("the communicator"),
    "missed": N_("on the next working day"),
}


def _texts(*tables: Mapping[Any, str]) -> dict[str, str]:
    return {str(key): words for table in tables for key, words in table.items()}


VALUES: dict[str, Mapping[str, str]] = {
    "account_text": POINTS,
    "answer": {each: DELIVERIES[each] for each in ("seen", "not_seen")} | {"skip": DELIVERIES["skipped"]},
    "email": SIDES,
    "events": _texts(EVENTS),
    "first_import": {"recent": N_("what was written lately"), "all": N_("everything")},
    "how": {
        "password": N_("with a password"),
        "passkey": N_("with a passkey"),
        "code": N_("with an emergency code"),
        "outside": N_("through the organisation's directory"),
        "demo": N_("by a button of the demo"),
        "automatic": N_("read by Kanalvakt"),
        "attested": N_("watched by people"),
        "none": N_("not at all"),
    },
    "kind": {
        "reply": N_("reply"),
        "hide": N_("hide"),
        "unhide": N_("show again"),
        "remove": N_("remove a resident's comment"),
        "delete": N_("remove"),
        "release": N_("publish"),
        "reject": N_("reject"),
        "official": N_("Official channel"),
        "unit": N_("Unit channel"),
        "answer": N_("An answer"),
        "interim": N_("Only a first answer"),
        "referral": N_("Where to turn instead"),
        "alert": N_("Crisis message"),
        "update": N_("Update"),
        "correction": N_("Correction"),
        "cancel": N_("Withdrawal"),
        "help": N_("needs help"),
        "rumour": N_("rumour"),
        "observation": N_("observation"),
        "question": N_("question"),
        "other": N_("Everything else"),
        "linked": N_("has a link to the website"),
        "dismissed": N_("needs no link to the website"),
        "reopened": N_("missing on the website again"),
        **_texts(LABELS),
    },
    "language": {"sv": N_("Swedish"), "plain": N_("plain Swedish"), "en": N_("English")},
    "level": {
        "elevated": N_("Elevated situation"),
        "disturbance": N_("Disturbance of society"),
        "extraordinary": N_("Extraordinary event"),
    },
    "mode": {"actual": N_("LIVE"), "exercise": N_("EXERCISE")},
    "note": SIDES,
    "phone": SIDES,
    "platform": {id_: about.title for id_, about in EVERY_PLATFORM.items()},
    "places": {
        "machine": N_("by Kanalvakt"),
        "best_effort": N_("as well as it can be done"),
        "by_hand": N_("by hand"),
        "rehearsed": N_("only rehearsed"),
    },
    "reason": _texts(REASONS, SENTENCES, DELIVERIES, HOOK_WHY)
    | {
        "read_in_part": N_("Could only be read in part."),
        "reading_failed": N_("Could not be read."),
        "withdrawn": N_("withdrawn"),
    },
    "roles": ROLES,
    "routes": NAMES,
    "rule": _texts(RULES),
    "rung": WHOM,
    "scopes": _texts(SCOPE_WORDS),
    "source": {
        "vma": N_("Warning to the public, Sveriges Radio"),
        "smhi": N_("Warning of the weather, SMHI"),
        "krisinformation": N_("News, krisinformation.se"),
    },
    "stage": {
        "confirmed": N_("Confirmed to have happened"),
        "ongoing": N_("Going on"),
        "controlled": N_("Under control"),
        "over": N_("Ended"),
        "evaluation": N_("Evaluation"),
    },
    "state": {
        **_texts(STATES, HOOK_STATES),
        "active": N_("in use"),
        "paused": N_("Paused"),
        "retired": N_("Retired"),
        "confirmed": N_("Published"),
        "verified": N_("Published and seen there"),
        "rejected": N_("Refused"),
        "expired": N_("Too late"),
        "needs_human": N_("Somebody has to look"),
    },
    "state_reason": {"no longer in the register file": N_("no longer in the register file")},
    "statute": STATUTES,
    "verdict": _texts(VERDICTS),
    "watch_mode": {"automatic": N_("read by Kanalvakt"), "manual": N_("watched by people")},
    "what": {"state": N_("how the decisions stand"), "ended": N_("the decision has run out")},
}
"""By key and value."""
AS_WRITTEN = frozenset({"LIVE", "EXERCISE"})


def value_in_words(key: str, value: str) -> str:
    """In the language in use; the value itself where it is a text, a name or a number."""
    words = VALUES.get(key, {})
    if key == "what" and value.startswith("ends_"):
        return _("the decision runs out in {days} days", days=value.removeprefix("ends_"))
    if value not in words:
        return value
    told = _(words[value])
    return told if words[value] in AS_WRITTEN or told[:2].isupper() else told[:1].lower() + told[1:]
