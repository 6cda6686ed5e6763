"""Surveys a lake: reads the inventory and gathers evidence, chunk by chunk."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from lakegloss.core.assets import Table
from lakegloss.core.plan.tasks import (
    in_order,
)
from lakegloss.core.shelf import Shelf, batched
from lakegloss.errors import CatalogError
from lakegloss.lakehouse.catalog import Listing
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.progress import Progress, silent
from lakegloss.lakehouse.survey.gathering import Gathered, gather_evidence
from lakegloss.lakehouse.survey.inventory import (
    TABLES_A_READ,
    read_tables,
    record_inventory,
    recorded,
)
from lakegloss.lakehouse.survey.stored import EvidenceReader
from lakegloss.lakehouse.threads import beside
from lakegloss.settings_views import ProfileSettings

TABLES_A_CHUNK = TABLES_A_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Holds the selected tables with their evidence; sources come before the views on them.

    Attributes:
        levels: names of tables; no level holds a view together with a table that it reads.
        evidence: read for some tables at a time, as that of a lake does not fit into memory.
        unreadable: the tables that are in no level, with the reasons.
        columns: the number of columns of all tables in the levels.
        read_by_views: tables whose comments views depend on.
    """

    shelf: Shelf
    levels: Sequence[Sequence[str]]
    evidence: Gathered
    unreadable: Mapping[str, str]
    columns: int
    read_by_views: frozenset[str]

    @property
    def tables(self) -> int:
        return sum(len(level) for level in self.levels)

    @property
    def profiled(self) -> int:
        return self.evidence.profiled

    @property
    def order(self) -> list[str]:
        """The names of the tables in the order of the chunks."""
        return [name for level in self.levels for name in level]

    def chunks(self) -> Iterator[Sequence[Table]]:
        """The tables in bounded groups; no group holds a view together with a table it reads."""
        for level in self.levels:
            for names in batched(level, TABLES_A_CHUNK):
                yield [self.shelf[name] for name in names]


def survey(
    ledgers: Ledgers,
    profile: ProfileSettings,
    patterns: Sequence[str],
    *,
    run_id: str,
    progress: Progress = silent,
    on_fresh: Callable[[Sequence[str]], None] = lambda _: None,
    on_work: Callable[[], None] = lambda: None,
) -> Survey:
    """Read the selected tables, gather their evidence, and record what changed.

    Args:
        on_fresh: called with the names of the selected tables where none has to be profiled.
        on_work: called before the first table is profiled.

    Raises:
        AssetNotFoundError: a pattern matches nothing.
        CatalogError: none of the selected tables can be read.
    """
    begun: list[tuple[Listing, EvidenceReader, Future[Any], Future[Any]]] = []

    def begin(listing: Listing) -> None:
        """Start reading the ledgers while the catalog is read: neither needs the other."""
        listed = listing.names
        reader = EvidenceReader(ledgers, listed)
        few = listed if len(listed) <= TABLES_A_CHUNK else ()  # the reader keeps no more tables
        reading = beside(reader.read_for_keys, few)
        before = beside(recorded, ledgers, listed, patterns)
        begun.append((listing, reader, reading, before))

    shelf = read_tables(
        ledgers, profile.parallel_tables, patterns, progress=progress, on_listed=begin
    )
    [(listing, reader, reading, before)] = begun
    record_inventory(
        ledgers, shelf, run_id=run_id, patterns=patterns, exclude=ledgers.exclude,
        before=before.result(),
    )  # fmt: skip
    reading.result()
    unreadable = {table.name: table.error for table in shelf if table.error}
    names = [name for name in shelf.names if name not in unreadable]
    gathered = gather_evidence(
        ledgers, profile, shelf, names, run_id=run_id, progress=progress, reader=reader,
        listed=listing.near, on_work=on_work, on_fresh=lambda: on_fresh(names),
    )  # fmt: skip
    unreadable |= gathered.unreadable
    require_readable(len(shelf), unreadable)
    sources: dict[str, Sequence[str]] = {}
    columns = 0
    for table in shelf:
        if table.name not in unreadable:
            sources[table.name] = table.sources
            columns += len(table.columns)
    return Survey(
        shelf=shelf,
        levels=in_order(sources),
        evidence=gathered,
        unreadable=unreadable,
        columns=columns,
        read_by_views=frozenset(source for names in sources.values() for source in names),
    )


def require_readable(tables: int, unreadable: Mapping[str, str]) -> None:
    """Raise CatalogError if there are tables and none of them can be read."""
    if not unreadable or len(unreadable) < tables:
        return
    name, reason = next(iter(unreadable.items()))
    of_many = f"None of the {tables:,} tables can be read, the first of them " if tables > 1 else ""
    raise CatalogError(
        f"{of_many or 'The table '}{name!r}{'' if of_many else ' cannot be read'}: {reason}",
        remedy="Restore the files that it lacks, or drop it, then run again.",
    )
