"""What a comment's page calls things."""

from config.language import N_
from monitor.inbox.action_rules import Fate
from monitor.inbox.mark_rules import Kind
from monitor.web.links.handling import REASONS

REASON_CHOICES = REASONS
FATES = {
    Fate.PENDING: N_("waiting to be done"),
    Fate.ARMED: N_("being sent"),
    Fate.UNKNOWN: N_("outcome unknown"),
    Fate.DONE: N_("done"),
    Fate.REFUSED: N_("not done"),
    Fate.NEEDS_HUMAN: N_("needs a person"),
    Fate.ASKS: N_("asks first"),
}
MARKED: dict[Kind, str] = {
    Kind.ACKNOWLEDGE: N_("Acknowledged"),
    Kind.SNOOZE: N_("Put off"),
    Kind.WAKE: N_("Reminders on again"),
    Kind.INTERIM: N_("Our answer was only a first one"),
    Kind.CONFIRM: N_("Said to be answered"),
    Kind.REJECT: N_("Said not to be answered"),
    Kind.PRIVATE: N_("Said to be answered elsewhere"),
    Kind.CLOSE: N_("Closed without a reply"),
    Kind.REOPEN: N_("Opened again"),
}
"""What a person said, as the story of a comment tells it."""
DONE_THERE = {
    "reply": N_("Our answer"),
    "hide": N_("Hiding"),
    "unhide": N_("Showing again"),
    "delete": N_("Taking back the answer"),
    "remove": N_("Removing"),
    "release": N_("Publishing"),
    "reject": N_("Rejecting"),
}
"""What a person wanted on the platform, likewise."""
CHANGES = {
    "gone": N_("The platform no longer showed it"),
    "back": N_("The platform showed it again"),
    "hidden": N_("Hidden on the platform"),
    "unhidden": N_("Shown again on the platform"),
    "held": N_("Held on the platform"),
    "published": N_("Published on the platform"),
    "deleted": N_("Deleted, the platform says"),
}
KEPT = {
    "note": N_("The internal note is kept. It cannot be changed: write another where something is wrong."),
    "claim": N_("You are on this. Others see it for 15 minutes."),
    "given_back": N_("Given back."),
    "assign": N_("Whose turn it is has been kept."),
    "forward": N_("The unit is asked. Its manager gets a message, which cannot be called back."),
    "last": N_("Nothing more waits for you."),
}
"""What is said in the thread after what shows there by itself."""
