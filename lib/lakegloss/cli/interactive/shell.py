"""Runs commands one after the other in one process, as they are typed or come from a file."""

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator

from lakegloss.cli.console import err, out
from lakegloss.cli.termination import TERMINATED, was_terminated
from lakegloss.core.text.terminal import safe

PROMPT = "lakegloss> "
NAME = "lakegloss"
_LEAVE = frozenset({"exit", "quit"})
_HELP = "Type a command as you would after `lakegloss`: plan 'sales.*'. `exit` or Ctrl-D leaves."
INTERRUPTED, USAGE = 130, 2


def run_lines(
    run: Callable[[list[str]], int],
    lines: Iterable[str],
    *,
    interrupted: Callable[[], None] = lambda: None,
) -> int:
    """Run each line as a command; the code of the last one that failed, 0 where none did.

    Args:
        run: runs one command, prints its error, and gives its exit code.
        interrupted: called after a command that Ctrl-C ended.
    """
    failed = 0
    for line in lines:
        words = _words(line)
        if words is None:
            failed = USAGE
            continue
        if words[:1] == [NAME]:  # as it is copied from a page
            words = words[1:]
        if not words:
            continue
        if words[0] in _LEAVE:
            break
        if words[0] == "shell":
            out.print("This is a shell already.")
            continue
        if words[0] in {"help", "?"}:
            out.print(_HELP, soft_wrap=True)
            words = ["--help"]
        code = run(words)
        if code == TERMINATED:
            return code
        if code == INTERRUPTED:
            interrupted()
        failed = code or failed
    return failed


def _words(line: str) -> list[str] | None:
    """The words of a line, as a shell would cut it; None where a quote is not closed."""
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        err.print(f"[bold red]error:[/bold red] The line cannot be read: {safe(str(error))}.")
        return None


def typed_lines() -> Iterator[str]:
    """The lines of a person, with editing and history; Ctrl-C gives a new line, Ctrl-D ends."""
    with contextlib.suppress(ImportError):  # some systems lack it
        import readline  # noqa: F401 - gives `input` its editing
    out.print(_HELP, soft_wrap=True)
    while True:
        try:
            yield input(PROMPT)
        except KeyboardInterrupt:
            if was_terminated():
                raise
            sys.stdout.write("\n")
        except EOFError:
            sys.stdout.write("\n")
            return


def lines_of_input() -> Iterator[str]:
    """The lines of a person at a terminal, or those that come through a pipe."""
    return typed_lines() if sys.stdin.isatty() else iter(sys.stdin)
