"""What a delivery's reason means for people, by the rule that gave it."""

from config.language import N_, _
from monitor.emergency import rules
from monitor.emergency.rules import Fate, Why

SENTENCES: dict[Why, str] = {
    Why.SENT: N_("The platform has taken it."),
    Why.FOUND: N_("The answer was lost, and the message was found on the channel."),
    Why.READ_BACK: N_("It was read back from the channel."),
    Why.LOOKING: N_("Kanalvakt looks on the channel whether it is there. Nothing is sent twice meanwhile."),
    Why.ABSENT: N_("It was certainly not published, and is sent again."),
    Why.NOT_FOUND: N_("It was sent several times and never appeared. Look at the channel, and say here what you see."),
    Why.UNREADABLE: N_("The channel cannot be read. Look whether the message is there, and say here what you see."),
    Why.READS_OTHERWISE: N_(
        "The platform took it but does not show it as sent. Look at the channel, and say what you see."
    ),
    Why.HUB: N_("It waits until the crisis page shows the message."),
    Why.TURN: N_("It waits until an earlier message of the channel is decided."),
    Why.PARKED: N_("The platform asks us to wait. It is sent as soon as that is over."),
    Why.PREPARING: N_("It was certainly not published yet, and is tried again."),
    Why.STOPPED: N_("Somebody has stopped the channel. It goes out when it is let go, or the stop ends by itself."),
    Why.SLEPT: N_("The computer was held up before it could send, so nothing was sent. It is tried again."),
    Why.OVERTAKEN: N_("It was corrected or withdrawn before it went out here."),
    Why.TOO_LATE: N_("Its time was over before it could go out here."),
    Why.REHEARSED: N_("Rehearsed: the channel has no test account, so nothing left the house."),
    Why.BY_HAND: N_("Publish it by hand: copy the text, and then say here that you have done it."),
    Why.NOT_OFFERED: N_("The channel cannot publish. Publish it by hand, and say here that you have done it."),
    Why.FAILED: N_(
        "Kanalvakt cannot get further here. Look whether the message is there, publish it by hand where it is not, and "
        "say here that you have done it."
    ),
    Why.SEEN: N_("A person has seen it on the channel."),
    Why.NOT_SEEN: N_("A person did not see it on the channel: it is sent again."),
    Why.RESTORED: N_(
        "Kanalvakt was restored from a backup that is older than this, and does not see it on the channel. Look "
        "yourself, and say here what you see: only then may it be sent."
    ),
    Why.SKIPPED: N_("A person has decided to leave it out here."),
}
PARTS: dict[Fate, str] = {
    Fate.VERIFIED: N_("{n} of {total} verified"),
    Fate.CONFIRMED: N_("{n} confirmed"),
    Fate.UNKNOWN: N_("{n} unknown"),
    Fate.ARMED: N_("{n} being sent"),
    Fate.PENDING: N_("{n} waiting"),
    Fate.HELD: N_("{n} stopped"),
    Fate.NEEDS_HUMAN: N_("{n} for a person"),
    Fate.REJECTED: N_("{n} refused"),
    Fate.EXPIRED: N_("{n} out of date"),
}


def counted(fates: list[Fate]) -> str:
    """ "6 of 8 verified, 1 unknown, 1 refused", in the language in use."""
    found = {Fate.VERIFIED: 0} | rules.counts(fates)
    return ", ".join(_(PARTS[fate], n=number, total=len(fates)) for fate, number in found.items())
