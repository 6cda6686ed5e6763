"""Evaluates whatever is given: a version of the comment program, or a program of another kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakegloss.errors import SettingsError
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.learning.answering import AskingPlan, EvaluatedVersion
from lakegloss.learning.evaluation import EvaluationReport, chosen_references, evaluate
from lakegloss.learning.judge.judge import JudgeOrder
from lakegloss.learning.program_evaluation.evaluate_program import evaluate_program
from lakegloss.learning.program_evaluation.evaluated_program import EvaluatedProgram
from lakegloss.learning.program_evaluation.example_rows import ExampleData, rows_of_file
from lakegloss.learning.program_evaluation.program_report import ProgramReport
from lakegloss.learning.reference_files import ReferenceData
from lakegloss.settings import Settings

Evaluated = EvaluatedVersion | EvaluatedProgram
"""A version of the comment program, or a program of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """On what, and by what, is evaluated.

    Attributes:
        tables: patterns of tables, for comments.
        data: a file of references or examples, in place of the lake's; or what `read_data` read.
        metrics: names of metrics; the first one decides.
        judge: who judges two versions' texts, too.
    """

    tables: Sequence[str] = ()
    data: Path | ReferenceData | ExampleData | None = None
    split: str = ""
    metrics: Sequence[str] = ()
    judge: JudgeOrder | None = None


def read_data(
    first: Evaluated, data: Path | None, split: str
) -> ReferenceData | ExampleData | None:
    """What a file holds for a version; None where the lake's own is meant. It needs no Spark.

    Raises:
        InputError, ExampleFileError: the file cannot be used, or there is no such split.
    """
    if isinstance(first, EvaluatedVersion):
        return chosen_references(data, split)
    return None if data is None else rows_of_file(data, first, split)


def judge_order(
    model: str, labels: Path | None, sheet: Path | None, *, compared: bool
) -> JudgeOrder | None:
    """The order for a judge; None where nobody is asked.

    Raises:
        SettingsError: there is one version only.
    """
    if not (model or labels or sheet):
        return None
    if not compared:
        raise SettingsError(
            "A judge compares two versions, and one is given.", remedy="Name the other: --against."
        )
    return JudgeOrder(model=model, labels=labels, sheet=sheet)


def measure(
    spark: Any,
    settings: Settings,
    first: Evaluated,
    second: Evaluated | None,
    chosen: Measurement,
    *,
    agree: Callable[[AskingPlan], bool] = lambda _: True,
    progress: Progress = silent,
) -> EvaluationReport | ProgramReport:
    """Evaluate one version, and compare it with another of the same kind.

    Raises:
        SettingsError: the two are of different kinds, or an option does not fit their kind.
        InputError, ExampleFileError, EndpointError: as in `evaluate` and `evaluate_program`.
    """
    if isinstance(first, EvaluatedVersion):
        if second is not None and not isinstance(second, EvaluatedVersion):
            raise _unlike(first.label, second.label)
        if len(chosen.metrics) > 1:
            raise SettingsError("Comments are scored by one metric.", remedy="Give one --metric.")
        if isinstance(chosen.data, ExampleData):
            raise SettingsError(
                f"{first.label} writes comments, so examples of other programs say nothing of it.",
                remedy="Give the path of a file of references.",
            )
        options = {"metric": chosen.metrics[0]} if chosen.metrics else {}
        return evaluate(
            spark, settings, first, against=second, patterns=chosen.tables, data=chosen.data,
            split=chosen.split, judge=chosen.judge, progress=progress, agree=agree, **options,
        )  # fmt: skip
    if isinstance(second, EvaluatedVersion):
        raise _unlike(second.label, first.label)
    if chosen.tables:
        raise SettingsError(
            f"{first.label} writes no comments, so it has no tables.", remedy="Leave --tables out."
        )
    if isinstance(chosen.data, ReferenceData):
        raise SettingsError(
            f"{first.label} writes no comments, so references say nothing of it.",
            remedy="Give the path of a file of examples.",
        )
    return evaluate_program(
        spark, settings, first, against=second, data=chosen.data, split=chosen.split,
        metrics=chosen.metrics, judge=chosen.judge, progress=progress, agree=agree,
    )  # fmt: skip


def _unlike(comments: str, other: str) -> SettingsError:
    return SettingsError(
        f"{comments} writes comments and {other} does not: they cannot be compared.",
        remedy="Compare programs of one kind.",
    )
