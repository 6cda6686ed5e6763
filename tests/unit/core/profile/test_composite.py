"""Keys of several columns."""

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from lakegloss.core.assets import Column
from lakegloss.core.evidence import Evidence
from lakegloss.core.profile.columns import column_evidence
from lakegloss.core.profile.composite import CompositeSearch, with_composite
from lakegloss.core.profile.sketch import ColumnSketch

TYPES = {"int64": "bigint", "double": "double", "string": "string"}
Values = dict[str, Sequence[Any]]


def composite(name: str, values: Values, *, cuts: Sequence[int] = (), rows: int = 0) -> str:
    """The columns of the composite key, where the table is read in parts that end at `cuts`."""
    count = len(next(iter(values.values())))
    arrays = {path: pa.array(column) for path, column in values.items()}
    columns = [
        Column(path=path, data_type=TYPES[str(array.type)], position=i)
        for i, (path, array) in enumerate(arrays.items())
    ]
    search = CompositeSearch.of(columns)
    ends = [*cuts, count]
    for start, end in zip([0, *cuts], ends, strict=True):
        part = CompositeSearch(search.parts, search.combos)
        part.update([array.slice(start, end - start) for array in arrays.values()])
        search.add_bytes(part.to_bytes())
    evidence = [_evidence(name, column, arrays[column.path], rows or count) for column in columns]
    found = with_composite(evidence, search)
    keys = {item.key_with for item in found if item.key_with}
    assert len(keys) <= 1
    parts = [item.column for item in found if item.key_with]
    assert ", ".join(parts) == next(iter(keys), "")
    return ", ".join(parts)


def _evidence(name: str, column: Column, array: Any, rows: int) -> Evidence:
    sketch = ColumnSketch()
    sketch.update(array)
    return column_evidence(name, column, sketch, rows=rows)


def lines(orders: int, *, start: int = 1) -> Values:
    rnd = random.Random(5)
    pairs = [(o, n + start) for o in range(orders) for n in range(rnd.randint(1, 6))]
    return {
        "order_id": [o for o, _ in pairs],
        "line_no": [n for _, n in pairs],
        "qty": [rnd.randint(1, 9) for _ in pairs],
    }


@pytest.mark.parametrize("line", ["line_no", "lineNumber", "position", "seq", "posnr"])
def test_lines_are_identified_with_what_they_are_lines_of(line: str) -> None:
    values = lines(60)
    renamed = {line if name == "line_no" else name: column for name, column in values.items()}
    assert composite("s.order_lines", renamed) == f"order_id, {line}"


def test_parts_of_a_table_give_the_same_key() -> None:
    assert composite("s.order_lines", lines(300), cuts=(11, 12, 500)) == "order_id, line_no"


def test_a_repetition_across_parts_is_seen() -> None:
    values = lines(300)
    twice = {name: [*column, column[0]] for name, column in values.items()}
    count = len(twice["qty"])
    assert composite("s.order_lines", twice, cuts=(count - 1,)) == ""


def test_the_client_of_sap_stands_first() -> None:
    values = lines(60)
    sap: Values = {
        "MANDT": ["100"] * len(values["qty"]),
        "VBELN": [f"{o:010d}" for o in values["order_id"]],
        "POSNR": [f"{10 * n:06d}" for n in values["line_no"]],
        "KWMENG": values["qty"],
    }
    assert composite("s.VBAP", sap) == "MANDT, VBELN, POSNR"


def test_pairs_of_two_keys_identify_where_chance_would_repeat_them() -> None:
    rnd = random.Random(3)
    pairs = sorted({(rnd.randint(1, 40), rnd.randint(1, 30)) for _ in range(600)})
    actors, films = zip(*pairs, strict=True)
    rated = {"film_id": films, "actor_id": actors, "rating": [5] * len(pairs)}
    assert composite("s.film_actor", rated) == "film_id, actor_id"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"a_id": range(1000), "line_no": [1] * 1000}, id="one column is enough"),
        pytest.param(
            {"customer_id": [i % 97 for i in range(90)] * 2, "line_no": list(range(90)) * 2},
            id="repeated",
        ),
        pytest.param(
            {"order_id": [1, 1, None, 2], "line_no": [1, 2, 3, 1]}, id="a part that is null"
        ),
        pytest.param(
            {
                "date_key": [(i * 37) % 365 for i in range(400)],
                "customer_id": [(i * 7919) % 399 for i in range(400)],
                "amount": [1.5] * 400,
            },
            id="unique by chance",
        ),
        pytest.param({"order_id": [1, 1], "line_no": [1, 2]}, id="two rows"),
        pytest.param({"x": [1.5, 2.5, 2.5]}, id="nothing that may be a part"),
    ],
)
def test_what_is_no_composite_key(values: Values) -> None:
    assert composite("s.facts", values) == ""


def test_a_sample_shows_lines_only() -> None:
    assert composite("s.order_lines", lines(60), rows=9_000) == "order_id, line_no"
    rnd = random.Random(3)
    pairs = sorted({(rnd.randint(1, 40), rnd.randint(1, 30)) for _ in range(600)})
    actors, films = zip(*pairs, strict=True)
    assert composite("s.cast", {"film_id": films, "actor_id": actors}, rows=9_000) == ""


def test_a_composite_key_changes_the_bucket() -> None:
    plain = Evidence(table="s.t", column="a", data_type="bigint", rows=9)
    with_key = Evidence(table="s.t", column="a", data_type="bigint", rows=9, key_with="a, b")
    assert with_key.bucket != plain.bucket
