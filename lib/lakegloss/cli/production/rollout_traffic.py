"""Defines the command that makes a serving endpoint's traffic follow a rollout."""

from pathlib import Path
from typing import Annotated

import typer

from lakegloss.cli.console import note, out
from lakegloss.cli.options import Config, Home, Sets, Wait, opened_lake, read_settings
from lakegloss.core.text.terminal import safe
from lakegloss.errors import InputError

_BUSY = 3


def traffic(
    name: Annotated[str, typer.Argument(help="The registered name of the program.")],
    endpoint: Annotated[
        str, typer.Option(help="The serving endpoint of the workspace that is to follow.")
    ] = "",
    variables: Annotated[
        Path | None,
        typer.Option(help="The bundle's variable-overrides.json that is to say the same."),
    ] = None,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for an endpoint that is changing.")
    ] = 0.0,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Make a serving endpoint's traffic follow the rollout's share; without options, show it.

    Exit code 3: the endpoint is changing, and was not told.
    """
    from lakegloss.core.release.traffic import shares_of
    from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
    from lakegloss.release.rollouts.serving_traffic import (
        ServingTraffic,
        TrafficTold,
        workspace_api,
    )
    from lakegloss.release.rollouts.traffic_variables import write_variables

    settings = read_settings(config, home, sets, catalog_wait=wait)
    with opened_lake(settings) as spark:
        opened = OpenedRollouts(spark, settings)
        row, champion = opened.rollouts.served(name), opened.champion(name)
        last = opened.rollouts.standing(name)
    if row is None:
        raise InputError(f"{name!r} has no rollout.", remedy="`lakegloss rollout start` makes one.")
    if last is not None and last.served_share and not row.served_share:
        note(f"nobody guards this rollout: the champion gets all. {_STEP.format(safe(name))}")
    shares = shares_of(row, champion=champion)
    for variable, value in shares.variables.items():
        out.print(f"{variable}: {value}")
    if variables is not None:
        write_variables(variables, shares)
        note(f"written to {safe(str(variables))}; the next `databricks bundle deploy` keeps it")
    if endpoint:
        traffic_of = ServingTraffic(workspace_api(), endpoint)
        found = traffic_of.follow(row, champion=champion, wait=patience)
        note(f"{safe(endpoint)}: {_SAID[found.value]}")
        if found is TrafficTold.BUSY:
            raise typer.Exit(_BUSY)


_STEP = "`lakegloss rollout step {}` looks at it again"
_SAID = {
    "same": "it has this traffic already",
    "set": "told; it follows when its versions are ready",
    "busy": "it is changing, and was not told: run the command again",
}
