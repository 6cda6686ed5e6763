"""Defines the command that measures versions of the comment program against what people wrote."""

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from lakegloss.cli.console import money, note, number, out, plural, progress
from lakegloss.cli.options import (
    Config,
    EndpointUrl,
    Exclude,
    Home,
    Model,
    Sets,
    Wait,
    opened_for_file,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import safe, shorten, visible

if TYPE_CHECKING:  # they take seconds to import, and help does not need them
    from lakegloss.lakehouse.progress import Progress
    from lakegloss.learning.answering import AskingPlan
    from lakegloss.learning.evaluation import EvaluationReport

STOPPED = 3
_PAGE = "evaluation.html"


def evaluate(
    version: Annotated[
        str,
        typer.Argument(help="NAME@ALIAS or NAME/NUMBER, built-in (the default), or rules."),
    ] = "",
    tables: Annotated[
        list[str] | None,
        typer.Option("--tables", help="Tables of the lake, as patterns; none selects all."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="State of the comment program, instead of a version.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with another version, on the same items.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="References in a file (docs/learning.md), not in the lake.")
    ] = None,
    split: Annotated[
        str,
        typer.Option(help="Only tables (of a file: items) of this split: train, select or gate."),
    ] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Where the HTML page goes.")] = None,
    mlflow: Annotated[
        bool, typer.Option("--mlflow/--no-mlflow", help="Record a run, where MLflow is installed.")
    ] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    exclude: Exclude = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Let a version write comments that people wrote already, hidden from it, and compare."""
    from lakegloss.learning.evaluation import chosen_references
    from lakegloss.learning.evaluation import evaluate as measure
    from lakegloss.release.evaluated import evaluated_version, record_evaluation

    settings = read_settings(
        config, home, sets, model=model, endpoint=endpoint, exclude=exclude, catalog_wait=wait
    )
    references = chosen_references(data, split)  # what is wrong with it is told before Spark starts
    first = evaluated_version(settings, version, state)
    second = evaluated_version(settings, against) if against is not None else None
    bars = _Bars()
    opened = opened_lake if references is None else opened_for_file
    with opened(settings) as spark, closing(bars):
        report = measure(
            spark, settings, first, against=second, patterns=tables or (), data=references,
            split=split, progress=bars, agree=lambda plan: yes or _agreed(plan, bars),
        )  # fmt: skip
    out.print(evaluation_view(report))
    if report.not_asked:
        raise typer.Exit(STOPPED)
    page, run = record_evaluation(report, settings, html or settings.home / _PAGE, mlflow=mlflow)
    note(f"Page: {page}")
    if run:
        note(f"MLflow run: {run}")


class _Bars:
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


def _agreed(plan: "AskingPlan", bars: _Bars) -> bool:
    """Show what a version would be asked; a person at a terminal decides, scripts go on."""
    bars.close()
    cost = f", at most {money(plan.max_cost)}" if plan.max_cost is not None else ""
    note(
        f"{plan.label}: {plural(plan.requests, 'request')}, "
        f"{number(plan.input_tokens)} tokens and at most {number(plan.max_output_tokens)} of "
        f"answers{cost}"
    )
    return not sys.stdin.isatty() or typer.confirm("Go on?", default=True)


def evaluation_view(report: "EvaluationReport") -> RenderableType:
    """What an evaluation found, for a terminal."""
    if report.not_asked:
        reasons = ", ".join(f"{count} {reason}" for reason, count in report.not_asked.items())
        cause = f" ({shorten(visible(report.cause), 200)})" if report.cause else ""
        return Text(
            f"Not finished: {reasons}{cause}. What was answered is kept: the same command goes on."
        )
    head = Text(
        f"{plural(report.items, 'comment')} of {plural(len(report.tables), 'table')}, "
        f"data set {report.data_hash}"
        + (f", beside {plural(report.house_texts, 'text')} of people" if report.house_texts else "")
    )
    parts: list[RenderableType] = [head, _versions(report)]
    if report.comparison is not None:
        parts.append(_comparison(report))
    return Group(*parts)


def _versions(report: "EvaluationReport") -> RenderableType:
    from lakegloss.learning.evaluation_page import estimate_text

    grid = Grid(box=None, pad_edge=False)
    for heading in ("version", "model", "score (95 %)", "pass", "words", "tokens", "cost"):
        grid.add_column(heading, overflow="fold")
    for one in report.versions:
        tokens = one.spent.input_tokens + one.spent.output_tokens
        grid.add_row(
            safe(one.label),
            safe(one.model) or "-",
            estimate_text(one.score),
            f"{one.passed:.0%}",
            f"{one.words:.1f}",
            number(tokens),
            money(one.spent.cost) if one.spent.cost is not None else "-",
        )
    return grid


def _comparison(report: "EvaluationReport") -> RenderableType:
    from lakegloss.learning.evaluation_page import chance_text, estimate_text

    found = report.comparison
    assert found is not None
    passes = found.passes
    return Text(
        f"{visible(found.first)} against {visible(found.second)}: {found.conclusion.value}\n"
        f"difference {estimate_text(found.difference, sign=True)}, "
        f"{plural(found.difference.groups, 'table')}\n"
        f"only the first passes {passes.first_only}, only the second {passes.second_only}: "
        f"{chance_text(passes.p)}"
    )
