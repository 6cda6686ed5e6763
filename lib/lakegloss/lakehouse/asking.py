"""Sends requests to the model: from the driver, in partitions, or by `ai_query`."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.drafter import Asker
from lakegloss.engine.attempt import Usage
from lakegloss.engine.caller import policy_from
from lakegloss.engine.engine import Engine, engine_from
from lakegloss.engine.http.endpoint import endpoint_from
from lakegloss.engine.journal import Journal
from lakegloss.engine.limits.budget import Allowance
from lakegloss.engine.outcome import CallProgress, Outcome
from lakegloss.engine.spark.partitions import ask_in_partitions, task_slots
from lakegloss.engine.spark.sql_function import (
    ask_by_ai_query,
    has_ai_query,
    register_ai_query,
    require_local,
)
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.progress import Progress
from lakegloss.settings_views import AskSettings


@contextmanager
def asker(
    ledgers: Ledgers,
    settings: AskSettings,
    run_id: str,
    progress: Progress,
    *,
    on_spent: Callable[[Usage], None] = lambda _: None,
) -> Iterator[Asker]:
    """Give a function that sends requests by the transport of the settings, and returns outcomes.

    Args:
        on_spent: called with what the run has spent so far, after each round and at the end,
            also when the run is interrupted.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: the endpoint cannot be used.
    """
    if settings.calls.transport != "driver":
        asking = spark_asker(ledgers, settings, run_id, progress)
        try:
            yield _report_after(asking, lambda: on_spent(asking.spent))
        finally:
            on_spent(asking.spent)
        return
    engine = engine_from(settings, run_id=run_id, endpoint=endpoint_from(settings))
    try:
        with engine:
            yield _report_after(_driver_asker(engine, progress), lambda: on_spent(engine.spent))
    finally:
        on_spent(engine.spent)


def _report_after(ask: Asker, report: Callable[[], None]) -> Asker:
    """The asker with a call of `report` after each round."""

    def ask_and_report(requests: Sequence[ModelRequest]) -> Outcome:
        outcome = ask(requests)
        report()
        return outcome

    return ask_and_report


def _driver_asker(engine: Engine, progress: Progress) -> Asker:
    def report(state: CallProgress) -> None:
        progress("model", state.done, state.total)

    def ask(requests: Sequence[ModelRequest]) -> Outcome:
        return engine.ask(requests, on_progress=report)

    return ask


def spark_asker(
    ledgers: Ledgers, settings: AskSettings, run_id: str, progress: Progress
) -> "_SparkAsker":
    """Make an asker for a transport that runs inside Spark.

    Raises:
        SettingsError: the endpoint cannot be used, or the session has no `ai_query` and no
            stand-in for it can be registered.
    """
    if settings.calls.transport == "ai_query" and not has_ai_query(ledgers.spark):
        _register(ledgers, settings)
    return _SparkAsker(ledgers, settings, run_id, progress)


def _register(ledgers: Ledgers, settings: AskSettings) -> None:
    require_local(ledgers.spark)
    if not settings.endpoint:
        raise SettingsError(
            "This session has no SQL function 'ai_query'.",
            remedy="Set endpoint to an OpenAI-compatible URL, and a stand-in calls it; or use "
            "transport 'driver'.",
        )
    endpoint = endpoint_from(settings)
    policy = policy_from(settings.calls, endpoint=endpoint.base_url)
    share = max(1, policy.in_flight // task_slots(ledgers.spark))
    # `ask_by_ai_query` checks the budget before each chunk; the stand-in limits only its calls.
    bounds = replace(policy, in_flight=share, allowance=Allowance(), run_timeout=None)
    register_ai_query(ledgers.spark, endpoint, policy=bounds)


class _SparkAsker:
    """Asks inside Spark, and counts what the run spends, as Spark's tasks keep no such state."""

    def __init__(
        self, ledgers: Ledgers, settings: AskSettings, run_id: str, progress: Progress
    ) -> None:
        self._ledgers = ledgers
        self._settings = settings
        self._run_id = run_id
        self._progress = progress
        self.spent = Usage()
        self._started = time.monotonic()
        self._asked: Counter[str] = Counter()

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome:
        self._progress("model", 0, len(requests))
        outcome = self._carry(requests)
        self.spent += outcome.usage
        self._progress("model", len(outcome.responses), len(requests))
        return outcome

    def _with_time_left(self) -> AskSettings:
        """The settings with the time that is left: the run's deadline holds across rounds."""
        timeout = self._settings.calls.run_timeout
        if timeout is None:
            return self._settings
        left = max(timeout - (time.monotonic() - self._started), 0.0)
        return replace(self._settings, calls=replace(self._settings.calls, run_timeout=left))

    def _carry(self, requests: Sequence[ModelRequest]) -> Outcome:
        settings, spark = self._with_time_left(), self._ledgers.spark
        allowance = policy_from(settings.calls, endpoint=settings.endpoint).allowance.less(
            self.spent
        )
        folder = settings.journal_folder
        if settings.calls.transport == "ai_query":
            journal, outcome = Journal(folder, self._run_id), Outcome()
            try:
                outcome = ask_by_ai_query(
                    spark, requests, settings, self._run_id, journal=journal,
                    allowance=allowance, asked_before=self._asked, on_response=self._count,
                )  # fmt: skip
            finally:  # also after an interrupt: chunks that came back are paid for
                outcome = _close_journal(journal, outcome)
            return outcome
        return ask_in_partitions(
            spark, requests, settings.calls, endpoint_from(settings), self._run_id, folder,
            allowance=allowance, asked_before=self._asked, on_response=self._count,
        )  # fmt: skip

    def _count(self, response: Response) -> None:
        self._asked[response.request_hash] += 1


def _close_journal(journal: Journal, outcome: Outcome) -> Outcome:
    """Close the journal; its error joins the outcome, so that the answers still become proposals.

    A full disk, for example, keeps answers out of the journal.
    """
    try:
        journal.close()
    except LakeglossError as error:
        return outcome if outcome.error else replace(outcome, error=error)
    return outcome
