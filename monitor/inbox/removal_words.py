"""Taking comments away, in words."""

from config.language import N_
from monitor.inbox.removal_rules import STATUTE, Kind, Question, Rule, Wrong

RULES = {
    Rule.THREAT: N_("Unlawful threat"),
    Rule.PRIVACY: N_("Unlawful violation of privacy"),
    Rule.INCITEMENT: N_("Incitement to crime"),
    Rule.AGITATION: N_("Agitation against a population group"),
    Rule.CHILD_ABUSE: N_("Suspected picture of child abuse"),
    Rule.VIOLENCE: N_("Unlawful depiction of violence"),
    Rule.TERRORISM: N_("Public provocation to terrorism"),
    Rule.COPYRIGHT: N_("Infringement of copyright"),
    Rule.SECRECY: N_("Contains what is secret"),
    Rule.PERSONAL_DATA: N_("Personal data about others"),
    Rule.INSULT: N_("Insults or personal attacks"),
    Rule.ADVERTISING: N_("Advertising or spam"),
    Rule.OTHER: N_("Another of the comment rules"),
}
BY_LAW = N_("Obvious breach of the law (1998:112, section 5)")
STATUTES = {STATUTE: N_("section 5 of the act (1998:112)")}
BY_RULES = N_("The organisation's comment rules")
KINDS = {
    Kind.HIDE: N_("Hidden"),
    Kind.REMOVE: N_("Removed"),
    Kind.REJECT: N_("Rejected while it was held"),
    Kind.BY_HAND: N_("Taken away on the platform itself"),
    Kind.RULE: N_("Rule broken"),
    Kind.TOLD: N_("Author told"),
    Kind.POLICE: N_("Reported to the police"),
    Kind.REGISTERED: N_("Registered"),
}
COPY = N_("Copy saved")
SECRET = N_("It contains what is secret.")
"""Said in a message instead of a text: nobody knows who reads it there."""
QUESTIONS = {
    Question.ACT: N_("Hide or remove"),
    Question.RULE: N_("Which rule was broken?"),
    Question.TOLD: N_("Was the author told?"),
    Question.POLICE: N_("Was it reported to the police?"),
    Question.REGISTERED: N_("Is it registered?"),
}
"""What is still open in a case."""
WRONGS = {
    Wrong.ACT_FIRST: N_("Hide or remove the comment first: that comes before what is written down about it."),
    Wrong.RULE_FIRST: N_("Say first which rule the comment breaks."),
    Wrong.TOLD_FIRST: N_("Say first whether the author was told."),
    Wrong.POLICE_FIRST: N_("Say first whether it was reported to the police."),
    Wrong.GONE_ALREADY: N_("The comment has been removed for good: there is nothing left to take away."),
    Wrong.NO_RULE: N_("Choose the rule that the comment breaks."),
    Wrong.NO_ANSWER: N_("Answer with yes or no."),
    Wrong.NO_NUMBER: N_("Write the number that it has in the register of records."),
    Wrong.NO_NOTE: N_("Write a few words in the note: how, or why not."),
}
AUDITED = {
    Kind.HIDE: "removal.hidden",
    Kind.REMOVE: "removal.removed",
    Kind.REJECT: "removal.rejected",
    Kind.BY_HAND: "removal.by_hand",
    Kind.RULE: "removal.ruled",
    Kind.TOLD: "removal.told",
    Kind.POLICE: "removal.police",
    Kind.REGISTERED: "removal.registered",
}
"""What the audit log calls each. That something was asked for: what became of it stands with the action."""
