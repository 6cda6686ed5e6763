"""Defines `lakegloss label`: proposes tags for tables and columns, sets them, takes them back."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from lakegloss.cli.console import out, progress
from lakegloss.cli.labels.views import (
    applied_view,
    label_plan_view,
    label_report_view,
    summary_view,
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
    opened_lake,
    read_settings,
)

label = typer.Typer(
    help="Propose, set and report labels of tables and columns: personal data, domains.",
    no_args_is_help=True,
)
LabelsFile = Annotated[
    Path | None,
    typer.Option("--labels", help="YAML file of tags, values and domains (docs/labels.md)."),
]
WithoutAsking = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")]


@label.command()
def plan(
    patterns: Patterns = None,
    labels: LabelsFile = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
) -> None:
    """Show what proposing labels would do and cost; makes no call and sets no tag."""
    from lakegloss.lakehouse.labels.proposing import plan_labels
    from lakegloss.lakehouse.labels.scheme_file import read_scheme

    settings = read_settings(
        config, home, sets, label_file=labels, model=model, endpoint=endpoint, exclude=exclude,
        catalog_wait=wait,
    )  # fmt: skip
    scheme = read_scheme(settings.label_file)  # what is wrong with it is told before Spark starts
    with opened_lake(settings) as spark, progress() as tell:
        found = plan_labels(spark, settings, patterns or (), scheme=scheme, progress=tell)
    out.print(label_plan_view(found, model=settings.model))


@label.command()
def propose(
    patterns: Patterns = None,
    labels: LabelsFile = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    model: Model = None,
    endpoint: EndpointUrl = None,
    yes: WithoutAsking = False,
    apply: Annotated[bool, typer.Option("--apply", help="Also set what is ready.")] = False,
) -> None:
    """Propose the labels that are missing: by rules, and by a model where one is given."""
    from lakegloss.lakehouse.labels.applying import apply_labels
    from lakegloss.lakehouse.labels.proposing import propose_labels
    from lakegloss.lakehouse.labels.scheme_file import read_scheme

    settings = read_settings(
        config, home, sets, label_file=labels, model=model, endpoint=endpoint, exclude=exclude,
        catalog_wait=wait,
    )  # fmt: skip
    scheme = read_scheme(settings.label_file)
    with opened_lake(settings) as spark:
        if settings.model and not yes and not _agreed(spark, settings, scheme, patterns or []):
            raise typer.Exit(1)
        with progress() as tell:
            done = propose_labels(spark, settings, patterns or (), scheme=scheme, progress=tell)
        out.print(summary_view(done))
        if apply:
            with progress() as tell:
                written = apply_labels(spark, settings, patterns or (), progress=tell)
            out.print(applied_view(written))
            if written.failed:
                raise typer.Exit(1)
        elif done.ready:
            out.print("Next: [bold]lakegloss label apply --dry-run[/bold], then label apply")
        if done.not_asked:
            raise typer.Exit(STOPPED)


def _agreed(spark: Any, settings: Any, scheme: Any, patterns: list[str]) -> bool:
    """Show the plan before money is spent; where somebody sits there, ask."""
    from lakegloss.lakehouse.labels.proposing import plan_labels

    with progress() as tell:
        found = plan_labels(spark, settings, patterns, scheme=scheme, progress=tell)
    out.print(label_plan_view(found, model=settings.model))
    if not found.requests or not sys.stdin.isatty():
        return True
    return typer.confirm("Go on?", default=True)


@label.command()
def apply(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
) -> None:
    """Set the labels that are ready as tags; a tag that a person set is never changed."""
    from lakegloss.core.apply_window import read_window
    from lakegloss.lakehouse.labels.applying import apply_labels

    settings = read_settings(config, home, sets, exclude=exclude, catalog_wait=wait)
    read_window(settings.apply_window)
    with opened_lake(settings) as spark, progress() as tell:
        done = apply_labels(spark, settings, patterns or (), dry_run=dry_run, progress=tell)
    out.print(applied_view(done))
    if not (done.run_id or done.stages or done.waiting or done.skipped):
        out.print("No label is ready; [bold]lakegloss label propose[/bold] comes first.")
    if done.applied:
        out.print(f"Undo: [bold]lakegloss label undo {done.run_id}[/bold]")
    if done.failed:
        raise typer.Exit(1)


@label.command()
def undo(
    run: Annotated[str, typer.Argument(help="The run that set labels (see `lakegloss runs`).")],
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
    """Restore the tags as they were before a run, where nobody changed them since."""
    from lakegloss.lakehouse.labels.undoing import undo_labels

    settings = read_settings(config, home, sets, catalog_wait=wait, exclude=exclude)
    with opened_lake(settings) as spark, progress() as tell:
        done = undo_labels(
            spark, settings, run, dry_run=dry_run, keep_proposals=keep, progress=tell
        )
    out.print(applied_view(done, verb="restored"))
    if done.failed:
        raise typer.Exit(1)


@label.command()
def report(
    patterns: Patterns = None,
    labels: LabelsFile = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Show what is labelled, and personal data that has no tag yet."""
    from lakegloss.lakehouse.labels.label_report import report_labels
    from lakegloss.lakehouse.labels.scheme_file import read_scheme

    settings = read_settings(
        config, home, sets, label_file=labels, exclude=exclude, catalog_wait=wait
    )
    scheme = read_scheme(settings.label_file)
    with opened_lake(settings) as spark:
        found = report_labels(spark, settings, patterns or (), scheme=scheme)
    out.print(label_report_view(found))
