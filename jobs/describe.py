"""Draft the comments that are missing, and log how many proposals can be applied."""

from collections.abc import Sequence

from lakegloss.cli import workflow
from lakegloss.core.checks.weak_models import WEAK_REMEDY
from lakegloss.lakehouse.session.session import session
from lakegloss.release.chosen import chosen_program
from lakegloss.release.rollouts.shadow_describe import ShadowSummary
from lakegloss.release.rollouts.split_describe import describe_by_variant

parser = workflow.parser(__doc__)


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments)
    chosen = chosen_program(task.settings)
    with session(chosen.settings) as spark:
        parts = describe_by_variant(
            spark, task.settings.program, chosen, task.patterns, progress=workflow.report_progress,
            on_shadow=_report_shadow,
        )  # fmt: skip
    for summary in parts:
        workflow.logger.info(
            "run %s is %s: %s ready", summary.run_id, summary.status, summary.ready
        )
        for weak in summary.weak_models:
            workflow.logger.warning("%s. %s", weak, WEAK_REMEDY)
        for table, reason in summary.unreadable.items():
            workflow.logger.warning("%s could not be read: %s", table, reason)


def _report_shadow(summary: ShadowSummary) -> None:
    workflow.logger.info(
        "in the shadow: %d tables compared, %d left, %d tokens in, %d out%s",
        summary.tables, summary.waiting, summary.input_tokens, summary.output_tokens,
        f" ({summary.stopped})" if summary.stopped else "",
    )  # fmt: skip


if __name__ == "__main__":
    workflow.run(main)
