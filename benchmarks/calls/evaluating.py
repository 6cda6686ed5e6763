"""Runs the sides of the evaluation bench: a program over examples, each in its own way.

`python -m benchmarks.calls.evaluating SIDE IN_FLIGHT EXAMPLES` runs one side in a process of its
own and prints a line of JSON: what `benchmarks.calls.sides` measures, and by how many megabytes the
process had grown at most while it answered and scored.
"""

import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.calls.fixed_latency import FixedLatencyServer
from benchmarks.calls.sides import KEY, LATENCY, Result, measured
from lakegloss.settings import Settings

TEAM = "T-7"
PROGRAM = """name: route_ticket
signature:
  instructions: Name the team that takes the ticket.
  inputs: {ticket: ""}
  outputs: {team: ""}
"""


def tickets(count: int) -> list[str]:
    """Texts of some 100 words, each different."""
    why = " ".join(f"The display shows code {n} and stays dark." for n in range(14))
    return [f"The printer in room {number} fails. {why}" for number in range(count)]


def lakegloss(in_flight: int, examples: int) -> Result:
    """`evaluate_program` on a local Spark session, with its ledgers; the session is warm."""
    from lakegloss.lakehouse.session.session import session
    from lakegloss.learning.program_evaluation.evaluate_program import evaluate_program
    from lakegloss.release.evaluated import evaluated

    with tempfile.TemporaryDirectory() as kept, FixedLatencyServer(LATENCY, _answer()) as server:
        folder = Path(kept)
        settings = Settings(
            model="model-a", endpoint=server.url, in_flight=in_flight, home=folder / "home",
            run_timeout=600,
        )  # fmt: skip
        (folder / "route.yaml").write_text(PROGRAM)
        program = evaluated(settings, str(folder / "route.yaml"))
        with session(settings) as spark:
            evaluate_program(spark, settings, program, data=_file(folder, 8, "warm"))
            data = _file(folder, examples, "real")
            seen, before = len(server.counts()["times"]), _peak()
            with measured(server, in_flight, seen) as result:
                report = evaluate_program(spark, settings, program, data=data)
                result["good"] = sum(item.passed for item in report.metrics[0].versions[0].items)
            result["grown_mb"] = _peak() - before
    return result


def dspy_evaluate(in_flight: int, examples: int) -> Result:
    """`dspy.Evaluate`, one thread a call in flight."""
    import dspy

    class Route(dspy.Signature):
        """Name the team that takes the ticket."""

        ticket: str = dspy.InputField()
        team: str = dspy.OutputField()

    def exact(example: Any, prediction: Any, trace: Any = None) -> bool:  # noqa: ARG001 - DSPy's
        return bool(prediction.team == example.team)

    rows = [dspy.Example(ticket=t, team=TEAM).with_inputs("ticket") for t in tickets(examples)]
    with FixedLatencyServer(LATENCY, _answer()) as server:
        lm = dspy.LM("openai/model-a", api_base=server.url, api_key=KEY, cache=False)
        with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
            before = _peak()
            with measured(server, in_flight) as result:
                evaluate = dspy.Evaluate(
                    devset=rows, metric=exact, num_threads=in_flight, display_progress=False
                )
                found = evaluate(dspy.Predict(Route))
                result["good"] = sum(bool(score) for _, _, score in found.results)
            result["grown_mb"] = _peak() - before
    return result


SIDES: dict[str, Callable[[int, int], Result]] = {"lakegloss": lakegloss, "dspy": dspy_evaluate}


def _answer() -> str:
    return json.dumps({"team": TEAM})


def _file(folder: Path, examples: int, name: str) -> Path:
    """Examples of a program, a line each; those of another name have other texts."""
    path = folder / f"{name}.jsonl"
    rows = (
        {"program": "route_ticket", "subject": f"{name} {number}", "group": f"{name} {number}",
         "inputs": {"ticket": f"{name}: {text}"}, "outputs": {"team": TEAM}}
        for number, text in enumerate(tickets(examples))
    )  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _peak() -> float:
    """The most memory that this process has held so far, in MB; of Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    side, at_once, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.environ.setdefault("DSPY_CACHEDIR", tempfile.mkdtemp())
    sys.stdout.write(json.dumps(SIDES[side](at_once, number)) + "\n")
