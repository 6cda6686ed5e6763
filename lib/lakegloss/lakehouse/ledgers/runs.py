"""Records runs: every command leaves one row."""

import json
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pyspark.sql import SparkSession

from lakegloss.core.ddl import is_in
from lakegloss.core.going_on import going_on
from lakegloss.core.records import Run
from lakegloss.core.text.causes import first_line
from lakegloss.errors import RunNotFoundError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RUNS
from lakegloss.lakehouse.session.platform import is_managed_platform
from lakegloss.settings_views import LedgerSettings, PublicSettings

_log = logging.getLogger(__name__)
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"
INTERRUPTED = "interrupted"
"""The status of a run that never recorded its end; it is shown, not stored."""

_LIVE = timedelta(days=1)
_LIVE_HOURS = 6
_going_on: set[str] = set()
"""The runs of this process."""


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
    begin: Callable[[], None] = lambda: None
    begun: bool = False

    def recorded(self) -> None:
        """Record the start of the run, unless done before; call it before the run does anything."""
        if not self.begun:
            self.begin()
            self.begun = True

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number


@contextmanager
def run(
    ledgers: Ledgers, settings: PublicSettings, command: str, *, at_once: bool = True
) -> Iterator[RunLog]:
    """Record a run: that it is running at the start, and how it ended, also on an error or Ctrl-C.

    If a run fails and its end cannot be recorded (the session is gone), the run's error is raised.

    Args:
        at_once: whether to record the start now. With False the run calls `RunLog.recorded` before
            it does anything, and a run that finds nothing to do leaves one row, at its end.
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
    log.begin = partial(_append, ledgers, row)
    if at_once:
        log.recorded()
    _going_on.add(log.run_id)
    try:
        yield log
    except BaseException as error:
        log.status = STOPPED if isinstance(error, KeyboardInterrupt) else FAILED
        log.error = log.error or first_line(error, 500)
        _append_or_warn(ledgers, _ended(row, log))
        raise
    else:
        ledgers.append(RUNS, [_ended(row, log)])
    finally:
        _going_on.discard(log.run_id)


def _append(ledgers: Ledgers, row: Run) -> None:
    ledgers.append(RUNS, [row])


def _append_or_warn(ledgers: Ledgers, row: Run) -> None:
    with going_on(_log, "the end of run %s could not be recorded", row.run_id):
        _append(ledgers, row)  # the run's own error is the one to be raised


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
    spark: SparkSession, settings: LedgerSettings, limit: int = 20
) -> list[Mapping[str, Any]]:
    """The newest runs, newest first; [] if nothing ever ran. Killed runs are `INTERRUPTED`."""
    ledgers = Ledgers(spark, settings)
    if not ledgers.exist():
        return []
    rows = ledgers.latest(RUNS).orderBy("started_at", ascending=False).limit(limit).collect()
    now, alone = datetime.now(UTC), not is_managed_platform()
    return [with_real_status(row.asDict(), now, alone=alone) for row in rows]


def with_real_status(row: Mapping[str, Any], now: datetime, *, alone: bool) -> Mapping[str, Any]:
    """A run's row as it is shown: a killed run is not running, although its row says so.

    Args:
        alone: whether the catalog's lock proves that no other process runs anything; without that
            proof a run counts as killed if it is older than a day.
    """
    if row["status"] != RUNNING or row["run_id"] in _going_on:
        return row
    age = now - row["started_at"].astimezone(UTC)  # Spark gives local time without its zone
    return {**row, "status": INTERRUPTED} if alone or age > _LIVE else row


def live_runs(ledgers: Ledgers, run_ids: Collection[str]) -> set[str]:
    """The runs that may still be going on.

    On a local catalog there are none: its lock keeps other processes out. Elsewhere they are the
    recent runs that did not record their end; a killed run never records it.
    """
    if not run_ids or not is_managed_platform():
        return set()
    recent = f"started_at >= current_timestamp() - INTERVAL {_LIVE_HOURS} HOURS"
    rows = ledgers.read(RUNS).where(is_in("run_id", run_ids)).where(recent).collect()
    ended = {row["run_id"] for row in rows if row["status"] != RUNNING}
    return {row["run_id"] for row in rows} - ended
