"""Brings proposals of labels to people, and their decisions back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_review import (
    LabelConflict,
    LabelRuling,
    OpenLabel,
    rulings_of,
)
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import Verdict, decision_row
from lakegloss.core.review.cells import from_cell
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.applying import read_tables
from lakegloss.lakehouse.labels.label_files import read_label_file, write_label_file
from lakegloss.lakehouse.labels.label_state import ensure_label_ledgers, known_labels
from lakegloss.lakehouse.labels.scheme_file import read_scheme
from lakegloss.lakehouse.labels.tag_reader import TagReader
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.ledgers.tables import DECISIONS
from lakegloss.lakehouse.session.user import session_user
from lakegloss.settings_views import TaggingSettings

_BY_COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsDecided:
    """Says what was recorded, or with dry_run would be.

    `conflicts` are rows of a file that were left out; `untouched` is how many asked for nothing, or
    for what was recorded before.
    """

    run_id: str
    dry_run: bool
    rulings: tuple[LabelRuling, ...]
    conflicts: tuple[LabelConflict, ...] = ()
    untouched: int = 0


def open_labels(
    spark: Any,
    settings: TaggingSettings,
    patterns: Sequence[str] = (),
    *,
    everything: bool = False,
) -> list[OpenLabel]:
    """The proposals that wait for a person; with `everything` also those that are ready.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
    """
    ledgers, catalog, known = _open(spark, settings, patterns)
    chosen = {
        key: one for key, one in known.items() if one.is_open and (everything or not one.is_ready)
    }
    tables = read_tables(catalog, settings.parallel_tables, {key.table for key in chosen})
    now = TagReader(ledgers.spark, settings.parallel_tables).read(
        table for table in tables.values() if not table.error
    )
    return [
        OpenLabel(key=key, known=one, now=now.values.get(key, ""))
        for key, one in sorted(chosen.items())
    ]


def export_labels(
    spark: Any,
    settings: TaggingSettings,
    path: Path | str,
    patterns: Sequence[str] = (),
    *,
    everything: bool = True,
    overwrite: bool = False,
) -> int:
    """Write proposals into a file for people (.csv, .tsv, .xlsx); returns the number of rows.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        ReviewFileError: the file cannot be written, or is there already.
        EnvironmentNotReadyError: openpyxl is not installed.
    """
    items = open_labels(spark, settings, patterns, everything=everything)
    return write_label_file(Path(path), items, overwrite=overwrite)


def import_labels(
    spark: Any,
    settings: TaggingSettings,
    path: Path | str,
    *,
    scheme: LabelScheme | None = None,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> LabelsDecided:
    """Record the decisions of a file; rows in conflict are told and left out.

    A person may put another label in a label's place, if the scheme has it. What somebody else
    decided after the export stays, and the row is in conflict.

    Raises:
        ReviewFileError: the file cannot be read.
        SettingsError: the file of labels cannot be used.
    """
    scheme = scheme or read_scheme(settings.label_file)
    origin, rows = read_label_file(Path(path))
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    who = decided_by or session_user(ledgers.spark)
    known = known_labels(ledgers, {from_cell(cells.get("table", "")) for _, cells in rows})
    rulings, conflicts, untouched = rulings_of(rows, known, scheme, who=who)
    run_id = ""
    if rulings and not dry_run:
        with run(ledgers, settings, "label import") as log:
            run_id = log.run_id
            log.count(decisions=record_rulings(ledgers, rulings, run_id, origin, who))
    return LabelsDecided(
        run_id=run_id,
        dry_run=dry_run,
        rulings=tuple(rulings),
        conflicts=tuple(conflicts),
        untouched=untouched,
    )


def decide_labels(
    spark: Any,
    settings: TaggingSettings,
    verdict: Verdict,
    patterns: Sequence[str] = (),
    *,
    tag: str = "",
    value: str = "",
    everything: bool = False,
    rejected: bool = False,
    decided_by: str | None = None,
    dry_run: bool = False,
) -> LabelsDecided:
    """Accept or reject proposals: those that wait, and for a rejection also those that are ready.

    Args:
        tag, value: only proposals of this tag, of this value.
        everything: nothing else is chosen: all of them.
        rejected: accept those that were rejected before.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        SettingsError: nothing says which proposals are meant.
    """
    if not (patterns or tag or value or everything):
        raise SettingsError(
            f"Nothing says what to {verdict}.", remedy="Name tables, a tag, a value, or --all."
        )
    ledgers, _, known = _open(spark, settings, patterns)
    rulings = [
        LabelRuling(key=key, proposal_id=one.proposal_id, verdict=verdict)
        for key, one in sorted(known.items())
        if _is_meant(one, verdict, rejected=rejected)
        and tag in ("", key.tag)
        and value in ("", one.value)
    ]
    run_id = ""
    if rulings and not dry_run:
        with run(ledgers, settings, f"label {verdict}") as log:
            run_id = log.run_id
            log.count(decisions=record_rulings(ledgers, rulings, run_id, _BY_COMMAND, decided_by))
    return LabelsDecided(run_id=run_id, dry_run=dry_run, rulings=tuple(rulings))


def _is_meant(one: KnownLabel, verdict: Verdict, *, rejected: bool) -> bool:
    if rejected:
        return one.verdict == Verdict.REJECT and bool(one.value)
    return one.is_open and (verdict == Verdict.REJECT or not one.is_ready)


def record_rulings(
    ledgers: Ledgers,
    rulings: Iterable[LabelRuling],
    run_id: str,
    origin: str,
    decided_by: str | None = None,
) -> int:
    """Record decisions of people on labels; returns how many."""
    spark: Any = ledgers.spark
    who = decided_by or session_user(spark)
    now = datetime.now(UTC)
    return ledgers.append(
        DECISIONS,
        [
            decision_row(
                ruling.key.asset, ruling.proposal_id, ruling.verdict, who=who, origin=origin,
                run_id=run_id, now=now, text=ruling.value,
            )
            for ruling in rulings
        ],
    )  # fmt: skip


def _open(
    spark: Any, settings: TaggingSettings, patterns: Sequence[str]
) -> tuple[Ledgers, Catalog, dict[LabelKey, KnownLabel]]:
    ledgers = Ledgers(spark, settings)
    ensure_label_ledgers(ledgers)
    catalog = Catalog(spark, settings.excluded)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    return ledgers, catalog, known_labels(ledgers, names)
