"""Tables packed: what comes out is what went in."""

from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.shelf import Shelf, batched

texts = st.text(max_size=20)
columns = st.builds(
    Column, path=texts, data_type=texts, comment=texts, position=st.integers(0, 999),
    nullable=st.booleans(),
)  # fmt: skip
tables = st.builds(
    Table,
    name=texts,
    comment=texts,
    columns=st.lists(columns, max_size=5).map(tuple),
    data_version=texts,
    sources=st.lists(texts, max_size=3).map(tuple),
    error=texts,
)


@given(st.lists(tables, max_size=6))
def test_a_shelf_holds_the_last_table_of_each_name(found: list[Table]) -> None:
    last = {table.name: table for table in found}
    shelf = Shelf(found)
    assert list(shelf) == list(last.values())
    assert shelf.names == list(last)
    assert all(name in shelf and shelf[name] == table for name, table in last.items())


def test_parts_hold_all_names_once() -> None:
    names = [str(n) for n in range(7)]
    parts = list(batched(names, 3))
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [name for part in parts for name in part] == names
