"""The sample register that people start from, as text and as read."""

from pathlib import Path

import pytest

from monitor.register.file import RegisterFile, parse

SAMPLE = Path(__file__).parents[3] / "config" / "sample-register.toml"


@pytest.fixture
def sample_text() -> str:
    return SAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def sample(sample_text: str) -> RegisterFile:
    return parse(sample_text)
