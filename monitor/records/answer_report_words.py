"""What the figures of the report on answers mean, in the language in use: they stand in every form of it."""

from config.language import N_, _
from monitor.records.answer_report import AnswerReport

MEANINGS = (
    (N_("Counted"), N_("Residents' comments written in the period, as they stand when the report is made.")),
    (
        N_("Answered"),
        N_("The organisation has answered in public. A reply that only promises an answer is none."),
    ),
    (
        N_("Closed without a reply, answered elsewhere"),
        N_("As a person has said. Neither counts as answered, and neither is in time or late."),
    ),
    (
        N_("Older than the watch"),
        N_("Written before the channel was watched: it counts in no share in time and in no response time."),
    ),
    (
        N_("Share in time"),
        N_(
            "Answered by the deadline, of all that are answered or overdue. What is overdue and not answered is in "
            "this share, as not in time; what waits and is not due yet is not. Rounded down."
        ),
    ),
    (
        N_("Response time"),
        N_(
            "From when the deadline began to count, which is when the comment was written or when it last began to "
            "wait anew, to the answer. Working time is the part of it within service hours."
        ),
    ),
    (
        N_("Median, nine in ten"),
        N_(
            "Of those answered, half took no longer than the median, and nine in ten no longer than that time. What "
            "is not answered has no response time yet, so the longest wait stands beside them."
        ),
    ),
    (
        N_("Day and hour"),
        N_("When the comment was written, by the platform, on the organisation's clock ({zone})."),
    ),
)


def meanings(report: AnswerReport) -> list[list[str]]:
    """Pairs of a label and a sentence."""
    return [[_(label), _(sentence, zone=report.timezone)] for label, sentence in MEANINGS]


def title(report: AnswerReport) -> str:
    return _("Answers {first} – {last}", first=report.first, last=report.last)
