"""Lets work fail without stopping whoever asked for it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from lakegloss.core.text.causes import first_line


@contextmanager
def going_on(
    log: logging.Logger, message: str, *args: object, level: int = logging.WARNING
) -> Iterator[None]:
    """Whatever fails in the block is logged with its stack, and the caller goes on.

    For what must never cost more than itself: a note after the work is done, an observer, a thread
    that serves others. Errors that a caller can do something about are not for it.

    Args:
        message: as for `log.warning`, with its args; what went wrong follows it.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - that is what this is for
        told = message % args if args else message
        log.log(level, "%s: %s\n%s", told, first_line(error), stack_of(error))


def stack_of(error: BaseException) -> str:
    """Where an error was raised, frame by frame. Its message may quote data, and is left out."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
