"""Files of examples that programs are evaluated on: forms, splits, lines that are refused."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dspy
import pytest

from lakegloss.core.learning.examples import Example, Origin
from lakegloss.errors import ExampleFileError, InputError, SignatureError
from lakegloss.learning.program_evaluation.evaluated_program import (
    EvaluatedProgram,
    program_to_evaluate,
)
from lakegloss.learning.program_evaluation.example_rows import rows_of_examples, rows_of_file
from lakegloss.programs import ClassifyText, SignatureChain, SummarizeText

SUMMARY = program_to_evaluate(SummarizeText)
LABELS = program_to_evaluate(ClassifyText)
INPUTS = {"document": "A long text."}


def read(
    tmp_path: Path, *rows: Mapping[str, Any] | str, program: Any = SUMMARY, split: str = ""
) -> Any:
    path = tmp_path / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return rows_of_file(path, program, split).rows


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"outputs": {"summary": "S"}}, {"summary": "S"}),
        ({"outputs": "S"}, {"summary": "S"}),
        ({"expected": "S"}, {"summary": "S"}),
        ({"expected": '{"summary": "S"}'}, {"summary": "S"}),  # as an export has it
        ({"expected": '{"other": 1} is not it'}, {"summary": '{"other": 1} is not it'}),
        ({}, {}),
        ({"outputs": None}, {}),
    ],
)
def test_what_is_expected(
    tmp_path: Path, given: Mapping[str, Any], expected: Mapping[str, Any]
) -> None:
    [row] = read(tmp_path, {"inputs": INPUTS, **given})
    assert row.expected == expected


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("no json", "line 1: no JSON object"),
        ("[1]", "line 1: no JSON object"),
        ("[" * 100_000, "line 1: no JSON object"),
        ({"outputs": {"summary": "S"}}, "line 1: it has no inputs"),
        ({"inputs": "text", "outputs": {"summary": "S"}}, "line 1: it has no inputs"),
        ({"inputs": INPUTS, "outputs": {"summry": "S"}}, "gives no 'summry'"),
        ({"program": "Other", "inputs": INPUTS}, "no example of SummarizeText"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, row)


def test_which_of_several_outputs_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which output") as caught:
        read(tmp_path, {"inputs": {"text": "t"}, "expected": "right"}, program=LABELS)
    assert "classification, confidence" in caught.value.remedy


def test_splits_programs_and_refused_texts_are_told_apart(tmp_path: Path) -> None:
    rows = [
        {"inputs": {"document": "1"}, "expected": "a", "split": "train"},
        {"inputs": {"document": "2"}, "expected": "b", "split": "gate"},
        {"inputs": {"document": "3"}, "expected": "", "avoid": "bad", "split": "gate"},
        {"inputs": {"document": "4"}, "expected": "c", "split": "gate", "weight": 0},
        {"inputs": {"document": "5"}, "expected": "d", "split": "gate", "program": "Other"},
    ]
    assert [row.inputs["document"] for row in read(tmp_path, *rows, split="gate")] == ["2"]
    with pytest.raises(InputError, match="no example of the split 'select'") as caught:
        read(tmp_path, *rows, split="select")
    assert "gate, train" in caught.value.remedy


def test_equal_lines_count_once_and_two_answers_to_one_question_are_refused(
    tmp_path: Path,
) -> None:
    one = {"inputs": INPUTS, "expected": "a"}
    assert len(read(tmp_path, one, one)) == 1
    with pytest.raises(InputError, match="that differ"):
        read(tmp_path, one, {**one, "expected": "b"})
    assert len(read(tmp_path, {**one, "id": 1}, {**one, "id": 2, "expected": "b"})) == 2


def test_rows_are_grouped_by_what_is_alike(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        {"inputs": {"document": "1"}, "group": "g"},
        {"inputs": {"document": "2"}, "subject": "s"},
        {"inputs": {"document": "3"}},
    )
    assert [row.group for row in rows[:2]] == ["g", "s"]
    assert rows[2].group == rows[2].row_id


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExampleFileError, match="cannot be read"):
        rows_of_file(tmp_path / "none.jsonl", SUMMARY)


def example(program: str = "SummarizeText", **changes: Any) -> Example:
    given = {
        "example_id": "e1", "program": program, "table": "", "column": "", "subject": "d1",
        "inputs": json.dumps(INPUTS), "expected": json.dumps({"summary": "S"}), "avoid": "",
        "origin": Origin.FILE, "split": "gate", "weight": 1.0, "withdrawn": False, "reason": "",
        "who": "ann", "run_id": "r", "at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return Example(**{**given, **changes})


def test_examples_of_the_ledger_that_may_be_measured_on() -> None:
    rows = rows_of_examples(
        [
            example(),
            example(example_id="e2", withdrawn=True),
            example(example_id="e3", weight=0.0),
            example(example_id="e4", expected="", avoid="x"),
            example(example_id="e5", split="train"),
            example("Other", example_id="e6"),
            example(example_id="e7", inputs="{"),
        ],
        SUMMARY,
        "gate",
    ).rows
    assert [(r.group, r.row_id, r.expected) for r in rows] == [("d1", "e1", {"summary": "S"})]


# Programs.


class Asks(dspy.Module):  # type: ignore[misc]
    """A module of someone's own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = dspy.Predict("question -> answer")

    def forward(self, question: str) -> Any:
        return self.inner(question=question)


def chain() -> Any:
    made = SignatureChain()
    made.add("SummarizeText", {"document": "report"})
    return made.program(inputs=["report"])


def test_outputs_are_known_as_far_as_the_program_says_them() -> None:
    assert program_to_evaluate(ClassifyText).outputs == ("classification", "confidence")
    assert program_to_evaluate(dspy.ChainOfThought(ClassifyText)).outputs == LABELS.outputs
    assert program_to_evaluate(chain()).outputs == ("summary",)
    assert program_to_evaluate(Asks()).outputs == ()


def test_thoughts_and_steps_are_no_outputs() -> None:
    given = {"reasoning": "hm", "steps": {}, "summary": "S", "answer": "A"}
    assert program_to_evaluate(chain()).shown(given) == {"summary": "S"}
    assert program_to_evaluate(Asks()).shown(given) == {"summary": "S", "answer": "A"}
    thinks: EvaluatedProgram = program_to_evaluate(dspy.ChainOfThought("a -> answer"))
    assert thinks.shown(given) == {"answer": "A"}
    assert "reasoning" not in thinks.kinds


def test_inputs_are_checked_before_anything_is_asked() -> None:
    assert "Missing required input fields" in LABELS.checked({})[1]
    assert "Missing required input fields" in program_to_evaluate(chain()).checked({})[1]
    assert LABELS.checked({"text": "t", "categories": "a"})[1] == ""


def test_what_is_no_program_is_refused() -> None:
    with pytest.raises(SignatureError, match="is no program"):
        program_to_evaluate("SummarizeText")
