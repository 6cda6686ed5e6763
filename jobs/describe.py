"""Draft the comments that are missing, and say how many proposals can be applied."""

from collections.abc import Sequence

from lakegloss.lakehouse import workflow
from lakegloss.lakehouse.describe import describe
from lakegloss.lakehouse.session import session

parser = workflow.parser(__doc__)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments)
    with session(task.settings) as spark:
        summary = describe(spark, task.settings, task.patterns, progress=workflow.report_progress)
    workflow.logger.info("run %s is %s: %s ready", summary.run_id, summary.status, summary.ready)
    for table, reason in summary.unreadable.items():
        workflow.logger.warning("%s could not be read: %s", table, reason)
    workflow.set_task_value("run_id", summary.run_id)
    workflow.set_task_value("ready", summary.ready)


if __name__ == "__main__":
    workflow.run(main)
