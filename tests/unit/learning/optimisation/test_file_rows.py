"""Files of examples: every form that an evaluation reads, with groups that stay on one side."""

import json
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.learning.optimisation.example_data import examples_in_file, split_examples
from lakegloss.learning.optimisation.file_rows import in_ledger_form
from tests.kits.taught_model import RouteTicket


def file_of(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    "given",
    [{"outputs": {"team": "T-7"}}, {"expected": "T-7"}, {"output": "T-7"}, {"answer": "T-7"},
     {"expected": {"team": "T-7"}}, {"output": {"team": "T-7"}}],
    ids=str,
)  # fmt: skip
def test_an_answer_may_stand_under_any_of_its_names(tmp_path: Path, given: dict[str, Any]) -> None:
    path = file_of(tmp_path, {"id": 5, "split": "train", "inputs": {"ticket": "A jam."}, **given})
    file = examples_in_file(path, "RouteTicket")
    found = split_examples(file.rows, dspy.Predict(RouteTicket), "RouteTicket")
    [example] = found.train
    assert example.labels().toDict() == {"team": "T-7"}
    assert found.metric(example, dspy.Prediction(team="T-7")).score == 1


def test_a_group_stays_on_one_side_and_counts_once(tmp_path: Path) -> None:
    lines = [
        {"group": f"customer {n % 7}", "inputs": {"ticket": f"Ticket number {n} of many."},
         "output": f"T-{n}"}
        for n in range(70)
    ]  # fmt: skip
    file = examples_in_file(file_of(tmp_path, *lines), "RouteTicket")
    assert len(file.rows) == 70
    found = split_examples(file.rows, dspy.Predict(RouteTicket), "RouteTicket", groups=file.groups)
    sides = [{found.group(e) for e in side} for side in (found.train, found.select, found.gate)]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 7


def test_lines_that_are_no_objects_stay_for_whoever_names_them() -> None:
    text = '{"inputs": {"a": 1}, "answer": "b"}\n{broken\n[1]\n\n"text"'
    changed, groups = in_ledger_form(text, "p")
    assert changed.split("\n")[1:] == text.split("\n")[1:]
    assert json.loads(changed.split("\n")[0]) == {"inputs": {"a": 1}, "expected": "b"}
    assert groups == {}
    assert in_ledger_form(text, "comment") == (text, {})
