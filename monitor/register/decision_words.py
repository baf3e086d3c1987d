"""What a decision says, in the guideline's own words, and why one could not be made."""

import json
from hashlib import sha256

from config.language import N_
from monitor.register.decision_rules import Refusal, Status, Wrong
from monitor.register.models import Decision

LABELS = {
    "purpose": N_("Purpose"),
    "address": N_("Channel (address)"),
    "audience": N_("Main target group"),
    "responsible": N_("Responsible for the channel"),
    "decided_by": N_("Decided by"),
    "decided_on": N_("Decided on"),
    "valid_until": N_("Valid until"),
    "authorised": N_("Authorised users"),
    "communicated_to": N_("Sent to the communicator"),
    "communicated_on": N_("Sent on"),
}
STATUSES = {
    Status.VALID: N_("Valid"),
    Status.EXPIRED: N_("Expired"),
    Status.MISSING: N_("No decision"),
    Status.NOT_NEEDED: N_("Not needed"),
}
WRONGS = {
    Wrong.PURPOSE: N_("Purpose is missing: say what the presence in the channel is for."),
    Wrong.ADDRESS: N_("Channel (address) is missing: give the channel's web address."),
    Wrong.AUDIENCE: N_("Main target group is missing: say whom the channel is for."),
    Wrong.RESPONSIBLE: N_("Responsible for the channel is missing: name the person."),
    Wrong.NO_END: N_("Valid until is missing: a decision is limited in time, to {months} months at most."),
    Wrong.ENDS_BEFORE: N_("Valid until is before the day of the decision: correct one of the dates."),
    Wrong.TOO_LONG: N_("Valid until is too late: {months} months at most, that is {latest}."),
    Wrong.TO_COME: N_("The day of the decision is still to come: it is made today, or was made earlier."),
    Wrong.BEFORE_LATEST: N_("The day of the decision is before that of the version before it: correct the date."),
    Wrong.NO_MANAGER: N_("{name} is not a unit manager, and cannot decide about a channel: {manager} can."),
    Wrong.OTHER_UNIT: N_("{name} is not the manager of {unit}, and cannot decide about its channel: {manager} can."),
}
PLACES = {
    Wrong.PURPOSE: "purpose",
    Wrong.ADDRESS: "address",
    Wrong.AUDIENCE: "audience",
    Wrong.RESPONSIBLE: "responsible",
    Wrong.NO_END: "valid_until",
    Wrong.ENDS_BEFORE: "valid_until",
    Wrong.TOO_LONG: "valid_until",
    Wrong.TO_COME: "decided_on",
    Wrong.BEFORE_LATEST: "decided_on",
}
"""The content that each is about, by its key in LABELS."""
REFUSALS = {
    Refusal.MISSING: N_(
        "There is no manager's decision about {channel}: nobody may answer there until {manager} has decided."
    ),
    Refusal.EXPIRED: N_(
        "The manager's decision about {channel} expired on {date}: nobody may answer there until {manager} has renewed "
        "it."
    ),
    Refusal.NOT_NAMED: N_("The manager's decision about {channel} does not name {name}. It names {named}."),
    Refusal.NOT_CHARGED: N_("{name} is not charged with {channel}. These are: {named}."),
}


def said(decision: Decision) -> dict[str, object]:
    """The whole text of a decision, with ids of people."""
    return {
        "channel": decision.channel_id,
        "version": decision.version,
        "purpose": decision.purpose,
        "address": decision.address,
        "audience": decision.audience,
        "responsible": decision.responsible_id,
        "decided_by": decision.decided_by_id,
        "decided_on": decision.decided_on.isoformat(),
        "valid_until": decision.valid_until.isoformat(),
        "authorised": list(decision.authorised),
    }


def fingerprint(decision: Decision) -> str:
    """SHA-256, in hex, of the whole text as JSON: keys in order, no spaces, UTF-8."""
    text = json.dumps(said(decision), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
