"""Evaluates versions of the comment program on what people wrote, and compares them.

Comments that people wrote are hidden, a version writes them anew from the same evidence as in a
run, and each is scored against the hidden one (`core.metrics.comment_metric`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey
from lakegloss.core.evaluation.figures import (
    Spent,
    VersionComparison,
    VersionFigures,
    compare_versions,
)
from lakegloss.core.evaluation.judging import JudgeFindings
from lakegloss.core.evaluation.references import HeldOutTable, data_hash, references_of
from lakegloss.core.learning.splits import Split
from lakegloss.core.metrics.comment_metric import NAME, VERSION
from lakegloss.engine.attempt import Usage
from lakegloss.engine.limits.budget import cost_of
from lakegloss.errors import InputError
from lakegloss.faults import fault_point
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import STOPPED, RunLog, run
from lakegloss.lakehouse.ledgers.sweep import sweep
from lakegloss.lakehouse.ledgers.tables import EVALUATION_ITEMS, EVALUATIONS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.learning.answering import AskingPlan, EvaluatedVersion, Writer, Written
from lakegloss.learning.comment_scores import (
    METRICS_OF_COMMENTS,
    CommentScoring,
    comment_pairs,
    evidence_text,
    scorable,
)
from lakegloss.learning.held_out import (
    LakeReader,
    described_by_people,
    described_in_file,
    profiled,
)
from lakegloss.learning.judge.judge import JudgeOrder, judge_versions
from lakegloss.learning.program_evaluation.evaluate_program import row_runner
from lakegloss.learning.program_evaluation.row_answers import calls_left
from lakegloss.learning.recording import record_figures, record_judge
from lakegloss.learning.reference_files import ReferenceData, read_references
from lakegloss.learning.shown_words import shown_words
from lakegloss.settings import Settings


@dataclass(frozen=True, kw_only=True)
class EvaluationReport:
    """What an evaluation found.

    Attributes:
        status: done; stopped where a budget, a deadline or the endpoint left questions open: then
            nothing is concluded or recorded, and the same command goes on.
        not_asked: how many assets have no answer, by reason; cause: how the endpoint failed.
        versions: the evaluated one, and the one that it is compared with, if any.
        judged: what a judge found of the two, where one was asked.
        house_texts: how many texts of people the versions could see (setting `house_examples`).
    """

    run_id: str
    status: str
    data_name: str
    data_hash: str
    split: str
    tables: Sequence[HeldOutTable]
    versions: Sequence[VersionFigures] = ()
    comparison: VersionComparison | None = None
    not_asked: Mapping[str, int] = field(default_factory=dict)
    cause: str = ""
    evaluation_ids: Sequence[str] = ()
    metric: str = NAME
    metric_version: str = VERSION
    judged: JudgeFindings | None = None
    house_texts: int = 0

    @property
    def items(self) -> int:
        return sum(len(table.references) for table in self.tables)

    # Words for the terminal and the page.

    @property
    def item_words(self) -> tuple[str, str]:
        """What items and groups are called."""
        return "comment", "table"

    @property
    def parts_shown(self) -> Sequence[str]:
        """The parts of the score that tables show."""
        return ("identification", "facts") if self.metric == NAME else ("identification", "truth")

    def reference(self, key: AssetKey) -> str:
        """What a person wrote; '' where nobody did."""
        return self._held[key.table].references[key.column]

    def evidence(self, key: AssetKey) -> str:
        """What the model was told, without the hidden comment."""
        return evidence_text(self._held[key.table], key.column)

    def data_lines(self) -> Sequence[Mapping[str, Any]]:
        """The references, as `--data` reads them."""
        return [
            {"table": key.table, "column": key.column, "text": text}
            for key, text in references_of(self.tables).items()
        ]

    @cached_property
    def _held(self) -> Mapping[str, HeldOutTable]:
        return {held.table.name: held for held in self.tables}


def evaluate(
    spark: Any,
    settings: Settings,
    version: EvaluatedVersion,
    *,
    against: EvaluatedVersion | None = None,
    patterns: Sequence[str] = (),
    data: Path | ReferenceData | None = None,
    split: str = "",
    metric: str = NAME,
    judge: JudgeOrder | None = None,
    agree: Callable[[AskingPlan], bool] = lambda _: True,
    progress: Progress = silent,
) -> EvaluationReport:
    """Evaluate a version, and compare it with another on the same items.

    Answers that were paid for are never asked for again: also after a kill, the same call goes on.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables of the lake whose comments people wrote; without any, all tables.
        data: references instead, or a file of them (`learning.reference_files`).
        split: only the items of the data that have this split; of the lake the tables of this
            split (train, select or gate), which stay there for good.
        metric: `comment` compares with what people wrote; `comment_by_profile` needs no texts of
            people, and scores all columns by the checks and by what the data show of them.
        judge: who judges the two versions' comments, too.
        agree: asked once for each version that has something to be asked, with what it would cost.

    Raises:
        InputError: the file cannot be used, or there is nothing to evaluate on.
        AssetNotFoundError, CatalogError, SettingsError, EndpointError: as in `describe`.
    """
    if metric not in METRICS_OF_COMMENTS:
        raise InputError(
            f"There is no metric {metric[:40]!r} of comments.",
            remedy=f"Known are: {', '.join(METRICS_OF_COMMENTS)}.",
        )
    references = chosen_references(data, split)
    ledgers = Ledgers(spark, settings)
    for ledger in (EVALUATIONS, EVALUATION_ITEMS):
        ledgers.ensure_more(ledger)
    with run(ledgers, settings, "evaluate") as log:
        log.count(swept=sweep(ledgers, settings.journal_folder, log.run_id))
        reader = LakeReader(
            ledgers=ledgers, profile=settings.profile, run_id=log.run_id, progress=progress
        )
        others: list[HeldOutTable] = []
        if references is None:
            tables, others = _of_lake(reader, patterns, split, metric)
        else:
            tables = described_in_file(
                reader, references, settings.drafting, personal=settings.personal
            )
        tables = scorable(metric, tables)
        name = references.name if references else ", ".join(patterns) or "all tables"
        house = shown_words(ledgers, settings.drafting, tables, others)
        report = EvaluationReport(
            run_id=log.run_id, status="done", data_name=name, data_hash=data_hash(tables),
            split=split, tables=tables, metric=metric, metric_version=METRICS_OF_COMMENTS[metric],
            house_texts=len(house.texts),
        )  # fmt: skip
        versions = [one for one in (version, against) if one is not None]
        writer = Writer(
            ledgers=ledgers, asking=settings.asking, drafting=settings.drafting,
            planning=settings.planning, run_id=log.run_id, progress=progress, agree=agree,
            house=house,
        )  # fmt: skip
        return _evaluated(report, settings, log, versions, judge, writer)


def chosen_references(data: Path | ReferenceData | None, split: str) -> ReferenceData | None:
    """The references of a file that have a split; None where the lake's own texts are meant.

    Raises:
        InputError: the file cannot be used, or there is no such split.
    """
    references = read_references(data) if isinstance(data, Path) else data
    if references is not None:
        return _of_split(references, split) if split else references
    if split not in {"", *Split}:
        raise InputError(f"There is no split {split!r}.", remedy=f"Say one of {', '.join(Split)}.")
    return None


def _of_split(data: ReferenceData, split: str) -> ReferenceData:
    texts = tuple(item for item in data.texts if item.split == split)
    if not texts:
        known = ", ".join(sorted({item.split for item in data.texts if item.split})) or "none"
        raise InputError(
            f"{data.name} has no item of the split {split!r}.", remedy=f"It has: {known}."
        )
    return ReferenceData(name=data.name, texts=texts, cards=data.cards)


def _of_lake(
    reader: LakeReader, patterns: Sequence[str], split: str, metric: str
) -> tuple[list[HeldOutTable], list[HeldOutTable]]:
    """The tables to evaluate on, and those that people described beside them."""
    by_people = metric == NAME
    tables = (described_by_people if by_people else profiled)(reader, patterns)
    if not tables:
        raise InputError(
            "People wrote no comments on these tables, so there is nothing to evaluate on."
            if by_people
            else "These tables have no columns to evaluate on.",
            remedy="Name other tables, or give a file of references with --data.",
        )
    if not split:
        return tables, []
    names = [table.table.name for table in tables]
    split_of = ExampleLedger(reader.ledgers).splitter(names)
    chosen = [table for table in tables if split_of(table.table.name) == split]
    if not chosen:
        raise InputError(
            f"None of {len(tables)} tables is in the split {str(split)!r}.",
            remedy="Leave --split out, or name more tables.",
        )
    own = {table.table.name for table in chosen}
    return chosen, [table for table in tables if table.table.name not in own]


def _evaluated(
    report: EvaluationReport,
    settings: Settings,
    log: RunLog,
    versions: Sequence[EvaluatedVersion],
    judge: JudgeOrder | None,
    writer: Writer,
) -> EvaluationReport:
    ledgers = writer.ledgers
    scoring = CommentScoring(report.metric, report.tables, settings.drafting)
    figures = []
    for version in versions:
        written = _write(version, report.tables, writer, settings, log)
        log.count(calls=written.spent.calls, reused=written.spent.reused)
        if written.not_asked:
            return _stopped(report, log, written.not_asked, written.cause)
        model = settings.model if version.program else ""
        figures.append(scoring.figures(version, written, model=model))
    fault_point("evaluate.scored")
    done = replace(
        report,
        versions=figures,
        comparison=compare_versions(*figures) if len(figures) == 2 else None,
        evaluation_ids=[uuid4().hex for _ in figures],
    )
    judging = Spent()
    if judge is not None and len(figures) == 2:
        runner = row_runner(ledgers, settings, log, writer.agree, writer.progress)
        found = judge_versions(runner, judge, comment_pairs(done, *figures))
        log.count(calls=found.spent.calls, reused=found.spent.reused)
        if found.not_asked:
            return _stopped(report, log, found.not_asked, found.cause)
        done, judging = replace(done, judged=found.findings), found.spent
    record_figures(
        ledgers, done, done.evaluation_ids, versions=figures, metric=done.metric,
        metric_version=done.metric_version, comparison=done.comparison,
    )  # fmt: skip
    if done.judged is not None:
        record_judge(ledgers, done, done.judged, judging)
    log.count(evaluated=sum(len(one.items) for one in figures))
    return done


def _stopped(
    report: EvaluationReport, log: RunLog, not_asked: Mapping[str, int], cause: str
) -> EvaluationReport:
    log.status = STOPPED
    log.error = f"stopped early: {', '.join(not_asked)}"
    return replace(report, status=STOPPED, not_asked=not_asked, cause=cause)


def _write(
    version: EvaluatedVersion,
    tables: Sequence[HeldOutTable],
    writer: Writer,
    settings: Settings,
    log: RunLog,
) -> Written:
    """Let a version write; the run's account adds what it spends to what others spent before."""
    before_in, before_out = log.input_tokens, log.output_tokens

    def spent(usage: Usage) -> None:
        log.input_tokens = before_in + usage.input
        log.output_tokens = before_out + usage.output
        log.cost = cost_of(settings.calls, log.input_tokens, log.output_tokens)

    # All versions share the run's budget.
    left = calls_left(settings.calls, Usage(input=before_in, output=before_out))
    asking = replace(settings.asking, calls=left)
    return replace(writer, asking=asking, on_spent=spent).write(version, tables)
