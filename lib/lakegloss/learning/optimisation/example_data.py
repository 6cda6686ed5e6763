"""Turns kept examples, or those of a file, into DSPy's, each on its side of the comparison.

What fails the checks for personal data, orders and leaks is left out before anything sees it.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dspy

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.screening import refusal_of
from lakegloss.core.learning.settling import settle
from lakegloss.core.learning.splits import Split, group_of
from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import default_metrics, metric_named
from lakegloss.core.metrics.scores import MetricScore
from lakegloss.errors import ExampleFileError, InputError
from lakegloss.lakehouse.examples.example_files import (
    csv_header,
    file_text,
    found_in_csv,
    found_in_jsonl,
    is_example_csv,
)
from lakegloss.learning.optimisation.file_rows import FILE_SALT, in_ledger_form
from lakegloss.learning.optimisation.scoring import Metric
from lakegloss.programs.chain import ChainProgram
from lakegloss.programs.config import predictors_of
from lakegloss.programs.json_adapter import plain_outputs
from lakegloss.programs.signatures import inputs_of

_THOUGHTS = "reasoning"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitExamples:
    """Examples of one program by their side.

    Attributes:
        group: what an example belongs to: a family of tables, a document, a session.
        refused: how many were left out, as they fail the checks.
        near: how many were left out, as they are nearly the same as one on another side.
        max_tokens: the most that an answer may have.
        data_hash: of all examples; figures of one hash can be compared.
    """

    name: str
    train: Sequence[Any]
    select: Sequence[Any]
    gate: Sequence[Any]
    group: Callable[[Any], Hashable]
    metric: Metric
    metric_name: str
    metric_version: str
    refused: int = 0
    near: int = 0
    max_tokens: int = 3_000
    data_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileExamples:
    """The examples of a program in a file, how many were refused, and the groups that it names.

    `groups` are by the ids of examples.
    """

    rows: Sequence[Example]
    refused: int
    groups: Mapping[str, str]


def examples_in_file(path: Path, program: str) -> FileExamples:
    """Read the examples of a program in a JSONL or CSV file.

    A line's `split` counts where it has one; else the hash of its table or subject says.

    Raises:
        ExampleFileError: the file cannot be used; the message names the line.
    """
    suffix, text = path.suffix.lower(), file_text(path)
    named: Mapping[str, str] = {}
    if suffix in {".jsonl", ".ndjson"}:
        text, named = in_ledger_form(text, program)
        found = found_in_jsonl(text, path, program=program, splits=True)
    elif suffix == ".csv" and is_example_csv(csv_header(text)[0]):
        found = found_in_csv(text, path, program=program, splits=True)
    else:
        raise ExampleFileError(
            f"{path.name!r} is no file of examples.",
            remedy="Give JSON lines (.jsonl), or CSV with table, column and expected.",
        )
    own = [item for item in found if item.program == program]
    settled = settle(own, [], salt=FILE_SALT, run_id="", now=datetime.now(UTC))
    groups = {r.example_id: named[r.subject] for r in settled.rows if r.subject in named}
    return FileExamples(rows=settled.rows, refused=len(settled.refused), groups=groups)


def usable(examples: Iterable[Example], program: str) -> tuple[list[Example], int]:
    """The examples that a program may learn from, and how many were refused.

    They were screened when they were kept; what the checks have learned since then counts, too.
    """
    kept: list[Example] = []
    refused = 0
    for example in examples:
        if example.program != program or not example.usable or not example.expected.strip():
            continue
        if refusal_of(_found(example)) is None:
            kept.append(example)
        else:
            refused += 1
    return kept, refused


def near_others(examples: Iterable[Example], program: str) -> int:
    """How many examples count nowhere, as one on another side is nearly the same."""
    return sum(
        e.program == program and not e.withdrawn and not e.usable and bool(e.expected.strip())
        for e in examples
    )


def _found(example: Example) -> FoundExample:
    return FoundExample(
        program=example.program, table=example.table, column=example.column,
        subject=example.subject, inputs=_inputs(example), expected=example.expected,
        avoid=example.avoid, origin=Origin(example.origin),
    )  # fmt: skip


def split_examples(
    examples: Sequence[Example],
    program: Any,
    name: str,
    *,
    metric: str = "",
    refused: int = 0,
    groups: Mapping[str, str] = MappingProxyType({}),
) -> SplitExamples:
    """The examples of a program of any kind but the comment program.

    Args:
        groups: of examples that belong together, by their ids.
        metric: a name of `core.metrics.program_metrics`; '' takes the default.

    Raises:
        InputError: an example has other inputs or outputs than the program, or there is no such
            metric.
    """
    chosen = metric_named(metric) if metric else default_metrics(expected=True)[0]
    names = _Names.of(program)
    made = [(example.split, names.example(example), example) for example in examples]
    together = {
        id(one): groups.get(row.example_id) or group_of(row.table, row.subject)
        for _, one, row in made
    }

    def score(example: Any, prediction: Any) -> MetricScore:
        expected = dict(example.labels())
        outputs = outputs_of_prediction(prediction)
        case = ProgramCase(
            inputs=dict(example.inputs()),
            outputs={n: v for n, v in outputs.items() if n in expected},
            expected=expected,
        )
        return chosen.score(case) or MetricScore(score=0.0, why="The metric says nothing of it.")

    return SplitExamples(
        name=name,
        train=[e for side, e, _ in made if side == Split.TRAIN],
        select=[e for side, e, _ in made if side == Split.SELECT],
        gate=[e for side, e, _ in made if side == Split.GATE],
        group=lambda example: together.get(id(example), id(example)),
        metric=score,
        metric_name=chosen.name,
        metric_version=chosen.version,
        refused=refused,
        data_hash=hash_of(examples),
    )


def outputs_of_prediction(prediction: Any) -> dict[str, Any]:
    """The outputs by name as JSON values, which metrics compare: a model of pydantic is none."""
    if not hasattr(prediction, "items"):
        return plain_outputs({"output": prediction})
    return plain_outputs(dict(prediction.items()))


def hash_of(examples: Iterable[Example]) -> str:
    """A hash of what examples ask and expect."""
    rows = sorted(json.dumps([e.example_id, e.inputs, e.expected]) for e in examples)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _inputs(example: Example) -> dict[str, Any]:
    try:
        found = json.loads(example.inputs or "{}")
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The names of a program's inputs and outputs; () where nobody knows them."""

    inputs: tuple[str, ...]
    required: tuple[str, ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, program: Any) -> "_Names":
        predictors = list(predictors_of(program).values())
        if isinstance(program, ChainProgram):
            last = predictors[-1].signature.output_fields
            names = tuple(program.inputs)
            return cls(inputs=names, required=names, outputs=tuple(last))
        if len(predictors) != 1 or not isinstance(program, dspy.Predict | dspy.ChainOfThought):
            return cls(inputs=(), required=(), outputs=())
        signature = predictors[0].signature
        specs = inputs_of(signature)
        return cls(
            inputs=tuple(specs),
            required=tuple(name for name, spec in specs.items() if spec.required),
            outputs=tuple(n for n in signature.output_fields if n != _THOUGHTS),
        )

    def example(self, row: Example) -> Any:
        """An example of DSPy."""
        inputs, outputs = _inputs(row), self._expected(row)
        unknown = [n for n in inputs if self.inputs and n not in self.inputs]
        missing = [n for n in self.required if n not in inputs]
        if unknown or missing or not inputs:
            what = f"has the input {unknown[0]!r}" if unknown else f"lacks {missing or 'inputs'}"
            raise InputError(
                f"The example {row.example_id} {what}.",
                remedy=f"The program's inputs: {', '.join(self.inputs) or 'not known'}.",
            )
        both = inputs.keys() & outputs.keys()
        if both:
            raise InputError(
                f"The example {row.example_id} has {min(both)!r} as an input and an output.",
                remedy="Rename one of them.",
            )
        return dspy.Example(**inputs, **outputs).with_inputs(*inputs)

    def _expected(self, row: Example) -> dict[str, Any]:
        try:
            found = json.loads(row.expected)
        except (ValueError, RecursionError):
            found = None
        if (
            isinstance(found, dict)
            and found
            and not (self.outputs and found.keys() - set(self.outputs))
        ):
            return found
        if len(self.outputs) == 1 and not isinstance(found, dict):
            return {self.outputs[0]: row.expected}
        raise InputError(
            f"The example {row.example_id} does not say which outputs it expects.",
            remedy=f"Give `outputs` by name: {', '.join(self.outputs) or 'those of the program'}.",
        )
