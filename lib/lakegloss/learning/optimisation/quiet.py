"""Keeps DSPy's optimisers from writing to the terminal and the log: they show examples there."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO, cast

_LOGGERS = ("dspy", "gepa", "optuna")


class _OtherThreads:
    """A stream that drops what one thread writes, and passes on what others do."""

    def __init__(self, stream: TextIO, thread: int) -> None:
        self._stream = stream
        self._thread = thread

    def write(self, text: str) -> int:
        if threading.get_ident() == self._thread:
            return len(text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what this thread prints inside the block, and what these libraries log."""
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    thread = threading.get_ident()
    with ExitStack() as stack:
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        stack.enter_context(redirect_stdout(cast("TextIO", _OtherThreads(sys.stdout, thread))))
        stack.enter_context(redirect_stderr(cast("TextIO", _OtherThreads(sys.stderr, thread))))
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
