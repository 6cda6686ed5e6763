"""Runs: the row that every command leaves."""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.core.causes import first_line
from lakegloss.core.ddl import is_in
from lakegloss.core.records import Run
from lakegloss.errors import RunNotFoundError
from lakegloss.lakehouse.ledger import Ledgers
from lakegloss.lakehouse.tables import RUNS
from lakegloss.settings import Settings

_log = logging.getLogger(__name__)
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"


def new_run_id(now: datetime) -> str:
    """Sorts by time, and two runs of one second differ."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


@dataclass(slots=True, kw_only=True)
class RunLog:
    """What a run counts while it goes on; mutable, one writer."""

    run_id: str
    counts: dict[str, int] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    status: str = DONE
    error: str = ""

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number


@contextmanager
def run(ledgers: Ledgers, settings: Settings, command: str) -> Iterator[RunLog]:
    """Record a run: running at the start, then how it ended, also on an error or Ctrl-C.

    Where a run fails and that cannot be recorded (the session is gone), its own error is raised.
    """
    now = datetime.now(UTC)
    log = RunLog(run_id=new_run_id(now))
    row = Run(
        run_id=log.run_id,
        command=command,
        status=RUNNING,
        settings=json.dumps(settings.public(), sort_keys=True),
        counts="{}",
        input_tokens=0,
        output_tokens=0,
        cost=None,
        error="",
        started_at=now,
        updated_at=now,
        ended_at=None,
    )
    ledgers.append(RUNS, [row])
    try:
        yield log
    except BaseException as error:
        log.status = STOPPED if isinstance(error, KeyboardInterrupt) else FAILED
        log.error = log.error or first_line(error, 500)
        _append_or_warn(ledgers, _ended(row, log))
        raise
    else:
        ledgers.append(RUNS, [_ended(row, log)])


def _append_or_warn(ledgers: Ledgers, row: Run) -> None:
    try:
        ledgers.append(RUNS, [row])
    except Exception as error:  # noqa: BLE001 - the run's own error is the one to be raised
        _log.warning("the end of run %s could not be recorded: %s", row.run_id, first_line(error))


def _ended(row: Run, log: RunLog) -> Run:
    now = datetime.now(UTC)
    return replace(
        row,
        status=log.status,
        counts=json.dumps(log.counts, sort_keys=True),
        input_tokens=log.input_tokens,
        output_tokens=log.output_tokens,
        cost=log.cost,
        error=log.error,
        updated_at=now,
        ended_at=now,
    )


def find_run(ledgers: Ledgers, run_id: str) -> Mapping[str, Any]:
    """The newest row of a run.

    Raises:
        RunNotFoundError: there is none.
    """
    rows = ledgers.latest(RUNS).where(is_in("run_id", [run_id])).collect()
    if not rows:
        recent = ledgers.latest(RUNS).orderBy("started_at", ascending=False).limit(5).collect()
        known = ", ".join(f"{row.run_id} ({row.command})" for row in recent) or "none yet"
        raise RunNotFoundError(f"There is no run {run_id!r}.", remedy=f"The newest runs: {known}.")
    return rows[0].asDict()


def newest_runs(
    spark: SparkSession, settings: Settings, limit: int = 20
) -> list[Mapping[str, Any]]:
    """The newest runs, newest first; [] where nothing ever ran."""
    ledgers = Ledgers(spark, settings)
    if not ledgers.exist():
        return []
    rows = ledgers.latest(RUNS).orderBy("started_at", ascending=False).limit(limit).collect()
    return [row.asDict() for row in rows]
