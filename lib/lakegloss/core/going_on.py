"""Lets a caller go on when a part of its work fails."""

import logging
import traceback
from contextlib import AbstractContextManager
from types import TracebackType

from lakegloss.core.text.causes import first_line


def going_on(
    log: logging.Logger, message: str, *args: object, level: int = logging.WARNING
) -> AbstractContextManager[None, bool]:
    """Make a context that logs an error with its stack; the caller goes on after the context.

    Use it where a failure must not stop more important work: a note after the work is done, an
    observer, a thread that serves others. Do not use it for errors that a caller can act on.
    Interrupts pass through.

    Args:
        message: as for `log.warning`, with its args; the cause is logged after it.
    """
    return _GoingOn(log, message % args if args else message, level)


class _GoingOn:
    def __init__(self, log: logging.Logger, message: str, level: int) -> None:
        self._log = log
        self._message = message
        self._level = level

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        cause, stack = first_line(error), stack_of(error)
        self._log.log(self._level, "%s: %s\n%s", self._message, cause, stack)
        return True


def stack_of(error: BaseException) -> str:
    """Where an error was raised, frame by frame. Its message may quote data, and is left out."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
