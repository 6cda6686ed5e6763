"""Measures the coverage of the catalog as it is now, and finds comments that are wrong by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql import SparkSession

from lakegloss.core.assets import Table
from lakegloss.core.stages import can_write
from lakegloss.lakehouse.catalog import Catalog
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.report.judged_rows import wrong_by_now
from lakegloss.lakehouse.threads import threads
from lakegloss.settings import Settings

_WORST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageNow:
    """Counts the assets that can carry a comment and those that have one.

    `worst` lists the tables with most gaps. `unreadable` tables, with the reasons, are not counted.
    `wrong` says, by asset, what the newest evidence contradicts in comments that lakegloss wrote.
    """

    assets: int
    commented: int
    worst: tuple[str, ...]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of assets that have a comment, 0 to 1; 0 where none could be counted."""
        return self.commented / self.assets if self.assets else 0.0


def measure_coverage(
    spark: SparkSession, settings: Settings, patterns: Sequence[str] = ()
) -> CoverageNow:
    """Count the comments in the catalog, and read in the ledgers which are wrong; write nothing.

    Raises:
        AssetNotFoundError: a pattern matches nothing, there is no table at all, or the setting
            catalog names none that can be seen.
    """
    catalog = Catalog(spark, settings.excluded)
    if settings.catalog:
        catalog.require(settings.catalog)
    ledgers = Ledgers(spark, settings)
    names = catalog.table_names(patterns, own_schema=ledgers.schema)
    with threads(settings.parallel_tables) as pool:
        tables = list(pool.map(catalog.read_comments, names))
    readable = [table for table in tables if not table.error]
    known = catalog.dialect().comment_on_column
    counts = {table.name: _count(table, comment_on_column=known) for table in readable}
    gaps = sorted(
        ((total - done, name) for name, (done, total) in counts.items() if done < total),
        reverse=True,
    )
    return CoverageNow(
        assets=sum(total for _, total in counts.values()),
        commented=sum(done for done, _ in counts.values()),
        worst=tuple(f"{name}: {missing} without a comment" for missing, name in gaps[:_WORST]),
        unreadable={table.name: table.error for table in tables if table.error},
        wrong=_wrong(ledgers, readable) if ledgers.exist() else {},
    )


def _wrong(ledgers: Ledgers, tables: Sequence[Table]) -> dict[str, str]:
    return {str(key): why for key, why in wrong_by_now(ledgers, tables).items()}


def _count(table: Table, *, comment_on_column: bool) -> tuple[int, int]:
    writable = [table.comment]
    writable += [
        column.comment
        for column in table.columns
        if can_write(
            table.kind,
            column.path,
            comment_on_column=comment_on_column,
            blocked=column.blocked,
        )
    ]
    return sum(bool(text.strip()) for text in writable), len(writable)
