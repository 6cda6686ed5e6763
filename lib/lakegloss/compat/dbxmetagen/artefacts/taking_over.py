"""Takes over what dbxmetagen generated, so that nothing is described twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.compat.dbxmetagen.artefacts.generated_texts import (
    GeneratedText,
    TextStanding,
    by_table,
    cleaned,
    generated_texts,
    standing_of,
)
from lakegloss.compat.dbxmetagen.configuration.config_settings import TakenSettings
from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.ddl import is_in
from lakegloss.core.plan.tasks import TableTasks
from lakegloss.core.records import (
    POLICY,
    Change,
    ChangeStatus,
    Decision,
    Proposal,
    ProposalStatus,
    Source,
    Verdict,
    decision_row,
)
from lakegloss.core.selection import canonical, matching
from lakegloss.core.stages import comments_of
from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.describe.known_reader import KnownReader
from lakegloss.lakehouse.describe.planning import built_in, planner_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import CHANGES, DECISIONS, PROPOSALS
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.review.reading import read_all
from lakegloss.lakehouse.survey.survey import survey

PROGRAM = "dbxmetagen"
_TAKEN = (TextStanding.APPLIED, TextStanding.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverSummary:
    """Says what was taken over, or with dry_run would be: the number of texts by `TextStanding`."""

    run_id: str
    dry_run: bool
    counts: Mapping[TextStanding, int]
    tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A text that is taken over, its asset as the catalog names it, and its comment there."""

    generated: GeneratedText
    key: AssetKey
    shown: str
    standing: TextStanding


def take_over(
    spark: Any,
    taken_settings: TakenSettings,
    log: str,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> TakeOverSummary:
    """Record the texts of a generation log as proposals of the model that wrote them.

    A text that the catalog shows counts as applied: it is the model's and no person's. A text that
    it does not show waits for review. Where it shows another one, that stays a person's. The same
    log again changes nothing.

    Raises:
        AssetNotFoundError: there is no such log, or none of its tables. InputError: it is no log.
    """
    settings = taken_settings.settings
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    texts = generated_texts(spark, log)
    found, gone = _in_catalog(ledgers, settings.parallel_tables, texts)
    known = _known_texts(ledgers, sorted({one.key.table for one in found}))
    judged = [_judged(one, known.get(one.key, set())) for one in found]
    counts = Counter(one.standing for one in judged) + Counter({TextStanding.GONE: gone})
    taken = {one.key: one for one in judged if one.standing in _TAKEN}
    tables = sorted({key.table for key in taken})
    if dry_run or not taken:
        return TakeOverSummary(run_id="", dry_run=dry_run, counts=counts, tables=len(tables))
    with run(ledgers, settings, "dbxmetagen import") as record:
        program = built_in(settings)
        reader = KnownReader(ledgers)
        planner = planner_of(ledgers, settings, program, reader)
        surveyed = survey(
            ledgers, settings.profile, tables, run_id=record.run_id, progress=progress,
            on_fresh=reader.expect,
        )  # fmt: skip
        for chunk in surveyed.chunks():
            for tasks in planner.tasks(chunk, surveyed):
                _append(ledgers, list(_rows(tasks, taken, taken_settings, record.run_id)))
        record.count(**{one.name.lower(): number for one, number in counts.items()})
        return TakeOverSummary(
            run_id=record.run_id, dry_run=False, counts=counts, tables=len(tables)
        )


def _in_catalog(
    ledgers: Ledgers, parallel: int, texts: Sequence[GeneratedText]
) -> tuple[list[_Taken], int]:
    """The texts whose table is there, and how many texts have none."""
    catalog = Catalog(ledgers.spark)
    grouped = by_table(texts)
    names = {name: canonical([name], catalog.current)[0] for name in grouped}
    there = read_all(catalog, parallel, _existing(catalog, ledgers, list(names.values())))
    by_name = {name.lower(): table for name, table in there.items() if not table.error}
    found: list[_Taken] = []
    gone = 0
    for name, of_table in grouped.items():
        table = by_name.get(names[name].lower())
        if table is None:
            gone += len(of_table)
            continue
        found += [_taken(text, table) for text in of_table]
    return found, gone


def _existing(catalog: Catalog, ledgers: Ledgers, names: Sequence[str]) -> set[str]:
    existing: set[str] = set()
    for schema in sorted({name.rpartition(".")[0] for name in names}):
        try:
            listed = set(catalog.table_names([f"{schema}.*"], own_schema=ledgers.schema))
        except (AssetNotFoundError, CatalogError):
            continue  # its texts are counted as gone
        existing |= matching(listed, [name for name in names if name.startswith(f"{schema}.")])
    return existing


def _taken(text: GeneratedText, table: Table) -> _Taken:
    comments = comments_of(table)
    paths = {path.replace("`", "").lower(): path for path in comments}
    path = paths.get(text.key.column.replace("`", ""))
    key = AssetKey(table.name, text.key.column if path is None else path)
    shown = "" if path is None else comments[path]
    standing = standing_of(replace(text, key=key), {} if path is None else {path: shown}, ())
    return _Taken(generated=text, key=key, shown=shown, standing=standing)


def _known_texts(ledgers: Ledgers, tables: Sequence[str]) -> dict[AssetKey, set[str]]:
    known: defaultdict[AssetKey, set[str]] = defaultdict(set)
    rows = ledgers.read(PROPOSALS).where(is_in("table", tables)).select("table", "column", "text")
    for row in rows.collect():
        known[AssetKey(row["table"], row["column"])].add(cleaned(row["text"] or ""))
    return known


def _judged(one: _Taken, known: set[str]) -> _Taken:
    texts = {cleaned(one.generated.text), cleaned(one.shown)}
    is_known = one.standing in _TAKEN and bool(texts & known - {""})
    return replace(one, standing=TextStanding.KNOWN) if is_known else one


_Rows = tuple[Proposal, Decision | None, Change | None]


def _rows(
    tasks: TableTasks, taken: Mapping[AssetKey, _Taken], settings: TakenSettings, run_id: str
) -> Iterator[_Rows]:
    """The rows of one table's texts; with the fingerprints of today, so that they count as done."""
    limits = settings.settings.drafting
    columns = {column.path: column for column in tasks.table.columns}
    for task in tasks.tasks:
        one = taken.get(task.key)
        if one is None:
            continue
        column = task.key.column
        checked = check_comment(
            one.generated.text, table=tasks.table, column=columns.get(column),
            evidence=tasks.evidence.get(column), style="detailed",
            limit=limits.max_column_comment if column else limits.max_table_comment,
        )  # fmt: skip
        proposal = _proposal(one, checked.text, checked.failures, task.fingerprint, run_id)
        yield _with_change(one, proposal, run_id)


def _proposal(
    one: _Taken, text: str, failures: tuple[str, ...], fingerprint: str, run_id: str
) -> Proposal:
    applied = one.standing is TextStanding.APPLIED
    status = ProposalStatus.READY if applied else ProposalStatus.NEEDS_REVIEW
    return Proposal(
        proposal_id=uuid4().hex,
        table=one.key.table,
        column=one.key.column,
        text=one.shown if applied else text,
        source=Source.MODEL.value,
        status=status.value,
        checks=failures,
        reason=f"generated by dbxmetagen, {one.generated.at:%Y-%m-%d}",
        replaces=one.shown,
        fingerprint=fingerprint,
        request_hash="",
        program=PROGRAM,
        program_version="",
        variant="",
        model=one.generated.model,
        run_id=run_id,
        proposed_at=datetime.now(UTC),
    )


def _with_change(one: _Taken, proposal: Proposal, run_id: str) -> _Rows:
    """A text that is in the catalog was decided and written: by dbxmetagen, before this run."""
    if one.standing is not TextStanding.APPLIED:
        return proposal, None, None
    decision = decision_row(
        one.key, proposal.proposal_id, Verdict.ACCEPT, who=PROGRAM, origin=POLICY, run_id=run_id,
        now=proposal.proposed_at,
    )  # fmt: skip
    change = Change(
        change_id=uuid4().hex,
        table=one.key.table,
        column=one.key.column,
        proposal_id=proposal.proposal_id,
        # The text on both sides: an undo of this run must not empty the comment.
        before=one.shown,
        after=one.shown,
        statement="",
        status=ChangeStatus.APPLIED.value,
        error="",
        run_id=run_id,
        changed_at=proposal.proposed_at,
    )
    return proposal, decision, change


def _append(ledgers: Ledgers, rows: Sequence[_Rows]) -> None:
    ledgers.append(PROPOSALS, [proposal for proposal, _, _ in rows])
    ledgers.append(DECISIONS, [decision for _, decision, _ in rows if decision is not None])
    ledgers.append(CHANGES, [change for _, _, change in rows if change is not None])
