"""Defines the command that optimises a program on what people wrote and decided."""

import re
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from lakegloss.cli.console import PausableBars, money, note, number, out, plural
from lakegloss.cli.options import (
    STOPPED,
    Config,
    EndpointUrl,
    Home,
    Model,
    Sets,
    Wait,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import visible
from lakegloss.errors import SettingsError

if TYPE_CHECKING:  # they take seconds to import, and help does not need them
    from lakegloss.core.optimisation.search_plan import SearchPlan
    from lakegloss.learning.optimisation.optimizing import OptimizeReport


def optimize(
    program: Annotated[
        str,
        typer.Argument(
            help="comment (the default), the name of a signature, a program's file (YAML, or the "
            "JSON text of `save`), or NAME@ALIAS of a registered version."
        ),
    ] = "",
    optimizer: Annotated[
        str, typer.Option(help="labeled, bootstrap, mipro, gepa or simba (docs/learning.md).")
    ] = "bootstrap",
    max_tokens: Annotated[int | None, typer.Option(help="The most tokens, answers too.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="The most dollars.")] = None,
    max_calls: Annotated[int | None, typer.Option(help="The most calls.")] = None,
    hours: Annotated[float | None, typer.Option(help="The most hours of this run.")] = None,
    token_growth: Annotated[
        float,
        typer.Option(
            min=0, help="Growth of input tokens in percent that a candidate need not earn."
        ),
    ] = 25.0,
    data: Annotated[
        Path | None, typer.Option(help="Examples in a file, not in the lake (docs/learning.md).")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="State of the comment program to begin with.")
    ] = None,
    metric: Annotated[
        str, typer.Option(help="How outputs are scored; the comment program has its own.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Another seed searches elsewhere.")] = 0,
    state_out: Annotated[
        Path | None, typer.Option(help="Where the chosen program goes, as JSON.")
    ] = None,
    account_out: Annotated[
        Path | None, typer.Option(help="Where the account of what was tried goes (Markdown).")
    ] = None,
    name: Annotated[
        str, typer.Option(help="Registered name of a challenger; by default the program's.")
    ] = "",
    register: Annotated[
        bool,
        typer.Option("--register/--no-register", help="Register what the gate calls better."),
    ] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    model: Model = None,
    endpoint: EndpointUrl = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Search for better instructions and examples, and register what is shown to be better."""
    from lakegloss.learning.optimisation.optimizing import optimize as search
    from lakegloss.learning.optimisation.optimizing import require_possible
    from lakegloss.release.optimised import program_to_optimize
    from lakegloss.release.registry import Registry

    settings = read_settings(config, home, sets, model=model, endpoint=endpoint, catalog_wait=wait)
    require_possible(settings, optimizer, metric)
    if name and register:  # a name that is refused is told before anything is paid
        Registry(settings).check_name(name)
    budget = _budget(settings, max_tokens, max_cost, max_calls, hours)
    chosen = program_to_optimize(settings, program, state)
    folder = settings.home / "optimised"
    stem = re.sub(r"\W+", "_", chosen.name) or "program"
    bars = PausableBars()
    with nullcontext() if data is not None else opened_lake(settings) as spark, closing(bars):
        report = search(
            spark, settings, chosen, optimizer=optimizer, budget=budget, data=data, metric=metric,
            token_growth=token_growth / 100, seed=seed, progress=bars,
            agree=lambda plan: _agreed(plan, bars, yes=yes),
        )  # fmt: skip
        bars.close()
        out.print(optimization_view(report))
        if report.found is None:
            return
        write(account_out or folder / f"{stem}.md", report.account, "account")
        if report.changed:
            write(state_out or folder / f"{stem}.json", report.found.state, "state")
        if report.is_better and register:
            _register(spark, settings, report, name)
    if report.unfinished:
        raise typer.Exit(STOPPED)


def _budget(
    settings: Any,
    max_tokens: int | None,
    max_cost: float | None,
    max_calls: int | None,
    hours: float | None,
) -> Any:
    from lakegloss.core.optimisation.search_plan import OptimisationBudget

    return OptimisationBudget(
        max_tokens=max_tokens, max_cost=max_cost, max_calls=max_calls, hours=hours,
        price_input=settings.price_input, price_output=settings.price_output,
    )  # fmt: skip


def _agreed(plan: "SearchPlan", bars: PausableBars, *, yes: bool) -> bool:
    """Show what the optimisation costs at most; a person at a terminal decides, scripts go on."""
    bars.close()
    cost = f", {money(plan.cost)}" if plan.cost is not None else ""
    note(
        f"{plan.optimizer}: {plural(plan.size, 'candidate')}; at most about "
        f"{plural(plan.calls, 'call')}, {number(plan.input_tokens)} tokens and "
        f"{number(plan.output_tokens)} of answers{cost}"
    )
    if plan.small_gate:
        note(plan.small_gate)
    return yes or not sys.stdin.isatty() or typer.confirm("Go on?", default=True)


def write(path: Path, text: str, what: str) -> None:
    """Write a result, and say where.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The {what} {str(path)!r} cannot be written: {error.strerror}.",
            remedy=f"Give another path with --{what}-out.",
        ) from None
    note(f"{what.capitalize()}: {path}")


def _register(spark: Any, settings: Any, report: "OptimizeReport", name: str) -> None:
    from lakegloss.serving.model.challenger import register_challenger

    reference = register_challenger(spark, settings, report, name=name)
    made = "challenger" if spark is not None else "registered"
    note(f"{made.capitalize()}: {reference}")


def optimization_view(report: "OptimizeReport") -> RenderableType:
    """What an optimisation came to, for a terminal."""
    if report.found is None:
        return Text(report.result)
    search = report.found.search
    used = report.used
    head = Text(
        f"{plural(used.calls, 'call')}, {number(used.usage.total)} tokens with the answers; "
        f"{number(used.paid_calls)} of the calls were made now"
    )
    parts: list[RenderableType] = [head]
    if search.base is not None:
        parts.append(_candidates(report))
    if search.ended:
        parts.append(Text(f"It ended early, as {search.ended}: the best until then counts."))
    parts += [Text(visible(note_)) for note_ in search.notes]
    parts.append(Text(report.result, style="bold"))
    return Group(*parts)


def _candidates(report: "OptimizeReport") -> RenderableType:
    assert report.found is not None
    search = report.found.search
    assert search.base is not None
    grid = Grid(box=None, pad_edge=False)
    for heading in ("", "how it came about", "score on select", "tokens a run", ""):
        grid.add_column(heading, overflow="fold")
    grid.add_row("base", "the program as it is", f"{search.base.quality.mean:.3f}",
                 f"{search.base.tokens:.0f}", "")  # fmt: skip
    for place, tried in enumerate(search.tried):
        found = tried.figures
        mark = "chosen" if place == search.chosen else tried.refused
        score = "not measured" if found is None else f"{found.quality.mean:.3f}"
        tokens = "" if found is None else f"{found.tokens:.0f}"
        grid.add_row(tried.label, tried.origin, score, tokens, mark)
    return grid
