"""Keeps examples in the ledger `examples`, with the salt by which they are split.

The salt is a property of the ledger's table. It is written by the statement that makes the table,
so that of two runs that begin at once both use the same; it goes where the ledger goes (a home
folder of one machine, or of one job's cluster, would not), and ends when the ledger does. Where a
copy of the table lost it, examples that are there keep the splits that stand in their rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields

from lakegloss.core.ddl import literal
from lakegloss.core.learning.examples import Example
from lakegloss.core.learning.salting import salt_for
from lakegloss.core.learning.splits import Split, group_of, split_of_group
from lakegloss.engine.spark.spark_errors import SPARK_ERRORS
from lakegloss.lakehouse.ledgers.conversion import rows_of
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EXAMPLES

SALT = "lakegloss.split_salt"
_NAMES = tuple(field.name for field in fields(Example))


class ExampleLedger:
    """Reads examples and appends to them.

    Raises:
        CatalogError: the ledger cannot be made; raised by every method.
    """

    def __init__(self, ledgers: Ledgers) -> None:
        self.ledgers = ledgers

    def exists(self) -> bool:
        """Whether any example was ever kept."""
        return bool(self.ledgers.spark.catalog.tableExists(self.ledgers.name(EXAMPLES)))

    def salt(self, groups: Iterable[str] = ()) -> str:
        """The salt of the splits; the ledger is made with one where there is none.

        Args:
            groups: those of the examples that are known, among which a new salt splits well.
        """
        known = list(groups)
        self.ledgers.ensure_more(EXAMPLES, properties={SALT: salt_for(known)})
        found = self._read_salt()
        if not found:  # a copy of the table, without its properties
            name, value = literal(SALT), literal(salt_for(known))
            table = self.ledgers.name(EXAMPLES)
            self.ledgers.spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ({name} = {value})")
            found = self._read_salt()
        return found

    def _read_salt(self) -> str:
        table = self.ledgers.name(EXAMPLES)
        try:
            rows = self.ledgers.spark.sql(f"SHOW TBLPROPERTIES {table}").collect()
        except SPARK_ERRORS:  # no properties in this catalog
            return ""
        return next((str(row["value"]) for row in rows if row["key"] == SALT), "")

    def splitter(self, tables: Iterable[str] = ()) -> Callable[[str], Split]:
        """A function from a table's name to its split; tables of examples keep theirs.

        Args:
            tables: those that are known, in case that the ledger is made now.
        """
        kept: dict[str, str] = {}
        for row in self.history():
            kept.setdefault(group_of(row.table, row.subject), row.split)
        salt = self.salt(group_of(table, "") for table in tables)

        def split(table: str) -> Split:
            group = group_of(table, "")
            return Split(kept[group]) if group in kept else split_of_group(group, salt)

        return split

    def history(self) -> list[Example]:
        """Every row, oldest first."""
        if not self.exists():
            return []
        rows = [
            Example(**{name: row[name] for name in _NAMES})
            for row in rows_of(self.ledgers.read(EXAMPLES), EXAMPLES)
        ]
        return sorted(rows, key=lambda row: row.at)

    def latest(self) -> list[Example]:
        """The newest row of each example, by table, column and subject."""
        return latest_of(self.history())

    def append(self, rows: Iterable[Example]) -> int:
        return self.ledgers.append(EXAMPLES, rows)


def latest_of(history: Sequence[Example]) -> list[Example]:
    """The newest row of each example."""
    newest = {row.example_id: row for row in history}
    return sorted(newest.values(), key=lambda e: (e.program, e.table, e.column, e.subject))
