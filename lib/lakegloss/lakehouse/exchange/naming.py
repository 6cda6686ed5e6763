"""Finds the tables of a lake that a file means, which may leave out their schema and catalog."""

from collections.abc import Iterable, Sequence

from lakegloss.core.assets import Table
from lakegloss.core.names import join_path, split_path


class Named:
    """Finds tables by the last parts of their names, in any case.

    Args:
        names: the tables that may be meant.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_own: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            parts = _lower(split_path(name))
            self._by_own.setdefault(parts[-1], []).append((parts, name))

    def find(self, name: str) -> list[str]:
        """The tables that a name may mean, which may have fewer parts than theirs."""
        for parts in _readings(name):
            found = [
                full
                for known, full in self._by_own.get(parts[-1], ())
                if known[-len(parts) :] == parts
            ]
            if found:
                return found
        return []


def column_of(table: Table, name: str) -> str | None:
    """The path of the column that a file calls by this name, in any case; None where none is.

    Where names differ in case only, the exact one is meant; without it, none.
    """
    wanted = {name, join_path((name,))}
    exact = [column.path for column in table.columns if column.path in wanted]
    if exact:
        return exact[0]
    lowered = {form.lower() for form in wanted}
    alike = [column.path for column in table.columns if column.path.lower() in lowered]
    return alike[0] if len(alike) == 1 else None


def _readings(name: str) -> Sequence[tuple[str, ...]]:
    """The parts of a name; a name with dots may also be that of one table."""
    try:
        parts = split_path(name)
    except ValueError:
        return [(name.lower(),)]
    return [_lower(parts), (name.lower(),)]


def _lower(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.lower() for part in parts)
