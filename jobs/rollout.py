"""Step the rollouts of versions: look at the evidence, go on, hold, promote or take back.

Serving endpoints that are named follow: also those of a rollout that ended, until they have.
"""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.errors import InputError, LakeglossError, RolloutBusyError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.session.session import session
from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
from lakegloss.release.rollouts.serving_traffic import ServingTraffic, workspace_api
from lakegloss.serving.api.database.carry import carry
from lakegloss.serving.api.database.store import Store

parser = workflow.parser(__doc__)
parser.add_argument("--names", default="", help="registered names, with commas; '' is all active")
parser.add_argument(
    "--serve_database_secret", default="", help="scope/key of the service's database, to read first"
)
parser.add_argument(
    "--endpoints", default="", help="name=serving endpoint whose traffic follows, with commas"
)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    secret = task.parameters.serve_database_secret
    endpoints = _endpoints(task.parameters.endpoints)
    with session(task.settings) as spark:
        if secret:
            store = Store(workflow.read_secret(secret))
            try:
                carry(store, Ledgers(spark, task.settings))
            finally:
                store.close()
        opened = OpenedRollouts(spark, task.settings)
        named = [name.strip() for name in task.parameters.names.split(",") if name.strip()]
        failed = _stepped(opened, named or opened.active()) + _told(opened, endpoints)
    if failed:
        raise failed[0]


def _stepped(opened: OpenedRollouts, names: Sequence[str]) -> list[LakeglossError]:
    """Step rollouts; the error of one stops none of the others."""
    failed: list[LakeglossError] = []
    for name in names:
        try:
            row = opened.rollouts.step(name)
        except RolloutBusyError as error:
            workflow.logger.warning("%s", error.message)
        except LakeglossError as error:
            workflow.logger.error("%s: %s", name, error)
            failed.append(error)
        else:
            workflow.logger.info(
                "%s: %s, version %d gets %.0f %% (%s)",
                name, row.state, row.challenger, 100 * row.served_share, row.reason,
            )  # fmt: skip
    return failed


def _told(opened: OpenedRollouts, endpoints: Sequence[tuple[str, str]]) -> list[LakeglossError]:
    """Let endpoints follow; what fails, or is changing now, is told again by the next run."""
    failed: list[LakeglossError] = []
    for name, endpoint in endpoints:
        row = opened.rollouts.standing(name)
        if row is None:
            continue
        try:
            found = ServingTraffic(workspace_api(), endpoint).follow(row)
        except LakeglossError as error:
            workflow.logger.error("%s: %s", endpoint, error)
            failed.append(error)
        else:
            workflow.logger.info("traffic of %s: %s", endpoint, found.value)
    return failed


def _endpoints(text: str) -> list[tuple[str, str]]:
    """The registered names with their endpoints.

    Raises:
        InputError: the text cannot be read.
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


if __name__ == "__main__":
    workflow.run(main)
