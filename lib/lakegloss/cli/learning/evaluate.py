"""Defines the command that measures programs against what people wrote."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from lakegloss.cli.console import PausableBars, money, note, number, out, plural
from lakegloss.cli.options import (
    STOPPED,
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
    from lakegloss.learning.answering import AskingPlan
    from lakegloss.learning.evaluation import EvaluationReport
    from lakegloss.learning.program_evaluation.program_report import ProgramReport

_PAGE = "evaluation.html"
_REASONS = 3


def evaluate(
    version: Annotated[
        str,
        typer.Argument(
            help="NAME@ALIAS or NAME/NUMBER, built-in (the default), rules; or a signature of the "
            "library, a program's file (.yaml, .json)."
        ),
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
    metric: Annotated[
        list[str] | None,
        typer.Option(help="A metric by its name, more than once; the first one decides."),
    ] = None,
    judge: Annotated[
        str, typer.Option(help="With --against: let this model judge the texts, in pairs.")
    ] = "",
    labels: Annotated[
        Path | None, typer.Option(help="A sheet on which people chose; corrects the judge.")
    ] = None,
    label_sheet: Annotated[
        Path | None, typer.Option(help="Write a sheet (.csv) for people to choose on, blindly.")
    ] = None,
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
    """Let a program write what people wrote already, hidden from it, and compare."""
    from lakegloss.learning.answering import EvaluatedVersion
    from lakegloss.learning.measuring import Measurement, judge_order, measure, read_data
    from lakegloss.release.evaluated import evaluated, record_evaluation

    settings = read_settings(
        config, home, sets, model=model, endpoint=endpoint, exclude=exclude, catalog_wait=wait
    )
    first = evaluated(settings, version, state)
    second = evaluated(settings, against) if against is not None else None
    of_comments = isinstance(first, EvaluatedVersion)
    chosen = Measurement(
        # What is wrong with a file is told before Spark starts.
        tables=tables or [], data=read_data(first, data, split), split=split, metrics=metric or [],
        judge=judge_order(judge, labels, label_sheet, compared=second is not None),
    )  # fmt: skip
    bars = PausableBars()
    opened = opened_lake if of_comments and data is None else opened_for_file
    with opened(settings) as spark, closing(bars):
        report = measure(
            spark, settings, first, second, chosen, progress=bars,
            agree=lambda plan: yes or _agreed(plan, bars),
        )  # fmt: skip
    out.print(evaluation_view(report))
    if report.not_asked:
        raise typer.Exit(STOPPED)
    page, run = record_evaluation(report, settings, html or settings.home / _PAGE, mlflow=mlflow)
    note(f"Page: {page}")
    if label_sheet is not None:
        note(f"Sheet: {label_sheet}. Write 1, 2 or tie into `choice`, and give it by --labels.")
    if run:
        note(f"MLflow run: {run}")


def _agreed(plan: "AskingPlan", bars: PausableBars) -> bool:
    """Show what a version would be asked; a person at a terminal decides, scripts go on."""
    bars.close()
    cost = f", at most {money(plan.max_cost)}" if plan.max_cost is not None else ""
    note(
        f"{plan.label}: {plural(plan.requests, 'request')}, "
        f"{number(plan.input_tokens)} tokens and at most {number(plan.max_output_tokens)} of "
        f"answers{cost}"
    )
    return not sys.stdin.isatty() or typer.confirm("Go on?", default=True)


def evaluation_view(report: "EvaluationReport | ProgramReport") -> RenderableType:
    """What an evaluation found, for a terminal."""
    from lakegloss.learning.evaluation_page import judge_text

    if report.not_asked:
        reasons = ", ".join(f"{count} {reason}" for reason, count in report.not_asked.items())
        cause = f" ({shorten(visible(report.cause), 200)})" if report.cause else ""
        return Text(
            f"Not finished: {reasons}{cause}. What was answered is kept: the same command goes on."
        )
    item, group = report.item_words
    tables = len({one.key.table for one in report.versions[0].items}) if report.versions else 0
    head = Text(
        f"{plural(report.items, item)} of {plural(tables, group)}, data set {report.data_hash}"
        + _beside(report)
    )
    parts: list[RenderableType] = [head, _versions(report), *_failures(report), *_others(report)]
    if report.comparison is not None:
        parts.append(_comparison(report))
    if report.judged is not None:
        parts += [Text(visible(line)) for line in judge_text(report.judged, f"{group}s")]
    return Group(*parts)


def _beside(report: "EvaluationReport | ProgramReport") -> str:
    texts = getattr(report, "house_texts", 0)
    return f", beside {plural(texts, 'text')} of people" if texts else ""


def _versions(report: "EvaluationReport | ProgramReport") -> RenderableType:
    from lakegloss.learning.evaluation_page import estimate_text

    grid = Grid(box=None, pad_edge=False)
    score = "score (95 %)" if report.item_words[0] == "comment" else f"{report.metric} (95 %)"
    for heading in ("version", "model", score, "pass", "words", "tokens", "cost"):
        grid.add_column(heading, overflow="fold")
    for one in report.versions:
        tokens = one.spent.input_tokens + one.spent.output_tokens
        grid.add_row(
            safe(one.label),
            safe(one.model) or "-",
            estimate_text(one.score, groups=f"{report.item_words[1]}s"),
            f"{one.passed:.0%}",
            f"{one.words:.1f}",
            number(tokens),
            money(one.spent.cost) if one.spent.cost is not None else "-",
        )
    return grid


def _failures(report: "EvaluationReport | ProgramReport") -> Iterator[RenderableType]:
    from lakegloss.learning.evaluation_page import estimate_text

    item, group = report.item_words
    for one in report.versions:
        if not one.failures:
            continue
        count = sum(one.failures.values())
        why = "; ".join(
            f"{'once' if times == 1 else f'{times} times'}: {shorten(visible(reason), 120)}"
            for reason, times in list(one.failures.items())[:_REASONS]
        )
        yield Text(
            f"{visible(one.label)} gave nothing for {plural(count, item)}, counted as 0 (without "
            f"them {estimate_text(one.answered, groups=f'{group}s')}). {why}"
        )


def _others(report: "EvaluationReport | ProgramReport") -> Iterator[RenderableType]:
    from lakegloss.learning.evaluation_page import estimate_text
    from lakegloss.learning.program_evaluation.program_report import ProgramReport

    if not isinstance(report, ProgramReport):
        return
    groups = f"{report.item_words[1]}s"
    for place, one in enumerate(report.metrics):
        left_out = f", {plural(one.unscored, 'example')} not scored" if one.unscored else ""
        if place or left_out:
            values = ", ".join(estimate_text(v.score, groups=groups) for v in one.versions)
            yield Text(f"{one.metric}: {values}{left_out}")


def _comparison(report: "EvaluationReport | ProgramReport") -> RenderableType:
    from lakegloss.learning.evaluation_page import chance_text, estimate_text

    group = report.item_words[1]
    found = report.comparison
    assert found is not None
    passes = found.passes
    return Text(
        f"{visible(found.first)} against {visible(found.second)}: {found.conclusion.value}\n"
        f"difference {estimate_text(found.difference, sign=True, groups=f'{group}s')}, "
        f"{plural(found.difference.groups, group)}\n"
        f"only the first passes {passes.first_only}, only the second {passes.second_only}: "
        f"{chance_text(passes.p)}"
    )
