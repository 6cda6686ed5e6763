"""Evaluate a program on what people wrote, and write the page."""

from collections.abc import Sequence
from pathlib import Path

from lakegloss.cli import workflow
from lakegloss.errors import BudgetExceededError, EndpointUnavailableError
from lakegloss.lakehouse.session.session import session
from lakegloss.learning.answering import EvaluatedVersion
from lakegloss.learning.measuring import Measurement, judge_order, measure
from lakegloss.release.evaluated import evaluated, record_evaluation

parser = workflow.parser(__doc__)
parser.add_argument(
    "--version", default="", help="NAME@ALIAS, built-in, rules, a signature, a file"
)
parser.add_argument("--state", default="", help="file of the comment program's state, instead")
parser.add_argument("--against", default="", help="another version, on the same items")
parser.add_argument("--data", default="", help="file of references, instead of the lake's")
parser.add_argument("--split", default="", help="only the file's items of this split")
parser.add_argument("--metrics", default="", help="names of metrics, by commas")
parser.add_argument("--judge", default="", help="with --against: a model that judges in pairs")
parser.add_argument("--labels", default="", help="sheet on which people chose between the two")
parser.add_argument("--path", required=True, type=Path, help="the page to write")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    given = task.parameters
    state = Path(given.state) if given.state else None
    version = evaluated(task.settings, given.version, state)
    against = evaluated(task.settings, given.against) if given.against else None
    labels = Path(given.labels) if given.labels else None
    chosen = Measurement(
        tables=task.patterns if isinstance(version, EvaluatedVersion) else (),
        data=Path(given.data) if given.data else None, split=given.split,
        metrics=[name for name in map(str.strip, given.metrics.split(",")) if name],
        judge=judge_order(given.judge, labels, None, compared=against is not None),
    )  # fmt: skip
    with session(task.settings) as spark:
        report = measure(
            spark, task.settings, version, against, chosen, progress=workflow.report_progress
        )
    if report.not_asked:
        kind = BudgetExceededError if "budget" in report.not_asked else EndpointUnavailableError
        reasons = ", ".join(f"{count} {reason}" for reason, count in report.not_asked.items())
        raise kind(f"Not finished: {reasons}.", remedy="Run the same task again: it goes on.")
    page, run = record_evaluation(report, task.settings, given.path)
    for figures in report.versions:
        workflow.logger.info("%s scores %.3f", figures.label, figures.score.mean)
    if report.comparison is not None:
        workflow.logger.info("%s is %s", version.label, report.comparison.conclusion)
    workflow.logger.info("page %s, MLflow run %s", page, run or "none")


if __name__ == "__main__":
    workflow.run(main)
