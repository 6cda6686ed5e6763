"""Runs a program over a DataFrame: asks each distinct row of inputs once, and keeps the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyspark.sql import DataFrame

from lakegloss.core.records import Response
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.asking import asker
from lakegloss.lakehouse.execute.module import by_module
from lakegloss.lakehouse.execute.rows import (
    KEY,
    RowResult,
    columns_of,
    distinct_rows,
    key_of,
    result_frame,
    types_of,
)
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import RESPONSES
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.signatures import signature_named
from lakegloss.programs.split import SplitProgram, program_name, split
from lakegloss.settings import Settings
from lakegloss.settings_views import AskSettings


def spark_execute(
    frame: DataFrame,
    program: Any,
    *,
    settings: Settings,
    inputs: Mapping[str, str] | None = None,
    result: str = "result",
    max_tokens: int = 3_000,
    asks: int = 2,
    progress: Progress = silent,
) -> DataFrame:
    """Run a program over the rows of a frame; returns the frame with a column of results.

    The new column is a struct of the outputs, error, usage, latency and model. Rows with the same
    inputs share one call, and an answer that is in the ledger, or in the journal of a run that was
    killed, is never asked for again. Calls are made immediately, not when the frame is collected.
    They use the transport of the settings: a program of one predictor works with every transport,
    others only with `driver`. `error` is null where there are outputs; tokens are those of the
    calls made now.

    Args:
        frame: a frame of a classic or a Connect session.
        program: a signature class, a dspy module, or the name of a signature of the library.
        inputs: the column of each of the program's inputs; by default those of the same name.
        result: the name of the new column.
        max_tokens: the limit of one answer.
        asks: how many times a row is asked at most, if its answer cannot be read.

    Raises:
        InputError: a required input has no column, or there are too many distinct rows.
        SettingsError: no model is set, or the transport cannot carry the program.
        EndpointAuthError, EndpointUnavailableError: the model cannot be used; answers are kept.
    """
    if not settings.model:
        raise SettingsError("No model is set.", remedy="Set model and endpoint.")
    spark = frame.sparkSession
    if isinstance(program, str):
        program = signature_named(program, NAMED_SIGNATURES)
    whole = split(program)
    columns = columns_of(frame, whole, inputs)
    keyed = frame.selectExpr("*", key_of(columns))
    rows = distinct_rows(keyed, columns)
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    name = whole.name if whole else program_name(program)
    with run(ledgers, settings, f"execute {name}") as log:
        sweep(ledgers, settings.journal_folder, log.run_id)
        if whole is not None:
            job = _SplitJob(ledgers, settings.asking, whole, log, max_tokens, asks, progress)
            done = job.run(rows)
        else:
            done = by_module(ledgers, settings.asking, program, rows, log, max_tokens, asks)
    types = types_of(whole, done.values())
    answers = result_frame(spark, done, types, result)
    return keyed.join(answers.hint("broadcast"), KEY, "left").drop(KEY)


class _SplitJob:
    """Runs a program of one predictor over rows, by any transport."""

    def __init__(
        self,
        ledgers: Ledgers,
        settings: AskSettings,
        program: SplitProgram,
        log: RunLog,
        max_tokens: int,
        asks: int,
        progress: Progress,
    ) -> None:
        self._ledgers = ledgers
        self._settings = settings
        self._program = program
        self._log = log
        self._max_tokens = max_tokens
        self._asks = asks
        self._progress = progress
        self._done: dict[str, RowResult] = {}
        self._requests: dict[str, Any] = {}

    def run(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, RowResult]:
        """The result of each row, by the row's key."""
        for key, inputs in rows.items():
            checked = self._program.check(inputs)
            if checked.problems:
                message = " ".join(str(problem) for problem in checked.problems)
                self._done[key] = RowResult(outputs={}, error=message)
                continue
            self._requests[key] = self._program.render(
                checked.values,
                model=self._settings.model,
                temperature=self._settings.temperature,
                max_tokens=self._max_tokens,
            )
        self._take(self._known(), paid_now=False)
        if self._open():
            log = self._log
            with asker(
                self._ledgers, self._settings, log.run_id, self._progress, on_spent=self._spent
            ) as ask:
                for number in range(self._asks):
                    requests = [self._requests[key] for key in self._open()]
                    if not requests:
                        break
                    if self._ask(ask, requests, last=number == self._asks - 1):
                        break
        for key in self._open():
            self._done[key] = RowResult(outputs={}, error="not asked: the run ended before")
        return self._done

    def _spent(self, usage: Usage) -> None:
        self._log.input_tokens, self._log.output_tokens = usage.input, usage.output
        self._log.cost = cost_of(self._settings.calls, usage.input, usage.output)

    def _open(self) -> list[str]:
        return [
            key
            for key in self._requests
            if key not in self._done or self._done[key].error == _AGAIN
        ]

    def _ask(self, ask: Any, requests: Sequence[Any], *, last: bool) -> bool:
        """Send requests and take the answers; returns True if the run has to end."""
        outcome = ask(requests)
        swept = sweep(self._ledgers, self._settings.journal_folder, self._log.run_id)
        self._log.count(calls=outcome.attempts, swept=swept)
        self._take(outcome.responses, paid_now=True, last=last)
        if outcome.error is not None:
            raise outcome.error
        if outcome.not_asked:
            reason = outcome.not_asked[0].reason
            self._log.status = STOPPED
            self._log.error = f"stopped early: {reason}"
            for key in self._open():
                self._done[key] = RowResult(outputs={}, error=f"not asked: {reason}")
            return True
        return False

    def _known(self) -> list[Response]:
        """Answers to exactly these requests that earlier runs paid for."""
        hashes = sorted({request.request_hash for request in self._requests.values()})
        if not hashes:
            return []
        wanted = self._ledgers.spark.createDataFrame([(h,) for h in hashes], "request_hash string")
        frame = self._ledgers.read(RESPONSES).where("usable")
        found = rows_of(frame.join(wanted.hint("broadcast"), "request_hash"), RESPONSES)
        return [Response(**(row | {"assets": ()})) for row in found]

    def _take(self, responses: Sequence[Response], *, paid_now: bool, last: bool = False) -> None:
        by_hash: dict[str, list[Response]] = {}
        for response in responses:
            by_hash.setdefault(response.request_hash, []).append(response)
        for key in self._open():
            for response in by_hash.get(self._requests[key].request_hash, ()):
                row = self._row(response, paid_now=paid_now, last=last)
                if paid_now or not row.error:
                    self._done[key] = row

    def _row(self, response: Response, *, paid_now: bool, last: bool) -> RowResult:
        usage = (response.input_tokens, response.output_tokens) if paid_now else (0, 0)
        failure = RowResult(
            outputs={},
            error=response.error,
            input_tokens=usage[0],
            output_tokens=usage[1],
            latency=response.latency,
            model=response.model,
        )
        if not response.usable:
            return failure
        outputs, why = self._program.read(response.text)
        if why:
            return replace(failure, error=f"cannot be read: {why}" if last else _AGAIN)
        return replace(failure, outputs=outputs, error="")


_AGAIN = "\0again"
"""The error of a row whose answer cannot be read and that is asked once more."""
