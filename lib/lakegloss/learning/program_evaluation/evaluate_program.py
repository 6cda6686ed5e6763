"""Evaluates programs of any kind on examples, and compares two of them item by item."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from lakegloss.core.evaluation.figures import (
    ScoredItem,
    Spent,
    VersionFigures,
    compare_versions,
    figures_of_version,
)
from lakegloss.core.evaluation.judging import JudgedPair
from lakegloss.core.metrics.output_values import ProgramCase
from lakegloss.core.metrics.program_metrics import (
    ProgramMetric,
    default_metrics,
    metric_named,
)
from lakegloss.core.records import Source
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import InputError, SettingsError
from lakegloss.faults import fault_point
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.learning.answering import AskingPlan
from lakegloss.learning.judge.judge import JudgeOrder, judge_versions
from lakegloss.learning.program_evaluation.evaluated_program import EvaluatedProgram
from lakegloss.learning.program_evaluation.example_rows import (
    ExampleData,
    ExampleRow,
    rows_of_examples,
    rows_of_file,
)
from lakegloss.learning.program_evaluation.program_report import (
    MetricFigures,
    ProgramReport,
    values_text,
)
from lakegloss.learning.program_evaluation.row_answers import RowAnswers, RowRunner
from lakegloss.learning.recording import record_figures, record_judge
from lakegloss.settings_views import MeasuringSettings

_MODEL = Source.MODEL.value


def evaluate_program(
    spark: Any,
    settings: MeasuringSettings,
    program: EvaluatedProgram,
    *,
    against: EvaluatedProgram | None = None,
    data: Path | ExampleData | None = None,
    split: str = "",
    metrics: Sequence[str] = (),
    judge: JudgeOrder | None = None,
    agree: Callable[[AskingPlan], bool] = lambda _: True,
    progress: Progress = silent,
) -> ProgramReport:
    """Run a program on examples, score its outputs, and compare it with another on the same ones.

    Answers that were paid for are never asked for again: also after a kill, the same call goes on.
    An example for which a program gives nothing counts as 0, and is counted apart.

    Args:
        spark: a classic or a Connect session.
        data: examples, or a file of them; by default those of the ledger.
        split: only the examples of this split.
        metrics: names of metrics; the first one decides. By default they follow from the data.
        judge: who judges the two versions' outputs, too.
        agree: asked before each round of requests, with what it would cost.

    Raises:
        InputError, ExampleFileError: the examples cannot be used, or a metric says nothing of them.
        SettingsError, EndpointError: the model cannot be used.
    """
    if not settings.model:
        raise SettingsError(f"{program.label} needs a model.", remedy="Set model and endpoint.")
    chosen = [metric_named(name) for name in metrics]
    ledgers = Ledgers(spark, settings)
    for ledger in (EVALUATIONS, EVALUATION_ITEMS):
        ledgers.ensure_more(ledger)
    examples = _examples(ledgers, program, data, split)
    measured = _measurable(chosen, examples.rows)
    with run(ledgers, settings, f"evaluate {program.name}"[:200]) as log:
        log.count(swept=sweep(ledgers, settings.journal_folder, log.run_id))
        report = ProgramReport(
            run_id=log.run_id, status="done", data_name=examples.name,
            data_hash=examples.data_hash, split=split, rows=examples.rows,
        )  # fmt: skip
        work = _Work(
            ledgers=ledgers, settings=settings, log=log, metrics=measured,
            runner=row_runner(ledgers, settings, log, agree, progress),
        )  # fmt: skip
        versions = [one for one in (program, against) if one is not None]
        return work.done(report, versions, judge)


def row_runner(
    ledgers: Ledgers,
    settings: MeasuringSettings,
    log: RunLog,
    agree: Callable[[AskingPlan], bool],
    progress: Progress,
) -> RowRunner:
    """A runner whose spending stands in a run's account, and is bounded by what is left."""

    def spent(usage: Usage) -> None:
        log.input_tokens, log.output_tokens = usage.input, usage.output
        log.cost = cost_of(settings.calls, usage.input, usage.output)

    return RowRunner(
        ledgers=ledgers, asking=settings.asking, run_id=log.run_id, progress=progress,
        spent_before=lambda: Usage(input=log.input_tokens, output=log.output_tokens),
        on_spent=spent, agree=agree,
    )  # fmt: skip


def _examples(
    ledgers: Ledgers, program: EvaluatedProgram, data: Path | ExampleData | None, split: str
) -> ExampleData:
    if isinstance(data, Path):
        return rows_of_file(data, program, split)
    if data is not None:
        return data
    return rows_of_examples(ExampleLedger(ledgers).latest(), program, split)


def _measurable(
    chosen: Sequence[ProgramMetric], rows: Sequence[ExampleRow]
) -> Sequence[ProgramMetric]:
    """The metrics that can say something of these examples, known before anything is asked.

    Raises:
        InputError: one that was named cannot.
    """
    if not chosen:
        return default_metrics(expected=any(row.expected for row in rows))
    for metric in chosen:
        cases = (_case(row, {}, {}) for row in rows)
        if metric.needs_expected and all(metric.score(case) is None for case in cases):
            raise InputError(
                f"The metric {metric.name} says nothing of these examples: they lack what it "
                f"compares with ({metric.measures}).",
                remedy="Give outputs of that kind, or name another metric.",
            )
    return chosen


def _case(row: ExampleRow, outputs: Mapping[str, Any], kinds: Mapping[str, Any]) -> ProgramCase:
    return ProgramCase(inputs=row.inputs, outputs=outputs, expected=row.expected, kinds=kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Runs, scores and records versions, for one run."""

    ledgers: Ledgers
    settings: MeasuringSettings
    log: RunLog
    metrics: Sequence[ProgramMetric]
    runner: RowRunner

    def done(
        self,
        report: ProgramReport,
        versions: Sequence[EvaluatedProgram],
        judge: JudgeOrder | None,
    ) -> ProgramReport:
        answered = []
        rows = {f"{r.group}\0{r.row_id}": r.inputs for r in report.rows}
        for version in versions:
            answers = self.runner.run(version, rows)
            self.log.count(calls=answers.spent.calls, reused=answers.spent.reused)
            if answers.not_asked:
                return self._stopped(report, answers.not_asked, answers.cause)
            answered.append((version, answers))
        fault_point("evaluate.scored")
        measured = [self._measured(metric, report, answered) for metric in self.metrics]
        report, judging = replace(report, metrics=measured), Spent()
        if judge is not None and len(versions) == 2:
            found = judge_versions(self.runner, judge, _pairs(report, answered))
            self.log.count(calls=found.spent.calls, reused=found.spent.reused)
            if found.not_asked:
                return self._stopped(report, found.not_asked, found.cause)
            report = replace(report, judged=found.findings)
            judging = found.spent
        return self._recorded(report, judging)

    def _stopped(
        self, report: ProgramReport, not_asked: Mapping[str, int], cause: str
    ) -> ProgramReport:
        self.log.status = STOPPED
        self.log.error = f"stopped early: {', '.join(not_asked)}"
        return replace(report, status=STOPPED, metrics=(), not_asked=not_asked, cause=cause)

    def _measured(
        self,
        metric: ProgramMetric,
        report: ProgramReport,
        answered: Sequence[tuple[EvaluatedProgram, RowAnswers]],
    ) -> MetricFigures:
        figures = [
            self._figures(metric, report.rows, version, answers) for version, answers in answered
        ]
        unscored = len(report.rows) - min(len(one.items) for one in figures)
        return MetricFigures(
            metric=metric.name, version=metric.version, measures=metric.measures,
            versions=figures, unscored=unscored,
            comparison=compare_versions(*figures) if len(figures) == 2 else None,
        )  # fmt: skip

    def _figures(
        self,
        metric: ProgramMetric,
        rows: Sequence[ExampleRow],
        version: EvaluatedProgram,
        answers: RowAnswers,
    ) -> VersionFigures:
        items = [_scored(metric, row, version, answers) for row in rows]
        return figures_of_version(
            [item for item in items if item is not None],
            label=version.label, program=version.name, program_version=version.version,
            model=self.settings.model, own_source=_MODEL, spent=answers.spent,
        )  # fmt: skip

    def _recorded(self, report: ProgramReport, judging: Spent) -> ProgramReport:
        ids = [uuid4().hex for _ in report.versions]
        for place, metric in enumerate(report.metrics):
            names = ids if not place else [uuid4().hex for _ in ids]
            record_figures(
                self.ledgers, report, names, versions=metric.versions, metric=metric.metric,
                metric_version=metric.version, comparison=metric.comparison,
            )  # fmt: skip
        if report.judged is not None:
            record_judge(self.ledgers, report, report.judged, judging)
        self.log.count(evaluated=sum(len(one.items) for one in report.versions))
        return replace(report, evaluation_ids=ids)


def _scored(
    metric: ProgramMetric, row: ExampleRow, version: EvaluatedProgram, answers: RowAnswers
) -> ScoredItem | None:
    answer = answers.rows[f"{row.group}\0{row.row_id}"]
    found = metric.score(_case(row, answer.outputs, version.kinds))
    if answer.failure:
        if found is None and metric.needs_expected:
            return None
        return ScoredItem(
            key=row.key, text="", source="", score=0.0, passed=False, why=answer.failure,
            failure=answer.failure,
        )  # fmt: skip
    if found is None:
        return None
    return ScoredItem(
        key=row.key, text=values_text(answer.outputs), source=_MODEL, score=found.score,
        parts=found.parts, why=found.why, passed=found.score >= metric.passes_at,
    )  # fmt: skip


def _pairs(
    report: ProgramReport, answered: Sequence[tuple[EvaluatedProgram, RowAnswers]]
) -> list[JudgedPair]:
    (program, mine), (_, theirs) = answered
    pairs = []
    for row in report.rows:
        key = f"{row.group}\0{row.row_id}"
        given = json.dumps(dict(row.inputs), ensure_ascii=False, default=str)
        pair = JudgedPair(
            key=row.key,
            task=f"{program.instructions}\n\n{given}",
            reference=values_text(row.expected),
            first=values_text(mine.rows[key].outputs),
            second=values_text(theirs.rows[key].outputs),
        )
        pairs.append(pair)
    return pairs
