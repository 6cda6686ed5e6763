"""Asks a model for one run: synchronous, safe in notebooks, and it keeps every answer."""

import asyncio
import logging
import queue
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import TracebackType
from typing import Self

from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Usage
from lakegloss.engine.caller import Ask, Caller, CallPolicy, policy_from
from lakegloss.engine.clock import SYSTEM_CLOCK, Clock
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import Endpoint, endpoint_from
from lakegloss.engine.http.transport import Transport
from lakegloss.engine.journal import Journal
from lakegloss.engine.limits.budget import Allowance
from lakegloss.engine.loop import LoopThread
from lakegloss.engine.outcome import CallProgress, NotAsked, Outcome, Reason
from lakegloss.errors import LakeglossError
from lakegloss.settings_views import AskSettings

_log = logging.getLogger(__name__)
_FLUSH_CHECK = 0.25
"""Seconds between two checks whether the journal is due."""

_CANCEL_WAIT = 10.0
"""Seconds to wait for cancelled calls to end."""


class Engine:
    """Sends requests to one endpoint for one run.

    Limit, budget, breaker and deadline belong to the run: all calls of `ask` share them. An event
    loop runs in a thread of its own, so that `ask` also works where a loop is running already.
    Close the engine, or use it in a with statement.

    Args:
        asked_before: attempts made in this run at a request, by hash.
        loop: a loop that others share and close; by default the engine has its own.
    """

    def __init__(
        self,
        transport: Transport,
        policy: CallPolicy,
        *,
        run_id: str,
        journal: Journal | None = None,
        clock: Clock = SYSTEM_CLOCK,
        rng: random.Random | None = None,
        asked_before: Mapping[str, int] | None = None,
        loop: LoopThread | None = None,
    ) -> None:
        self._journal = journal
        self._caller = Caller(
            transport,
            policy,
            run_id,
            clock=clock,
            rng=rng or random.Random(),  # noqa: S311 - jitter is no secret
            asked_before=asked_before,
        )
        self._loop = loop or LoopThread()
        self._shares_loop = loop is not None
        self._unwritable: LakeglossError | None = None

    @property
    def spent(self) -> Usage:
        """What the run has spent, including the calls of an interrupted `ask`."""
        return self._caller.budget.spent

    @property
    def remaining(self) -> Allowance:
        """What is left of the run's budget."""
        return self._caller.policy.allowance.less(self._caller.budget.spent)

    @property
    def address(self) -> str:
        """The endpoint's base URL."""
        return self._caller.policy.endpoint

    @property
    def is_open(self) -> bool:
        """Whether the breaker is not closed: it stops all calls, or all but the probe."""
        return not self._caller.gate.closed

    @property
    def has_answered(self) -> bool:
        """Whether the endpoint ever gave a usable answer."""
        return self._caller.answered

    @property
    def reachable(self) -> bool:
        """Whether a call would go through now: False while the breaker stops all calls."""
        return self._caller.gate.ready

    def ask(
        self,
        requests: Sequence[ModelRequest],
        *,
        on_response: Callable[[Response], None] | None = None,
        on_progress: Callable[[CallProgress], None] | None = None,
    ) -> Outcome:
        """Ask all requests; identical ones share one call.

        A failure of the endpoint is never raised: the outcome's responses and error hold it. An
        interrupt cancels the calls, writes the journal and is raised again.

        Args:
            on_response: called in the caller's thread for each attempt, also for failed ones.
            on_progress: called in the caller's thread after each request.
        """
        events: queue.SimpleQueue[Response | CallProgress | None] = queue.SimpleQueue()
        finished = threading.Event()
        # An event without a callback must not wake the caller's thread.
        tell_response = events.put if on_response is not None else _nobody
        tell_progress = events.put if on_progress is not None else _nobody
        work = self._run(requests, tell_response, tell_progress, finished)
        future = self._loop.submit(work)
        future.add_done_callback(lambda _: events.put(None))
        try:
            while (event := events.get()) is not None:
                _tell(event, on_response, on_progress)
            outcome = future.result()
        finally:  # after an interrupt, cancel the calls and keep the answers so far
            if not future.done():
                future.cancel()
                finished.wait(_CANCEL_WAIT)
            unwritten = self._flush()
        return _with_error(outcome, unwritten)

    def begin(self, request: ModelRequest, *, attempts: int | None = None) -> "Future[Outcome]":
        """Ask one request beside others in flight; cancelling the future frees its place.

        Args:
            attempts: the most calls for it; by default the policy's.
        """
        future = self._loop.submit(self._alone(request, attempts))
        if self._journal is None:  # nobody needs the count later, and an engine may live for months
            numbers, key = self._caller.numbers, request.request_hash
            future.add_done_callback(lambda _: numbers.pop(key, None))
        return future

    def close(self) -> None:
        """Close the connections, and write the answers that wait in the journal.

        Where the journal still cannot be written, the error is logged, not raised: the outcome has
        it. `disconnect` closes the connections on a shared loop.
        """
        if not self._shares_loop:
            self._loop.close(self._ended())
        error = self._flush()
        if error is not None:
            _log.error("answers are not in the journal: %s", error)

    async def disconnect(self) -> None:
        """Close the connections. The owner of a loop that engines share awaits this."""
        await self._caller.transport.close()

    async def _ended(self) -> None:
        await self.disconnect()
        # A flush of the journal in another thread ends before the next one begins.
        await asyncio.get_running_loop().shutdown_default_executor()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def _alone(self, request: ModelRequest, attempts: int | None) -> Outcome:
        """Ask one request; its answer is in the journal before it is handed over, or soon after."""
        outcome = await self._run([request], _nobody, _nobody, threading.Event(), attempts)
        if self._journal is None or not self._journal.due:
            return outcome
        return _with_error(outcome, await asyncio.to_thread(self._flush))

    async def _run(
        self,
        requests: Sequence[ModelRequest],
        tell_response: Callable[[Response], None],
        tell_progress: Callable[[CallProgress], None],
        finished: threading.Event,
        attempts: int | None = None,
    ) -> Outcome:
        if self._unwritable is not None:
            await asyncio.to_thread(self._flush)
        if self._unwritable is not None:
            finished.set()
            skipped = (NotAsked(request=request, reason=Reason.JOURNAL) for request in requests)
            return Outcome(not_asked=tuple(skipped), error=self._unwritable)
        full = asyncio.Event()

        def keep(response: Response) -> None:
            if self._journal is not None:
                self._journal.add(response)
                if self._journal.due:
                    full.set()
            tell_response(response)

        try:
            ask = Ask(self._caller, requests, keep, tell_progress, attempts=attempts)
            if self._journal is None:
                return await ask.run()
            flusher = asyncio.create_task(self._keep_flushing(ask, full))
            try:
                return await ask.run()
            finally:
                flusher.cancel()
                await asyncio.gather(flusher, return_exceptions=True)
        finally:
            finished.set()

    async def _keep_flushing(self, ask: Ask, full: asyncio.Event) -> None:
        """Write the journal whenever it is due; where that fails, stop paying for answers."""
        while self._journal is not None:
            full.clear()
            try:
                await asyncio.wait_for(full.wait(), _FLUSH_CHECK)
            except TimeoutError:
                if not self._journal.due:
                    continue
            error = await asyncio.to_thread(self._flush)
            if error is not None:
                ask.stop(Reason.JOURNAL, error)
                return

    def _flush(self) -> LakeglossError | None:
        if self._journal is None:
            return None
        try:
            self._journal.flush()
        except LakeglossError as error:
            self._unwritable = error
            return error
        self._unwritable = None
        return None


def engine_from(
    settings: AskSettings,
    *,
    run_id: str,
    journal: Journal | None = None,
    endpoint: Endpoint | None = None,
) -> Engine:
    """Make an engine that asks the settings' model over HTTP.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: see `endpoint_from`.
    """
    endpoint = endpoint or endpoint_from(settings)
    policy = policy_from(settings.calls, endpoint=endpoint.base_url)
    if journal is None:
        journal = Journal(settings.journal_folder, run_id)
    return Engine(HttpTransport(endpoint), policy, run_id=run_id, journal=journal)


def _nobody(_: object) -> None:
    """Stands for a callback that was not given."""


def _tell(
    event: Response | CallProgress,
    on_response: Callable[[Response], None] | None,
    on_progress: Callable[[CallProgress], None] | None,
) -> None:
    if isinstance(event, CallProgress):
        if on_progress is not None:
            on_progress(event)
    elif on_response is not None:
        on_response(event)


def _with_error(outcome: Outcome, error: LakeglossError | None) -> Outcome:
    return outcome if error is None or outcome.error else replace(outcome, error=error)
