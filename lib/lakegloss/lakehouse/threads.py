"""Keeps threads that talk to Spark, and lends them to whoever needs some."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

_MANY = 1_000
# Threads are kept because each new one opens its own connection to the metastore: 40 ms of CPU.
_kept = ThreadPoolExecutor(_MANY, thread_name_prefix="lakegloss")

Work = Callable[[], Any]
Item = TypeVar("Item")
Result = TypeVar("Result")


class _Lent(Executor):
    """Uses at most `number` of the kept threads at once; further tasks wait."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiting: deque[tuple[Future[Any], Work]] = deque()
        self._unfinished = 0
        self._changed = threading.Condition()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self._changed:
            start = self._free > 0  # first: where it raises, nobody must wait for this task
            self._free -= start
            self._unfinished += 1
            self._waiting.append((future, lambda: fn(*args, **kwargs)))
        if start:
            self._start(future)
        return future

    def _start(self, future: Future[Any]) -> None:
        try:
            _kept.submit(self._work)
        except BaseException:  # no thread can be started: nobody must wait for this task
            with self._changed:
                self._free += 1
                if self._waiting and self._waiting[-1][0] is future:
                    self._waiting.pop()
                    self._unfinished -= 1
            raise

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._free += 1
                    return
                future, task = self._waiting.popleft()
            run_into(future, task)
            del future, task  # frees the result now, not when the next task comes
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._unfinished == 0)


def run_into(future: Future[Any], task: Work) -> None:
    """Run a task and put its result or its error into the future."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = task()
    except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
        future.set_exception(error)
    else:
        future.set_result(result)


def beside(fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
    """Begin a call in another thread; its error is raised by `result()` of the future."""
    return _kept.submit(fn, *args)


def ahead(fn: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, while a thread works out the result of the next."""
    coming: tuple[Item, Future[Any]] | None = None
    for item in items:
        ready, coming = coming, (item, beside(fn, item))
        if ready is not None:
            yield ready[0], ready[1].result()
    if coming is not None:
        yield coming[0], coming[1].result()


@contextmanager
def threads(number: int) -> Iterator[Executor]:
    """An executor like `ThreadPoolExecutor(number)`: leaving it waits for all its tasks."""
    lent = _Lent(number)
    try:
        yield lent
    finally:
        lent.wait()
