"""The acts of the audit log in words."""

from config.language import N_, _

ACTS = {
    "organisation.changed": N_("changed the organisation's settings"),
    "unit.added": N_("added a unit"),
    "unit.changed": N_("changed a unit"),
    "unit.retired": N_("took a unit out of the register"),
    "person.added": N_("added a person"),
    "person.changed": N_("changed a person"),
    "person.retired": N_("took a person out of the register"),
    "absence.added": N_("noted an absence"),
    "absence.removed": N_("took an absence away"),
    "channel.added": N_("added a channel"),
    "channel.changed": N_("changed a channel"),
    "channel.paused": N_("paused the reading of a channel"),
    "channel.resumed": N_("resumed the reading of a channel"),
    "channel.retired": N_("ended the watch of a channel"),
    "channel.reviewed": N_("went through what was new"),
    "decision.made": N_("made a decision"),
    "decision.sent": N_("sent a decision to the communicator"),
    "decision.confirmed": N_("confirmed that a decision has arrived"),
    "decision.told": N_("told of a decision"),
    "watch_day.concluded": N_("concluded a watch day"),
    "watch_day.attested": N_("attested to have gone through the channel"),
    "watch_day.corrected": N_("corrected a watch day"),
    "watch_day.told": N_("told of a channel that was not watched"),
    "watch_day.untold": N_("found nobody to tell of a channel that was not watched"),
    "hub.linked": N_("linked a post to the website"),
    "hub.dismissed": N_("dismissed a post without a link"),
}


def act_in_words(act: str) -> str:
    """The act in the language in use; its own name where it is not known here."""
    return _(ACTS[act]) if act in ACTS else act
