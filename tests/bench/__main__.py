"""`make bench`: measures and writes docs/benchmarks.md. Nothing here is a test: machines differ, promises do not."""

import tempfile
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from tests.bench import days, latency, recording, rounds, stack
from tests.bench.page import PAGE, machine, write_days, write_house, write_latency
from tests.services import Services

TEMPLATE = """# Benchmarks

Measured by `make bench` on {day}: {machine}. For storing, the best of {runs} runs counts; for the rest there
is one run. Texts are made up, seed {seed}.

## Storing a first sync of {n:,} comments, and reading it again with 1 % edited

Rows a second. "Raw" is the fastest insert of the same rows into the same table that the driver offers (executemany or
COPY), in the same run. Goals: first sync at least 0.5 × raw; second reading at least 2 × the first.

| database | raw insert | first sync | ÷ raw | second reading, 99 % unchanged | ÷ first |
|---|---:|---:|---:|---:|---:|
{storing}

## A round of {channels} channels when each call takes {latency:.0f} ms

Through the embedded broker and one worker with {concurrency} threads. Facebook pages with one post and five comments
each, nothing new on them; from the first claim to the last record. Ideal: calls × latency ÷ concurrency. Goal: 1.3.

| calls | seconds | ideal | ratio |
|---:|---:|---:|---:|
| {calls} | {seconds} | {ideal} | {ratio} |

## The whole embedded stack

`kanalvakt up` with the sample register and an empty database: broker, two workers, beat, web and their supervisor
({processes} processes). Started means that the web answers and that a canary went from the beat through broker and
worker to the database. Memory is proportional (PSS), ten seconds later. Goals: at most 6 s and 550 MB.

| started after | memory |
|---:|---:|
| {start} s | {memory} MB |
"""


def main() -> None:
    with Services() as services, tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as folder:
        home = Path(folder)
        storing = {"SQLite": recording.measure(f"sqlite:///{home / 'bench.sqlite3'}")}
        if url := services.environment.get("TEST_POSTGRESQL_URL"):
            storing["PostgreSQL"] = _on_postgresql(url, recording.measure)
        (home / "round").mkdir()
        (home / "stack").mkdir()
        (home / "days").mkdir()
        (home / "latency").mkdir()
        kept = days.section(home / "days")
        a_round = rounds.measure(home / "round")
        whole = stack.measure(home / "stack")
        told = latency.section(home / "latency")
    write_house(_page(storing, a_round, whole))
    write_latency(told)
    write_days(kept)
    print(PAGE.read_text())


def _page(storing: dict[str, dict[str, Any]], a_round: dict[str, Any], whole: dict[str, Any]) -> str:
    some = next(iter(storing.values()))
    return TEMPLATE.format(
        **{**a_round, "latency": a_round["latency"] * 1000},
        day=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        runs=recording.RUNS,
        seed=some["seed"],
        n=some["n"],
        storing="\n".join(_row(name, figures) for name, figures in storing.items()),
        processes=whole["processes"],
        start=whole["seconds"],
        memory=whole["megabytes"],
    )


def _row(name: str, figures: dict[str, Any]) -> str:
    speeds = f"{figures['raw']:,} | {figures['first']:,} | {figures['first_to_raw']} | {figures['reread']:,}"
    return f"| {name} | {speeds} | {figures['reread_to_first']} |"


def _on_postgresql(server: str, measure: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    name = f"kanalvakt_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            return measure(f"{server.rsplit('/', 1)[0]}/{name}")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
