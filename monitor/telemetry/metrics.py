"""/metrics in Prometheus' text: everything of the database in one snapshot, and the broker, when somebody asks."""

import platform
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.settings import Settings
from monitor.db import Database
from monitor.telemetry import broker
from monitor.telemetry.chain import Chain
from monitor.telemetry.figures import figures
from monitor.telemetry.metric_names import METRICS, PREFIX
from monitor.telemetry.samples import Sample, of_figures


class Metrics:
    """Gives the text. Never raises for a database or a broker that does not answer: it says so."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings = db, settings
        self.chain = Chain(db)

    def text(self) -> bytes:
        now = datetime.now(UTC)
        samples = [*self._running(), *self._of_database(now), *self._of_broker()]
        return generate_latest(_Collected(samples))

    def _running(self) -> Iterator[Sample]:
        home = self.settings.home.absolute()
        existing = next(folder for folder in (home, *home.parents) if folder.exists())
        yield "build_info", (version("kanalvakt"), platform.python_version(), self.db.url.get_backend_name()), 1
        yield "disk_free_bytes", (), shutil.disk_usage(existing).free

    def _of_database(self, now: datetime) -> Iterable[Sample]:
        try:
            with self.db.snapshot() as session:
                found = list(of_figures(figures(session, now, self.settings)))
        except SQLAlchemyError:
            return [("database_up", (), 0)]
        return [("database_up", (), 1), *found, *self._of_files(), *self._of_chain(now)]

    def _of_files(self) -> Iterator[Sample]:
        """SQLite's; PostgreSQL tells its size itself."""
        if self.db.is_sqlite and self.db.url.database:
            files = Path(self.db.url.database).parent.glob(Path(self.db.url.database).name + "*")
            yield "database_bytes", (), sum(map(_size, files))

    def _of_chain(self, now: datetime) -> Iterator[Sample]:
        checked = self.chain.checked(now)
        if checked is not None:
            yield "audit_chain_intact", (), checked.intact
            yield "audit_chain_checked_timestamp_seconds", (), checked.at.timestamp()

    def _of_broker(self) -> Iterator[Sample]:
        try:
            seen = broker.look(self.settings)
        except RedisError:
            yield "broker_up", (), 0
            return
        yield "broker_up", (), 1
        yield "broker_memory_bytes", (), seen.memory
        yield "broker_memory_limit_bytes", (), seen.memory_limit
        yield from (("queue_length", (queue,), length) for queue, length in seen.queues.items())
        for queue in seen.queues:
            moment = seen.served.get(queue)
            yield "queue_served_timestamp_seconds", (queue,), moment.timestamp() if moment else 0
        for sign in broker.Sign:  # also of whom a broker that was emptied has heard nothing: else no alert would fire
            moment = seen.signs.get(sign)
            yield "process_seen_timestamp_seconds", (sign.value,), moment.timestamp() if moment else 0


class _Collected:
    """Samples as the library wants them, in the order of METRICS. Raises KeyError for a name that is not there."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self.samples = defaultdict[str, list[tuple[tuple[str, ...], float]]](list)
        known = {metric.name: metric for metric in METRICS}
        for name, labels, value in samples:
            self.samples[known[name].name].append((labels, value))

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            family = GaugeMetricFamily(PREFIX + metric.name, metric.tells, labels=metric.labels)
            for labels, value in self.samples[metric.name]:
                family.add_metric(labels, value)
            yield family


def _size(path: Path) -> int:
    """0 for what is gone by now: the journal beside a database comes and goes with every transaction."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
