"""Celery's settings: each differs from Celery's default, and its comment names the failure that it prevents.

Not here, on purpose:
- Late acknowledgement, and `task_reject_on_worker_lost`: a message that kills its worker would kill the next one too.
  What a dead worker was at is given back by the lease on its row.
- Time limits (`task_time_limit`): threads ignore them; a prefork worker would obey, and kill a reading in the middle of
  its transaction. Every client call has a timeout of its own, every claim a lease, every reading a longest time.
- `worker_cancel_long_running_tasks_on_connection_loss`: a reading does not need the broker; let it finish.
- Results, priorities, eta, Celery's own retries and rate limits: what is due, how often, and what came of it are rows.
- `beat_enable_remote_control`: comes with Celery 5.7, which cannot be used (see pyproject.toml). Until then beat shows
  that it lives in the broker (workers/alive.py), and `kanalvakt doctor beat` asks for that.
- Events (`worker_send_task_events`): a message for each task, day and night. For Flower, start a worker with -E.
"""

from config.settings import settings
from workers.queues import CLOCK, POLLS

broker_url = settings().broker  # else a broker on this machine, without a password, whatever is set

# -- the broker may go away, and comes back
broker_connection_retry_on_startup = True  # a broker that starts a second later than the worker would end it
broker_connection_max_retries = None  # after 100 tries, about half an hour, the worker would give up for good
broker_transport_options = {
    "socket_timeout": 15,  # a frozen broker would block a publisher for ever, not a minute (four tries); > BRPOP (1 s)
    "socket_connect_timeout": 5,  # as above, where the broker's machine does not answer at all: minutes, otherwise
    "socket_keepalive": True,  # a firewall that forgets the connection would leave the worker listening to nothing
    "health_check_interval": 10,  # as above, where keep-alive is too slow
    "visibility_timeout": 300,  # an hour, otherwise, until what a killed worker had fetched is handed out again
    "unacked_restore_interval": 5,  # with the next line: looked for every 5 s; otherwise every 10 s, of which …
    "unacked_restore_throttle": 1,  # … only every tenth time is meant: 100 s
}

# -- rows are the truth: a message is a hint that may be lost, doubled or late
task_ignore_result = True  # outcomes are rows; results would be a second truth that nobody cleans up
task_publish_retry = False  # the row is still due: the next tick rings again, and no task hangs in a retry
worker_prefetch_multiplier = 1  # four times the threads would be taken from other workers and wait here
worker_enable_prefetch_count_reduction = False  # after a reconnection the worker would run at a fraction of its threads
task_create_missing_queues = False  # a misspelt queue would be a queue that nobody empties
task_default_queue = CLOCK  # what names no queue would go to "celery", which nobody empties
task_queues = {  # one list for all workers: see workers/queues.py
    name: {"exchange": name, "routing_key": name} for name in (CLOCK, *POLLS)
}

# -- logs are ours
worker_hijack_root_logger = False  # Celery would replace the structured log
worker_redirect_stdouts = False  # what is printed would come as warnings of Celery's, in another shape


_LATE = 15.0
"""Seconds that a message may wait on a machine that has too much to do."""


def _every(seconds: float) -> dict[str, object]:
    """A beat entry. It expires before the next but one, or a worker that was away would work off them all at once; but
    not within seconds, or one that is a little late for long would do nothing but throw everything away."""
    return {"schedule": seconds, "options": {"expires": max(2 * seconds, _LATE)}}


beat_schedule = {  # the clock: without it nobody looks at the rows
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
beat_max_loop_interval = 1.0  # beat would sleep for up to five minutes when its clock was set back
