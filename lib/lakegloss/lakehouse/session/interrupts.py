"""Starts Spark's JVM without chatter, and so that Ctrl-C ends it without a traceback."""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from pyspark import SparkContext, java_gateway


@contextmanager
def interruptible_start() -> Iterator[None]:
    """Turn an interrupt while the block starts a JVM into a KeyboardInterrupt at its end.

    An exception in the midst of a call to the JVM would leave the gateway in disorder and come out
    as another error, with tracebacks of both sides. So the JVM is ended, and the call with it.

    PySpark's own handler calls the JVM while another call is under way. Python's takes its place
    for good. Outside of the main thread no signals arrive, and nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupts: list[int] = []
    started: list[subprocess.Popen[Any]] = []

    def interrupt(number: int, _frame: Any) -> None:
        interrupts.append(number)
        logging.getLogger("py4j").setLevel(logging.CRITICAL)  # it logs each call that breaks off
        for process in started:
            process.kill()
        if not started:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        with _watched(started):
            yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if interrupts:  # whatever error the end of the JVM has caused
            SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 - they lead nowhere now
            raise KeyboardInterrupt from None


@contextmanager
def _watched(started: list[subprocess.Popen[Any]]) -> Iterator[None]:
    """Note the process that PySpark starts, and keep PySpark from setting its own handler.

    The JVM outlives a SIGTERM to the whole group of processes, as a scheduler sends it: Spark is
    needed to record the end of a run. It ends with this process, which holds its input.
    """
    setter = signal.signal

    class Process(subprocess.Popen[Any]):
        def __init__(self, *args: Any, **options: Any) -> None:
            if prepare := options.pop("preexec_fn", None):  # not on Windows
                options["preexec_fn"] = lambda: (prepare(), setter(signal.SIGTERM, signal.SIG_IGN))
            with _without_chatter() as errors:
                super().__init__(*args, **{"stderr": errors, **options})
            started.append(self)

    def set_others(number: int, handler: Any) -> Any:
        # The JVM itself ignores SIGINT, by this same function: that must stay.
        own = number == signal.SIGINT and callable(handler)
        return signal.getsignal(number) if own else setter(number, handler)

    with ExitStack() as stack:
        stack.enter_context(patch.object(java_gateway, "Popen", Process))
        stack.enter_context(patch.object(signal, "signal", set_others))
        yield


_CHATTER = b"WARNING: Using incubator modules"
"""The JVM says so of a module that Spark asks for; there is nothing that a user could do."""


@contextmanager
def _without_chatter() -> Iterator[int]:
    """Give a file for a process's errors: they are passed on to this one's, but for `_CHATTER`."""
    reading, writing = os.pipe()
    # Bare file descriptors: at the end of Python a thread must hold no lock of a file object.
    threading.Thread(target=_pass_on, args=(reading, 2), daemon=True).start()
    try:
        yield writing
    finally:
        os.close(writing)  # the process has its own: reading ends with it


def _pass_on(reading: int, writing: int) -> None:
    rest = b""
    while data := os.read(reading, 65_536):
        *lines, rest = (rest + data).split(b"\n")
        _write(writing, b"".join(line + b"\n" for line in lines if not line.startswith(_CHATTER)))
    _write(writing, rest)
    os.close(reading)


def _write(writing: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(writing, data) :]
        except OSError:  # nobody reads this process's errors any more
            return
