"""Takes requests through limit, budget, attempts and retries: the inside of the engine."""

import asyncio
import logging
import random
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lakegloss.core.going_on import stack_of
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure, Usage, clean
from lakegloss.engine.clock import Clock
from lakegloss.engine.ends import no_api, refused_key, used_up
from lakegloss.engine.http.transport import Transport
from lakegloss.engine.limits.adaptive import AdaptiveLimit
from lakegloss.engine.limits.breaker import Breaker
from lakegloss.engine.limits.budget import Allowance, Budget, Reservation
from lakegloss.engine.limits.gate import Gate
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.engine.outcome import CallProgress, NotAsked, Outcome, Reason, merge_identical
from lakegloss.errors import EndpointUnavailableError, LakeglossError
from lakegloss.settings_views import IN_FLIGHT, CallSettings

_log = logging.getLogger("lakegloss.engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """The bounds of a run's calls, and the names that its responses carry. Times in seconds.

    Attributes:
        in_flight: the most calls in flight.
        fail_fast: whether a call fails at once while the breaker is open, for callers who have
            another model to ask. Only the probe is sent then.
        transport, endpoint: names for the ledger.
    """

    in_flight: int = IN_FLIGHT
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    allowance: Allowance = field(default_factory=Allowance)
    run_timeout: float | None = None
    breaker_threshold: int = 20
    breaker_patience: float = 30.0
    fail_fast: bool = False
    transport: str = "driver"
    endpoint: str = ""


def policy_from(settings: CallSettings, *, endpoint: str) -> CallPolicy:
    """Make the policy that the settings ask for.

    Args:
        endpoint: the address, as responses and errors show it.
    """
    return CallPolicy(
        in_flight=settings.in_flight,
        retry=RetryPolicy(attempts=settings.attempts, retry_after_cap=settings.retry_after_cap),
        allowance=Allowance(
            tokens=settings.max_tokens_total,
            cost=settings.max_cost,
            price_input=settings.price_input or 0.0,
            price_output=settings.price_output or 0.0,
        ),
        run_timeout=settings.run_timeout,
        transport=settings.transport,
        endpoint=endpoint,
    )


def response_of(
    request: ModelRequest,
    attempt: Attempt,
    *,
    request_hash: str,
    number: int,
    run_id: str,
    policy: CallPolicy,
    clock: Clock,
) -> Response:
    """Turn an attempt into a row of the ledger of responses."""
    return Response(
        response_id=uuid.uuid4().hex,
        request_hash=request_hash,
        attempt=number,
        run_id=run_id,
        text=attempt.text,
        usable=attempt.failure is None,
        error=attempt.error,
        finish_reason=attempt.finish_reason,
        input_tokens=attempt.usage.input,
        cached_tokens=attempt.usage.cached,
        output_tokens=attempt.usage.output,
        usage_estimated=attempt.usage.estimated,
        latency=round(attempt.latency, 6),
        model=request.model,
        program=request.program,
        program_version=request.program_version,
        variant=request.variant,
        transport=policy.transport,
        endpoint=policy.endpoint,
        assets=request.assets,
        answered_at=clock.now(),
    )


class Caller:
    """Holds what all `Ask`s of a run share: limit, budget, breaker, deadline, counts of attempts.

    Use it from one event loop; any number of `Ask`s may use it at once.
    """

    def __init__(
        self,
        transport: Transport,
        policy: CallPolicy,
        run_id: str,
        *,
        clock: Clock,
        rng: random.Random,
        asked_before: Mapping[str, int] | None = None,
    ) -> None:
        self.transport = transport
        self.policy = policy
        self.run_id = run_id
        self.clock = clock
        self.rng = rng
        self.limit = AdaptiveLimit(policy.in_flight, clock)
        self.budget = Budget(policy.allowance)
        breaker = Breaker(
            clock, threshold=policy.breaker_threshold, patience=policy.breaker_patience
        )
        self.gate = Gate(self.limit, breaker, fail_fast=policy.fail_fast)
        self.numbers = dict(asked_before or {})
        self.answered = False
        self.misrouted = 0
        timeout = policy.run_timeout
        self.deadline = None if timeout is None else clock.monotonic() + timeout

    async def ask(
        self,
        requests: Iterable[ModelRequest],
        *,
        on_response: Callable[[Response], None],
        on_progress: Callable[[CallProgress], None],
    ) -> Outcome:
        """Ask all requests. The callbacks must return fast, as the loop waits for them."""
        return await Ask(self, requests, on_response, on_progress).run()

    async def call(self, request: ModelRequest) -> Attempt:
        try:
            return await self.transport.attempt(request, self.deadline)
        except Exception as error:  # noqa: BLE001 - one request's fault must not cost the others
            _log.warning("a call failed before it was made:\n%s", stack_of(error))
            detail = clean(f"{type(error).__name__}: {error}")
            return Attempt(failure=Failure.INVALID, detail=detail)

    @property
    def late(self) -> bool:
        return self.deadline is not None and self.clock.monotonic() >= self.deadline


class Ask:
    """Asks one set of requests, and collects their outcome.

    Args:
        attempts: the most calls for a request; by default the policy's.
    """

    def __init__(
        self,
        caller: Caller,
        requests: Iterable[ModelRequest],
        on_response: Callable[[Response], None],
        on_progress: Callable[[CallProgress], None],
        *,
        attempts: int | None = None,
    ) -> None:
        self._caller = caller
        self._most = caller.policy.retry.attempts if attempts is None else attempts
        self._on_response = on_response
        self._on_progress = on_progress
        self._requests = merge_identical(requests)
        self._pending = deque(self._requests.items())
        self._last: dict[str, Response] = {}
        self._usage = Usage()
        self._attempts = 0
        self._done = 0
        self._reason: Reason | None = None
        self._error: LakeglossError | None = None
        self._workers: set[asyncio.Task[None]] = set()
        self._calling: set[asyncio.Task[None]] = set()

    async def run(self) -> Outcome:
        # Twice the limit: a request that waits for its retry must not leave a place empty.
        count = min(len(self._requests), 2 * self._caller.policy.in_flight)
        self._workers = {asyncio.create_task(self._work()) for _ in range(count)}
        try:
            ended = await asyncio.gather(*self._workers, return_exceptions=True)
        finally:
            for worker in self._workers:
                worker.cancel()
            await asyncio.gather(*self._workers, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault
        return self._outcome()

    def stop(self, reason: Reason, error: LakeglossError | None = None) -> None:
        """Send no more requests; calls in flight go on to their end. The first reason stays."""
        if self._reason is not None:
            return
        self._reason, self._error = reason, error
        for worker in self._workers - self._calling - {asyncio.current_task()}:
            worker.cancel()

    def _outcome(self) -> Outcome:
        reason = self._reason or Reason.ENDPOINT
        return Outcome(
            responses=tuple(self._last[key] for key in self._requests if key in self._last),
            not_asked=tuple(
                NotAsked(request=request, reason=reason)
                for key, request in self._requests.items()
                if key not in self._last
            ),
            usage=self._usage,
            attempts=self._attempts,
            error=self._error,
        )

    async def _work(self) -> None:
        while self._pending and self._reason is None:
            if self._caller.late:
                self.stop(Reason.DEADLINE)
                return
            key, request = self._pending.popleft()
            await self._carry(key, request)

    async def _carry(self, key: str, request: ModelRequest) -> None:
        """Ask one request; where the budget had room for fewer attempts, reserve again."""
        budget, attempts = self._caller.budget, self._most
        tried = 0
        while tried < attempts:
            reservation = await budget.reserve(request, attempts - tried)
            if reservation is None:
                self.stop(Reason.BUDGET)
                return
            tried += reservation.attempts
            try:
                if not await self._attempts_at(key, request, tried, reservation):
                    break
            finally:
                budget.release(reservation)
        self._done += 1
        self._report()

    async def _attempts_at(
        self, key: str, request: ModelRequest, last: int, reservation: Reservation
    ) -> bool:
        """Make the reserved attempts. Returns whether one more attempt may help."""
        caller = self._caller
        for number in range(last - reservation.attempts + 1, last + 1):
            attempt = await self._once(key, request, reservation)
            if attempt is None or not attempt.worth_another(number):
                return False
            wait = caller.policy.retry.delay(number, attempt.retry_after, caller.rng)
            if number == self._most or self._reason or _past(caller, wait):
                return False
            await caller.clock.sleep(wait)
        return True

    async def _once(
        self, key: str, request: ModelRequest, reservation: Reservation
    ) -> Attempt | None:
        """Make and record one attempt; None where the run ended before."""
        gate = self._caller.gate
        granted = await gate.enter(self._caller.deadline)
        if granted is None:
            self._stop_fast()
            return None
        attempt = None
        try:
            if self._caller.late:
                self.stop(Reason.DEADLINE)
            if self._reason:
                return None
            attempt = await self._shielded_call(request)
        finally:
            if attempt is None:
                gate.turn_back(granted)
        hopeless = gate.leave(granted, attempt, asked=self._clamped(attempt.retry_after))
        self._caller.budget.settle(reservation, attempt.usage)
        self._record(key, request, attempt)
        self._judge(attempt, hopeless=hopeless)
        return attempt

    def _stop_fast(self) -> None:
        """Stop, as the breaker is open and the caller has another model to ask."""
        error = EndpointUnavailableError(
            f"The endpoint {self._caller.policy.endpoint!r} failed too often in a row, and is left "
            "alone for some seconds.",
            remedy="Check endpoint and model (`lakegloss doctor`), then try again.",
        )
        self.stop(Reason.ENDPOINT, error)

    async def _shielded_call(self, request: ModelRequest) -> Attempt:
        """Make a call that `stop` does not cancel, as it is paid for."""
        task = asyncio.current_task()
        assert task is not None
        self._calling.add(task)
        try:
            return await self._caller.call(request)
        finally:
            self._calling.discard(task)

    def _clamped(self, asked: float | None) -> float | None:
        if asked is None:
            return None
        caller = self._caller
        asked = min(asked, caller.policy.retry.retry_after_cap)
        if caller.deadline is not None:
            asked = min(asked, max(caller.deadline - caller.clock.monotonic(), 0.0))
        return asked

    def _record(self, key: str, request: ModelRequest, attempt: Attempt) -> None:
        caller = self._caller
        number = caller.numbers.get(key, 0) + 1
        caller.numbers[key] = number
        response = response_of(
            request,
            attempt,
            request_hash=key,
            number=number,
            run_id=caller.run_id,
            policy=caller.policy,
            clock=caller.clock,
        )
        self._last[key] = response
        self._usage += attempt.usage
        self._attempts += 1
        self._on_response(response)

    def _judge(self, attempt: Attempt, *, hopeless: bool) -> None:
        """End the run where more calls would only fail."""
        caller = self._caller
        url = caller.policy.endpoint
        caller.answered |= attempt.failure is None
        is_lost = attempt.failure is Failure.MISROUTED
        caller.misrouted = caller.misrouted + 1 if is_lost else 0
        # A working server may send a page once; one that sends only pages is no API.
        lost = is_lost and (attempt.status != 200 or caller.misrouted > 1)
        # A gateway may forbid one request for its text; after an answer the key is known good.
        forbidden_text = attempt.status == 403 and caller.answered
        if attempt.failure is Failure.AUTH and not forbidden_text:
            self.stop(Reason.ENDPOINT, refused_key(url, attempt))
        elif attempt.failure is Failure.QUOTA:
            self.stop(Reason.ENDPOINT, used_up(url, attempt))
        elif lost and not caller.answered:
            self.stop(Reason.ENDPOINT, no_api(url, attempt))
        elif hopeless:
            error = EndpointUnavailableError(
                f"The endpoint {url!r} failed too often in a row, last with {attempt.error}.",
                remedy="Check endpoint and model (`lakegloss doctor`), then run again: "
                "answers so far are kept.",
            )
            self.stop(Reason.ENDPOINT, error)

    def _report(self) -> None:
        limit = self._caller.limit
        self._on_progress(
            CallProgress(
                done=self._done,
                total=len(self._requests),
                in_flight=limit.in_flight,
                limit=limit.limit,
                usage=self._usage,
            )
        )


def _past(caller: Caller, wait: float) -> bool:
    return caller.deadline is not None and caller.clock.monotonic() + wait >= caller.deadline
