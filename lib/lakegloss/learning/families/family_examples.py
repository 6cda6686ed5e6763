"""Finds the examples of a family: of files, of callers, and of what people said in production."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.learning.examples import Example, FoundExample, Origin
from lakegloss.core.learning.settling import settle
from lakegloss.core.learning.splits import split_of_group
from lakegloss.core.production.executions import ProductionExample
from lakegloss.errors import InputError
from lakegloss.learning.optimisation.example_data import (
    SplitExamples,
    examples_in_file,
    split_examples,
)

_SALT = "lakegloss families"
GivenExamples = Mapping[str, Sequence[Mapping[str, Any]]]
"""Examples by the name of a family or of its signature: `inputs`, `outputs`, `group`, `split`."""


@dataclass(frozen=True, kw_only=True)
class FamilyExamples:
    """Where the examples of families come from; all sources count together.

    Attributes:
        given: by the name of a family, of its signature, or of any program.
        files: as `lakegloss optimize --data` takes them.
        recorded: executions with what people said of them: corrected outputs, and liked ones.
    """

    given: GivenExamples = field(default_factory=dict)
    files: Sequence[Path] = ()
    recorded: Sequence[ProductionExample] = ()

    def of(self, names: Sequence[str], module: Any, metric: str) -> SplitExamples:
        """The examples of a program that goes by these names, the first of which is its own.

        What fails the checks for personal data, secrets and orders is left out.

        Raises:
            InputError, ExampleFileError: an example cannot be used.
        """
        own, named = names[0], dict[str, str]()
        found = [one for name in names for one in _found(self.given.get(name, ()), own, named)]
        for one in self.recorded:
            if one.execution.program in names:
                found += [replace(lesson, program=own) for lesson in one.lessons]
        settled = settle(found, [], salt=_SALT, run_id="", now=datetime.now(UTC))
        rows: list[Example] = list(settled.rows)
        groups = {row.example_id: named[row.subject] for row in rows if row.subject in named}
        refused = len(settled.refused)
        for path in self.files:
            for name in names:
                file = examples_in_file(path, name)
                rows += [replace(row, program=own) for row in file.rows]
                groups |= file.groups
                refused += file.refused
        usable = [row for row in rows if row.usable and row.expected.strip()]
        return split_examples(usable, module, own, metric=metric, refused=refused, groups=groups)


def _found(
    examples: Iterable[Mapping[str, Any]], program: str, named: dict[str, str]
) -> Iterable[FoundExample]:
    for number, example in enumerate(examples, start=1):
        inputs, outputs = (
            example.get(name) if isinstance(example, Mapping) else None
            for name in ("inputs", "outputs")
        )
        if not isinstance(inputs, Mapping) or not isinstance(outputs, Mapping):
            raise InputError(
                f"The example {number} of {program} has no inputs and outputs.",
                remedy='Write {"inputs": {...}, "outputs": {...}}.',
            )
        mark = hashlib.sha256(_json(inputs).encode("utf-8", "replace")).hexdigest()[:12]
        subject = f"example {mark}"
        split = str(example.get("split") or "")
        if example.get("group"):
            named[subject] = str(example["group"])
            split = split or split_of_group(f"subject:{example['group']}", _SALT).value
        yield FoundExample(
            program=program, subject=subject, inputs=json.loads(_json(inputs)),
            expected=_json(outputs), origin=Origin.FILE, line=number, split=split,
        )  # fmt: skip


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=str)
