"""Make the SQL functions over the serving endpoint, in lakegloss' schema."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.lakehouse.session.session import session
from lakegloss.lakehouse.sql.served_model import install_functions

parser = workflow.parser(__doc__)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    with session(task.settings) as spark:
        for name in install_functions(spark, task.settings):
            workflow.logger.info("made %s", name)


if __name__ == "__main__":
    workflow.run(main)
