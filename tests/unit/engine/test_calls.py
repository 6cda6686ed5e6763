"""Whole asks over a scripted transport: what is paid, kept, tried again and given up."""

import asyncio
import errno
import json
import os
import signal
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.records import AskedAsset, Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.attempt import Attempt, Failure
from lakegloss.engine.http.transport import ScriptedTransport
from lakegloss.engine.journal import Journal, read_journal
from lakegloss.engine.limits.budget import Allowance
from lakegloss.engine.limits.retry import RetryPolicy
from lakegloss.engine.outcome import CallProgress, Outcome, Reason
from lakegloss.errors import (
    EndpointAuthError,
    EndpointUnavailableError,
    EnvironmentNotReadyError,
)
from tests.kits.engine import FakeClock, failed, good, make_engine, make_policy, make_request

REQUESTS = [make_request(n) for n in range(10)]


def journalled(folder: Path) -> list[Response]:
    return [r for _, responses in read_journal(folder) for r in responses]


def answers(request: ModelRequest) -> Attempt:
    return good(f"answer to {json.loads(request.messages[1].content)['tables'][0]}")


def test_all_are_answered_in_order(tmp_path: Path) -> None:
    transport = ScriptedTransport(answers, turns=3)
    seen: list[Response] = []
    progress: list[CallProgress] = []
    with make_engine(transport, journal=Journal(tmp_path, "run")) as engine:
        outcome = engine.ask(REQUESTS, on_response=seen.append, on_progress=progress.append)
    assert [r.request_hash for r in outcome.responses] == [r.request_hash for r in REQUESTS]
    assert [r.text for r in outcome.responses] == [
        f"answer to t1 table_{n}: 20 rows" for n in range(10)
    ]
    assert outcome.error is None
    assert (outcome.attempts, outcome.usage.total) == (10, 600)
    assert (progress[-1].done, progress[-1].total) == (10, 10)
    assert {r.response_id for r in journalled(tmp_path)} == {r.response_id for r in seen}
    assert transport.most_in_flight == 4
    assert transport.closed


def test_nothing_to_ask() -> None:
    with make_engine(ScriptedTransport([])) as engine:
        assert engine.ask([]) == Outcome()


def test_identical_requests_share_a_call_and_all_assets_are_kept() -> None:
    other = AskedAsset(id="c1", table="s.copy", column="amount", fingerprint="f")
    twin = replace(REQUESTS[0], assets=(other,))
    transport = ScriptedTransport(answers)
    with make_engine(transport) as engine:
        outcome = engine.ask([REQUESTS[0], twin, REQUESTS[0]])
    assert len(transport.requests) == 1
    assert outcome.responses[0].assets == (*REQUESTS[0].assets, other)


@pytest.mark.parametrize(
    "failure",
    [Failure.RATE_LIMITED, Failure.SERVER, Failure.TIMEOUT, Failure.TRANSPORT, Failure.MALFORMED],
)
def test_failures_are_tried_again_and_recorded(failure: Failure, tmp_path: Path) -> None:
    clock = FakeClock()
    transport = ScriptedTransport([failed(failure), failed(failure), good("at last")])
    with make_engine(transport, clock, journal=Journal(tmp_path, "run")) as engine:
        outcome = engine.ask(REQUESTS[:1])
    assert outcome.responses[0].text == "at last"
    kept = sorted(journalled(tmp_path), key=lambda r: r.attempt)
    assert [(r.attempt, r.usable) for r in kept] == [(1, False), (2, False), (3, True)]
    assert len({r.response_id for r in kept}) == 3
    assert len(clock.waits) == 2


@pytest.mark.parametrize("failure", [Failure.INVALID, Failure.CONTEXT_LENGTH, Failure.REFUSED])
def test_what_will_not_change_is_not_tried_again(failure: Failure) -> None:
    transport = ScriptedTransport([failed(failure, 400)])
    with make_engine(transport) as engine:
        outcome = engine.ask(REQUESTS[:1])
    assert len(transport.requests) == 1
    assert outcome.responses[0].error == f"{failure}: no"


def test_attempts_are_bounded() -> None:
    transport = ScriptedTransport(lambda _: failed(Failure.SERVER))
    with make_engine(transport) as engine:
        outcome = engine.ask(REQUESTS[:2])
    assert len(transport.requests) == 6
    assert [r.usable for r in outcome.responses] == [False, False]


def test_an_absurd_wait_is_clamped() -> None:
    clock = FakeClock()
    absurd = failed(Failure.RATE_LIMITED, 429, retry_after=31_536_000.0)
    with make_engine(ScriptedTransport([absurd, good()]), clock) as engine:
        engine.ask(REQUESTS[:1])
    assert 60 <= sum(clock.waits) <= 61


def test_attempts_are_numbered_over_all_asks_of_a_run() -> None:
    asked_before = {REQUESTS[1].request_hash: 4}
    with make_engine(ScriptedTransport(answers), asked_before=asked_before) as engine:
        engine.ask(REQUESTS[:2])
        outcome = engine.ask(REQUESTS[:2])
    assert [r.attempt for r in outcome.responses] == [2, 6]


def test_a_request_that_is_forbidden_for_what_it_says_costs_no_other() -> None:
    """A gateway answers 403 to one request although the key is good."""
    script = [good(), failed(Failure.AUTH, 403), good()]
    with make_engine(ScriptedTransport(script), policy=make_policy(in_flight=1)) as engine:
        outcome = engine.ask([make_request(number) for number in range(3)])
    assert outcome.error is None
    assert [response.usable for response in outcome.responses] == [True, False, True]


def test_a_wrong_key_ends_the_run_and_keeps_the_answers() -> None:
    script = [good(), good(), failed(Failure.AUTH, 401)]
    policy = make_policy(in_flight=1)
    with make_engine(ScriptedTransport(script), policy=policy) as engine:
        outcome = engine.ask(REQUESTS)
    assert isinstance(outcome.error, EndpointAuthError)
    assert "http://model" in str(outcome.error)
    assert [r.usable for r in outcome.responses] == [True, True, False]
    assert [n.reason for n in outcome.not_asked] == [Reason.ENDPOINT] * 7


def test_an_endpoint_that_is_down_ends_the_run() -> None:
    transport = ScriptedTransport(lambda _: failed(Failure.TRANSPORT, 0))
    with make_engine(transport) as engine:
        outcome = engine.ask([make_request(n) for n in range(500)])
    assert isinstance(outcome.error, EndpointUnavailableError)
    assert len(transport.requests) <= 20 + 4
    assert len(outcome.responses) + len(outcome.not_asked) == 500


def test_the_budget_ends_the_run_cleanly() -> None:
    policy = make_policy(allowance=Allowance(tokens=1000))
    with make_engine(ScriptedTransport(answers, turns=2), policy=policy) as engine:
        outcome = engine.ask([make_request(n) for n in range(50)])
        assert engine.remaining.tokens == 1000 - outcome.usage.total
        again = engine.ask([make_request(99)])
    # An answer costs 60 of the 150 that it may cost: 15 fit before 150 no longer do.
    assert len(outcome.responses) == 15
    assert {n.reason for n in outcome.not_asked} == {Reason.BUDGET}
    assert outcome.error is None
    assert [n.reason for n in again.not_asked] == [Reason.BUDGET]


def test_the_run_ends_at_its_deadline() -> None:
    clock = FakeClock()

    def slow(request: ModelRequest) -> Attempt:
        clock.time += 10
        return good()

    policy = make_policy(in_flight=1, run_timeout=35.0)
    with make_engine(ScriptedTransport(slow), clock, policy=policy) as engine:
        outcome = engine.ask(REQUESTS)
    assert len(outcome.responses) == 4
    assert {n.reason for n in outcome.not_asked} == {Reason.DEADLINE}


def test_no_retry_waits_beyond_the_deadline() -> None:
    clock = FakeClock()
    policy = make_policy(run_timeout=5.0)
    limited = failed(Failure.RATE_LIMITED, 429, retry_after=30.0)
    with make_engine(ScriptedTransport([limited]), clock, policy=policy) as engine:
        outcome = engine.ask(REQUESTS[:1])
    assert outcome.responses[0].error == "rate_limited: no"
    assert clock.waits == []


def test_a_fault_of_one_request_does_not_cost_another() -> None:
    def faulty(request: ModelRequest) -> Attempt:
        if request is REQUESTS[3]:
            raise ZeroDivisionError("boom")
        return good()

    with make_engine(ScriptedTransport(faulty)) as engine:
        outcome = engine.ask(REQUESTS)
    assert [r.usable for r in outcome.responses] == [n != 3 for n in range(10)]
    assert "ZeroDivisionError" in outcome.responses[3].error


def test_a_journal_that_cannot_be_written_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    journal = Journal(tmp_path, "run", flush_count=5)
    policy = make_policy(in_flight=1)
    engine = make_engine(ScriptedTransport(answers, turns=300), policy=policy, journal=journal)
    outcome = engine.ask([make_request(n) for n in range(400)])
    assert isinstance(outcome.error, EnvironmentNotReadyError)
    assert {n.reason for n in outcome.not_asked} == {Reason.JOURNAL}
    engine.close()
    assert journalled(tmp_path) == []
    monkeypatch.undo()
    engine.close()
    assert len(journalled(tmp_path)) == len(outcome.responses) < 400


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_keeps_what_was_answered(kind: type[BaseException], tmp_path: Path) -> None:
    seen: list[Response] = []

    def interrupt(response: Response) -> None:
        seen.append(response)
        if len(seen) == 3:
            raise kind

    transport = ScriptedTransport(answers, turns=50)
    with make_engine(transport, journal=Journal(tmp_path, "run")) as engine:
        with pytest.raises(kind):
            engine.ask([make_request(n) for n in range(500)], on_response=interrupt)
        assert {r.response_id for r in seen} <= {r.response_id for r in journalled(tmp_path)}
        assert transport.in_flight == 0
        assert len(transport.requests) < 500
        assert engine.ask([make_request(1000)]).responses[0].usable


def test_ctrl_c_while_waiting(tmp_path: Path) -> None:
    main = threading.main_thread().ident
    assert main is not None

    def interrupted(request: ModelRequest) -> Attempt:
        if request.request_hash == make_request(0).request_hash:
            signal.pthread_kill(main, signal.SIGINT)
        return good()

    transport = ScriptedTransport(interrupted, turns=5_000)  # minutes, if nobody interrupts
    journal = Journal(tmp_path, "run")
    # A run in the background of a shell ignores interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with make_engine(transport, journal=journal) as engine, pytest.raises(KeyboardInterrupt):
            engine.ask([make_request(n) for n in range(2000)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(transport.requests) < 2000


def test_it_works_where_a_loop_is_running() -> None:
    async def notebook() -> Outcome:
        with make_engine(ScriptedTransport(answers)) as engine:
            return engine.ask(REQUESTS)

    assert len(asyncio.run(notebook()).responses) == 10


def test_callbacks_run_in_the_callers_thread() -> None:
    threads: set[int] = set()
    with make_engine(ScriptedTransport(answers)) as engine:
        engine.ask(REQUESTS, on_response=lambda _: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


def _scripts() -> st.SearchStrategy[list[Attempt]]:
    kinds = st.sampled_from([f for f in Failure if f is not Failure.AUTH])
    return st.lists(st.one_of(st.just(good()), kinds.map(failed)), min_size=1, max_size=9)


@given(script=_scripts(), count=st.integers(0, 30), tokens=st.integers(0, 6000))
def test_every_request_ends_with_a_response_or_a_reason(
    script: list[Attempt], count: int, tokens: int
) -> None:
    turns: Counter[str] = Counter()

    def play(request: ModelRequest) -> Attempt:
        turns[request.request_hash] += 1
        return script[(len(request.messages[1].content) + sum(turns.values())) % len(script)]

    policy = make_policy(
        in_flight=3, retry=RetryPolicy(attempts=2), allowance=Allowance(tokens=tokens)
    )
    requests = [make_request(n) for n in range(count)]
    with make_engine(ScriptedTransport(play, turns=2), policy=policy) as engine:
        outcome = engine.ask(requests)
    ended = [r.request_hash for r in outcome.responses]
    ended += [n.request.request_hash for n in outcome.not_asked]
    assert sorted(ended) == sorted(r.request_hash for r in requests)
    assert outcome.attempts == sum(turns.values())
    assert outcome.usage.total <= tokens
    assert all(n <= 2 for n in turns.values())
