"""Makes the report of the lakehouse's comments from the ledgers, as a page or for the terminal."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from lakegloss import __version__
from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.weak_models import weak_models
from lakegloss.core.ddl import is_in
from lakegloss.core.names import split_path
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
from lakegloss.core.report.standing import AssetState, asset_states, unexplained
from lakegloss.core.report.wrong_texts import wrong_texts
from lakegloss.core.selection import canonical, leave_out, select
from lakegloss.errors import AssetNotFoundError, RunNotFoundError, SettingsError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.labels.labels_shown import labels_of_report
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import moved_texts
from lakegloss.lakehouse.ledgers.tables import (
    CHANGES,
    DECISIONS,
    EVIDENCE,
    INVENTORY,
    PROPOSALS,
    RESPONSES,
    RUNS,
)
from lakegloss.lakehouse.report.html import render_html
from lakegloss.lakehouse.report.printed import render_terminal
from lakegloss.lakehouse.threads import threads
from lakegloss.settings import Settings
from lakegloss.settings_views import ReportSettings

_DONE = [ChangeStatus.APPLIED.value, ChangeStatus.UNDONE.value]
_QUERIES_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Holds what was read from the ledgers: slim rows of the selected tables."""

    inventory: Sequence[LedgerRow]
    proposals: Sequence[LedgerRow]
    changes: Sequence[LedgerRow]
    decisions: Sequence[LedgerRow]
    responses: Sequence[LedgerRow]
    classes: Sequence[LedgerRow]
    runs: Sequence[LedgerRow]
    comment_on_column: bool


def collect(
    spark: SparkSession,
    settings: Settings,
    patterns: Sequence[str] = (),
    *,
    limits: ReportBounds | None = None,
) -> ReportData:
    """Read the ledgers once and compute what the report shows; the lake itself is not read.

    Raises:
        RunNotFoundError: lakegloss never ran here.
        AssetNotFoundError: a pattern matches no table of the inventory.
    """
    limits = limits or ReportBounds()
    ledgers = Ledgers(spark, settings)
    if not ledgers.exist():
        raise RunNotFoundError(
            f"There is nothing to report: the schema {ledgers.schema!r} holds no runs.",
            remedy="Run `lakegloss describe` first, or correct catalog and schema_name.",
        )
    return _report(ledgers, settings.reporting, tuple(patterns), _read(ledgers, patterns), limits)


def write_report(
    spark: SparkSession, settings: Settings, path: Path | str, patterns: Sequence[str] = ()
) -> ReportData:
    """Write the report as one HTML file.

    Raises:
        RunNotFoundError: lakegloss never ran here.
        AssetNotFoundError: a pattern matches no table of the inventory, or it has none.
        SettingsError: the file cannot be written.
    """
    path = Path(path)
    data = collect(spark, settings, patterns)
    if not data.total.assets:
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


def _read(ledgers: Ledgers, patterns: Sequence[str]) -> _Rows:
    frame = ledgers.latest(INVENTORY).select(
        "table", "column", "kind", "data_type", "comment", "position", "present", "error",
        "seen_at",
    )  # fmt: skip
    inventory = [row for row in _rows(frame.where("present")) if row["table"]]
    chosen = canonical(patterns, Catalog(ledgers.spark).current)
    left_out = canonical(ledgers.exclude, Catalog(ledgers.spark).current)
    listed = {row["table"] for row in inventory}
    where = f"in the inventory ({ledgers.schema})"
    # A report of nothing is a page, too; only who writes one is told that it would be empty.
    tables = leave_out(select(listed, chosen, where=where) if listed or chosen else [], left_out)
    wanted = set(tables)
    some = bool(patterns or left_out)
    frames = _frames(ledgers, tables if some else None)
    with threads(_QUERIES_AT_ONCE) as pool:
        dialect = pool.submit(Catalog(ledgers.spark).dialect)
        read = dict(zip(frames, pool.map(_rows, frames.values()), strict=True))
    present = {(row["table"], row["column"]) for row in inventory}
    return _Rows(
        inventory=[row for row in inventory if row["table"] in wanted],
        proposals=read["proposals"],
        changes=read["changes"],
        decisions=read["decisions"],
        responses=_asked(read["responses"], wanted if some else None),
        classes=[r for r in read["classes"] if (r["table"], r["column"]) in present],
        runs=read["runs"],
        comment_on_column=dialect.result().comment_on_column,
    )


def _frames(ledgers: Ledgers, tables: Sequence[str] | None) -> dict[str, DataFrame]:
    def of_tables(frame: DataFrame) -> DataFrame:
        return frame if tables is None else frame.where(is_in("table", tables))

    responses = ledgers.read(RESPONSES).dropDuplicates(["response_id"])
    return {
        "proposals": of_tables(ledgers.read(PROPOSALS)).select(
            "table", "column", "proposal_id", "text", "source", "status", "checks", "reason",
            "proposed_at", "run_id",
        ),
        "changes": of_tables(ledgers.latest(CHANGES)).select(
            "table", "column", "proposal_id", "before", "after", "status", "error", "changed_at",
            "run_id", "statement",
        ),
        "decisions": of_tables(ledgers.latest(DECISIONS)).select(
            "proposal_id", "verdict", "text", "decided_by"
        ),
        "responses": responses.selectExpr(
            "input_tokens", "cached_tokens", "output_tokens", "usage_estimated",
            "transform(assets, asset -> named_struct('table', asset.table)) AS assets",
        ),
        "classes": of_tables(ledgers.latest(EVIDENCE)).select(
            "table", "column", "semantic", "personal"
        ),
        "runs": ledgers.latest(RUNS)
        .select(
            "run_id", "command", "status", "input_tokens", "output_tokens", "cost", "error",
            "started_at", "ended_at", "settings",
        ),
    }  # fmt: skip


def _rows(frame: DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.toArrow().to_pylist()
    return rows


def _asked(responses: Sequence[LedgerRow], tables: set[str] | None) -> list[LedgerRow]:
    if tables is None:
        return list(responses)
    return [row for row in responses if any(a["table"] in tables for a in row["assets"] or ())]


def _report(
    ledgers: Ledgers,
    settings: ReportSettings,
    patterns: tuple[str, ...],
    rows: _Rows,
    limits: ReportBounds,
) -> ReportData:
    states = _states(ledgers, rows, settings)
    by_name: defaultdict[str, list[AssetState]] = defaultdict(list)
    for state in states:
        by_name[state.table].append(state)
    names = sorted(by_name)
    shown = in_detail(names, by_name, limits)
    evidence = _evidence(ledgers, shown)
    show_values = settings.values in {"masked", "raw"}
    more = names[len(shown) : len(shown) + limits.summarised]
    usage = _usage(rows, settings, set(names) if patterns or ledgers.exclude else None)
    unreadable = [(s.table, s.error) for s in states if s.error and not s.column]
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
        wrong_texts=tuple(wrong_texts((s for n in shown for s in by_name[n]), evidence)),
        labels=labels_of_report(ledgers, names),
    )


def _statement(change: LedgerRow) -> tuple[str, str, int]:
    """The key of a run's statement: the columns of one level of a table share a statement."""
    level = len(split_path(change["column"])) if change["column"] else 0
    return change["run_id"], change["table"], level


def _states(ledgers: Ledgers, rows: _Rows, settings: ReportSettings) -> list[AssetState]:
    return asset_states(
        rows.inventory,
        rows.proposals,
        rows.changes,
        rows.decisions,
        thin_words=settings.thin_words,
        comment_on_column=rows.comment_on_column,
        authors=_authors(ledgers, rows),
    )


def _authors(ledgers: Ledgers, rows: _Rows) -> dict[tuple[str, str], str]:
    """Who drafted the comments that lakegloss wrote elsewhere, by table and column."""
    texts = unexplained(rows.inventory, rows.changes)
    found = moved_texts(ledgers, {AssetKey(*key): text for key, text in texts.items()})
    return {(key.table, key.column): author for key, author in found.items()}


def _evidence(ledgers: Ledgers, tables: Sequence[str]) -> dict[str, dict[str, LedgerRow]]:
    if not tables:
        return {}
    frame = ledgers.latest(EVIDENCE).where(is_in("table", tables))
    found: defaultdict[str, dict[str, LedgerRow]] = defaultdict(dict)
    for row in _rows(frame.drop("sketch", "bucket", "data_version", "run_id", "seen_at")):
        found[row["table"]][row["column"]] = row
    return found


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
    rows: _Rows, settings: ReportSettings, tables: set[str] | None
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
