"""Defines what is recorded of an execution in production, and what people said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lakegloss.core.learning.examples import FoundExample, Origin
from lakegloss.core.learning.judgements import (
    Feedback,
    JudgedExecution,
    examples_of,
    liked_or_disliked,
)
from lakegloss.core.metrics.output_values import ProgramCase, compare_fields

_LOWEST, _STEPS = 1, 4
_LEARNT = (Origin.FEEDBACK, Origin.EXECUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExecution:
    """One execution, as it was recorded while it ran.

    Attributes:
        variant: which variant of the program answered; '' where none was named.
        model: the name of the model as it is configured.
        inputs: as far as they were kept; {} where they were not.
        failed_by: who failed, 'program' or 'endpoint'; '' for a success.
        latency: milliseconds.
        at: when it ended.
    """

    execution_id: str
    program: str
    program_version: str = ""
    variant: str = ""
    model: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    failed_by: str = ""
    error: str = ""
    latency: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    at: datetime

    @property
    def success(self) -> bool:
        return not self.failed_by

    @property
    def name_of_variant(self) -> str:
        """The variant, else the version of the program, else the program."""
        return self.variant or self.program_version or self.program

    @property
    def judged(self) -> JudgedExecution:
        """What feedback refers to."""
        return JudgedExecution(
            execution_id=self.execution_id, program=self.program,
            program_version=self.program_version, variant=self.variant, model=self.model,
            inputs=self.inputs, outputs=self.outputs,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionExample:
    """An execution with all that people said of it."""

    execution: RecordedExecution
    feedback: Sequence[Feedback] = ()

    @property
    def expected(self) -> Mapping[str, Any]:
        """The outputs as a person corrected them; {} where nobody did."""
        corrected: dict[str, Any] = {}
        for one in self.feedback:
            corrected |= one.corrected
        return {**self.execution.outputs, **corrected} if corrected else {}

    @property
    def quality(self) -> float | None:
        """How good people found it, 0 to 1, the newest word counting; None where nobody judged.

        What was only corrected is as good as much of it people left as it was. What the program
        failed to answer is 0; what the endpoint failed to answer says nothing of the program.
        """
        if self.execution.failed_by:
            return 0.0 if self.execution.failed_by == "program" else None
        for one in reversed(self.feedback):
            score = score_of(one)
            if score is not None:
                return score
        if not self.expected:
            return None
        case = ProgramCase(
            inputs=self.execution.inputs, outputs=self.execution.outputs, expected=self.expected
        )
        fields = compare_fields(case, exact=False)
        return sum(one.score for one in fields.values()) / len(fields)

    @property
    def lessons(self) -> list[FoundExample]:
        """What a program can learn from it: corrected outputs, else those that people liked."""
        found: list[FoundExample] = []
        for one in self.feedback:
            judged = self.execution.judged
            found += examples_of(one, judged) or liked_or_disliked(one, judged)
        return [one for one in found if one.expected and one.origin in _LEARNT]


def score_of(feedback: Feedback) -> float | None:
    """A person's word as 0 to 1: the score, else the rating from 1 to 5; None for neither."""
    if feedback.score is not None:
        return feedback.score
    return None if feedback.rating is None else (feedback.rating - _LOWEST) / _STEPS
