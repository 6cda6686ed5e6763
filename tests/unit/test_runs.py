import logging
from collections.abc import Iterable
from typing import Any, cast

import pytest

from lakegloss.lakehouse.ledger import Ledgers
from lakegloss.lakehouse.runs import run
from lakegloss.lakehouse.tables import Ledger
from lakegloss.settings import Settings, load_settings


class DyingLedgers:
    """Takes the first append; then the session is gone."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def append(self, ledger: Ledger, records: Iterable[Any]) -> int:
        if self.rows:
            raise ConnectionRefusedError("the session is gone")
        self.rows += records
        return len(self.rows)


@pytest.fixture
def settings() -> Settings:
    return load_settings(environ={})


def test_the_runs_own_error_is_raised_where_its_end_cannot_be_recorded(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ledgers = cast("Ledgers", DyingLedgers())
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(ValueError, match="the real error"),
        run(ledgers, settings, "test"),
    ):
        raise ValueError("the real error")
    assert "the session is gone" in caplog.text


def test_a_good_run_that_cannot_be_recorded_fails(settings: Settings) -> None:
    ledgers = cast("Ledgers", DyingLedgers())
    with pytest.raises(ConnectionRefusedError), run(ledgers, settings, "test"):
        pass
