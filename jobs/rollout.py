"""Step the rollouts of versions: look at the evidence, go on, hold, promote or take back."""

from collections.abc import Sequence
from contextlib import closing

from lakegloss.cli import workflow
from lakegloss.errors import LakeglossError, RolloutBusyError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.session.session import session
from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
from lakegloss.release.rollouts.told_endpoints import tell_endpoints
from lakegloss.serving.api.database.carry_shadows import carry_evidence
from lakegloss.serving.api.database.store import Store

parser = workflow.parser(__doc__)
parser.add_argument("--names", default="", help="registered names, with commas; '' is all active")
parser.add_argument(
    "--serve_database_secret", default="", help="scope/key of the service's database, to read first"
)
parser.add_argument("--endpoints", default="", help="name=endpoint that follows it, with commas")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    secret = task.parameters.serve_database_secret
    failed: list[Exception] = []
    with session(task.settings) as spark:
        if secret:
            try:
                with closing(Store(workflow.read_secret(secret))) as store:
                    carry_evidence(store, Ledgers(spark, task.settings), task.settings)
            except Exception as error:  # noqa: BLE001 - raised at the end: a rollback needs only the ledgers
                workflow.logger.error("the service's database cannot be read: %s", type(error))
                failed.append(error)
        opened = OpenedRollouts(spark, task.settings)
        named = [name.strip() for name in task.parameters.names.split(",") if name.strip()]
        for name in named or opened.active():
            try:
                row = opened.rollouts.step(name)
            except RolloutBusyError as error:
                workflow.logger.warning("%s", error.message)
            except LakeglossError as error:  # the other rollouts are stepped all the same
                workflow.logger.error("%s: %s", name, error)
                failed.append(error)
            else:
                workflow.logger.info(
                    "%s: %s, version %d gets %.0f %% (%s)",
                    name, row.state, row.challenger, 100 * row.served_share, row.reason,
                )  # fmt: skip
        failed += tell_endpoints(opened.rollouts.served, opened.champion, task.parameters.endpoints)
    if failed:
        raise failed[0]


if __name__ == "__main__":
    workflow.run(main)
