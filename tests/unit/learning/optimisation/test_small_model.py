"""A real small model optimises a program that extracts, from end to end."""

import json
import sys
from pathlib import Path

import pytest

from lakegloss.core.release.saved_text import read_saved
from lakegloss.learning.optimisation.optimizing import optimize
from lakegloss.programs.saved import load_saved
from lakegloss.release.optimised import program_to_optimize
from lakegloss.settings import load_settings
from tests.kits.local_lm import MISSING, SKIP_REASON, LocalServer

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1_800),
    pytest.mark.skipif(bool(MISSING), reason=SKIP_REASON),
]
PROGRAM = """name: extract_order
signature:
  instructions: Extract from the message what the warehouse needs.
  inputs: {message: ""}
  outputs: {order: "", city: ""}
"""
CITIES = ("Lyon", "Porto", "Graz", "Turku", "Delft", "Brno")
THINGS = ("lamp", "carpet", "kettle", "bicycle", "mirror", "drill", "tent", "guitar")
WAYS = (
    "Hello, my {thing} of order {order} never came to {city}. Please look where it is.",
    "We moved! Send the {thing} ({order}) to our new flat in {city} instead, thank you.",
    "Order {order}: the courier in {city} says that the address for the {thing} is wrong.",
    "Nobody in {city} answers the phone. It is about {order}, a {thing}.",
    "The {thing} arrived broken. {order} was packed badly, says the neighbour here in {city}.",
    "Can you bring {order} to {city} by Friday? The {thing} is a present.",
)


def examples(folder: Path) -> Path:
    """Messages, each different; what is right follows from how they were made."""
    sides = ["train"] * 12 + ["select"] * 12 + ["gate"] * 24
    lines = []
    for number, side in enumerate(sides):
        order = f"{'KLM'[number % 3]}-{4100 + 37 * number}"
        city, thing = CITIES[number % len(CITIES)], THINGS[number % len(THINGS)]
        way = WAYS[number // len(THINGS) % len(WAYS)]
        message = way.format(order=order, city=city, thing=thing)
        row = {
            "program": "extract_order", "subject": f"message {number}", "split": side,
            "inputs": {"message": message}, "outputs": {"order": order, "city": city},
        }  # fmt: skip
        lines.append(json.dumps(row))
    path = folder / "messages.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_small_model_learns_to_extract_from_demonstrations(tmp_path: Path) -> None:
    (tmp_path / "extract.yaml").write_text(PROGRAM)
    data = examples(tmp_path)
    with LocalServer() as server:
        settings = load_settings(environ={}, home=tmp_path / "home", **server.options)
        program = program_to_optimize(settings, str(tmp_path / "extract.yaml"))
        report = optimize(None, settings, program, data=data, optimizer="bootstrap")
        again = optimize(None, settings, program, data=data, optimizer="bootstrap")
    sys.stdout.write(f"{report.account}\n")  # before and after, with `pytest -s`
    assert report.found is not None
    assert not report.unfinished
    assert report.is_better, report.account  # by hand: 0.04 before, 0.96 with four demonstrations
    better = load_saved(read_saved(report.found.state))
    assert list(better.predictors()[0].signature.output_fields) == ["order", "city"]
    assert better.predictors()[0].demos
    base = report.found.search.base
    assert base is not None
    assert base.quality.mean < 0.5, "before, on select"
    assert report.measured["difference_low"] > 0.5, "after, on messages that nothing saw"
    assert again.used.paid_calls == 0
    assert again.found is not None
    assert again.found.state == report.found.state
