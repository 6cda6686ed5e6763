"""Runs many executions, some at a time, and returns their results in order."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any

from lakegloss.serving.executor.result import ExecutionResult


def in_order(
    begin: Callable[[Any], "Future[ExecutionResult]"], items: Iterable[Any], at_once: int
) -> list[ExecutionResult]:
    """Run an execution for each item, at most `at_once` together; an interrupt cancels the rest."""
    results: dict[int, ExecutionResult] = {}
    room = threading.Semaphore(at_once)
    waiting: set[Future[ExecutionResult]] = set()

    def take(place: int, future: "Future[ExecutionResult]") -> None:
        if not future.cancelled():
            results[place] = future.result()
        waiting.discard(future)
        room.release()

    try:
        for place, item in enumerate(items):
            room.acquire()
            future = begin(item)
            waiting.add(future)
            future.add_done_callback(partial(take, place))
        for _ in range(at_once):
            room.acquire()
    finally:
        for future in list(waiting):  # of an interrupt: else none waits
            future.cancel()
    return [results[place] for place in sorted(results)]
