"""Tells the serving endpoints that are named beside rollouts, each time somebody looks at these."""

import logging
from collections.abc import Callable

from lakegloss.core.release.rollout_steps import RolloutRow
from lakegloss.errors import InputError, LakeglossError
from lakegloss.release.rollouts.serving_traffic import ServingTraffic, WorkspaceApi, workspace_api

_log = logging.getLogger("lakegloss.rollout")


def read_endpoints(text: str) -> list[tuple[str, str]]:
    """Registered names with their endpoints, of `name=endpoint` with commas between them.

    Raises:
        InputError: a part names no endpoint.
    """
    found = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        name, _, endpoint = (side.strip() for side in part.partition("="))
        if not (name and endpoint):
            raise InputError(
                f"{part!r} names no endpoint.", remedy="Write catalog.schema.name=endpoint."
            )
        found.append((name, endpoint))
    return found


def tell_endpoints(
    standing: Callable[[str], RolloutRow | None],
    champion: Callable[[str], int],
    named: str,
    *,
    api: Callable[[], WorkspaceApi] = workspace_api,
) -> list[LakeglossError]:
    """Let endpoints follow the rollouts of names, those that ended among them.

    What fails, or is changing now, is told by the next call: an end must reach the endpoint, too.

    Args:
        standing: gives the row of a name's rollouts that is to be served (`Rollouts.served`);
            None where it never had one.
        champion: gives the number of a name's champion now; 0 where there is none.
        named: see `read_endpoints`.

    Returns:
        The errors, which are logged; one stops none of the others.
    """
    failed: list[LakeglossError] = []
    try:
        endpoints = read_endpoints(named)
    except InputError as error:
        _log.error("%s", error)
        return [error]
    for name, endpoint in endpoints:
        row = standing(name)
        if row is None:
            continue
        try:
            found = ServingTraffic(api(), endpoint).follow(row, champion=champion(name))
        except LakeglossError as error:
            _log.error("the traffic of %s does not follow: %s", endpoint, error)
            failed.append(error)
        else:
            _log.info("the traffic of %s: %s", endpoint, found.value)
    return failed
