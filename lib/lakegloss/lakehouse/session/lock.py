"""Locks the local catalog, because Derby serves one process at a time."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from lakegloss.errors import CatalogLockedError, EnvironmentNotReadyError

FILE_NAME = "catalog.lock"
_LOOK_EVERY, _TELL_EVERY = 0.2, 15.0


class CatalogLock:
    """An exclusive lock on a home folder, held until `release` or the end of the process.

    The kernel holds the lock, so a killed process never leaves a stale one behind.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / FILE_NAME
        self._stream: IO[str] | None = None

    def acquire(self, *, wait: float = 0.0, on_wait: Callable[[str], None] | None = None) -> None:
        """Take the lock, waiting at most `wait` seconds.

        Args:
            on_wait: called when waiting begins, and every 15 seconds from then on.

        Raises:
            CatalogLockedError: another process still holds it.
            EnvironmentNotReadyError: the home folder cannot be written.
        """
        stream = self._open()
        start = time.monotonic()
        tell_at = 0.0
        while not _try_lock(stream):
            waited = time.monotonic() - start
            if waited >= wait:
                stream.close()
                raise CatalogLockedError(
                    f"The local catalog in {str(self.path.parent)!r} is in use by {self.holder()}; "
                    f"it was waited for {wait:g} s.",
                    remedy="Run this again when that has ended, let it wait longer (--wait "
                    "SECONDS), or give this command another --home, which has a catalog of its "
                    "own.",
                )
            if on_wait is not None and waited >= tell_at:
                on_wait(
                    f"waiting for {self.holder()} to release the local catalog"
                    + (f", {waited:.0f} of {wait:g} s" if tell_at else f", {wait:g} s at most")
                )
                tell_at += _TELL_EVERY
            time.sleep(min(_LOOK_EVERY, wait))
        stream.seek(0)
        stream.truncate()
        # Arguments may hold secrets, so only the name of the command and its subcommand are kept.
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])[:80]
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        stream.write(json.dumps({"pid": os.getpid(), "command": command, "since": since}))
        stream.flush()
        self._stream = stream

    def holder(self) -> str:
        """The process that wrote the lock file last, in words."""
        try:
            holder = json.loads(self.path.read_text(encoding="utf-8"))
            since = f", since {_time(holder['since'])}" if "since" in holder else ""
            return f"process {int(holder['pid'])} ({str(holder['command'])!r}{since})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    @property
    def is_own(self) -> bool:
        """Whether this process wrote the lock file last; it holds the lock where one does."""
        try:
            return int(json.loads(self.path.read_text(encoding="utf-8"))["pid"]) == os.getpid()
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def is_held(self) -> bool:
        """Whether some process (this one too) holds the lock now."""
        if not self.path.exists():
            return False
        with self.path.open("r+", encoding="utf-8") as stream:
            if not _try_lock(stream):
                return True
            fcntl.flock(stream, fcntl.LOCK_UN)
            return False

    def release(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self) -> IO[str]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise EnvironmentNotReadyError(
                f"The home folder {str(self.path.parent)!r} cannot be written: {error.strerror}.",
                remedy="Give another one with --home or LAKEGLOSS_HOME.",
            ) from None


def _time(since: str) -> str:
    """A time of day; with the day where that is not today's."""
    moment = datetime.fromisoformat(since).astimezone()
    today = datetime.now().astimezone().date()
    return f"{moment:%H:%M:%S}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M:%S}"


def _try_lock(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
