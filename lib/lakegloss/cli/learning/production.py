"""Defines the command that runs the production loop, and tells how it stands."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as Grid

from lakegloss.cli.console import note, out, plural
from lakegloss.cli.options import Config, Home, Sets, read_settings
from lakegloss.core.text.terminal import visible
from lakegloss.errors import SettingsError

if TYPE_CHECKING:  # they take seconds to import, and help does not need them
    from lakegloss.release.production_loop.manager import DSPyPhase2Manager

_LOOK_SECONDS = 1.0
_COLUMNS = ("program", "variant", "model", "executions", "success_rate", "judged", "quality",
            "latency_ms", "hallucination_rate")  # fmt: skip


def production(
    init: Annotated[bool, typer.Option("--init", help="Make the store and what uses it.")] = False,
    start: Annotated[
        bool, typer.Option("--start", help="Watch, optimise and release until stopped.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Ask running processes to stop.")] = False,
    status: Annotated[bool, typer.Option("--status", help="How the loop stands.")] = False,
    recommendations: Annotated[
        bool, typer.Option("--recommendations", help="What would be released, and why not.")
    ] = False,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Measure what the last hours recorded.")
    ] = False,
    hours: Annotated[float, typer.Option(help="With --evaluate: how many hours.")] = 24,
    optimize: Annotated[
        bool, typer.Option("--optimize", help="With --evaluate: optimise all families, too.")
    ] = False,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="With --evaluate: roll out what passes, too.")
    ] = False,
    feedback: Annotated[
        tuple[str, str, float, str] | None,
        typer.Option(metavar="VARIANT MODEL SCORE TYPE", help="Keep what somebody says, 0 to 1."),
    ] = None,
    metrics: Annotated[
        tuple[str, str, float] | None,
        typer.Option(metavar="VARIANT MODEL LATENCY", help="Count one execution, milliseconds."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Run the production loop: measure, optimise and release variants, behind the guard."""
    from lakegloss.engine.model_file import configured_models
    from lakegloss.release.production_loop.manager import DSPyPhase2Manager

    if not any((init, start, stop, status, recommendations, evaluate, feedback, metrics)):
        raise SettingsError("Nothing is to be done.", remedy="`lakegloss production --help`.")
    settings = read_settings(config, home, sets)
    manager = DSPyPhase2Manager(home=settings.home, models=configured_models(settings=settings))
    try:
        asyncio.run(_first(manager, feedback, metrics, init=init))
        if evaluate:
            found = asyncio.run(
                manager.run_full_evaluation(hours, optimize=optimize, deploy=deploy)
            )
            _show_evaluation(found)
        if start:
            asyncio.run(_run(manager))
        if stop:
            manager.ask_to_stop()
            note("Asked to stop; searches under way are ended first.")
        if status:
            _show_status(asyncio.run(manager.get_system_status()), as_json=as_json)
        if recommendations:
            _show_recommendations(manager, as_json=as_json)
    finally:
        manager.close()


async def _first(
    manager: "DSPyPhase2Manager",
    feedback: tuple[str, str, float, str] | None,
    metrics: tuple[str, str, float] | None,
    *,
    init: bool,
) -> None:
    """Make the store, and keep what was given."""
    found = await manager.initialize()
    if init:
        note(f"The store is {manager.data.store.path}")
        note(f"Models: {', '.join(found['models']) or 'none; set LAKEGLOSS_MODEL'}")
    if feedback is not None:
        row = await manager.add_production_feedback(*feedback)
        note(f"Feedback {row.feedback_id} is kept.")
    if metrics is not None:
        await manager.add_production_metrics(*metrics)
        note(f"An execution of {visible(metrics[0])} is counted.")


async def _run(manager: "DSPyPhase2Manager") -> None:
    """Run until Ctrl-C, or until another process asks to stop."""
    await manager.start_production_mode()
    note("The production loop runs; Ctrl-C or `lakegloss production --stop` ends it.")
    try:
        while not manager.is_asked_to_stop:  # noqa: ASYNC110 - another process asks, by the store
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await manager.stop_production_mode()
    note("The production loop has ended.")


def _show_evaluation(found: Mapping[str, Any]) -> None:
    from lakegloss.release.production_loop.status import variant_row

    note(f"{plural(found['executions'], 'execution')} measured")
    out.print(_grid(variant_row(one) for one in found["variants"]))
    for results in found.get("optimized", {}).values():
        for result in results.values():
            scores = f"{result.before} to {result.after}, confidence {result.confidence:.3f}"
            out.print(
                visible(f"{result.family} {result.model}: {result.outcome.value} ({scores}) "
                        f"{result.reason}"), markup=False,
            )  # fmt: skip
    if "replacement" in found:
        report = found["replacement"]
        note(f"{plural(len(report.identified), 'candidate')}, {len(report.deployed)} rolled out")


def _show_status(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        out.print_json(json.dumps(found, default=str))
        return
    note(f"{plural(found['executions_24h'], 'execution')} and "
         f"{plural(found['feedback_24h'], 'row')} of feedback in 24 hours")  # fmt: skip
    out.print(_grid(found["variants"]))
    for one in found["optimisations"]:
        line = f"{one['family']} {one['model']}: {one['state']}, {one['trigger']}; {one['result']}"
        out.print(visible(line), markup=False)
    for one in found["rollouts"]:
        line = f"{one['name']}: {one['state']}, {one['share']:.0%}; {one['why']}"
        out.print(visible(line), markup=False)


def _show_recommendations(manager: "DSPyPhase2Manager", *, as_json: bool) -> None:
    found = asyncio.run(manager.get_deployment_recommendations())
    if as_json:
        out.print_json(json.dumps([asdict(one) for one in found], default=str))
        return
    if not found:
        note("No variant did better than the one in use.")
    for one in found:
        what = "roll out" if one.deploy else "wait"
        candidate = one.candidate
        out.print(
            visible(f"{what}: {candidate.program} {candidate.model}, {candidate.variant} in place "
                    f"of {candidate.current}"), markup=False,
        )  # fmt: skip
        for reason in one.reasons:
            out.print(visible(f"  {reason}"), markup=False)


def _grid(rows: Iterable[Mapping[str, Any]]) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for name in _COLUMNS:
        grid.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        grid.add_row(*(_shown(row[name]) for name in _COLUMNS))
    return grid


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else visible(str(value))
