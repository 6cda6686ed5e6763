"""Defines the commands of the main job: plan, describe, apply, undo."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss.cli.console import (
    REOPEN,
    apply_view,
    describe_view,
    out,
    plan_view,
    progress,
    shadow_view,
)
from lakegloss.cli.options import (
    STOPPED,
    Config,
    DryRun,
    EndpointUrl,
    Exclude,
    Home,
    Model,
    Patterns,
    Sets,
    Wait,
)
from lakegloss.cli.options import opened_lake as _opened
from lakegloss.cli.options import read_settings as _settings

if TYPE_CHECKING:
    from lakegloss.release.chosen import Chosen
    from lakegloss.release.rollouts.shadow_describe import ShadowSummary
    from lakegloss.settings import Settings

PolicyOption = Annotated[str | None, typer.Option(help="missing, thin, stale or all.")]
Style = Annotated[str | None, typer.Option(help="concise, standard or detailed.")]
Inherit = Annotated[
    bool | None,
    typer.Option("--inherit/--no-inherit", help="Describe columns that repeat once (the default)."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")]


def plan(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    policy: PolicyOption = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    style: Style = None,
    inherit: Inherit = None,
) -> None:
    """Show what a describe would do and cost; makes no call and no statement."""
    from lakegloss.lakehouse.describe.planning import make_plan
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.release.chosen import chosen_program

    settings = _settings(
        config, home, sets, policy=policy, model=model, endpoint=endpoint, style=style,
        inherit=inherit, exclude=exclude, catalog_wait=wait,
    )  # fmt: skip
    _check_guidance(settings)
    chosen = chosen_program(settings)
    with _opened(settings) as spark, progress() as tell:
        found = make_plan(
            Ledgers(spark, chosen.settings), chosen.settings, patterns or (),
            program=chosen.program, progress=tell,
        )  # fmt: skip
    out.print(plan_view(found, model=settings.model))


def describe(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    policy: PolicyOption = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    style: Style = None,
    inherit: Inherit = None,
    yes: Yes = False,
    apply: Annotated[bool, typer.Option("--apply", help="Also apply what is ready.")] = False,
) -> None:
    """Draft the comments that are missing, as proposals."""
    from lakegloss.lakehouse.apply.apply import apply as write
    from lakegloss.release.chosen import chosen_program
    from lakegloss.release.rollouts.split_describe import describe_by_variant

    named = _settings(
        config, home, sets, policy=policy, model=model, endpoint=endpoint, style=style,
        inherit=inherit, exclude=exclude, catalog_wait=wait,
    )  # fmt: skip
    _check_guidance(named)
    chosen = chosen_program(named)  # once, before anything is planned or asked
    settings = chosen.settings
    with _opened(settings) as spark:
        if settings.model and not yes and not _agreed(spark, chosen, patterns or []):
            raise typer.Exit(1)
        with progress() as tell:
            unseen: list[ShadowSummary] = []
            parts = describe_by_variant(
                spark, named.program, chosen, patterns or (), progress=tell,
                on_shadow=unseen.append,
            )  # fmt: skip
        for drafted in parts:
            out.print(describe_view(drafted))
        for beside in unseen:
            out.print(shadow_view(beside), soft_wrap=True)
        if apply:
            with progress() as tell:
                written = write(spark, settings, patterns or (), progress=tell)
            out.print(apply_view(written))
            if written.failed:
                raise typer.Exit(1)
        elif any(drafted.ready for drafted in parts):
            out.print("Next: [bold]lakegloss apply --dry-run[/bold], then lakegloss apply")
        if any(drafted.not_asked for drafted in parts):
            raise typer.Exit(STOPPED)


def _check_guidance(settings: "Settings") -> None:
    """Read the guidance before Spark starts; the run reads it again.

    Raises:
        SettingsError: it cannot be used.
    """
    if settings.guidance:
        from lakegloss.lakehouse.describe.guidance_file import read_guidance

        read_guidance(settings.guidance)


def _agreed(spark: Any, chosen: "Chosen", patterns: list[str]) -> bool:
    """Show the plan before money is spent; where somebody sits there, ask."""
    from lakegloss.lakehouse.describe.planning import make_plan
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers

    settings = chosen.settings
    with progress() as tell:
        found = make_plan(
            Ledgers(spark, settings), settings, patterns, program=chosen.program, progress=tell
        )
    out.print(plan_view(found, model=settings.model))
    if not found.requests or not sys.stdin.isatty():
        return True
    return typer.confirm("Go on?", default=True)


def apply(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    overwrite_human: Annotated[
        bool | None, typer.Option("--overwrite-human", help="Also replace text that people wrote.")
    ] = None,
) -> None:
    """Write the proposals that are ready into the catalog."""
    from lakegloss.core.apply_window import read_window
    from lakegloss.lakehouse.apply.apply import apply as write

    settings = _settings(
        config, home, sets, exclude=exclude, overwrite_human=overwrite_human or None,
        catalog_wait=wait,
    )  # fmt: skip
    read_window(settings.apply_window)  # what is wrong with it is told before Spark starts
    with _opened(settings) as spark, progress() as tell:
        summary = write(spark, settings, patterns or (), dry_run=dry_run, progress=tell)
    out.print(apply_view(summary))
    if not (summary.run_id or summary.stages or summary.waiting or summary.skipped):
        out.print("Nothing is ready to be applied; [bold]lakegloss describe[/bold] drafts first.")
    if summary.applied:
        out.print(f"Undo: [bold]lakegloss undo {summary.run_id}[/bold]")
    if summary.failed:
        raise typer.Exit(1)


def undo(
    run: Annotated[str, typer.Argument(help="The run that applied (see `lakegloss runs`).")],
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the proposals ready to be applied again.")
    ] = False,
) -> None:
    """Restore the comments as they were before a run, where nobody changed them since."""
    from lakegloss.lakehouse.apply.undo import undo as restore

    settings = _settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with _opened(settings) as spark, progress() as tell:
        summary = restore(
            spark,
            settings,
            run,
            patterns or (),
            dry_run=dry_run,
            keep_proposals=keep,
            progress=tell,
        )
    out.print(apply_view(summary, done="restored"))
    if summary.applied and not keep:
        out.print(
            f"Their proposals count as rejected now. To take them up again: [bold]{REOPEN}[/bold]; "
            "undo with --keep leaves them ready.",
            soft_wrap=True,
        )
    if summary.failed:
        raise typer.Exit(1)
