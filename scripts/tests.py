"""Runs the tests as two runs of pytest at once: those that share one JVM, and all others.

`python scripts/tests.py [ARGUMENTS OF PYTEST]`. What needs no JVM is shown when it is over.
"""

import subprocess
import sys
import tempfile

NONE_COLLECTED = 5
OTHERS, SPARK = "not soak and not spark", "not soak and spark"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", *arguments]
    with tempfile.TemporaryFile("w+") as shown:
        beside = subprocess.Popen(  # noqa: S603 - our own command
            [*pytest, "-m", OTHERS], stdout=shown, stderr=subprocess.STDOUT, text=True
        )
        try:
            say("tests that need a JVM; the others run beside them:")
            command = [*pytest, "-m", SPARK]
            codes = [subprocess.run(command, check=False).returncode]  # noqa: S603 - as above
            codes.append(beside.wait())
        except KeyboardInterrupt:
            beside.terminate()
            beside.wait()
            return 130
        shown.seek(0)
        say("tests that need no JVM:\n" + shown.read())
    failed = [code for code in codes if code not in {0, NONE_COLLECTED}]
    if failed:
        return failed[0]
    return NONE_COLLECTED if set(codes) == {NONE_COLLECTED} else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
