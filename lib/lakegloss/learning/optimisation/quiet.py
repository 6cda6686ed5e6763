"""Keeps DSPy's optimisers from writing to the terminal and the log: they show examples there.

Their own names for `print` and `tqdm` are replaced while they run. The streams of the process are
left alone: others write to them, and a progress bar that starts meanwhile keeps the one it found.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from tqdm import tqdm

_LOGGERS = ("dspy", "gepa", "optuna")
_PRINTING = (
    "dspy.teleprompt.bootstrap",
    "dspy.teleprompt.utils",
    "dspy.propose.grounded_proposer",
)
_WITH_BARS = ("dspy.teleprompt.bootstrap", "dspy.utils.parallelizer")
_MISSING = object()


class _NoBar(tqdm):  # type: ignore[misc]  # tqdm is untyped
    """A bar that is never shown."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | {"disable": True}))


class _Quiet:
    """Counts who wants quiet: the first brings it, the last takes it back.

    Searches in several threads overlap; each taking back what it found would leave it for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanting = 0
        self._replaced = ExitStack()

    def begin(self) -> None:
        with self._lock:
            self._wanting += 1
            if self._wanting == 1:
                self._replaced = _replacing()

    def end(self) -> None:
        with self._lock:
            self._wanting -= 1
            if not self._wanting:
                self._replaced.close()


_QUIET = _Quiet()


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what DSPy's optimisers print and log inside the block; several may overlap."""
    _QUIET.begin()
    try:
        yield
    finally:
        _QUIET.end()


def _replacing() -> ExitStack:
    with ExitStack() as stack:
        for name in _LOGGERS:
            stack.enter_context(_silent(logging.getLogger(name)))
        for name in _PRINTING:
            stack.enter_context(_replaced(name, "print", _say_nothing))
        for name in _WITH_BARS:
            stack.enter_context(_replaced(name, "tqdm", SimpleNamespace(tqdm=_NoBar)))
        stack.enter_context(_replaced("gepa.core.engine", "tqdm", _NoBar))
        return stack.pop_all()


def _say_nothing(*_: Any, **__: Any) -> None:
    """Stands for print."""


@contextmanager
def _silent(logger: logging.Logger) -> Iterator[None]:
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _replaced(module: str, name: str, value: Any) -> Iterator[None]:
    place = vars(import_module(module))
    before = place.get(name, _MISSING)
    place[name] = value
    try:
        yield
    finally:
        if before is _MISSING:
            place.pop(name, None)
        else:
            place[name] = before
