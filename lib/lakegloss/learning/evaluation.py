"""Evaluates versions of the comment program on what people wrote, and compares them.

Comments that people wrote are hidden, a version writes them anew from the same evidence as in a
run, and each is scored against the hidden one (`core.metrics.comment_metric`).
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from lakegloss.core.assets import AssetKey, Column
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.evaluation.figures import (
    ScoredItem,
    VersionComparison,
    VersionFigures,
    compare_versions,
    figures_of_version,
)
from lakegloss.core.evaluation.references import HeldOutTable, data_hash, references_of
from lakegloss.core.learning.splits import Split
from lakegloss.core.metrics.comment_metric import NAME, VERSION, CommentMetric
from lakegloss.core.records import Evaluation, EvaluationItem
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
from lakegloss.learning.held_out import LakeReader, described_by_people, described_in_file
from lakegloss.learning.reference_files import ReferenceData, read_references
from lakegloss.learning.shown_words import shown_words
from lakegloss.settings import Settings
from lakegloss.settings_views import DraftingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """What an evaluation found.

    Attributes:
        status: done; stopped where a budget, a deadline or the endpoint left questions open: then
            nothing is concluded or recorded, and the same command goes on.
        not_asked: how many assets have no answer, by reason; cause: how the endpoint failed.
        versions: the evaluated one, and the one that it is compared with, if any.
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
    house_texts: int = 0

    @property
    def items(self) -> int:
        return sum(len(table.references) for table in self.tables)


def evaluate(
    spark: Any,
    settings: Settings,
    version: EvaluatedVersion,
    *,
    against: EvaluatedVersion | None = None,
    patterns: Sequence[str] = (),
    data: Path | ReferenceData | None = None,
    split: str = "",
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
        agree: asked once for each version that has something to be asked, with what it would cost.

    Raises:
        InputError: the file cannot be used, or there is nothing to evaluate on.
        AssetNotFoundError, CatalogError, SettingsError, EndpointError: as in `describe`.
    """
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
            tables, others = _of_lake(reader, patterns, split)
        else:
            tables = described_in_file(
                reader, references, settings.drafting, personal=settings.personal
            )
        name = references.name if references else ", ".join(patterns) or "all tables"
        house = shown_words(ledgers, settings.drafting, tables, others)
        report = EvaluationReport(
            run_id=log.run_id, status="done", data_name=name, data_hash=data_hash(tables),
            split=split, tables=tables, house_texts=len(house.texts),
        )  # fmt: skip
        versions = [one for one in (version, against) if one is not None]
        writer = Writer(
            ledgers=ledgers, asking=settings.asking, drafting=settings.drafting,
            planning=settings.planning, run_id=log.run_id, progress=progress, agree=agree,
            house=house,
        )  # fmt: skip
        return _evaluated(report, ledgers, settings, log, versions, writer)


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
    reader: LakeReader, patterns: Sequence[str], split: str
) -> tuple[list[HeldOutTable], list[HeldOutTable]]:
    """The tables to evaluate on, and those that people described beside them."""
    tables = described_by_people(reader, patterns)
    if not tables:
        raise InputError(
            "People wrote no comments on these tables, so there is nothing to evaluate on.",
            remedy="Name other tables, or give a file of references with --data.",
        )
    if not split:
        return tables, []
    split_of = ExampleLedger(reader.ledgers).splitter()
    chosen = [table for table in tables if split_of(table.table.name) == split]
    if not chosen:
        raise InputError(
            f"None of {len(tables)} described tables is in the split {str(split)!r}.",
            remedy="Leave --split out, or name more tables.",
        )
    names = {table.table.name for table in chosen}
    return chosen, [table for table in tables if table.table.name not in names]


def _evaluated(
    report: EvaluationReport,
    ledgers: Ledgers,
    settings: Settings,
    log: RunLog,
    versions: Sequence[EvaluatedVersion],
    writer: Writer,
) -> EvaluationReport:
    metric = CommentMetric(references_of(report.tables))
    figures = []
    for version in versions:
        written = _write(version, report.tables, writer, settings, log)
        log.count(calls=written.spent.calls, reused=written.spent.reused)
        if written.not_asked:
            log.status = STOPPED
            log.error = f"stopped early: {', '.join(written.not_asked)}"
            return replace(report, status=STOPPED, not_asked=written.not_asked, cause=written.cause)
        figures.append(_figures(version, written, report.tables, metric, settings))
    fault_point("evaluate.scored")
    done = replace(
        report,
        versions=figures,
        comparison=compare_versions(*figures) if len(figures) == 2 else None,
        evaluation_ids=[uuid4().hex for _ in figures],
    )
    _record(ledgers, done)
    log.count(evaluated=sum(len(one.items) for one in figures))
    return done


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

    return replace(writer, on_spent=spent).write(version, tables)


def _figures(
    version: EvaluatedVersion,
    written: Written,
    tables: Sequence[HeldOutTable],
    metric: CommentMetric,
    settings: Settings,
) -> VersionFigures:
    metric = metric.among((key, draft.text) for key, draft in written.drafts.items())
    return figures_of_version(
        [
            _scored(table, path, written, metric, settings.drafting)
            for table in tables
            for path in table.references
        ],
        label=version.label,
        program=version.name,
        program_version=version.version,
        model=settings.model if version.program else "",
        own_source=version.source.value,
        spent=written.spent,
    )


def _scored(
    held: HeldOutTable,
    path: str,
    written: Written,
    metric: CommentMetric,
    settings: DraftingSettings,
) -> ScoredItem:
    key = AssetKey(held.table.name, path)
    draft = written.drafts.get(key)
    if draft is None or not draft.text:
        why = draft.reason if draft else "Nothing was written."
        return ScoredItem(key=key, text="", source="", score=0.0, why=why or "Nothing was written.")
    column: Column | None = next((c for c in held.table.columns if c.path == path), None)
    evidence = held.evidence.get(path)
    checked = check_comment(
        draft.text, table=held.table, column=column, evidence=evidence, style=settings.style,
        limit=settings.max_column_comment if path else settings.max_table_comment,
        siblings=() if path else tuple(held.evidence.values()),
    )  # fmt: skip
    found = metric.score(key, draft.text, evidence=evidence, failures=checked.failures)
    return ScoredItem(
        key=key, text=draft.text, source=draft.source.value, score=found.score, parts=found.parts,
        why=found.why,
    )  # fmt: skip


def _record(ledgers: Ledgers, report: EvaluationReport) -> None:
    """Append the items first: an evaluation that is there has all of them."""
    now = datetime.now(UTC)
    pairs = list(zip(report.evaluation_ids, report.versions, strict=True))
    items = [
        EvaluationItem(
            evaluation_id=id_, data_hash=report.data_hash, table=item.key.table,
            column=item.key.column, score=item.score, passed=item.passes, parts=_json(item.parts),
            text=item.text, source=item.source, why=item.why, evaluated_at=now,
        )
        for id_, version in pairs
        for item in version.items
    ]  # fmt: skip
    ledgers.append(EVALUATION_ITEMS, items)
    fault_point("evaluate.items")
    ledgers.append(EVALUATIONS, [_row(report, id_, version, now) for id_, version in pairs])


def _row(report: EvaluationReport, id_: str, version: VersionFigures, now: datetime) -> Evaluation:
    comparison = report.comparison if version is report.versions[0] else None
    difference = comparison.difference if comparison else None
    return Evaluation(
        evaluation_id=id_,
        label=version.label,
        program=version.program,
        program_version=version.program_version,
        model=version.model,
        data_name=report.data_name,
        data_hash=report.data_hash,
        split=report.split,
        metric=NAME,
        metric_version=VERSION,
        value=_number(version.score.mean),
        low=version.score.low,
        high=version.score.high,
        items=version.score.items,
        tables=version.score.groups,
        passed=version.passed,
        parts=_json({name: part.mean for name, part in version.parts.items()}),
        against=comparison.second if comparison else "",
        against_version=report.versions[1].program_version if comparison else "",
        difference=_number(difference.mean) if difference else None,
        difference_low=difference.low if difference else None,
        difference_high=difference.high if difference else None,
        conclusion=comparison.conclusion.value if comparison else "",
        input_tokens=version.spent.input_tokens,
        output_tokens=version.spent.output_tokens,
        cost=version.spent.cost,
        run_id=report.run_id,
        evaluated_at=now,
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _json(parts: Mapping[str, float]) -> str:
    return json.dumps({name: round(value, 6) for name, value in parts.items()}, sort_keys=True)
