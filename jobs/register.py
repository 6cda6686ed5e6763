"""Register a program as a version in MLflow, and promote it where that is wanted."""

from collections.abc import Sequence
from pathlib import Path

from lakegloss.cli import workflow
from lakegloss.core.release.decisions import Alias
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.session.session import session
from lakegloss.release.files import figures_of, saved_of
from lakegloss.release.registry import Registry
from lakegloss.release.releases import Releases
from lakegloss.serving.model.packaging import register

parser = workflow.parser(__doc__)
parser.add_argument("--source", default="comment", help="comment, a signature, or a YAML file")
parser.add_argument("--state", default="", help="file of the comment program's state")
parser.add_argument("--measured", default="", help="JSON file of what it was measured on")
parser.add_argument("--name", default="", help="registered name, three levels in Unity Catalog")
parser.add_argument("--alias", default="", help="champion or challenger; empty promotes nothing")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    given = task.parameters
    if not given.name or given.alias not in {"", *Alias}:
        raise SettingsError("name is empty, or alias is neither champion nor challenger.")
    saved = saved_of(given.source, Path(given.state) if given.state else None)
    figures = figures_of(Path(given.measured) if given.measured else None)
    registry = Registry(task.settings)
    version, is_new = register(registry, given.name, saved, task.settings, measured=figures)
    workflow.logger.info("%s is %s", version.reference, "new" if is_new else "there already")
    if given.alias:
        with session(task.settings) as spark:
            releases = Releases(Ledgers(spark, task.settings), registry)
            releases.promote(given.name, version.number, alias=Alias(given.alias))


if __name__ == "__main__":
    workflow.run(main)
