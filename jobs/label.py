"""Propose labels, and set those that are ready where that is wanted."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.lakehouse.labels.applying import apply_labels
from lakegloss.lakehouse.labels.proposing import propose_labels
from lakegloss.lakehouse.session.session import session

parser = workflow.parser(__doc__)
parser.add_argument("--apply_labels", default="false", help="true: also set what is ready")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments)
    settings, patterns = task.settings, task.patterns
    with session(settings) as spark:
        done = propose_labels(spark, settings, patterns, progress=workflow.report_progress)
        workflow.logger.info(
            "run %s is %s: %s ready, %s need a review",
            done.run_id, done.status, done.ready, done.waiting,
        )  # fmt: skip
        for table, reason in done.unreadable.items():
            workflow.logger.warning("%s could not be read: %s", table, reason)
        if task.parameters.apply_labels.lower() != "true":
            return
        written = apply_labels(spark, settings, patterns, progress=workflow.report_progress)
    workflow.logger.info("run %s set %s tags", written.run_id, written.applied)
    for tag, reason in {**written.failed, **written.skipped}.items():
        workflow.logger.warning("%s was not set: %s", tag, reason)


if __name__ == "__main__":
    workflow.run(main)
