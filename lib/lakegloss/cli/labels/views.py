"""Renders what the commands about labels print."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid

from lakegloss.cli.console import MOST_LINES, money, number, plural
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.lakehouse.labels.applying import LabelsApplied
    from lakegloss.lakehouse.labels.label_report import LabelReport
    from lakegloss.lakehouse.labels.proposing import LabelPlan, LabelSummary

_LABEL_ACTIONS = {
    "propose": "to propose",
    "keep": "there already",
    "pending": "proposed, waiting to be applied",
    "waiting": "proposed, waiting for a review",
    "protected": "set by people otherwise, protected",
    "rejected": "rejected before",
}
_DONE = {**_LABEL_ACTIONS, "propose": "proposed now"}


def _grid(rows: Iterable[tuple[str, str]]) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def _listed(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return ", ".join(
        f"{number(n)} {words.get(name, safe(name))}" for name, n in counts.items() if n
    )


def _told(title: str, reasons: Mapping[str, str]) -> list[RenderableType]:
    if not reasons:
        return []
    shown = list(reasons.items())[:MOST_LINES]
    lines: list[RenderableType] = [f"[bold yellow]{title} ({number(len(reasons))})[/bold yellow]"]
    lines += [f"  {safe(name)}: {safe(reason, 300)}" for name, reason in shown]
    if len(reasons) > len(shown):
        lines.append(f"  ... and {number(len(reasons) - len(shown))} more")
    return lines


def label_plan_view(plan: "LabelPlan", *, model: str) -> RenderableType:
    """Render a plan: what would be proposed, and what it would cost."""
    rows = [
        ("tables, columns", f"{number(plan.tables)}, {number(plan.columns)}"),
        ("labels", _listed(plan.actions, _LABEL_ACTIONS) or "none by rules"),
        ("tags to propose", _listed(plan.tags, {}) or "none by rules"),
    ]
    if model:
        asked = (
            f"{plural(plan.asked_tables, 'table')} and {plural(plan.asked_columns, 'column')} in "
            f"doubt, by the model {safe(model)}"
        )
        rows += [
            ("asked about", asked),
            ("requests", number(plan.requests)),
            ("input tokens", f"about {number(plan.input_tokens)}"),
            ("output tokens", f"at most {number(plan.max_output_tokens)}"),
            ("cost", money(plan.max_cost)),
        ]
    else:
        rows.append(("asked about", "nothing: no model is set, the rules decide"))
    return Group(_grid(rows), *_told("tables that cannot be read", plan.unreadable))


def summary_view(done: "LabelSummary") -> RenderableType:
    """Render what proposing labels did."""
    rows = [
        ("run", done.run_id),
        ("tables, columns", f"{number(done.tables)}, {number(done.columns)}"),
        ("profiled now", f"{number(done.profiled)} tables"),
        ("labels", _listed(done.actions, _DONE) or "none"),
        ("tags", _listed(done.tags, {}) or "none proposed"),
        ("ready to apply", number(done.ready)),
    ]
    if done.waiting:
        rows.append(("need a review", number(done.waiting)))
    if done.calls or done.reused:
        tokens = f"{number(done.input_tokens)} in, {number(done.output_tokens)} out"
        rows += [
            ("model calls", number(done.calls)),
            ("answers reused", number(done.reused)),
            ("tokens", tokens),
            ("cost", money(done.cost)),
        ]
    left = [
        f"[bold yellow]stopped: {safe(reason)}; {plural(count, 'question')} left open. What is "
        "done is kept: run the same command to go on.[/bold yellow]"
        for reason, count in done.not_asked.items()
    ]
    return Group(
        _grid(rows),
        *left,
        *_told("no label: what the model said is not in the list", done.refused),
        *_told("tables that cannot be read", done.unreadable),
    )


def applied_view(done: "LabelsApplied", *, verb: str = "set") -> RenderableType:
    """Render what an apply or an undo did; for a dry run, the statements that it would run."""
    if done.dry_run:
        return _dry_run(done)
    rows = [
        ("run", done.run_id or f"none: nothing had to be {verb}"),
        (f"tags {verb}", number(done.applied)),
        ("statements", number(done.statements)),
    ]
    if done.waiting:
        rows.append(("need a review", number(done.waiting)))
    if done.later:
        rows.append(("wait for apply_window", number(done.later)))
    return Group(
        _grid(rows),
        *_told(f"not {verb}: the catalog refused", done.failed),
        *_told("left alone", done.skipped),
    )


def _dry_run(done: "LabelsApplied") -> RenderableType:
    lines: list[RenderableType] = []
    for stage in done.stages:
        # Never cut: a person must see the whole statement to agree to it.
        lines.append(Padding(f"[dim]{safe(stage.statement)}[/dim]", (0, 0, 0, 2)))
        for edit in stage.edits:
            key = LabelKey(stage.table, edit.column, edit.tag)
            before = f"{safe(edit.before)} -> " if edit.before else ""
            lines.append(f"  {safe(str(key))}: {before}{safe(edit.after) or 'none'}")
    tags = sum(len(stage.edits) for stage in done.stages)
    lines.append(
        f"{plural(tags, 'tag')} by {plural(len(done.stages), 'statement')}; nothing was changed "
        "(dry run)."
    )
    return Group(*lines, *_told("would be left alone", done.skipped))


def label_report_view(found: "LabelReport") -> RenderableType:
    """Render a report of labels."""
    rows = [
        ("tables, columns", f"{number(found.tables)}, {number(found.columns)}"),
        ("ready to apply", number(found.ready)),
        ("need a review", number(found.waiting)),
    ]
    parts: list[RenderableType] = [_grid(rows)]
    if found.counts:
        grid = Grid("tag", "value", "tables", "columns", "set by lakegloss", box=None)
        for one in found.counts:
            cells = (number(one.tables), number(one.columns), number(one.ours))
            grid.add_row(safe(one.tag), safe(one.value, 60), *cells)
        parts.append(grid)
    else:
        parts.append("No tag is set.")
    untagged = dict.fromkeys(found.untagged, "personal data by the evidence")
    parts += _told("personal data without a tag", untagged)
    parts += _told("tables without a domain", dict.fromkeys(found.without_domain, "none"))
    return Group(*parts, *_told("tables that cannot be read", found.unreadable))
