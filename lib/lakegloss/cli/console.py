"""Renders what the commands print: progress, plans, summaries, differences, errors."""

from collections.abc import Iterator, Mapping, Sized
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table as Grid
from rich.text import Text

from lakegloss.core.assets import AssetKey
from lakegloss.core.checks.weak_models import WEAK_REMEDY
from lakegloss.core.review.merge import Conflict, Ruling
from lakegloss.core.text.terminal import safe
from lakegloss.errors import LakeglossError

if TYPE_CHECKING:  # Spark and DSPy take seconds to import, and help and errors need neither
    from lakegloss.lakehouse.apply.writes import ApplySummary
    from lakegloss.lakehouse.describe.describe import DescribeSummary
    from lakegloss.lakehouse.describe.planning import Plan
    from lakegloss.lakehouse.progress import Progress
    from lakegloss.lakehouse.review.review import ImportSummary
    from lakegloss.release.rollouts.shadow_describe import ShadowSummary

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
MOST_LINES = 20
"""The most lines of a list that a command prints where nobody says how many."""
_ACTIONS = {
    "describe": "to describe",
    "pending": "proposed, waiting to be applied",
    "waiting": "proposed, waiting for a review",
    "keep": "kept as they are",
    "protected": "written by people, protected",
    "rejected": "rejected before",
    "nothing_to_say": "no evidence to say anything",
    "not_writable": "not writable: their source cannot carry a comment there",
}
_REASONS = {
    "budget": "the budget was reached",
    "deadline": "the run's deadline was reached",
    "endpoint": "the endpoint did not answer for some",
    "journal": "the journal could not be written",
}


@contextmanager
def progress() -> "Iterator[Progress]":
    """Show bars for the steps of a command; without a terminal, one plain line for each step."""
    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
    )
    tasks: dict[str, int] = {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = bars.add_task(step, total=total or None)
        bars.update(tasks[step], completed=done, total=total or None)  # type: ignore[arg-type]

    with bars:
        yield tell


class PausableBars:
    """Shows progress, and leaves the screen alone while a person is asked."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._tell: Progress | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        if self._tell is None:
            self._tell = self._stack.enter_context(progress())
        self._tell(step, done, total)

    def close(self) -> None:
        self._stack.close()
        self._tell = None


def note(text: str) -> None:
    """Print a line about what is being done, apart from the command's own output."""
    err.print(f"[dim]{safe(text)}[/dim]", soft_wrap=True)


def print_more(items: Sized, limit: int = MOST_LINES) -> None:
    """Say how many items of a list are left out, if any are."""
    if len(items) > limit:
        out.print(f"  ... and {number(len(items) - limit)} more")


def show_error(error: LakeglossError) -> None:
    # Not wrapped: a path that is cut by a line's end cannot be copied or searched for.
    err.print(f"[bold red]error:[/bold red] {safe(error.said)}", soft_wrap=True)
    if error.remedy:
        err.print(f"[bold]what to do:[/bold] {safe(error.remedy)}", soft_wrap=True)


def number(value: int) -> str:
    return f"{value:,}"


def plural(value: int, noun: str) -> str:
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def money(value: float | None) -> str:
    return "no price set" if value is None else f"${value:,.4f}" if value < 1 else f"${value:,.2f}"


def _expected(cost: float | None) -> str:
    # More rounds and retries can follow: only a budget is a hard limit.
    return money(cost) if cost is None else f"first round, about {money(cost)}"


def _facts(rows: list[tuple[str, str]]) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def _counted(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return ", ".join(f"{number(n)} {words.get(name, name)}" for name, n in counts.items() if n)


def _taken_over(comments: int, calls: int) -> list[tuple[str, str]]:
    told = f"{number(comments)} comments of repeated columns, saves about {number(calls)} calls"
    return [("taken over", told)] if comments else []


REOPEN = "lakegloss review accept PATTERNS --rejected"
"""Takes a rejection back; an undo rejects, too."""


def _reopened(rejected: int) -> list[tuple[str, str]]:
    return [("rejected", f"to take them up again: {REOPEN}")] if rejected else []


def _reasons(title: str, reasons: Mapping[str, str]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if reasons:
        lines.append(f"[bold yellow]{title} ({number(len(reasons))})[/bold yellow]")
        for name, reason in list(reasons.items())[:MOST_LINES]:
            lines.append(f"  {safe(name)}: {safe(reason, 160)}")
        if len(reasons) > MOST_LINES:
            lines.append(f"  ... and {number(len(reasons) - MOST_LINES)} more")
    return lines


def plan_view(plan: "Plan", *, model: str) -> RenderableType:
    """Render a plan: what would be done and what it would cost."""
    rows = [
        ("tables, columns", f"{number(plan.tables)}, {number(plan.columns)}"),
        ("comments", _counted(plan.actions, _ACTIONS) or "nothing to do"),
        ("written by", f"the model {safe(model)}" if model else "the built-in rules, no model"),
    ]
    rows += _reopened(plan.actions.get("rejected", 0))
    if model:
        rows += [
            ("requests", number(plan.requests)),
            *_taken_over(plan.inherited, plan.calls_saved),
            ("input tokens", f"about {number(plan.input_tokens)}"),
            ("output tokens", f"first round, about {number(plan.max_output_tokens)}"),
            ("cost", _expected(plan.max_cost)),
        ]
    parts: list[RenderableType] = [_facts(rows)]
    busiest = sorted(plan.by_table.items(), key=lambda item: -item[1])[:MOST_LINES]
    if busiest:
        grid = Grid("table", "comments to write", box=None)
        for name, count in busiest:
            grid.add_row(safe(name), number(count))
        if len(plan.by_table) > len(busiest):
            grid.add_row(f"... and {number(len(plan.by_table) - len(busiest))} more tables", "")
        parts.append(grid)
    return Group(
        *parts,
        *_reasons("comments of lakegloss that are no longer true", plan.wrong),
        *_reasons("tables that cannot be read", plan.unreadable),
    )


def shadow_view(summary: "ShadowSummary") -> str:
    """Say what a rollout's challenger answered beside the champion."""
    if not (summary.run_id or summary.stopped):
        return "[dim]in the shadow: nothing is left to compare[/dim]"
    tokens = f"{number(summary.input_tokens)} in, {number(summary.output_tokens)} out"
    text = (
        f"in the shadow: {plural(summary.tables, 'table')} compared, "
        f"{plural(summary.calls, 'call')}, {number(summary.reused)} answers reused, tokens "
        f"{tokens}, cost {money(summary.cost)}"
    )
    if summary.waiting:
        text += f"; {plural(summary.waiting, 'table')} left for the next run"
    if summary.stopped:
        text += f" ({safe(summary.stopped, 300)})"
    return f"[dim]{text}[/dim]"


def describe_view(summary: "DescribeSummary") -> RenderableType:
    """Render what a describe did."""
    rows = [
        ("run", summary.run_id),
        ("tables, columns", f"{number(summary.tables)}, {number(summary.columns)}"),
        ("profiled now", f"{number(summary.profiled)} tables"),
        ("comments", _counted(summary.actions, _ACTIONS) or "nothing to do"),
        *([("version", safe(summary.program))] if summary.program else []),
        ("drafted by", _counted(summary.sources, {}) or _nobody(summary)),
        ("ready to apply", number(summary.ready)),
    ]
    rows += _reopened(summary.actions.get("rejected", 0))
    if summary.waiting:
        why = "would replace people's text, were rejected before, do not fit, or tell nothing"
        rows.append(("need a review", f"{number(summary.waiting)}: {why}"))
    if summary.untold:
        rows.append(("of unknown words", _untold(summary.untold, summary.unknown_words)))
    if summary.failed:
        rows.append(("left empty", f"{number(summary.failed)}: nothing could be said of them"))
    if summary.calls or summary.reused:
        tokens = f"{number(summary.input_tokens)} in, {number(summary.output_tokens)} out"
        rows += [
            ("model calls", number(summary.calls)),
            ("answers reused", number(summary.reused)),
            *_taken_over(summary.sources.get("inherited", 0), summary.calls_saved),
            ("tokens", tokens),
            ("cost", money(summary.cost)),
        ]
    parts: list[RenderableType] = [_facts(rows)]
    for reason, count in summary.not_asked.items():
        why = _REASONS.get(reason, reason)
        advice = summary.advice.get(reason, "Run the same command to go on.")
        parts.append(
            f"[bold yellow]stopped: {why}; {plural(count, 'comment')} missing. What is done is "
            f"kept. {safe(advice, 500)}[/bold yellow]"
        )
    parts += [
        f"[bold yellow]{safe(str(weak), 300)}. {WEAK_REMEDY}[/bold yellow]"
        for weak in summary.weak_models
    ]
    lines = _reasons("tables that cannot be read", summary.unreadable)
    if lines:
        lines.append("  Restore the files that they lack, or drop them; all others are done.")
    return Group(*parts, *lines)


def _untold(proposals: int, words: int) -> str:
    """Say which of the proposals that wait a line in the glossary would mend."""
    wait, hold = ("waits", "its name tells") if proposals == 1 else ("wait", "their names tell")
    return (
        f"{number(proposals)} {wait}, as {hold} nobody anything; `lakegloss words` lists "
        f"{plural(words, 'word')} that would mend that in the glossary"
    )


def _nobody(summary: "DescribeSummary") -> str:
    return "nobody so far" if summary.not_asked else "nobody: nothing was missing"


def apply_view(summary: "ApplySummary", *, done: str = "written") -> RenderableType:
    """Render what an apply or an undo did; for a dry run, the difference that it would make."""
    if summary.dry_run:
        return difference(summary)
    no_run = "none: outside of apply_window" if summary.later else f"none: nothing had to be {done}"
    rows = [
        ("run", summary.run_id or no_run),
        (f"comments {done}", number(summary.applied)),
        ("statements", number(summary.statements)),
    ]
    if summary.restored:
        rows.append(("written again", f"{number(summary.restored)}: Delta dropped them meanwhile"))
    if summary.waiting:
        rows.append(("need a review", number(summary.waiting)))
    if summary.later:
        where = plural(summary.later_tables, "table")
        rows.append(("wait for apply_window", f"{number(summary.later)} on {where}"))
    return Group(
        _facts(rows),
        *_reasons("not written: the catalog refused", summary.failed),
        *_reasons("left alone", summary.skipped),
    )


def _side(sign: str, text: str, style: str) -> RenderableType:
    return Padding(Text.from_markup(f"{sign} {safe(text)}", style=style), (0, 0, 0, 4))


def difference(summary: "ApplySummary") -> RenderableType:
    """Render the statements of a dry run, with each comment before and after."""
    lines: list[RenderableType] = []
    for stage in summary.stages:
        lines.append(f"[bold]{safe(stage.table)}[/bold]")
        # Never cut: a person must see the whole statement to agree to it.
        lines.append(Padding(f"[dim]{safe(stage.statement)}[/dim]", (0, 0, 0, 2)))
        for edit in stage.edits:
            name = safe(str(AssetKey(stage.table, edit.column)))
            lines.append(f"  {name}")
            if edit.before:
                lines.append(_side("-", edit.before, "red"))
            lines.append(_side("+", edit.after, "green"))
        if stage.keeps:
            kept = f"{plural(len(stage.keeps), 'comment')} of parts"
            lines.append(f"  [dim]{kept}, where Delta drops them, are written again[/dim]")
    comments = sum(len(stage.edits) for stage in summary.stages)
    lines.append(
        f"{plural(comments, 'comment')} by {plural(len(summary.stages), 'statement')}; "
        "nothing was changed (dry run)."
    )
    return Group(*lines, *_reasons("would be left alone", summary.skipped))


def show_import(done: "ImportSummary") -> None:
    """Print what an import recorded, or would record, and what it left out."""
    for ruling in done.rulings[:MOST_LINES]:
        out.print(_ruled(ruling), soft_wrap=True)
    print_more(done.rulings)
    counts = ", ".join(
        f"{number(sum(r.verdict == verdict for r in done.rulings))} {verdict}"
        for verdict in ("accept", "edit", "reject")
    )
    out.print(
        f"{'would record' if done.dry_run else 'recorded'}: {counts}; untouched "
        f"{number(done.untouched)}, recorded before {number(done.already)}"
    )
    if done.in_catalog:
        out.print(
            f"[yellow]{number(len(done.in_catalog))} of the rejected are in the catalog already: "
            "lakegloss undo RUN TABLE restores what was there.[/yellow]"
        )
    if done.conflicts:
        out.print(f"[bold yellow]in conflict, not recorded ({number(len(done.conflicts))})[/]")
        for conflict in done.conflicts[:MOST_LINES]:
            _show_conflict(conflict)
        print_more(done.conflicts)


def _ruled(ruling: Ruling) -> str:
    said = f": {safe(ruling.text, 160)}" if ruling.text else ""
    return f"  {safe(ruling.verdict):<6} {safe(str(ruling.key))}{said}"


def _show_conflict(conflict: Conflict) -> None:
    detail = f" ({safe(conflict.detail, 100)})" if conflict.detail else ""
    why = f"{safe(conflict.trouble.value)}{detail}. [dim]{safe(conflict.remedy)}[/dim]"
    out.print(f"  line {conflict.line}, {safe(str(conflict.key), 80)}: {why}", soft_wrap=True)
