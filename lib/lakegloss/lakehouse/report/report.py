"""Makes the report of the lakehouse's comments from the ledgers, as a page or for the terminal."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from lakegloss import __version__
from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.weak_models import weak_models
from lakegloss.core.names import split_path
from lakegloss.core.plan.guidance import Guidance
from lakegloss.core.records import ChangeStatus, LedgerRow
from lakegloss.core.report.coverage import (
    SchemaUsage,
    by_schema,
    coverage_of,
    failed_checks,
    judged_texts,
    usage_by_schema,
)
from lakegloss.core.report.data import (
    ReportBounds,
    ReportData,
    RunLine,
    gaps_of,
    in_detail,
    table_detail,
    total_cost,
)
from lakegloss.core.report.index import index_lines
from lakegloss.core.report.relations import pictures, relations_of
from lakegloss.core.report.since import Since, columns_since, comments_since, rows_now
from lakegloss.core.report.standing import COMMENTED, AssetState, asset_states, unexplained
from lakegloss.core.report.worst import RatingBounds, rate_comments, table_of_states
from lakegloss.core.report.wrong_texts import WrongText, evidence_of_row, wrong_texts
from lakegloss.core.shelf import batched
from lakegloss.core.words.meaning.unknown import UnknownWord, unknown_words
from lakegloss.errors import AssetNotFoundError, RunNotFoundError, SettingsError
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from lakegloss.lakehouse.labels.labels_shown import labels_of_report
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import moved_texts
from lakegloss.lakehouse.report.html import render_html
from lakegloss.lakehouse.report.judged_rows import judged_rows
from lakegloss.lakehouse.report.ledger_rows import LedgerRows, evidence_rows, read_rows
from lakegloss.lakehouse.report.looking import Look, look_again
from lakegloss.lakehouse.report.printed import render_terminal
from lakegloss.lakehouse.survey.inventory import TABLES_A_READ
from lakegloss.settings import Settings
from lakegloss.settings_views import ReportSettings

_Rows = Mapping[str, Mapping[str, LedgerRow]]

_DONE = [ChangeStatus.APPLIED.value, ChangeStatus.UNDONE.value]


def collect(
    spark: SparkSession,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    limits: ReportBounds | None = None,
    again: bool = False,
) -> ReportData:
    """Read the ledgers once and compute what the report shows; no data of the lake are read.

    Args:
        again: look at the catalog again: count what it shows now, and say what is new, gone or
            was written by others since.

    Raises:
        RunNotFoundError: lakegloss never ran here.
        AssetNotFoundError: a pattern matches no table of the inventory.
        SettingsError: the file of guidance cannot be read.
    """
    limits = limits or ReportBounds()
    ledgers = Ledgers(spark, settings)
    if not ledgers.exist():
        raise RunNotFoundError(
            f"There is nothing to report: the schema {ledgers.schema!r} holds no runs.",
            remedy="Run `lakegloss describe` first, or correct catalog and schema_name.",
        )
    guidance = read_guidance(settings.guidance)
    rows = read_rows(ledgers, patterns)
    since = None
    if again:
        rows, since = _looked(ledgers, settings.reporting, patterns, rows, limits.looked)
    data = _report(ledgers, settings.reporting, tuple(patterns), rows, limits, guidance)
    return replace(data, since=since)


def write_report(
    spark: SparkSession, settings: Settings, path: Path | str, patterns: Sequence[str] = ()
) -> ReportData:
    """Look at the catalog again, and write the report as one HTML file.

    Raises:
        RunNotFoundError: lakegloss never ran here.
        AssetNotFoundError: a pattern matches no table of the inventory, or it has none.
        SettingsError: the file cannot be written.
    """
    path = Path(path)
    data = collect(spark, settings, patterns, again=True)
    if not data.total.assets and not (data.since and data.since.gone_tables):
        raise AssetNotFoundError(
            f"There is nothing to report: the inventory of {data.schema!r} lists no table.",
            remedy="Run `lakegloss plan` first, or correct catalog, schema_name and home.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_html(data), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The report cannot be written to {str(path)!r}: {error.strerror}.",
            remedy="Give another path.",
        ) from None
    return data


def require_place(path: Path) -> None:
    """Check, before anything is read, that a report can be at this path.

    Raises:
        SettingsError: a folder is there, or a file in place of its folder.
    """
    above = next((folder for folder in path.absolute().parents if folder.exists()), Path("/"))
    if path.is_dir() or not above.is_dir():
        raise SettingsError(
            f"The report cannot be written to {str(path)!r}: "
            f"{'it is a folder' if path.is_dir() else f'{above} is no folder'}.",
            remedy="Give another path.",
        )


def _looked(
    ledgers: Ledgers, settings: ReportSettings, patterns: Sequence[str], rows: LedgerRows, most: int
) -> tuple[LedgerRows, Since]:
    """The rows as they would be if the inventory were taken now, and what differs."""
    look = look_again(
        ledgers, patterns, rows.inventory, most=most, parallel_tables=settings.parallel_tables
    )
    if look.failed:
        return rows, Since(failed=look.failed)
    now = rows_now(rows.inventory, look.tables, look.gone, look.at)
    there = {(row["table"], row["column"]) for row in now}
    later = replace(
        rows,
        inventory=now,
        classes=[row for row in rows.classes if (row["table"], row["column"]) in there],
    )
    return later, _since(ledgers, settings, look, rows, later)


def _since(
    ledgers: Ledgers, settings: ReportSettings, look: Look, rows: LedgerRows, later: LedgerRows
) -> Since:
    def states(of: LedgerRows) -> list[AssetState]:
        some = [row for row in of.inventory if row["table"] in look.tables]
        return _states(ledgers, replace(of, inventory=some), settings)

    new, gone = columns_since(rows.inventory, look.tables)
    return Since(
        looked_at=look.at,
        tables=len(look.tables),
        listed=look.listed,
        new_tables=look.new,
        gone_tables=look.gone,
        elsewhere=tuple(sorted(look.elsewhere.items())),
        new_columns=tuple(new),
        gone_columns=tuple(gone),
        comments=comments_since(states(rows), states(later)),
    )


def _report(
    ledgers: Ledgers,
    settings: ReportSettings,
    patterns: tuple[str, ...],
    rows: LedgerRows,
    limits: ReportBounds,
    guidance: Guidance,
) -> ReportData:
    states = _states(ledgers, rows, settings)
    by_name: defaultdict[str, list[AssetState]] = defaultdict(list)
    for state in states:
        by_name[state.table].append(state)
    names = sorted(by_name)
    shown = in_detail(names, by_name, limits)
    evidence = evidence_rows(ledgers, shown)
    show_values = settings.values in {"masked", "raw"}
    more = names[len(shown) : len(shown) + limits.summarised]
    usage = _usage(rows, settings, set(names) if patterns or ledgers.exclude else None)
    unreadable = [(s.table, s.error) for s in states if s.error and not s.column]
    wrong = tuple(_wrong(ledgers, by_name, evidence))
    relations = relations_of(rows.classes, by_name.keys())
    return ReportData(
        generated_at=datetime.now(UTC),
        version=__version__,
        schema=ledgers.schema,
        patterns=patterns,
        total=coverage_of("all", states),
        schemas=tuple(by_schema(states)),
        tables=tuple(
            table_detail(by_name[name], evidence.get(name, {}), show_values=show_values)
            for name in shown
        ),
        summarised=tuple(coverage_of(name, by_name[name]) for name in more),
        beyond=len(names) - len(shown) - len(more),
        gaps=gaps_of(states, examples=limits.examples),
        unreadable=tuple(sorted(unreadable)[: limits.tables]),
        checks=failed_checks(rows.proposals),
        semantic=_counted(rows.classes, "semantic"),
        personal=_counted(rows.classes, "personal"),
        usage=usage,
        statements=len({_statement(r) for r in rows.changes if r["status"] in _DONE}),
        calls=len(rows.responses),
        cost=total_cost(usage, rows.runs, patterns),
        runs=_run_lines(rows.runs, limits.runs),
        weak_models=weak_models(judged_texts(rows.proposals, _models(rows.runs))),
        wrong_texts=wrong,
        index=tuple(
            index_lines(
                [*shown, *more], by_name, in_detail=shown, wrong=wrong, classes=rows.classes
            )
        ),
        ratings=rate_comments(
            (by_name[n] for n in shown), evidence, _bounds(settings), guidance.matching
        ),
        relations=tuple(relations),
        pictures=tuple(pictures(relations, _keys(rows.classes))),
        personal_columns=_personal(rows.classes, limits.personal),
        unknown=_unknown(shown, by_name, evidence, guidance, limits.unknown),
        inventory_at=max((row["seen_at"] for row in rows.inventory), default=None),
        labels=labels_of_report(ledgers, names),
    )


def _wrong(
    ledgers: Ledgers, states: Mapping[str, Sequence[AssetState]], evidence: _Rows
) -> Iterator[WrongText]:
    """The comments of lakegloss that the data contradict, also of tables without details."""
    yield from wrong_texts((s for name in evidence for s in states.get(name, ())), evidence)
    rest = sorted(
        name
        for name, own in states.items()
        if name not in evidence and any(s.standing in COMMENTED for s in own)
    )
    for some in batched(rest, TABLES_A_READ):
        yield from wrong_texts((s for n in some for s in states[n]), judged_rows(ledgers, some))


def _bounds(settings: ReportSettings) -> RatingBounds:
    return RatingBounds(
        thin_words=settings.thin_words,
        table_limit=settings.max_table_comment,
        column_limit=settings.max_column_comment,
    )


def _keys(classes: Sequence[LedgerRow]) -> dict[str, list[str]]:
    """The columns of primary keys, by table."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for row in classes:
        if row["key_role"] == "primary":
            keys[row["table"]].append(row["column"])
    return keys


def _personal(classes: Sequence[LedgerRow], most: int) -> tuple[tuple[str, str, str], ...]:
    rows = sorted((r["table"], r["column"], r["personal"]) for r in classes if r["personal"])
    return tuple(rows[:most])


def _unknown(
    tables: Collection[str],
    states: Mapping[str, Sequence[AssetState]],
    evidence: _Rows,
    guidance: Guidance,
    most: int,
) -> tuple[UnknownWord, ...]:
    read = (
        (
            table_of_states(states[name]),
            {path: evidence_of_row(row) for path, row in evidence.get(name, {}).items()},
        )
        for name in tables
    )
    return tuple(unknown_words(read, guidance.matching)[:most])


def _statement(change: LedgerRow) -> tuple[str, str, int]:
    """The key of a run's statement: the columns of one level of a table share a statement."""
    level = len(split_path(change["column"])) if change["column"] else 0
    return change["run_id"], change["table"], level


def _states(ledgers: Ledgers, rows: LedgerRows, settings: ReportSettings) -> list[AssetState]:
    return asset_states(
        rows.inventory,
        rows.proposals,
        rows.changes,
        rows.decisions,
        thin_words=settings.thin_words,
        comment_on_column=rows.comment_on_column,
        authors=_authors(ledgers, rows),
    )


def _authors(ledgers: Ledgers, rows: LedgerRows) -> dict[tuple[str, str], str]:
    """Who drafted the comments that lakegloss wrote elsewhere, by table and column."""
    texts = unexplained(rows.inventory, rows.changes)
    found = moved_texts(ledgers, {AssetKey(*key): text for key, text in texts.items()})
    return {(key.table, key.column): author for key, author in found.items()}


def _models(runs: Sequence[LedgerRow]) -> dict[str, str]:
    """The model that each run was to ask, by run."""
    return {run["run_id"]: str(_settings(run["settings"]).get("model", "")) for run in runs}


def _settings(text: str | None) -> dict[str, Any]:
    try:
        settings = json.loads(text or "{}")
    except ValueError:  # of a version that wrote them otherwise
        return {}
    return settings if isinstance(settings, dict) else {}


def _counted(rows: Sequence[LedgerRow], name: str) -> dict[str, int]:
    counts = Counter(row[name] for row in rows if row[name])
    return dict(counts.most_common())


def _usage(
    rows: LedgerRows, settings: ReportSettings, tables: set[str] | None
) -> tuple[SchemaUsage, ...]:
    found = usage_by_schema(
        rows.responses,
        price_input=settings.price_input,
        price_output=settings.price_output,
        tables=tables,
    )
    return tuple(found)


def _run_lines(runs: Sequence[LedgerRow], most: int) -> tuple[RunLine, ...]:
    newest = sorted(runs, key=lambda run: run["started_at"], reverse=True)[:most]
    return tuple(_run_line(run) for run in newest)


def _run_line(run: LedgerRow) -> RunLine:
    started, ended = run["started_at"], run["ended_at"]
    return RunLine(
        run_id=run["run_id"],
        command=run["command"],
        status=run["status"],
        started_at=started,
        seconds=(ended - started).total_seconds() if ended is not None else None,
        tokens=(run["input_tokens"] or 0) + (run["output_tokens"] or 0),
        cost=run["cost"],
        error=run["error"] or "",
    )


__all__ = ["collect", "render_html", "render_terminal", "write_report"]
