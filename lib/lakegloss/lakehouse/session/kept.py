"""Keeps a local session open between commands of one process: only the first waits for Spark."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from lakegloss.errors import SettingsError

Opening = Callable[[], tuple[SparkSession, Callable[[], None]]]
"""Opens a session, and gives with it what closes it and releases its catalog."""


class KeptSession:
    """Holds the session that the first command opened, until `close`."""

    def __init__(self) -> None:
        self._home: Path | None = None
        self._spark: SparkSession | None = None
        self._close: Callable[[], None] = lambda: None

    def session(self, home: Path, opening: Opening) -> SparkSession:
        """The session of a home folder: the one that is open, or a new one.

        Raises:
            SettingsError: the open session is that of another home folder.
        """
        home = home.absolute()
        if self._spark is None:
            self._spark, self._close = opening()
            self._home = home
        elif home != self._home:
            raise SettingsError(
                f"Spark is open on the home folder {str(self._home)!r}, not on {str(home)!r}.",
                remedy="Leave with `exit`, and begin again with --home.",
            )
        return self._spark

    def close(self) -> None:
        """Stop the session, if one is open, and release its catalog. Idempotent."""
        close, self._close, self._spark = self._close, lambda: None, None
        close()


_kept: list[KeptSession] = []


def kept_session() -> KeptSession | None:
    """What keeps the sessions of this process; None where each command stops its own."""
    return _kept[-1] if _kept else None


@contextmanager
def keeping_session() -> Iterator[KeptSession]:
    """Let commands share one session: it stays open until the end of this block."""
    kept = KeptSession()
    _kept.append(kept)
    try:
        yield kept
    finally:
        _kept.remove(kept)
        kept.close()
