"""Lets work fail without stopping whoever asked for it."""

import logging
import traceback
from contextlib import AbstractContextManager
from types import TracebackType

from lakegloss.core.text.causes import first_line


def going_on(
    log: logging.Logger, message: str, *args: object, level: int = logging.WARNING
) -> AbstractContextManager[None, bool]:
    """A context: what fails in it is logged with its stack, and the caller goes on after it.

    For what must never cost more than itself: a note after the work is done, an observer, a thread
    that serves others. Errors that a caller can do something about are not for it, and interrupts
    pass.

    Args:
        message: as for `log.warning`, with its args; what went wrong follows it.
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
        said, stack = first_line(error), stack_of(error)
        self._log.log(self._level, "%s: %s\n%s", self._message, said, stack)
        return True


def stack_of(error: BaseException) -> str:
    """Where an error was raised, frame by frame. Its message may quote data, and is left out."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
