"""Reads the tables that the ledgers know, with what decides how their names are read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.evidence import Evidence
from lakegloss.core.selection import canonical, select
from lakegloss.errors import AssetNotFoundError
from lakegloss.lakehouse.catalog import Catalog, without_excluded
from lakegloss.lakehouse.ledgers.ledgers import Ledgers
from lakegloss.lakehouse.ledgers.tables import EVIDENCE, INVENTORY

_DECISIVE = ("rows", "rows_read", "minimum", "maximum", "semantic")


def recorded_tables(
    ledgers: Ledgers, patterns: Sequence[str]
) -> Iterator[tuple[Table, Mapping[str, Evidence]]]:
    """Read the selected tables from the inventory, each with evidence by column path.

    The evidence has the least and the greatest value and the semantic type only.

    Raises:
        AssetNotFoundError: the inventory is empty, or a pattern matches nothing in it.
    """
    frame = ledgers.latest(INVENTORY).where("present AND column <> ''")
    columns = _by_table(frame.select("table", "column", "data_type", "position"))
    if not columns:
        raise AssetNotFoundError(
            f"The inventory ({ledgers.schema}) holds no table.",
            remedy="Run `lakegloss plan` first: it looks at the tables.",
        )
    current = Catalog(ledgers.spark).current
    where = f"in the inventory ({ledgers.schema})"
    chosen = select(set(columns), canonical(patterns, current), where=where)
    tables = without_excluded(chosen, canonical(ledgers.exclude, current), selected=patterns)
    evidence = _by_table(
        ledgers.latest(EVIDENCE).select("table", "column", "data_type", *_DECISIVE)
    )
    for name in tables:
        parts = sorted(columns[name], key=lambda row: row["position"])
        yield (
            Table(
                name=name,
                kind=TableKind.TABLE,
                columns=tuple(
                    Column(path=r["column"], data_type=r["data_type"], position=r["position"])
                    for r in parts
                ),
            ),
            {row["column"]: Evidence(**row) for row in evidence.get(name, ())},
        )


def _by_table(frame: Any) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.toArrow().to_pylist():
        rows[row["table"]].append(row)
    return rows
