"""Carrying requests to the model: from the driver, in partitions, or by `ai_query`."""

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
    """A function from requests to what came of them, by the transport of the settings.

    Args:
        on_spent: told what the run has spent, after each round and at the end, also of an
            interrupted one.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: the endpoint cannot be used.
    """
    if settings.calls.transport != "driver":
        asking = spark_asker(ledgers, settings, run_id, progress)
        try:
            yield _telling(asking, lambda: on_spent(asking.spent))
        finally:
            on_spent(asking.spent)
        return
    engine = engine_from(settings, run_id=run_id, endpoint=endpoint_from(settings))
    try:
        with engine:
            yield _telling(_driver_asker(engine, progress), lambda: on_spent(engine.spent))
    finally:
        on_spent(engine.spent)


def _telling(ask: Asker, tell: Callable[[], None]) -> Asker:
    def asked(requests: Sequence[ModelRequest]) -> Outcome:
        outcome = ask(requests)
        tell()
        return outcome

    return asked


def _driver_asker(engine: Engine, progress: Progress) -> Asker:
    def tell(state: CallProgress) -> None:
        progress("model", state.done, state.total)

    def ask(requests: Sequence[ModelRequest]) -> Outcome:
        return engine.ask(requests, on_progress=tell)

    return ask


def spark_asker(
    ledgers: Ledgers, settings: AskSettings, run_id: str, progress: Progress
) -> "_SparkAsker":
    """An asker for a transport that runs inside Spark.

    Raises:
        SettingsError: the endpoint cannot be used, or the session has no `ai_query` and none of
            its own kind can be registered.
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
    # The budget is kept chunk by chunk, outside; the stand-in bounds only its calls.
    bounds = replace(policy, in_flight=share, allowance=Allowance(), run_timeout=None)
    register_ai_query(ledgers.spark, endpoint, policy=bounds)


class _SparkAsker:
    """Counts what the run has spent: tasks of Spark share no state from one round to the next."""

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
        """The run's deadline holds across rounds."""
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
            finally:  # after an interrupt, too: a chunk that came back is paid for
                outcome = _closed(journal, outcome)
            return outcome
        return ask_in_partitions(
            spark, requests, settings.calls, endpoint_from(settings), self._run_id, folder,
            allowance=allowance, asked_before=self._asked, on_response=self._count,
        )  # fmt: skip

    def _count(self, response: Response) -> None:
        self._asked[response.request_hash] += 1


def _closed(journal: Journal, outcome: Outcome) -> Outcome:
    """Answers that a full disk keeps out of the journal still become proposals."""
    try:
        journal.close()
    except LakeglossError as error:
        return outcome if outcome.error else replace(outcome, error=error)
    return outcome
