"""Compares the catalog as it is now with what the ledgers hold of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.standing import COMMENTED, AssetState, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentSince:
    """A comment that others changed; `now` is '' where it was removed, `before` where none was.

    Attributes:
        of_lakegloss: whether the text before was one that lakegloss wrote.
    """

    table: str
    column: str
    before: str
    now: str
    of_lakegloss: bool

    @property
    def what(self) -> str:
        """What happened, in words."""
        if not self.now:
            return "removed"
        return "written by others" if not self.before else "changed by others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is otherwise in the catalog than in the ledgers.

    Attributes:
        looked_at: when the catalog was looked at; None where it could not be, see `failed`.
        tables: how many tables' comments were read; `listed`: how many tables there are.
        elsewhere: tables in schemas of which the inventory holds nothing, by schema; they are
            counted nowhere else.
        new_columns, gone_columns: of tables that are in both.
        failed: why the catalog could not be looked at; '' where it was.
    """

    looked_at: datetime | None = None
    tables: int = 0
    listed: int = 0
    new_tables: tuple[str, ...] = ()
    gone_tables: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, int], ...] = ()
    new_columns: tuple[AssetKey, ...] = ()
    gone_columns: tuple[AssetKey, ...] = ()
    comments: tuple[CommentSince, ...] = ()
    failed: str = ""

    @property
    def changes(self) -> int:
        """How many differences there are."""
        return sum(
            map(
                len,
                (
                    self.new_tables,
                    self.gone_tables,
                    self.new_columns,
                    self.gone_columns,
                    self.comments,
                ),
            )
        )


def rows_now(
    inventory: Sequence[LedgerRow],
    looked: Mapping[str, Table],
    gone: Collection[str],
    at: datetime,
) -> list[LedgerRow]:
    """The rows of the inventory as they would be if the tables looked at were recorded now.

    Args:
        inventory: rows of assets that are present.
        looked: tables as the catalog shows them; one that cannot be read keeps its rows, and has
            its error.
        gone: tables that are no longer there.
    """
    known: dict[str, dict[str, LedgerRow]] = {}
    for row in inventory:
        known.setdefault(row["table"], {})[row["column"]] = row
    rows: list[LedgerRow] = []
    for name in sorted({*known, *looked}.difference(gone)):
        before, table = known.get(name, {}), looked.get(name)
        if table is None:
            rows += before.values()
        elif table.error:
            rows += _unreadable(table, before, at)
        else:
            rows += _rows_of(table, at)
    return rows


def _unreadable(table: Table, before: Mapping[str, LedgerRow], at: datetime) -> Iterator[LedgerRow]:
    own = before.get("") or _row(table, None, at)
    yield {**own, "error": table.error}
    yield from (row for column, row in before.items() if column)


def _rows_of(table: Table, at: datetime) -> Iterator[LedgerRow]:
    yield _row(table, None, at)
    yield from (_row(table, column, at) for column in table.columns)


def _row(table: Table, column: Column | None, at: datetime) -> dict[str, object]:
    return {
        "table": table.name,
        "column": column.path if column else "",
        "kind": table.kind.value,
        "data_type": column.data_type if column else "",
        "comment": column.comment if column else table.comment,
        "position": column.position if column else -1,
        "present": True,
        "error": column.blocked if column else "",
        "seen_at": at,
    }


def columns_since(
    inventory: Iterable[LedgerRow], looked: Mapping[str, Table]
) -> tuple[list[AssetKey], list[AssetKey]]:
    """The columns that are new and those that are gone, of tables known before and read now."""
    before: dict[str, set[str]] = {}
    for row in inventory:
        before.setdefault(row["table"], set()).add(row["column"])
    new: list[AssetKey] = []
    gone: list[AssetKey] = []
    for name in sorted(before.keys() & looked.keys()):
        table, had = looked[name], before[name] - {""}
        if table.error or not had:  # its columns were never read, or cannot be
            continue
        paths = {column.path for column in table.columns}
        new += (AssetKey(name, c.path) for c in table.columns if c.path not in had)
        gone += (AssetKey(name, path) for path in sorted(had - paths))
    return new, gone


def comments_since(
    before: Iterable[AssetState], now: Iterable[AssetState]
) -> tuple[CommentSince, ...]:
    """The comments that others wrote, changed or removed; texts of lakegloss that it lost first.

    Args:
        before: the states by the ledgers alone; now: those by the catalog.
    """
    later = {(state.table, state.column): state for state in now}
    changes = []
    for state in before:
        other = later.get((state.table, state.column))
        if other is None or other.comment.strip() == state.comment.strip():
            continue
        if other.comment.strip() and other.standing != Standing.PEOPLE:
            continue  # a text of lakegloss, that another run wrote or somebody moved here
        changes.append(
            CommentSince(
                table=state.table,
                column=state.column,
                before=state.comment.strip(),
                now=other.comment.strip(),
                of_lakegloss=state.standing in COMMENTED and state.standing != Standing.PEOPLE,
            )
        )
    return tuple(sorted(changes, key=lambda c: (not c.of_lakegloss, c.table, c.column)))
