"""Write the proposals that are ready into the catalog."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.session.session import session

parser = workflow.parser(__doc__)
parser.add_argument("--dry_run", choices=["true", "false"], default="false")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments)
    with session(task.settings) as spark:
        summary = apply(
            spark,
            task.settings,
            task.patterns,
            dry_run=task.parameters.dry_run == "true",
            progress=workflow.report_progress,
        )
    workflow.logger.info("%d comments written", summary.applied)
    if summary.later:
        workflow.logger.warning(
            "%d comments on %d tables wait for apply_window (%s)",
            summary.later, summary.later_tables, task.settings.apply_window,
        )  # fmt: skip
    for asset, reason in summary.failed.items():
        workflow.logger.warning("%s: %s", asset, reason)
    if summary.failed and not summary.applied:
        raise CatalogError(
            f"None of {len(summary.failed)} comments could be written.",
            remedy="This job's identity needs MODIFY on the tables, and has to own the views; "
            "the log names each reason.",
        )


if __name__ == "__main__":
    workflow.run(main)
