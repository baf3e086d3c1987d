"""A town for each crisis."""

from tests.web.days.conftest import emulator, town

__all__ = ["emulator", "town"]
