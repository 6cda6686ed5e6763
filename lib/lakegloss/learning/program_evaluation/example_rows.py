"""Reads the examples that a program is evaluated on: lines of JSON, or the ledger of examples."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakegloss.core.assets import AssetKey
from lakegloss.core.learning.examples import Example, inputs_json
from lakegloss.core.text.terminal import visible
from lakegloss.errors import InputError
from lakegloss.lakehouse.examples.example_files import LONGEST_LINE, file_text
from lakegloss.learning.program_evaluation.evaluated_program import EvaluatedProgram

_TEXTS = ("expected", "output", "answer", "text")
_FORM = "docs/learning.md shows the form: a line of JSON with `inputs` and `outputs`."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRow:
    """One example.

    Attributes:
        group: what is alike: a document, a session, a customer; each row its own where none says.
        row_id: a hash of the inputs, or the name that the file gives.
        expected: outputs by name; {} where nobody said.
    """

    group: str
    row_id: str
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> AssetKey:
        return AssetKey(self.group, self.row_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleData:
    """Examples to evaluate on, with the name of where they came from."""

    name: str
    rows: tuple[ExampleRow, ...]

    @property
    def data_hash(self) -> str:
        """A hash of the examples; evaluations of one hash can be paired."""
        rows = sorted(
            json.dumps([r.group, r.row_id, dict(r.inputs), dict(r.expected)], sort_keys=True,
                       default=str)
            for r in self.rows
        )  # fmt: skip
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def rows_of_file(path: Path, program: EvaluatedProgram, split: str = "") -> ExampleData:
    """Read the examples of a file; a file that `lakegloss examples export` wrote is one, too.

    Lines of other programs, and those that only say what not to write, are left out.

    Args:
        split: only the lines that have this split.

    Raises:
        ExampleFileError: the file cannot be read.
        InputError: a line has another form, two lines disagree, or nothing is left.
    """
    lines = [
        (number, line) for number, line in _lines(file_text(path), path) if _is_of(line, program)
    ]
    splits = {str(line.get("split") or "") for _, line in lines}
    if split:
        lines = [(number, line) for number, line in lines if line.get("split") == split]
    if not lines:
        known = ", ".join(sorted(filter(None, splits))) or "none"
        what = f"no example of the split {split!r}" if split else f"no example of {program.name}"
        raise InputError(f"{path.name} holds {what}.", remedy=f"Splits in it: {known}. {_FORM}")
    rows = [_row(line, program, f"{path.name}, line {number}") for number, line in lines]
    return ExampleData(name=path.name, rows=_once(rows, path.name))


def rows_of_examples(
    examples: Iterable[Example], program: EvaluatedProgram, split: str = ""
) -> ExampleData:
    """The examples of a program in the ledger that may be measured on.

    Raises:
        InputError: there is none, of that split.
    """
    chosen = [
        example
        for example in examples
        if example.program in program.names and example.usable and example.expected
        and split in {"", example.split}
    ]  # fmt: skip
    rows = [row for example in chosen if (row := _of_example(example, program)) is not None]
    if not rows:
        whose = f"{program.name}, split {split}" if split else program.name
        raise InputError(
            f"The ledger holds no example of {whose}.",
            remedy="Give --data FILE, or import examples (docs/examples.md).",
        )
    return ExampleData(name="examples", rows=_once(rows, "The ledger of examples"))


def _lines(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line) if len(line) <= LONGEST_LINE else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise InputError(f"{path.name}, line {number}: no JSON object.", remedy=_FORM)
        yield number, found


def _is_of(line: Mapping[str, Any], program: EvaluatedProgram) -> bool:
    named = line.get("program")
    refused = bool(line.get("avoid")) and not any(line.get(n) for n in (*_TEXTS, "outputs"))
    off = refused or line.get("withdrawn") is True or line.get("weight") == 0
    return (not named or named in program.names) and not off


def _row(line: Mapping[str, Any], program: EvaluatedProgram, where: str) -> ExampleRow:
    inputs = line.get("inputs")
    if not isinstance(inputs, dict) or not inputs:
        raise InputError(f"{where}: it has no inputs.", remedy=_FORM)
    expected = _expected(line, program, where)
    unknown = [n for n in expected if program.outputs and n not in program.outputs]
    if unknown:
        raise InputError(
            f"{where}: {program.name} gives no {visible(str(unknown[0]))[:60]!r}.",
            remedy=f"Its outputs: {', '.join(program.outputs)}.",
        )
    row_id = line.get("id") or line.get("example_id") or _id_of(inputs)
    group = line.get("group") or line.get("subject") or line.get("table") or row_id
    return ExampleRow(group=str(group), row_id=str(row_id), inputs=inputs, expected=expected)


def _expected(line: Mapping[str, Any], program: EvaluatedProgram, where: str) -> Mapping[str, Any]:
    outputs = line.get("outputs")
    if isinstance(outputs, dict):
        return outputs
    given = next((line[name] for name in _TEXTS if line.get(name)), outputs)
    if given in (None, ""):
        return {}
    found = _named(given, program)
    if found is None:
        raise InputError(
            f"{where}: it does not say which output it expects.",
            remedy=f"Write outputs as an object, with names of {', '.join(program.outputs)}."
            if program.outputs
            else f"Write outputs as an object. {_FORM}",
        )
    return found


def _named(given: Any, program: EvaluatedProgram) -> Mapping[str, Any] | None:
    """Expected outputs by name: a bare value is that of the only output."""
    if isinstance(given, str) and given.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            given = json.loads(given)
    if isinstance(given, dict) and (not program.outputs or given.keys() <= set(program.outputs)):
        return given
    return {program.outputs[0]: given} if len(program.outputs) == 1 else None


def _of_example(example: Example, program: EvaluatedProgram) -> ExampleRow | None:
    """An example as it was kept; None where it is of other outputs than the program has by now."""
    try:
        inputs = json.loads(example.inputs or "{}")
    except (ValueError, RecursionError):
        return None
    expected = _named(example.expected, program)
    if not isinstance(inputs, dict) or not inputs or expected is None:
        return None
    return ExampleRow(
        group=example.table or example.subject or example.example_id,
        row_id=example.example_id, inputs=inputs, expected=expected,
    )  # fmt: skip


def _id_of(inputs: Mapping[str, Any]) -> str:
    return hashlib.sha256(inputs_json(inputs).encode("utf-8", "replace")).hexdigest()[:12]


def _once(rows: Sequence[ExampleRow], where: str) -> tuple[ExampleRow, ...]:
    """Each example once.

    Raises:
        InputError: two of one id differ.
    """
    known: dict[AssetKey, ExampleRow] = {}
    for row in rows:
        if known.setdefault(row.key, row) != row:
            raise InputError(
                f"{where} has two examples {visible(row.row_id)[:60]!r} that differ.",
                remedy="Keep one of them, or give them an `id` each.",
            )
    return tuple(known.values())
