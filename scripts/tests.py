"""Runs the tests on two cores: those that need a JVM, and beside them all others.

`python scripts/tests.py [--deep | --coverage] [ARGUMENTS OF PYTEST]`. When the others are over,
that side starts a JVM, too, and takes whatever tests of Spark nobody has begun; what it did is
shown at the end. --deep adds the tests with that mark; so does --coverage, which measures all runs
together and fails where too few lines were reached.
"""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

NONE_COLLECTED = 5
SHORT, DEEP = "not soak and not deep", "not soak"
OF_SPARK = ("tests/spark", "tests/faults")
"""Where tests of Spark are (a test holds that): to look for them elsewhere takes 20 seconds."""
MEASURED = ["-m", "coverage", "run"]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def command_of(pytest: list[str], marks: str, *, spark: bool) -> list[str]:
    """The run of the tests with these marks, which looks for them only where they can be."""
    names_places = any(Path(word.partition("::")[0]).exists() for word in pytest[1:])
    places = OF_SPARK if spark and not names_places else ()
    return [*pytest, "-m", f"{marks} and {'spark' if spark else 'not spark'}", *places]


class Beside:
    """The other side: first what needs no JVM, then its part of what does."""

    def __init__(
        self, pytest: list[str], marks: str, environ: dict[str, str], shown: IO[str]
    ) -> None:
        self.codes: list[int] = []
        self._commands = [command_of(pytest, marks, spark=spark) for spark in (False, True)]
        self._environ, self._shown = environ, shown
        self._running: subprocess.Popen[str] | None = None
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        for command in self._commands:
            if self._enough.is_set():
                return
            self._running = subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=self._shown, stderr=subprocess.STDOUT, text=True, env=self._environ
            )
            self.codes.append(self._running.wait())

    def finish(self) -> None:
        """Begin no other run, and wait for the one that goes on."""
        self._enough.set()
        self._thread.join()

    def stop(self) -> None:
        self._enough.set()
        if self._running is not None:
            self._running.terminate()
        self._thread.join()


def run(arguments: list[str], marks: str, *, measured: bool) -> list[int]:
    """Run both sides; the exit codes of all runs of pytest."""
    python = [sys.executable, *(MEASURED if measured else [])]
    pytest = [*python, "-m", "pytest", *arguments]
    with tempfile.TemporaryFile("w+") as shown, tempfile.TemporaryDirectory() as claims:
        environ = os.environ | {"TEST_CLAIMS_FOLDER": claims}
        beside = Beside(pytest, marks, environ, shown)
        try:
            say("tests that need a JVM; the others run beside them:")
            command = command_of(pytest, marks, spark=True)
            code = subprocess.run(command, check=False, env=environ).returncode  # noqa: S603 - as above
            beside.finish()
        except KeyboardInterrupt:
            beside.stop()
            raise
        shown.seek(0)
        say("tests that need no JVM, then the rest of those that do:\n" + shown.read())
    return [code, *beside.codes]


def covered() -> int:
    """Put the measurements of all runs together and hold them against the gate."""
    codes = [
        subprocess.run([sys.executable, "-m", "coverage", *step], check=False).returncode  # noqa: S603
        for step in (["combine", "--quiet"], ["report"])
    ]
    return max(codes)


def main(arguments: list[str]) -> int:
    measured = "--coverage" in arguments
    marks = DEEP if measured or "--deep" in arguments else SHORT
    arguments = [argument for argument in arguments if argument not in {"--coverage", "--deep"}]
    if measured:
        for old in (Path(".coverage"), *Path().glob(".coverage.*")):
            old.unlink(missing_ok=True)
    try:
        codes = run(arguments, marks, measured=measured)
    except KeyboardInterrupt:
        return 130
    failed = [code for code in codes if code not in {0, NONE_COLLECTED}]
    if failed:
        return failed[0]
    if measured and (code := covered()):
        return code
    return NONE_COLLECTED if set(codes) == {NONE_COLLECTED} else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
