"""A blog on the emulator, and readings of it."""

from dataclasses import replace

from connectors.base import Reading, ReadPlan
from connectors.emulator.blog import BlogSite
from connectors.emulator.server import Emulator
from tests.connectors.stage import Stage
from tests.connectors.test_blog import HOME, TestBlog

__all__ = ["HOME", "a_blog", "daily", "read", "requests_for", "site"]


def a_blog(emulator: Emulator) -> Stage:
    return TestBlog().set_stage(emulator)


def site(stage: Stage) -> BlogSite:
    return next(site for site in stage.emulator.sites if isinstance(site, BlogSite))


def read(stage: Stage, **plan: object) -> Reading:
    """One reading; its memory is kept."""
    asked = replace(ReadPlan(now=stage.world.now, state=stage.state), **plan)  # type: ignore[arg-type]
    reading = stage.connector().read(asked)
    stage.state = reading.state
    return reading


def daily(stage: Stage) -> Reading:
    return read(stage, daily=True)


def requests_for(stage: Stage) -> int:
    """Requests of one more reading, which must be complete."""
    reading = read(stage)
    assert reading.error is None
    return reading.requests
