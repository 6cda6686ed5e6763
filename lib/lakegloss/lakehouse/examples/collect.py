"""Collects examples, lists them, withdraws them and takes them out of and into files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakegloss.core.learning.examples import Example, FoundExample
from lakegloss.core.learning.salting import groups_to_split
from lakegloss.core.learning.settling import Refused, Settled, settle
from lakegloss.core.learning.withdrawing import WhichExamples, withdrawn_rows
from lakegloss.core.selection import canonical, matching
from lakegloss.errors import AssetNotFoundError, SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.examples.example_files import write_examples
from lakegloss.lakehouse.examples.imported import Imported, read_imported
from lakegloss.lakehouse.examples.keeping import ExampleLedger
from lakegloss.lakehouse.examples.work import found_in_feedback, found_in_lake
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.runs import run
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.review.reading import read_all
from lakegloss.lakehouse.session.user import session_user
from lakegloss.settings import Settings
from lakegloss.settings_views import LedgerSettings

_TABLES_A_CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSummary:
    """Says what became examples.

    Attributes:
        rows: new rows, those that replace an older text among them.
        found: how many texts were looked at.
        known: how many are recorded already; `withdrawn` stay withdrawn.
        refused: those that fail the checks, without their texts.
        skipped: lines of a file that were left out, with the reason.
        unreadable: tables that could not be read, with the reason.
    """

    run_id: str
    dry_run: bool
    found: int
    rows: tuple[Example, ...]
    known: int
    withdrawn: int
    refused: tuple[Refused, ...]
    skipped: tuple[tuple[int, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()


def collect(
    spark: Any,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> CollectSummary:
    """Make examples of what people decided and wrote; what is recorded already is not again.

    Args:
        spark: a classic or a Connect session.
        patterns: select tables; without patterns all tables, and feedback on other programs.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: the ledger cannot be made.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    catalog = Catalog(spark, settings.excluded)
    names = _names(catalog, ledgers, patterns)
    found: list[FoundExample] = []
    unreadable: list[tuple[str, str]] = []
    for start in range(0, len(names), _TABLES_A_CHUNK):
        chunk = names[start : start + _TABLES_A_CHUNK]
        tables = list(read_all(catalog, settings.parallel_tables, chunk).values())
        unreadable += [(table.name, table.error) for table in tables if table.error]
        found += found_in_lake(ledgers, tables, settings.values)
        progress("tables", start + len(chunk), len(names))
    if not patterns:
        found += found_in_feedback(ledgers)
    return _kept(
        ledgers, settings, "examples collect", found, dry_run=dry_run, unreadable=unreadable
    )


def _names(catalog: Catalog, ledgers: Ledgers, patterns: Sequence[str]) -> list[str]:
    try:
        return catalog.table_names(patterns, own_schema=ledgers.schema)
    except AssetNotFoundError:
        if patterns:
            raise
        return []  # a lake without tables may have feedback


def import_examples(
    spark: Any,
    settings: Settings,
    path: Path | str,
    patterns: Sequence[str] = (),
    *,
    who: str = "",
    dry_run: bool = False,
) -> CollectSummary:
    """Make examples of a file: JSON lines, CSV, a review file, or a schema.yml of dbt.

    Args:
        patterns: the tables that names without a schema may mean, as in files of dbt.
        who: whose examples they are; by default the session's user.

    Raises:
        ExampleFileError, ReviewFileError: the file cannot be used; nothing is recorded.
        CatalogError: the ledger cannot be made.
    """
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    whose = who or session_user(spark)
    imported: Imported = read_imported(ledgers, settings.reviewing, Path(path), patterns, who=whose)
    return _kept(
        ledgers, settings, "examples import", imported.found, dry_run=dry_run,
        skipped=imported.skipped,
    )  # fmt: skip


def _kept(
    ledgers: Ledgers,
    settings: Settings,
    command: str,
    found: Sequence[FoundExample],
    *,
    dry_run: bool,
    skipped: Sequence[tuple[int, str]] = (),
    unreadable: Sequence[tuple[str, str]] = (),
) -> CollectSummary:
    examples = ExampleLedger(ledgers)
    # A dry run makes no ledger; without one it shows the splits that another salt would give.
    makes_none = dry_run and not examples.exists()
    salt = "" if makes_none else examples.salt(groups_to_split(found))
    history, now, run_id = examples.history(), datetime.now(UTC), ""
    settled = settle(found, history, salt=salt, run_id="", now=now)
    if settled.rows and not dry_run:
        with run(ledgers, settings, command) as log:
            run_id = log.run_id
            rows = tuple(replace(row, run_id=run_id) for row in settled.rows)
            settled = replace(settled, rows=rows)
            log.count(examples=examples.append(rows), refused=len(settled.refused))
    return _summary(settled, run_id, len(found), skipped, unreadable, dry_run=dry_run)


def _summary(
    settled: Settled,
    run_id: str,
    found: int,
    skipped: Sequence[tuple[int, str]],
    unreadable: Sequence[tuple[str, str]],
    *,
    dry_run: bool,
) -> CollectSummary:
    return CollectSummary(
        run_id=run_id,
        dry_run=dry_run,
        found=found,
        rows=settled.rows,
        known=settled.known,
        withdrawn=settled.withdrawn,
        refused=settled.refused,
        skipped=tuple(skipped),
        unreadable=tuple(unreadable),
    )


def list_examples(
    spark: Any,
    settings: LedgerSettings,
    patterns: Sequence[str] = (),
    *,
    program: str = "",
    split: str = "",
    withdrawn: bool = False,
) -> list[Example]:
    """The newest row of each example.

    Args:
        patterns: select tables; without patterns all examples.
        withdrawn: also those that were withdrawn.
    """
    ledgers = Ledgers(spark, settings)
    latest = ExampleLedger(ledgers).latest()
    names = {e.table for e in latest if e.table}
    if patterns:
        wanted = canonical(patterns, Catalog(spark).current)
        names = matching(names, wanted)
    return [
        e
        for e in latest
        if (not patterns or e.table in names)
        and program in {"", e.program}
        and split in {"", e.split}
        and (withdrawn or not e.withdrawn)
    ]


def export_examples(
    path: Path | str, examples: Sequence[Example], *, overwrite: bool = False
) -> int:
    """Write examples to a file, without who wrote them; returns how many.

    Raises:
        ExampleFileError: see `write_examples`.
    """
    return write_examples(Path(path), examples, overwrite=overwrite)


def require_withdrawal(which: WhichExamples, *, reason: str, restore: bool = False) -> None:
    """Check that a withdrawal says which examples, and why.

    Raises:
        SettingsError: it does not.
    """
    if not which:
        raise SettingsError("Nothing says which examples.", remedy="Give ids, --table or --who.")
    if not reason.strip() and not restore:
        raise SettingsError("A withdrawal needs a reason.", remedy="Give --reason.")


def withdraw(
    spark: Any,
    settings: Settings,
    which: WhichExamples,
    *,
    reason: str,
    restore: bool = False,
    dry_run: bool = False,
) -> list[Example]:
    """Withdraw examples, so that nothing learns from them any more; returns their new rows.

    Args:
        restore: take withdrawn ones back in.

    Raises:
        SettingsError: nothing is selected, or no reason is given.
    """
    require_withdrawal(which, reason=reason, restore=restore)
    ledgers = Ledgers(spark, settings)
    ledgers.ensure()
    examples = ExampleLedger(ledgers)
    current = Catalog(spark).current
    named = WhichExamples(
        ids=which.ids, tables=tuple(canonical(which.tables, current)), who=which.who
    )
    chosen, now = named.of(examples.latest()), datetime.now(UTC)
    new = withdrawn_rows(chosen, withdrawn=not restore, reason=reason, run_id="", now=now)
    if not new or dry_run:
        return new
    with run(ledgers, settings, "examples withdraw") as log:
        new = [replace(row, run_id=log.run_id) for row in new]
        log.count(examples=examples.append(new))
    return new
