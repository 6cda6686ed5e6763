import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run, with_real_status
from lakegloss.lakehouse.ledgers.tables import Ledger
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


@pytest.mark.parametrize(
    ("status", "age", "alone", "shown"),
    [
        pytest.param("running", timedelta(seconds=5), True, "interrupted", id="the lock is ours"),
        pytest.param("running", timedelta(hours=2), False, "running", id="may go on elsewhere"),
        pytest.param("running", timedelta(days=2), False, "interrupted", id="too old to go on"),
        pytest.param("done", timedelta(days=2), True, "done", id="ended"),
    ],
)
def test_a_killed_run_is_shown_as_interrupted(
    status: str,
    age: timedelta,
    alone: bool,  # noqa: FBT001 - a parameter of the table above
    shown: str,
) -> None:
    now = datetime.now(UTC)
    row = {"run_id": "r", "status": status, "started_at": now - age}
    assert with_real_status(row, now, alone=alone)["status"] == shown


def test_a_run_of_this_process_is_running(settings: Settings) -> None:
    class Taking(DyingLedgers):
        def append(self, ledger: Ledger, records: Iterable[Any]) -> int:
            return len(list(records))

    with run(cast("Ledgers", Taking()), settings, "test") as log:
        row = {"run_id": log.run_id, "status": "running", "started_at": datetime.now(UTC)}
        assert with_real_status(row, datetime.now(UTC), alone=True)["status"] == "running"
    assert with_real_status(row, datetime.now(UTC), alone=True)["status"] == "interrupted"
