"""Looks at the catalog again when a report is made, as far as that is cheap."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lakegloss.core.assets import Table
from lakegloss.core.names import schema_of
from lakegloss.core.records import LedgerRow
from lakegloss.errors import AssetNotFoundError, CatalogError
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.threads import threads

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the catalog shows now.

    Attributes:
        tables: those that were read, by name; some carry an error.
        new: tables that the inventory lacks, in schemas that it knows; gone: those that it has and
            the catalog has not.
        elsewhere: how many tables there are in schemas that the inventory does not know.
        failed: why nothing could be looked at; '' where it could.
    """

    at: datetime
    tables: Mapping[str, Table] = field(default_factory=dict)
    listed: int = 0
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    failed: str = ""


def look_again(
    ledgers: Ledgers,
    patterns: Sequence[str],
    inventory: Sequence[LedgerRow],
    *,
    most: int,
    parallel_tables: int,
) -> Look:
    """List the tables, and read the comments of the first of them.

    Args:
        inventory: the rows of the selected assets that are present.
        most: how many tables' comments are read.
        parallel_tables: how many at the same time.
    """
    catalog = Catalog(ledgers.spark, ledgers.exclude)
    known = {row["table"] for row in inventory}
    at = datetime.now(UTC)
    try:
        listed = _listed(catalog, patterns, ledgers.schema)
    except CatalogError as error:
        return Look(at=at, failed=error.message)
    schemas = {schema_of(name) for name in known}
    new = [name for name in listed if name not in known and schema_of(name) in schemas]
    gone = catalog.gone(known.difference(listed))
    names = sorted((known - gone) | set(new))
    with threads(parallel_tables) as pool:
        tables = list(pool.map(catalog.read_comments, names[:most]))
    return Look(
        at=at,
        tables={table.name: table for table in tables},
        listed=len(names),
        new=tuple(new),
        gone=tuple(sorted(gone)),
        elsewhere=Counter(schema_of(n) for n in listed if schema_of(n) not in schemas),
    )


def _listed(catalog: Catalog, patterns: Sequence[str], own_schema: str) -> list[str]:
    try:
        return catalog.table_names(patterns, own_schema=own_schema)
    except AssetNotFoundError:  # all that the patterns selected is gone
        return []
