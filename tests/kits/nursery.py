"""Starts processes of one module without their imports: forks of a process that has them.

A model server needs half a second of a core until it has imported what it needs; tests start
hundreds of them. The first start makes the nursery, a clean process without threads, which forks
a child for each start and ends, with whatever is left of its children, when its owner ends.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.kits.places import ROOT
from tests.kits.waiting import until


class Nursery:
    """Starts children that run a module's `main` with arguments and print one line when they run.

    Args:
        module: calls `serve_nursery(main)` when it is run with the argument `--nursery`.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self, arguments: Sequence[str]) -> tuple[int, str]:
        """The process id of a new child and the line that it printed, '' if it ended before."""
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(list(arguments)) + "\n")
            process.stdin.flush()
            pid, _, line = process.stdout.readline().strip().partition(" ")
        return int(pid), line

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, "--nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # its group are its children, and nothing else
            )
            atexit.register(_end, self._process)
        return self._process


def stop(pid: int) -> None:
    """End a child and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    until(lambda: not _lives(pid), 10)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def serve_nursery(main: Callable[[Sequence[str]], None]) -> None:
    """Fork a child for each line of arguments, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave nothing behind
    while line := sys.stdin.readline():
        readable, writable = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(readable)
            _become(main, json.loads(line), writable)
        os.close(writable)
        with os.fdopen(readable, encoding="utf-8") as told:
            sys.stdout.write(f"{pid} {told.readline().strip()}\n")
        sys.stdout.flush()
    os.killpg(0, signal.SIGTERM)


def _become(main: Callable[[Sequence[str]], None], arguments: list[str], output: int) -> None:
    """Be the process that `main` with these arguments would be; does not return."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.close(output)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        main(arguments)
    finally:
        os._exit(0)
