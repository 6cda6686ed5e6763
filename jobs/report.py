"""Write the report of the lakehouse's comments as an HTML file."""

from collections.abc import Sequence
from pathlib import Path

from lakegloss.cli import workflow
from lakegloss.lakehouse.report.report import write_report
from lakegloss.lakehouse.session.session import session

parser = workflow.parser(__doc__)
parser.add_argument("--path", required=True, type=Path, help="the file to write")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments)
    with session(task.settings) as spark:
        write_report(spark, task.settings, task.parameters.path, task.patterns)


if __name__ == "__main__":
    workflow.run(main)
