"""Gives proposals to people as files, and takes their decisions back into the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.names import join_path, split_path
from lakegloss.core.records import ProposalStatus, Verdict, decision_row
from lakegloss.core.review.foreign import ForeignRow, expand, foreign_rows
from lakegloss.core.review.merge import (
    CommentBounds,
    Conflict,
    Merged,
    ProposalNow,
    Ruling,
    own_rows,
    settle,
    wishes,
)
from lakegloss.core.review.rows import ReviewRow, Shape
from lakegloss.core.selection import canonical, matching
from lakegloss.errors import AssetNotFoundError, CatalogError, ReviewFileError, SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.exchange.importing import texts_of_people
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import DECISIONS
from lakegloss.lakehouse.review.files import ReviewFile, read_review, write_review
from lakegloss.lakehouse.review.reading import (
    Which,
    items_for,
    proposals_for_review,
    read_all,
    state_now,
)
from lakegloss.lakehouse.review.record import record
from lakegloss.lakehouse.session.user import session_user
from lakegloss.settings import Settings
from lakegloss.settings_views import LedgerSettings, ReviewSettings

ALL = Which()
_COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """Says what an export wrote; `gone` are assets with proposals that no longer exist."""

    path: Path
    rows: int
    gone: tuple[AssetKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """Says what an import recorded, or with dry_run would record.

    Attributes:
        rulings: the decisions.
        conflicts: rows that were not recorded, each with its remedy.
        untouched: the number of rows that ask for nothing.
        already: the number of rows that were recorded before.
        in_catalog: assets whose rejected comment is still in the catalog; undo removes it.
    """

    run_id: str
    dry_run: bool
    shape: Shape
    rulings: tuple[Ruling, ...]
    conflicts: tuple[Conflict, ...]
    untouched: int
    already: int
    in_catalog: tuple[AssetKey, ...] = ()

    def count(self, verdict: Verdict) -> int:
        return sum(ruling.verdict == verdict for ruling in self.rulings)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSummary:
    """Says what was accepted or rejected, or with dry_run would be.

    Attributes:
        textless: proposals that were selected and hold no text that could be decided on.
    """

    run_id: str
    dry_run: bool
    verdict: Verdict
    proposals: tuple[ProposalNow, ...]
    textless: tuple[ProposalNow, ...] = ()


def waiting(
    spark: Any, settings: Settings, patterns: Sequence[str] = (), *, which: Which = ALL
) -> list[ProposalNow]:
    """The proposals on which neither a person nor the policy has decided yet.

    Raises:
        AssetNotFoundError: a pattern names tables that have no proposal.
        SettingsError: a value of `which` cannot be used.
    """
    return proposals_for_review(_ledgers(spark, settings), patterns, which)


def export_review(
    spark: Any,
    settings: Settings,
    path: Path | str,
    patterns: Sequence[str] = (),
    *,
    which: Which = ALL,
    everything: bool = False,
    overwrite: bool = False,
) -> ExportSummary:
    """Write proposals, with what the data shows beside them, into a file for people.

    Args:
        path: its suffix says the format: .csv, .tsv or .xlsx.
        everything: also what is decided, by people or the policy.
        overwrite: replace a file that is there.

    Raises:
        AssetNotFoundError: a pattern names tables of which there is no proposal.
        ReviewFileError: the file cannot be written, or is there already.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    ledgers = _ledgers(spark, settings)
    found = proposals_for_review(ledgers, patterns, which, everything=everything)
    items, gone = items_for(ledgers, settings.reviewing, found)
    rows = write_review(Path(path), items, overwrite=overwrite)
    return ExportSummary(path=Path(path), rows=rows, gone=tuple(gone))


def import_review(
    spark: Any,
    settings: Settings,
    path: Path | str,
    *,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Record what people decided in a file; rows in conflict are listed and left out.

    Files of dbxmetagen are read, too: their texts become edits, and proposals of people where
    there is nothing to edit. `apply` writes them.

    Args:
        decided_by: who decided; by default the session's user.

    Raises:
        ReviewFileError: the file cannot be read.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    return import_file(
        spark, settings, read_review(Path(path)), decided_by=decided_by, dry_run=dry_run
    )


def import_file(
    spark: Any,
    settings: Settings,
    file: ReviewFile,
    *,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Like `import_review`, of a file that is open already.

    Raises:
        ReviewFileError: a line cannot be read, or the file is about tags.
    """
    if file.shape is Shape.LABELS:
        raise ReviewFileError(
            f"{file.origin.partition('#')[0]!r} is about tags, and holds no comment.",
            remedy="Take it over by `lakegloss dbxmetagen import --reviewed`.",
        )
    ledgers = _ledgers(spark, settings)
    who = decided_by or session_user(spark)
    merged, in_catalog = _merge(ledgers, settings.reviewing, file, who)
    return _recorded(
        ledgers, settings, "review import", merged, who=who, origin=file.origin, shape=file.shape,
        dry_run=dry_run, in_catalog=in_catalog,
    )  # fmt: skip


def import_comments(
    spark: Any,
    settings: Settings,
    path: Path | str,
    patterns: Sequence[str] = (),
    *,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Record the descriptions in a file of another tool as texts of people; `apply` writes them.

    Texts in conflict are listed and left out.

    Args:
        path: a schema.yml of dbt, a data contract, or a dictionary (.md, .csv, .tsv, .xlsx).
        patterns: the tables that the file may mean; none selects all.
        decided_by: whose texts they are; by default the session's user.

    Raises:
        DescriptionFileError, ExampleFileError, ReviewFileError: the file cannot be read.
        EnvironmentNotReadyError: it is a workbook, and openpyxl is not installed.
        AssetNotFoundError: a pattern matches nothing.
    """
    ledgers = _ledgers(spark, settings)
    who = decided_by or session_user(spark)
    taken = texts_of_people(ledgers, settings, Path(path), patterns)
    merged, _ = _merge_rows(
        ledgers, settings.reviewing, taken.rows, list(taken.conflicts), who, foreign=True,
        tables=taken.tables, without=taken.untouched,
    )  # fmt: skip
    return _recorded(
        ledgers, settings, "import", merged, who=who, origin=taken.origin, shape=Shape.DESCRIBED,
        dry_run=dry_run,
    )  # fmt: skip


def _recorded(
    ledgers: Ledgers,
    settings: Settings,
    command: str,
    merged: Merged,
    *,
    who: str,
    origin: str,
    shape: Shape,
    dry_run: bool,
    in_catalog: tuple[AssetKey, ...] = (),
) -> ImportSummary:
    run_id = ""
    if merged.rulings and not dry_run:
        with run(ledgers, settings, command) as log:
            run_id = log.run_id
            record(ledgers, merged.rulings, who=who, origin=origin, run_id=run_id)
            log.count(decisions=len(merged.rulings), conflicts=len(merged.conflicts))
    return ImportSummary(
        run_id=run_id,
        dry_run=dry_run,
        shape=shape,
        rulings=merged.rulings,
        conflicts=merged.conflicts,
        untouched=merged.untouched,
        already=merged.already,
        in_catalog=in_catalog,
    )


def accept(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    which: Which = ALL,
    everything: bool = False,
    rejected: bool = False,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> DecideSummary:
    """Accept proposals that wait. `everything` says that all are meant where nothing selects.

    Args:
        rejected: those that were rejected, by an undo too, instead of those that wait.

    Raises:
        AssetNotFoundError: a pattern names tables of which there is no proposal.
        SettingsError: nothing selects, or a value of `which` cannot be used.
    """
    return _decide(
        spark, settings, Verdict.ACCEPT, patterns, which=which, everything=everything,
        decided_by=decided_by, dry_run=dry_run, rejected=rejected,
    )  # fmt: skip


def reject(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    which: Which = ALL,
    everything: bool = False,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> DecideSummary:
    """Reject proposals that wait: they are not applied, and not proposed again.

    Raises:
        AssetNotFoundError: a pattern names tables of which there is no proposal.
        SettingsError: nothing selects, or a value of `which` cannot be used.
    """
    return _decide(
        spark, settings, Verdict.REJECT, patterns, which=which, everything=everything,
        decided_by=decided_by, dry_run=dry_run,
    )  # fmt: skip


def require_selection(
    verdict: Verdict, patterns: Sequence[str] | None, which: Which, *, everything: bool
) -> None:
    """Check that something says which proposals are meant.

    Raises:
        SettingsError: nothing does.
    """
    if not (patterns or which or everything):
        raise SettingsError(
            f"Nothing says which proposals to {verdict}.",
            remedy="Name tables, or --source, --check or --text; --all takes all that wait.",
        )


def _decide(
    spark: Any,
    settings: Settings,
    verdict: Verdict,
    patterns: Sequence[str],
    *,
    which: Which,
    everything: bool,
    decided_by: str | None,
    dry_run: bool,
    rejected: bool = False,
) -> DecideSummary:
    require_selection(verdict, patterns, which, everything=everything)
    ledgers = _ledgers(spark, settings)
    found = proposals_for_review(ledgers, patterns, which, everything=rejected)
    meant = [item for item in found if not rejected or item.verdict == Verdict.REJECT]
    chosen = tuple(item for item in meant if item.status != ProposalStatus.FAILED)
    textless = tuple(item for item in meant if item.status == ProposalStatus.FAILED)
    run_id = ""
    if chosen and not dry_run:
        who = decided_by or session_user(spark)
        with run(ledgers, settings, f"review {verdict}") as log:
            run_id = log.run_id
            now = datetime.now(UTC)
            made = (
                decision_row(
                    item.key, item.proposal_id, verdict,
                    who=who, origin=_COMMAND, run_id=run_id, now=now,
                )
                for item in chosen
            )  # fmt: skip
            log.count(decisions=ledgers.append(DECISIONS, made))
    return DecideSummary(
        run_id=run_id, dry_run=dry_run, verdict=verdict, proposals=chosen, textless=textless
    )


def _ledgers(spark: Any, settings: LedgerSettings) -> Ledgers:
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    return ledgers


# Import.


def _merge(
    ledgers: Ledgers, settings: ReviewSettings, file: ReviewFile, who: str
) -> tuple[Merged, tuple[AssetKey, ...]]:
    conflicts: list[Conflict] = []
    if file.shape is Shape.OWN:
        own = own_rows(file.lines, conflicts)
        return _merge_rows(ledgers, settings, own, conflicts, who, foreign=False, tables={})
    named, refused, without = foreign_rows(file.lines, file.shape)
    tables = _named_tables(ledgers, settings.parallel_tables, named)
    rows, missed = expand(named, tables, Catalog(ledgers.spark).current)
    return _merge_rows(
        ledgers, settings, rows, [*refused, *missed], who, foreign=True, tables=tables,
        without=without,
    )  # fmt: skip


def _merge_rows(
    ledgers: Ledgers,
    settings: ReviewSettings,
    rows: Iterable[ReviewRow],
    conflicts: list[Conflict],
    who: str,
    *,
    foreign: bool,
    tables: Mapping[str, Table],
    without: int = 0,
) -> tuple[Merged, tuple[AssetKey, ...]]:
    """Compare rows with the present state; `conflicts` may grow while the rows are read."""
    limits = CommentBounds(table=settings.max_table_comment, column=settings.max_column_comment)
    asked, refused, untouched = wishes(rows, limits)
    keys = {wish.row.key for wish in asked}
    now = state_now(ledgers, settings, keys, tables=tables, authors=foreign)
    merged = settle(asked, now, who=who, overwrite_human=settings.overwrite_human)
    listed = sorted([*conflicts, *refused, *merged.conflicts], key=lambda c: (c.line, c.key))
    shown = tuple(
        ruling.key
        for ruling in merged.rulings
        if ruling.verdict == Verdict.REJECT
        and now.assets[ruling.key].comment.strip()
        and now.assets[ruling.key].comment == now.proposals[ruling.proposal_id].words
    )
    return Merged(
        rulings=merged.rulings,
        conflicts=tuple(listed),
        untouched=untouched + without,
        already=merged.already,
    ), shown


def _named_tables(
    ledgers: Ledgers, parallel_tables: int, rows: Sequence[ForeignRow]
) -> dict[str, Table]:
    """The tables that the rows of foreign files select; tables that do not exist are left out."""
    catalog = Catalog(ledgers.spark)
    wanted = canonical(sorted({row.pattern for row in rows}), catalog.current)
    names: set[str] = set()
    for schema in sorted({_schema_parts(pattern) for pattern in wanted}):
        try:
            names |= set(
                catalog.table_names([join_path((*schema, "*"))], own_schema=ledgers.schema)
            )
        except (AssetNotFoundError, CatalogError):
            continue  # its rows are listed as conflicts
    return read_all(catalog, parallel_tables, matching(names, wanted))


def _schema_parts(pattern: str) -> tuple[str, ...]:
    try:
        return split_path(pattern)[:-1]
    except ValueError:  # no name of any table
        return (pattern,)
