"""What the audit log calls the fields of what was changed, and some of their values, in words."""

from collections.abc import Mapping

from config.language import N_, _
from monitor.alerts.hook_words import STATES as HOOK_STATES
from monitor.alerts.route_test import NAMES
from monitor.inbox.reasons import STATES
from monitor.inbox.removal_words import RULES
from monitor.register.account_text import POINTS
from monitor.register.duties import ROLES
from monitor.watch.day_view import VERDICTS

FIELDS = {
    "account_text": N_("Said on the account"),
    "account_text_checked_on": N_("Account looked at on"),
    "action": N_("Action"),
    "address": N_("Address"),
    "administrators": N_("Administrators"),
    "answer": N_("Answer"),
    "answer_within": N_("To be answered"),
    "attestation": N_("Attestation"),
    "audience": N_("Audience"),
    "authorised": N_("May answer"),
    "by": N_("By"),
    "channel": N_("Channel"),
    "channels": N_("Channels"),
    "characters": N_("Letters and signs"),
    "closed": N_("Closed group"),
    "closed_days": N_("Closed days"),
    "codes": N_("Number of codes"),
    "comment": N_("Comment"),
    "comments": N_("Comments"),
    "confirmed_at": N_("Confirmed"),
    "confirmed_by": N_("Confirmed by"),
    "correction": N_("Correction"),
    "count": N_("Count"),
    "credential": N_("Credential"),
    "decided_by": N_("Decided by"),
    "decided_on": N_("Decided on"),
    "deputy": N_("Deputy"),
    "email": N_("E-mail"),
    "escalation": N_("Told when that is late"),
    "events": N_("Events"),
    "excerpts": N_("Mails quote comments"),
    "exercise": N_("Test account for exercises"),
    "external_id": N_("Id on the platform"),
    "extra": N_("Further settings"),
    "first_complete_at": N_("Read completely"),
    "first_day": N_("First day"),
    "first_import": N_("First import"),
    "first_import_days": N_("First import, in days"),
    "flag": N_("Flag"),
    "from": N_("Taken over from"),
    "good_until": N_("Good until"),
    "has_comments": N_("Has comments"),
    "host": N_("Server"),
    "how": N_("How"),
    "hub_hosts": N_("Counts as the website too"),
    "id": N_("Number"),
    "issuer": N_("Directory"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "last_day": N_("Last day"),
    "longest_decision_months": N_("Longest decision, in months"),
    "manager": N_("Manager"),
    "message": N_("Message id"),
    "minutes": N_("Minutes"),
    "municipality_code": N_("Municipality code"),
    "name": N_("Name"),
    "note": N_("Note"),
    "number": N_("Registration number"),
    "on_call": N_("On call"),
    "other_hours": N_("Other opening hours"),
    "person": N_("Person"),
    "phone": N_("Telephone"),
    "platform": N_("Platform"),
    "policy_url": N_("Guidelines"),
    "privacy_url": N_("How personal data are treated"),
    "publish_address": N_("Shown in the public list"),
    "purpose": N_("Purpose"),
    "quiet_hours": N_("Quiet hours"),
    "reason": N_("Reason"),
    "reminder_minutes": N_("Reminders before closing, in minutes"),
    "reply": N_("Reply"),
    "responsible": N_("Responsible"),
    "retired": N_("Out of the register"),
    "review": N_("Look through"),
    "roles": N_("Roles"),
    "routes": N_("Ways to be told"),
    "rule": N_("Rule"),
    "rules": N_("Number of rules"),
    "rules_url": N_("Comment rules"),
    "rung": N_("Step"),
    "scopes": N_("What it may do"),
    "sent": N_("Sent"),
    "service_hours": N_("Opening hours"),
    "sha256": N_("Checksum (SHA-256)"),
    "source": N_("Source"),
    "state": N_("State"),
    "state_reason": N_("Reason"),
    "statute": N_("Law"),
    "text": N_("Text"),
    "timezone": N_("Time zone"),
    "to": N_("To"),
    "unit": N_("Unit"),
    "mode": N_("Live or exercise"),
    "until": N_("Until"),
    "url": N_("Web address"),
    "valid_until": N_("Valid until"),
    "verdict": N_("Verdict"),
    "version": N_("Version"),
    "watch_mode": N_("Way of watching"),
    "watched_since": N_("Watched since"),
    "watched_until": N_("Watched until"),
    "website": N_("Website"),
    "week": N_("Week"),
    "what": N_("About what"),
    "word": N_("Word or phrase"),
}
"""By key, a person's or a unit's without its `_id`."""
PEOPLE = frozenset(
    {"administrators", "authorised", "by", "confirmed_by", "decided_by", "deputy_id", "from", "manager_id", "on_call"}
    | {"person", "person_id", "responsible_id", "responsible", "deputy", "to"}
)
"""Keys of people's ids."""
SIDES = {"set": N_("set"), "changed": N_("changed"), "removed": N_("removed")}
"""Of what the log does not hold itself: telephone numbers, notes."""
VALUES: dict[str, Mapping[str, str]] = {
    "how": {
        "password": N_("with a password"),
        "passkey": N_("with a passkey"),
        "code": N_("with an emergency code"),
        "outside": N_("through the organisation's directory"),
        "automatic": N_("read by Kanalvakt"),
        "attested": N_("watched by people"),
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
    },
    "routes": NAMES,
    "email": SIDES,
    "phone": SIDES,
    "note": SIDES,
    "rule": {str(key): words for key, words in RULES.items()},
    "roles": ROLES,
    "account_text": POINTS,
    "verdict": {str(key): words for key, words in VERDICTS.items()},
    "watch_mode": {"automatic": N_("read by Kanalvakt"), "manual": N_("watched by people")},
    "state": {
        **{str(key): words for key, words in STATES.items()},
        **{str(key): words for key, words in HOOK_STATES.items()},
        "active": N_("in use"),
        "paused": N_("Paused"),
        "retired": N_("Retired"),
    },
}
"""By key and value."""


def field_in_words(key: str) -> str:
    """In the language in use; the key itself where nothing is known of it."""
    name = key.removesuffix("_id") if key != "external_id" else key
    return _(FIELDS[name]) if name in FIELDS else key


def value_in_words(key: str, value: str) -> str:
    """In the language in use; the value itself where it is a text, a name or a number."""
    words = VALUES.get(key, {})
    if value not in words:
        return value
    told = _(words[value])
    return told[:1].lower() + told[1:]
