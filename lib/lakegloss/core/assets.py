"""Defines what can carry a comment: tables, views and their columns."""

from dataclasses import dataclass, field
from enum import StrEnum


class TableKind(StrEnum):
    """What kind of relation a table is."""

    TABLE = "table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized_view"
    STREAMING_TABLE = "streaming_table"
    FOREIGN = "foreign"
    METRIC_VIEW = "metric_view"


@dataclass(frozen=True, slots=True, order=True)
class AssetKey:
    """A table (column is '') or one column of it, by path."""

    table: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column or a part of one (a struct's field, an array's element).

    Attributes:
        path: dotted, as `core.names` reads it; the table's own name is not part of it.
        data_type: Spark's simple string of the type.
        comment: '' where there is none.
        position: the order in the table, parents before their parts.
        blocked: why no comment can be written on it; '' where one can, see `core.writable`.
        rebuilt: setting its own comment may drop the comments of its parts.
    """

    path: str
    data_type: str
    comment: str = ""
    position: int = 0
    nullable: bool = True
    blocked: str = ""
    rebuilt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view as the catalog shows it.

    Attributes:
        name: two parts in the session catalog (schema.table), three elsewhere.
        data_version: changes when the data changed, not when only metadata did; '' is unknown.
        sources: the tables that a view reads.
        one_by_one: a statement can comment one column only.
        error: why the table could not be read; '' where it was read.
    """

    name: str
    kind: TableKind = TableKind.TABLE
    comment: str = ""
    columns: tuple[Column, ...] = ()
    data_version: str = ""
    sources: tuple[str, ...] = field(default=())
    one_by_one: bool = False
    error: str = ""
