"""Messages in words: kinds, states, what is wrong and how to mend it, the five questions. To be translated."""

from config.language import N_, _
from monitor.emergency.message_rules import Fault, Kind, Obstacle, State, What, others_word
from monitor.emergency.rules import Fate

KINDS = {
    Kind.ALERT: N_("Crisis message"),
    Kind.UPDATE: N_("Update"),
    Kind.CORRECTION: N_("Correction"),
    Kind.CANCEL: N_("Withdrawal"),
}
STATES = {
    State.DRAFT: N_("Draft"),
    State.SUBMITTED: N_("Waits for approval"),
    State.APPROVED: N_("Approved"),
    State.COMMITTED: N_("Sent"),
    State.SUPERSEDED: N_("Followed by another"),
    State.CANCELLED: N_("Withdrawn"),
    State.EXPIRED: N_("No longer holds"),
    State.DISCARDED: N_("Discarded"),
}
FATES = {
    Fate.PENDING: N_("Waits to be sent"),
    Fate.ARMED: N_("Is being sent"),
    Fate.UNKNOWN: N_("Unknown: we are looking whether it is there"),
    Fate.CONFIRMED: N_("Published"),
    Fate.VERIFIED: N_("Published and seen there"),
    Fate.REJECTED: N_("Refused"),
    Fate.HELD: N_("Stopped"),
    Fate.EXPIRED: N_("Too late"),
    Fate.NEEDS_HUMAN: N_("Somebody has to look"),
}
QUESTIONS = {
    "happened": N_("What has happened?"),
    "meaning": N_("What does it mean for you?"),
    "doing": N_("What is the municipality doing?"),
    "to_do": N_("What should you do?"),
    "learn_more": N_("Where do you learn more?"),
}
OBSTACLES = {
    Obstacle.FROZEN: N_("The message has been sent and cannot be changed. Write an update or a correction."),
    Obstacle.FAULTY: N_("Something in the message has to be corrected first."),
    Obstacle.NOT_SUBMITTED: N_("Nobody has asked for approval of the message yet. Ask for it first."),
    Obstacle.OWN: N_("You have written or changed the message yourself. Somebody else has to approve it."),
    Obstacle.CHANGED: N_("The message has been changed since you read it. Read it once more."),
    Obstacle.NOT_APPROVED: N_("Nobody else has approved the message yet."),
    Obstacle.TOO_EARLY: N_("Somebody else still has time to approve the message. Wait a little, or call them."),
    Obstacle.NO_REASON: N_("Write why nobody else can approve the message."),
}
FAULTS = {
    What.EMPTY: N_("This is empty. Write it in a few words."),
    What.TOO_LONG: N_("This has {count} characters. Shorten it to at most {most}."),
    What.OTHERS_WORD: N_(
        "“{word}” belongs to the authorities' warnings. Use other words: this is the municipality's own."
    ),
    What.GAP: N_("{gap} has not been filled in. Write what it is, or take it away."),
    What.NO_PROMISE: N_("Say when residents hear more, or tick that this is the last message."),
    What.PROMISE_PAST: N_("The time of the next update has passed. Choose a later one."),
    What.PROMISE_FAR: N_("The next update is more than 30 days away. Choose an earlier time."),
    What.PLACE_TOO_LONG: N_("On {place} this has {count} characters. Shorten it to at most {most}."),
    What.NOWHERE: N_("The message goes nowhere. Choose a channel at least."),
}


def fault_in_words(fault: Fault) -> str:
    """What is wrong and how to mend it, in the language in use."""
    return _(FAULTS[fault.what], **fault.values)


def others_word_in_words(*texts: str) -> str:
    """What is wrong where one of them would look like an authority's warning, in the language in use; else empty."""
    word = next((word for text in texts if (word := others_word(text))), "")
    return _(FAULTS[What.OTHERS_WORD], word=word) if word else ""
