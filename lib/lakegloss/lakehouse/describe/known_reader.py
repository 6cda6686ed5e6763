"""Reads what the ledgers know of assets, ahead of the chunks of a run."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from lakegloss.core.assets import AssetKey
from lakegloss.core.plan.choices import Known
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.state import known_assets, with_moved
from lakegloss.lakehouse.survey.survey import TABLES_A_CHUNK
from lakegloss.lakehouse.threads import beside


class KnownReader:
    """Reads several small levels of a lake at once, and a small lake while it is surveyed.

    It keeps the assets that it read last: those of about one chunk of tables.
    """

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self._known: Mapping[AssetKey, Known] = {}
        self._read: frozenset[str] = frozenset()
        self._coming: tuple[frozenset[str], Future[dict[AssetKey, Known]]] | None = None

    def expect(self, names: Sequence[str]) -> None:
        """Begin to read from the ledgers, if the lake has no more than one chunk of tables.

        Call it where nothing long comes before `of`: what people decide meanwhile counts.
        """
        if 0 < len(names) <= TABLES_A_CHUNK:
            self._coming = (frozenset(names), beside(known_assets, self._ledgers, names))

    def of(self, names: Sequence[str], order: Sequence[str]) -> Mapping[AssetKey, Known]:
        """What is known of the assets of these tables, and of some tables that follow.

        Args:
            order: all tables of the run in the order of its chunks; `names` is a part of it.
        """
        if self._coming is not None and self._coming[0].issuperset(names):
            self._read, self._known = self._coming[0], self._coming[1].result()
            self._coming = None
        if not self._read.issuperset(names):
            start = order.index(names[0])
            window = order[start : start + max(TABLES_A_CHUNK, len(names))]
            self._known = known_assets(self._ledgers, window)
            self._read = frozenset(window)
        return self._known

    def with_moved(
        self, known: Mapping[AssetKey, Known], comments: Mapping[AssetKey, str]
    ) -> Mapping[AssetKey, Known]:
        """What is known, with the texts that lakegloss wrote to other assets and that moved here.

        Args:
            comments: the comments that the catalog shows.
        """
        return with_moved(self._ledgers, known, comments)

    def outside(self, names: frozenset[str]) -> Mapping[AssetKey, Known]:
        """What is known of the assets of tables that the run does not describe."""
        return known_assets(self._ledgers, names)
