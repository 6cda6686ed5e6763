"""Carry what the REST service's database has into the ledgers: executions, feedback, pairs."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.session.session import session
from lakegloss.serving.api.database.carry import carry, carry_feedback
from lakegloss.serving.api.database.carry_shadows import carry_shadows
from lakegloss.serving.api.database.store import Store, database_of

parser = workflow.parser(__doc__)
parser.add_argument(
    "--serve_database_secret",
    default="",
    help="scope/key of the database's URL, which may hold a password",
)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    secret = task.parameters.serve_database_secret
    if not secret and workflow.on_databricks():
        raise SettingsError(
            "The parameter 'serve_database_secret' is empty, and no database is here.",
            remedy="Set it to scope/key of the database's URL (docs/databricks.md).",
        )
    url = workflow.read_secret(secret) if secret else database_of(task.settings)
    store = Store(url)
    try:
        with session(task.settings) as spark:
            ledgers = Ledgers(spark, task.settings)
            rows, feedback = carry(store, ledgers), carry_feedback(store, ledgers)
            pairs = carry_shadows(store, ledgers, task.settings)
    finally:
        store.close()
    workflow.logger.info(
        "executions carried: %d, feedback: %d, pairs in the shadow: %d", rows, feedback, pairs
    )


if __name__ == "__main__":
    workflow.run(main)
