"""Every metric that /metrics gives: its name, the labels it has, and what it tells. docs/monitoring.md is held to this.

Each is a gauge, read from the tables when somebody asks: nothing is counted in a process, where a restart would lose
it. Labels take few values: ids of the register, platforms, states. No texts, no names, no addresses.
"""

from dataclasses import dataclass

PREFIX = "kanalvakt_"


@dataclass(frozen=True, slots=True)
class Metric:
    """name: without PREFIX. tells: in a sentence, for whoever reads the metrics."""

    name: str
    labels: tuple[str, ...]
    tells: str


CHANNEL = ("channel",)
METRICS = (
    Metric("build_info", ("version", "python", "database"), "1; what is running"),
    Metric("database_up", (), "1 if the database could be read just now; else nothing else of it is told"),
    Metric("database_bytes", (), "size of the database"),
    Metric("disk_free_bytes", (), "free where the home folder lies"),
    Metric("broker_up", (), "1 if the broker answers"),
    Metric("broker_memory_bytes", (), "memory that the broker uses"),
    Metric("broker_memory_limit_bytes", (), "memory that the broker may use; 0 for no limit"),
    Metric("queue_length", ("queue",), "messages that wait in the queue"),
    Metric(
        "process_seen_timestamp_seconds",
        ("process",),
        "when the beat, a worker or the canary last showed life; 0: the broker knows of no time",
    ),
    Metric("channel_state", ("channel", "platform", "state"), "1; state: ok, waiting, failing, paused, manual"),
    Metric("channel_failures", CHANNEL, "readings in a row that failed"),
    Metric("last_complete_reading_timestamp_seconds", CHANNEL, "when the channel was last read completely"),
    Metric("unanswered", ("channel", "state"), "comments that wait for somebody"),
    Metric("overdue", CHANNEL, "those of them that are past their deadline"),
    Metric("oldest_unanswered_timestamp_seconds", CHANNEL, "when the deadline of the oldest of them began to count"),
    Metric("readings", ("platform", "outcome", "window"), "readings that began in the last hour (1h) or day (24h)"),
    Metric("reading_errors", ("platform", "kind", "window"), "those that met an error, by its kind"),
    Metric("reading_seconds", ("platform", "window"), "seconds that they took together"),
    Metric("quota_per_day", ("budget",), "counted cost that the platform allows in a day"),
    Metric("quota_spent", ("budget", "purpose"), "counted cost spent in the budget's present day"),
    Metric(
        "quota_left",
        ("budget", "purpose"),
        "what is left of it for poll, reply and crisis, reserves kept",
    ),
    Metric("rate_used_percent", CHANNEL, "share of the rate budget that the platform last reported"),
    Metric("parked_until_timestamp_seconds", ("budget",), "until when the platform, or the quota, lets nobody ask"),
    Metric("token_days_left", CHANNEL, "days until the token, or what it may see, ends"),
    Metric("decision_days_left", CHANNEL, "days until the decision about the channel ends; negative afterwards"),
    Metric("watch_days_missed", CHANNEL, "working days of the last 30 that were not, or only partly, watched"),
    Metric("notices", ("state",), "later, due, sending; failed: given up in the last day"),
    Metric("oldest_due_notice_timestamp_seconds", (), "since when the oldest notice that is due has been so"),
    Metric("actions", ("state",), "answers, hidings and removals that are not done"),
    Metric("incidents", ("mode",), "crises and exercises that go on"),
    Metric("deliveries", ("mode", "state"), "crisis messages' deliveries, of what goes on or is not over"),
    Metric("events_waiting", (), "events that no subscriber has been handed yet"),
    Metric("dispatches_waiting", ("subscription",), "messages that a subscriber has not taken"),
    Metric("oldest_dispatch_timestamp_seconds", ("subscription",), "when the oldest of them was made"),
    Metric("audit_entries", (), "entries of the audit log"),
    Metric("audit_chain_intact", (), "1 if the whole log was what it was written as, when last looked at"),
    Metric("audit_chain_checked_timestamp_seconds", (), "when that was: every six hours"),
)
