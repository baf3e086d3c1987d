"""Celery's settings. Each one that differs from Celery's default names the failure that it prevents."""

from config.settings import settings
from workers.queues import CLOCK, POLLS

broker_url = settings().broker

# -- the broker may go away, and comes back
broker_connection_retry_on_startup = True  # a broker that starts a second later than the worker must not end it
broker_connection_max_retries = None  # after 100 tries, about half an hour, the worker would give up for good
worker_cancel_long_running_tasks_on_connection_loss = False  # a reading does not need the broker: let it finish
broker_transport_options = {
    "socket_timeout": 15,  # publishing to a frozen broker would block for ever; must be longer than a BRPOP (1 s)
    "socket_connect_timeout": 5,
    "socket_keepalive": True,  # a firewall that forgets the connection would leave the worker listening to nothing
    "health_check_interval": 10,  # as above, where keep-alive is too slow
    "visibility_timeout": 300,  # an hour, otherwise, until what a killed worker had fetched is handed out again
    "unacked_restore_interval": 5,  # with the next line: looked for every 5 s, not every 100 s
    "unacked_restore_throttle": 1,
}

# -- rows are the truth: a message is a hint that may be lost, doubled or late
task_ignore_result = True  # outcomes are rows; results would be a second truth that nobody cleans up
task_acks_late = False  # a message that kills its worker would kill the next one too; leases give the work back
task_publish_retry = False  # the row is still due: the next tick sends again, and no task hangs in a retry
worker_prefetch_multiplier = 1  # four times the threads would be taken from other workers and wait here
worker_enable_prefetch_count_reduction = False  # after a reconnection the worker would run at a fraction of its threads
task_create_missing_queues = False  # a misspelt queue would be a queue that nobody empties

# -- only data, never code
task_serializer = "json"
accept_content = ["json"]  # pickle would run whatever somebody wrote into the broker
event_serializer = "json"

# -- time
timezone = "UTC"
enable_utc = True

# -- logs are ours
worker_hijack_root_logger = False  # Celery would replace the structured log
worker_redirect_stdouts = False

task_default_queue = CLOCK
task_queues = {name: {"exchange": name, "routing_key": name} for name in (CLOCK, *POLLS)}

# Threads and the solo pool ignore Celery's time limits, so there are none here: every client call has its own timeout,
# and every claim a lease.


def _every(seconds: float) -> dict[str, object]:
    """A beat entry. It expires before the next but one, or a worker that was away would work off them all at once."""
    return {"schedule": seconds, "options": {"expires": 2 * seconds}}


beat_schedule = {
    name: {"task": name, **_every(seconds)}
    for name, seconds in {
        "tick": 1.0,
        "act": 2.0,
        "send": 2.0,
        "hooks": 2.0,
        "judge": 5.0,
        "canary": 5.0,
        "check": 5.0,
        "days": 20.0,
        "audit": 60.0,
        "warnings": 10.0,
        "crisis_page": 20.0,
        "website": 2.0,
        "readiness": 300.0,
    }.items()
}
beat_max_loop_interval = 1.0  # the beat looks at least this often, and says each time that it lives
