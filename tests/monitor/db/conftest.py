"""Here migrations are what is tested: each database goes through them."""

from collections.abc import Iterator

import pytest

from tests.migrated import going_through, remembering


@pytest.fixture(autouse=True)
def _through_all_migrations() -> Iterator[None]:
    going_through()
    yield
    remembering()
