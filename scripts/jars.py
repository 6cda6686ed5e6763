"""Fetch Delta's jars once; says what it does, and in one line what is wrong."""

import sys

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session.jars import ensure_jars


def _say(text: str) -> None:
    sys.stdout.write(f"      {text}\n")
    sys.stdout.flush()


def main() -> None:
    try:
        ensure_jars(_say)
    except EnvironmentNotReadyError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
