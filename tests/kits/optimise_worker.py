"""An optimisation in a process of its own, which a test kills.

    python -m tests.kits.optimise_worker URL FOLDER OPTIMIZER

It prints a mark of the state that it came to.
"""

import sys
from pathlib import Path

from lakegloss.learning.optimisation.optimizing import optimize
from lakegloss.release.optimised import program_to_optimize
from lakegloss.settings import Settings


def main() -> None:
    url, folder, optimizer = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    settings = Settings(home=folder / "home", model="taught", endpoint=url, in_flight=4)
    program = program_to_optimize(settings, str(folder / "route.yaml"))
    report = optimize(None, settings, program, data=folder / "tickets.jsonl", optimizer=optimizer)
    assert report.found is not None
    sys.stdout.write(f"{report.found.candidate.mark} {report.result}\n")


if __name__ == "__main__":
    main()
