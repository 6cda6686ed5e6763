"""Keeps decisions on versions in a ledger, through Spark; reads those of a local lake without."""

from collections.abc import Sequence

from lakegloss.core.ddl import is_in
from lakegloss.core.release.decisions import Release
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import RELEASES
from lakegloss.lakehouse.session.user import session_user
from lakegloss.release.deciding import Deciding, in_order
from lakegloss.release.registry import Registry


def history_of(ledgers: Ledgers, name: str) -> list[Release]:
    """The decisions on a name, oldest first; no registry is needed.

    Raises:
        CatalogError: the ledger cannot be made.
    """
    ledgers.ensure_more(RELEASES)
    frame = ledgers.read(RELEASES).where(is_in("name", [name]))
    return in_order(Release(**row) for row in rows_of(frame, RELEASES))


class SparkDecisions:
    """The log of decisions in the ledger `releases`, through Spark."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def history(self, name: str) -> list[Release]:
        return history_of(self._ledgers, name)

    def append_once(self, rows: Sequence[Release], *, app: str, number: int) -> None:
        self._ledgers.append_once(RELEASES, *rows, app=app, number=number)

    def append(self, rows: Sequence[Release]) -> None:
        self._ledgers.append(RELEASES, rows)

    def user(self) -> str:
        return session_user(self._ledgers.spark)


class Releases(Deciding):
    """Decides on versions by a ledger through Spark, see `Deciding`."""

    def __init__(self, ledgers: Ledgers, registry: Registry) -> None:
        super().__init__(SparkDecisions(ledgers), registry)
