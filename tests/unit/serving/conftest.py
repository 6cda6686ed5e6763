"""What tests of the service share."""

from collections.abc import Iterator

import pytest

from tests.kits.postgres import NewDatabase, postgres_server


@pytest.fixture(scope="session")
def new_database() -> Iterator[NewDatabase]:
    """Makes an empty PostgreSQL database; skips where there is none."""
    with postgres_server() as new:
        yield new
