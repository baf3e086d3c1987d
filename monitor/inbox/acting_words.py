"""What became of an action, in words for the person who asked for it. To be translated where they are shown."""

from config.language import N_
from monitor.inbox.action_rules import Why
from monitor.register.decision_rules import Refusal

SENTENCES: dict[Why, str] = {
    Why.SENT: N_("Done."),
    Why.FOUND: N_("Done: the platform's answer was lost, but it stands there."),
    Why.ALREADY_SO: N_("Nothing to do: it was so already."),
    Why.ANSWERED_MEANWHILE: N_(
        "Not sent: somebody of the organisation has answered in this thread. Read that answer first; if yours is still "
        "needed, say so with --even-if-answered."
    ),
    Why.LOOKING: N_("The platform's answer was lost. Kanalvakt looks whether it was done; do nothing until it knows."),
    Why.ABSENT: N_("The first attempt certainly came to nothing: it is tried once more."),
    Why.UNREADABLE: N_(
        "Nobody knows whether it was done: the answer was lost, and the thread could not be read for a day. Look at it "
        "on the platform: if it is there, all is well; if not, do it there."
    ),
    Why.SOMETHING_ELSE: N_(
        "Nobody knows whether it was done: another comment of ours has appeared there, but not with exactly this text. "
        "Look at the thread: if it says what you wrote, all is well; if not, write again."
    ),
    Why.NOT_FOUND: N_(
        "Tried twice, and it is not to be seen there. Look at the thread on the platform: if it is there after all, "
        "all is well; if not, do it there."
    ),
}
WAITS = N_("The platform's budget is used up: it is done when there is room again.")
STOPPED = "stopped"
IS_STOPPED = N_("Somebody has stopped the channel. It goes out when it is let go, or the stop ends by itself.")
RESTORED = "restored"
FROM_BACKUP = N_(
    "Nobody knows whether it was done: Kanalvakt was restored from a backup that is older than this. Look at the "
    "thread on the platform: if it is there, all is well; if not, ask for it again."
)
TAKES_TURNS = N_("Another reply with the same text in this thread is being sent: this one waits for it.")
NOT_OFFERED = N_("This cannot be done from here on this platform: do it on the platform itself.")
NOT_PERMITTED: dict[Refusal, str] = {
    Refusal.MISSING: N_(
        "Not sent: there is no manager's decision about the channel. Ask the manager to decide, then ask for it again."
    ),
    Refusal.EXPIRED: N_(
        "Not sent: the manager's decision about the channel has expired. Ask the manager to renew it, then ask for it "
        "again."
    ),
    Refusal.NOT_NAMED: N_(
        "Not sent: the manager's decision about the channel does not name the person any more. Let somebody ask for it "
        "whom it names."
    ),
    Refusal.NOT_CHARGED: N_(
        "Not sent: the person is not charged with the channel any more. Let somebody ask for it who is."
    ),
}
"""Said where it was so when the action was asked for, and is not when it is to be sent."""
