"""`python -m connectors.emulator`: the emulated platforms as a process of their own.

Prints one line of JSON when it answers: url, settings (the environment for Kanalvakt) and, with --story, the ids of the
accounts and the tokens. Serves until SIGTERM or Ctrl-C.
"""

import argparse
import json
import signal
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from connectors.emulator.crisis_story import rehearse
from connectors.emulator.server import Emulator
from connectors.emulator.story import Story, story
from connectors.emulator.world import START, World

STORY_UNITS_PER_DAY = 100_000
"""Granted to the sample municipality, which is read every few seconds."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    clock = datetime.now(UTC) if chosen.real_time else START
    world = World(seed=chosen.seed, clock=clock, real_time=chosen.real_time)
    try:
        emulator = Emulator(world, port=chosen.port)
    except OSError as error:
        parser.error(f"port {chosen.port} cannot be used: {error.strerror}")
    exercise = None
    if chosen.story:
        emulator.story = story(world)
        exercise = rehearse(emulator) if chosen.crisis else None
        emulator.youtube.quota.per_day = STORY_UNITS_PER_DAY
    with emulator:
        print(json.dumps(_introduction(emulator, exercise)), flush=True)
        ended.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m connectors.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same world")
    parser.add_argument("--story", action="store_true", help="a sample municipality instead of an empty world")
    parser.add_argument("--crisis", action="store_true", help="with --story: residents in an exercise, and a warning")
    parser.add_argument("--real-time", action="store_true", help="the world's clock runs with the wall's")
    return parser


def _introduction(emulator: Emulator, exercise: Story | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"url": emulator.url, "settings": emulator.settings()}
    if emulator.story:
        facts["accounts"] = {name: asdict(account) for name, account in emulator.story.accounts.items()}
        facts["secrets"] = emulator.story.secrets
    if exercise:
        facts["accounts"] |= {f"exercise_{name}": asdict(account) for name, account in exercise.accounts.items()}
        facts["secrets"] |= {f"exercise_{name}": secret for name, secret in exercise.secrets.items()}
    return facts


if __name__ == "__main__":
    main()
