"""Whole tables of many trades and countries: which columns are personal, and which are not."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lakegloss.core.personal.classes import QUASI
from lakegloss.core.personal.privacy import personal_class

TRADES = Path(__file__).parent / "trades"

Column = tuple[bool, str, str, tuple[str, ...]]


@cache
def tables() -> dict[str, list[Column]]:
    """Read the tables: a line is a table's name, or `+ name:type=values` of a personal column."""
    out: dict[str, list[Column]] = {}
    own: list[Column] = []
    for path in sorted(TRADES.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                own = out.setdefault(line, [])
                continue
            sign, _, column = line.strip().partition(" ")
            name, _, values = column.partition("=")
            name, _, data_type = name.partition(":")
            shown = tuple(value for value in values.split(";") if value)
            own.append((sign == "+", name, data_type or "string", shown))
    return out


def _params() -> Iterator[Any]:
    for table in tables():
        yield pytest.param(table, id=table)


@pytest.mark.parametrize("table", list(_params()))
def test_tables_of_trades(table: str) -> None:
    columns = tables()[table]
    wrong = {}
    for is_personal, name, data_type, values in columns:
        siblings = [other for _, other, _, _ in columns if other != name]
        found = personal_class(name, data_type, values, table=table, siblings=siblings)
        if (bool(found) and found not in QUASI) != is_personal:
            wrong[name] = str(found)
    assert wrong == {}
