"""Asks a judge about pairs of texts, each in both orders, within the run's limit and budget."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from lakegloss.core.evaluation.figures import Spent
from lakegloss.core.evaluation.judging import (
    JudgedPair,
    JudgeFindings,
    Judgement,
    findings_of,
    judgement_of,
)
from lakegloss.learning.judge.label_files import (
    NO_LABELS,
    read_labels,
    sheet_pairs,
    write_sheet,
)
from lakegloss.learning.program_evaluation.evaluated_program import (
    EvaluatedProgram,
    program_to_evaluate,
)
from lakegloss.learning.program_evaluation.row_answers import RowAnswers, RowRunner
from lakegloss.programs.pair_judge import judge_inputs, judge_version, pair_judge, verdict_of

_ORDERS = (False, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOrder:
    """Who judges the texts of two versions.

    Attributes:
        model: the judge, of the same endpoint; '' asks none, and people alone decide.
        labels: a sheet on which people chose.
        sheet: where a sheet for people is written; they see no names and no order.
    """

    model: str = ""
    labels: Path | None = None
    sheet: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The outcome: findings, or what was left open, by reason; then nothing is concluded."""

    findings: JudgeFindings | None
    not_asked: Mapping[str, int]
    cause: str = ""
    spent: Spent = field(default_factory=Spent)


def judge_versions(runner: RowRunner, order: JudgeOrder, pairs: Sequence[JudgedPair]) -> Judged:
    """Judge pairs of texts as ordered; what is plain without a judge is not asked.

    Answers that were paid for are never asked for again.

    Raises:
        InputError, ExampleFileError: a sheet cannot be read or written.
        SettingsError, EnvironmentNotReadyError, EndpointAuthError, EndpointError: as in
            `RowRunner.run`.
    """
    people = read_labels(order.labels, pairs) if order.labels is not None else NO_LABELS
    if order.sheet is not None:
        seed = json.dumps([[*astuple(pair.key), pair.first, pair.second] for pair in pairs])
        write_sheet(order.sheet, sheet_pairs(pairs, seed))
    if not order.model:
        found = findings_of(pairs, (), people.labels, model="", version=judge_version())
        return Judged(findings=found if order.labels else None, not_asked={})
    runner = replace(runner, asking=replace(runner.asking, model=order.model))
    rows = dict(_rows([pair for pair in pairs if pair.settled is None]))
    answers = runner.run(_judge(order.model), rows)
    if answers.not_asked:
        return Judged(findings=None, not_asked=answers.not_asked, cause=answers.cause)
    judgements = [_judgement(pair, answers) for pair in pairs]
    return Judged(
        findings=findings_of(
            pairs, judgements, people.labels, model=order.model, version=judge_version()
        ),
        not_asked={},
        spent=answers.spent,
    )


def _judge(model: str) -> EvaluatedProgram:
    return program_to_evaluate(pair_judge(), label=f"judge {model}")


def _rows(pairs: Sequence[JudgedPair]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for pair in pairs:
        for swapped in _ORDERS:
            yield _row_key(pair, swapped=swapped), judge_inputs(pair, swapped=swapped)


def _row_key(pair: JudgedPair, *, swapped: bool) -> str:
    return f"{pair.key.table}\0{pair.key.column}\0{swapped:d}"


def _judgement(pair: JudgedPair, answers: RowAnswers) -> Judgement:
    settled = pair.settled
    if settled is not None:
        why = "A text speaks to its judge." if pair.unsafe else ""
        return Judgement(key=pair.key, verdict=settled, unsafe=pair.unsafe, asked=False, why=why)
    verdicts, reasons = [], []
    for swapped in _ORDERS:
        row = answers.rows[_row_key(pair, swapped=swapped)]
        verdicts.append(verdict_of(pair, row.outputs, swapped=swapped))
        reasons.append(row.failure or str(row.outputs.get("reason", "")))
    return judgement_of(pair, verdicts[0], verdicts[1], reasons[0])
