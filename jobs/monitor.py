"""Sum up what programs did, look at all alerts once, and tell what changed."""

from collections.abc import Sequence

from pydantic import SecretStr

from lakegloss.cli import workflow
from lakegloss.cli.production.making_rounds import lake_only_round, lake_round
from lakegloss.lakehouse.session.session import session
from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts
from lakegloss.release.rollouts.told_endpoints import tell_endpoints

parser = workflow.parser(__doc__)
parser.add_argument("--hours", default="24", help="how far back events are read")
parser.add_argument("--endpoints", default="", help="name=endpoint that follows it, with commas")
for name in ("database", "webhook", "webhook_signing"):
    parser.add_argument(f"--{name}_secret", default="", help=f"scope/key of the {name}")
SECRETS = {
    "serve_database": "database_secret",
    "alert_webhook": "webhook_secret",
    "alert_webhook_secret": "webhook_signing_secret",
}


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    given = {
        setting: SecretStr(workflow.read_secret(reference))
        for setting, parameter in SECRETS.items()
        if (reference := getattr(task.parameters, parameter))
    }
    settings = task.settings.model_copy(update=given)
    hours = float(task.parameters.hours or 24)
    # A file of this machine would be gone with it; the ledgers stay.
    in_lake = workflow.on_databricks() and settings.serve_database is None
    with session(settings) as spark:
        made = lake_only_round if in_lake else lake_round
        done = made(spark, settings, hours)
        opened = OpenedRollouts(spark, settings)
        for row in opened.take_back_unguarded():
            workflow.logger.warning(
                "%s/%d was taken back: %s", row.name, row.challenger, row.reason
            )
        failed = tell_endpoints(opened.rollouts.served, opened.champion, task.parameters.endpoints)
    workflow.logger.info("%d events, %d windows changed", done.events, done.windows)
    for change in done.changes:
        workflow.logger.info("%s", change.sentence)
    if failed:
        raise failed[0]


if __name__ == "__main__":
    workflow.run(main)
