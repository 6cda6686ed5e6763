"""Make examples of what people decided and wrote, and log how many are new."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.lakehouse.examples.collect import collect
from lakegloss.lakehouse.session.session import session

parser = workflow.parser(__doc__)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    with session(task.settings) as spark:
        done = collect(spark, task.settings, task.patterns, progress=workflow.report_progress)
    workflow.logger.info(
        "examples added: %d, known: %d, refused: %d", len(done.rows), done.known, len(done.refused)
    )
    for refused in done.refused:
        workflow.logger.warning("refused: %s: %s", refused.about, refused.reason)
    for table, reason in done.unreadable:
        workflow.logger.warning("%s could not be read: %s", table, reason)


if __name__ == "__main__":
    workflow.run(main)
