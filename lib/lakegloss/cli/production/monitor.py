"""Defines the command that makes one round of the monitor."""

from typing import TYPE_CHECKING, Annotated

import typer

from lakegloss.cli.console import out
from lakegloss.cli.options import Config, Home, Sets, Wait, opened, read_settings
from lakegloss.core.text.terminal import safe

if TYPE_CHECKING:
    from lakegloss.core.release.rollout_steps import RolloutRow

Hours = Annotated[
    float, typer.Option("--hours", min=0.1, max=24 * 90, help="How far back events are read.")
]
NoLake = Annotated[
    bool, typer.Option("--no-lake", help="Read the service's database only; starts no Spark.")
]


def monitor(
    hours: Hours = 24.0,
    no_lake: NoLake = False,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Sum up what programs did, look at all alerts once, and tell what changed."""
    from lakegloss.cli.production.making_rounds import lake_round, service_round
    from lakegloss.lakehouse.session.session import has_lake
    from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts

    settings = read_settings(config, home, sets, catalog_wait=wait)
    taken_back: list[RolloutRow] = []
    if no_lake or not has_lake(settings):
        done = service_round(settings, hours)
    else:
        with opened(settings) as spark:
            done = lake_round(spark, settings, hours)
            taken_back = OpenedRollouts(spark, settings).take_back_unguarded()
    out.print(
        f"{done.events:,} events of {len(done.subjects):,} programs in the last {hours:g} hours"
    )
    for change in done.changes:
        out.print(f"  {safe(change.sentence)}")
    if not done.changes:
        out.print("  no alert began or ended")
    for row in taken_back:
        line = f"  {safe(row.name)}/{row.challenger} was taken back: {safe(row.reason)}"
        out.print(line, soft_wrap=True)
    if done.notices:
        told = ", ".join(f"{count:,} {status}" for status, count in sorted(done.notices.items()))
        out.print(f"Notices: {told}")
