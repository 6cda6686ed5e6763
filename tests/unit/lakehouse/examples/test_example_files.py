"""Files of examples: what is read, what is refused with its line, and what an export holds."""

import csv
import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.learning.examples import Example, Origin
from lakegloss.core.learning.inputs import named_inputs
from lakegloss.core.learning.settling import settle
from lakegloss.errors import ExampleFileError
from lakegloss.lakehouse.examples.dbt_file import Described, read_dbt
from lakegloss.lakehouse.examples.example_files import (
    LARGEST_FILE,
    csv_header,
    file_text,
    found_in_csv,
    found_in_jsonl,
    is_example_csv,
    write_examples,
)
from tests.kits.places import ROOT

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JSONL, CSV, YML = Path("examples.jsonl"), Path("examples.csv"), Path("schema.yml")
GOOD = '{"table": "shop.orders", "column": "placed", "expected": "When it was placed."}'


def test_lines_of_json_are_examples() -> None:
    mail = (
        '{"program": "Mail", "subject": "t-1", "inputs": {"a": "x"}, "outputs": {"b": "y"}, '
        '"avoid": "z"}'
    )
    table = '{"table": "shop.orders", "text": "Orders."}'
    refused = '{"table": "shop.orders", "column": "id", "avoid": "Id."}'
    found = found_in_jsonl(f"{GOOD}\n\n{mail}\n{table}\n{refused}\n", JSONL)
    assert [(e.line, e.table, e.column, e.origin) for e in found] == [
        (1, "shop.orders", "placed", Origin.FILE),
        (3, "", "", Origin.FILE),
        (4, "shop.orders", "", Origin.FILE),
        (5, "shop.orders", "id", Origin.REJECTED),
    ]
    assert found[0].inputs == named_inputs("shop.orders", "placed")
    assert (found[1].program, found[1].subject, found[1].inputs) == ("Mail", "t-1", {"a": "x"})
    assert json.loads(found[1].expected) == {"b": "y"}
    assert found[2].expected == "Orders."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is no JSON"),
        ('"text"', "line 2 is no JSON object"),
        ("[1]", "line 2 is no JSON object"),
        ("[" * 100_000, "line 2 is no JSON"),
        ('{"tabel": "a.b", "text": "x"}', "line 2 has an unknown field 'tabel'"),
        ('{"a\\u202eb": 1}', r"line 2 has an unknown field '.a name that is not shown"),
        ('{"column": "c", "text": "x"}', "line 2 names no table"),
        ('{"table": "a.b", "column": "c"}', "line 2 has neither a text"),
        ('{"table": "a.b", "text": ""}', "line 2 has neither a text"),
        ('{"table": 3, "text": "x"}', "line 2 has 'table', which is no text"),
        ('{"table": "a.b", "text": ["x"]}', "line 2 has 'text', which is no text"),
        ('{"table": "a.b", "text": "x", "comment": "y"}', "line 2 has two texts"),
        ('{"program": "Mail", "text": "x"}', "line 2 has no inputs"),
        ('{"program": "Mail", "inputs": [1], "text": "x"}', "'inputs', which is no mapping"),
        ('{"program": "Mail", "inputs": "{", "text": "x"}', "'inputs', which is no JSON"),
    ],
)
def test_a_wrong_line_is_named_with_a_remedy(line: str, message: str) -> None:
    with pytest.raises(ExampleFileError, match=message) as raised:
        found_in_jsonl(f"{GOOD}\n{line}\n", JSONL)
    assert "'examples.jsonl'" in raised.value.message
    assert raised.value.remedy


def test_an_error_never_shows_what_stands_in_the_file() -> None:
    secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
    for line in (
        f'{{"table": "{secret}"',
        f'{{"table": "a.b", "text": ["{secret}"]}}',
        f'{{"{secret}": 1}}',
        f'{{"program": "{secret}", "text": "x"}}',
    ):
        with pytest.raises(ExampleFileError) as raised:
            found_in_jsonl(line, JSONL)
        assert secret not in str(raised.value)


@pytest.mark.parametrize("text", ["", "\n\n", "table,column,expected\n", "table;column;text\n;;\n"])
def test_files_without_examples_are_empty(text: str) -> None:
    assert (found_in_csv(text, CSV) if "table" in text else found_in_jsonl(text, JSONL)) == []


def test_rows_of_csv_are_examples() -> None:
    placed = 'shop.orders;placed;"When; ""placed""\nin UTC"'
    found = found_in_csv(f"Table;Column;Expected\n{placed}\nshop.orders;;Orders.\n", CSV)
    assert [(e.line, e.column, e.expected) for e in found] == [
        (3, "placed", 'When; "placed"\nin UTC'),
        (4, "", "Orders."),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,comment\na,b\n", "line 1 lacks the columns"),
        ("table,column,text,text\na,b,c,d\n", "line 1 has the column 'text' twice"),
        ("table,column,text\na.b,c,d,e\n", "line 2 has more cells"),
        ('table,column,text\na.b,c,"d\n', "cannot be read"),
        ("table,column,text\na.b,c,\n", "line 2 has neither a text"),
        ("table,column,text\n,c,x\n", "line 2 names no table"),
        ("table,column,text,colour\na.b,c,x,red\n", "unknown field 'colour'"),
    ],
)
def test_a_wrong_row_is_named(text: str, message: str) -> None:
    with pytest.raises(ExampleFileError, match=message):
        found_in_csv(text, CSV)


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("table,column,comment", True),
        ("table,column,decision,text,proposal_id,text_hash,comment_hash", False),
        ("catalog,schema,table,column,comment", False),
        ("column,comment", False),
    ],
)
def test_review_files_are_told_apart(header: str, *, ours: bool) -> None:
    assert is_example_csv(csv_header(header)[0]) is ours


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(ExampleFileError, match="cannot be read"):
        file_text(tmp_path / "nosuch.jsonl")
    with pytest.raises(ExampleFileError, match="cannot be read"):
        file_text(tmp_path)
    (tmp_path / "latin.jsonl").write_bytes(b'{"a": 1}\n{"b": "\xe9"}\n')
    with pytest.raises(ExampleFileError, match="line 2: it is no UTF-8"):
        file_text(tmp_path / "latin.jsonl")
    with (tmp_path / "huge.jsonl").open("wb") as huge:
        huge.truncate(LARGEST_FILE + 1)
    with pytest.raises(ExampleFileError, match="more than 64 MB"):
        file_text(tmp_path / "huge.jsonl")
    (tmp_path / "bom.jsonl").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert len(found_in_jsonl(file_text(tmp_path / "bom.jsonl"), JSONL)) == 1


# Export.


def kept(items: list[Any]) -> list[Example]:
    return list(settle(items, [], salt="s", run_id="r", now=NOW).rows)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_an_export_comes_back_as_it_went_and_names_nobody(tmp_path: Path, suffix: str) -> None:
    lines = [
        {
            "table": "shop.orders",
            "column": "placed",
            "text": "- When it was placed; 'in' UTC.\nLate",
        },
        {"table": "shop.orders", "column": "`a.b`", "avoid": "Id, \u00e9."},
        {"program": "Mail", "subject": "t-1", "inputs": {"a": ["x", 1]}, "outputs": {"b": "y"}},
    ]
    found = found_in_jsonl("\n".join(map(json.dumps, lines)), JSONL)
    rows = kept([replace(e, who="ann@shop.example") for e in found])
    assert len(rows) == 3
    path = tmp_path / f"out{suffix}"
    assert write_examples(path, rows) == 3
    text = path.read_text(encoding="utf-8")
    assert "ann@" not in text
    read = found_in_csv if suffix == ".csv" else found_in_jsonl
    again = settle(read(file_text(path), path), rows, salt="s", run_id="r", now=NOW)
    assert (again.rows, again.known, again.refused) == ((), 3, ())
    with pytest.raises(ExampleFileError, match="there already"):
        write_examples(path, rows)
    assert write_examples(path, rows[:1], overwrite=True) == 1


def test_an_export_needs_a_known_suffix(tmp_path: Path) -> None:
    with pytest.raises(ExampleFileError, match="no format"):
        write_examples(tmp_path / "out.parquet", [])


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    [row] = kept(found_in_jsonl('{"table": "a.b", "column": "c", "text": "- minus one"}', JSONL))
    write_examples(tmp_path / "o.csv", [row])
    text = (tmp_path / "o.csv").read_text(encoding="utf-8")
    cells = list(csv.DictReader(text.splitlines()))
    assert cells[0]["expected"] == "'- minus one"


NAMES = st.sampled_from(["table", "column", "text", "models", "name", "columns", "sources", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)


@given(st.text(max_size=200) | VALUES.map(json.dumps))
def test_anything_is_read_or_refused(text: str) -> None:
    for read, path in ((found_in_jsonl, JSONL), (found_in_csv, CSV), (read_dbt, YML)):
        with suppress(ExampleFileError):
            read(text, path)


# dbt.

SCHEMA_YML = """\
version: 2
models:
  - name: orders
    description: >
      Orders of
      the shop.
    columns:
      - name: placed
        description: When it was placed.
        data_type: date
        tests: [not_null]
      - name: plain
  - name: stg_items
    config: {alias: items}
    description: ''
    columns:
      - {name: price, description: Price in euros.}
seeds:
  - name: countries
    description: Countries.
sources:
  - name: crm
    schema: raw_crm
    tables:
      - name: people
        identifier: PEOPLE_T
        description: Customers.
        columns:
          - name: born
            description: '{{ doc("born") }}'
  - name: erp
    tables:
      - name: mara
        columns:
          - name: matnr
            description: Number of the material.
"""


def test_descriptions_of_dbt_are_read() -> None:
    def item(line: int, table: str, column: str, text: str, *, source: bool = False) -> Described:
        return Described(line=line, table=table, column=column, text=text, is_source=source)

    assert read_dbt(SCHEMA_YML, YML) == [
        item(4, "orders", "", "Orders of the shop."),
        item(9, "orders", "placed", "When it was placed."),
        item(17, "items", "price", "Price in euros."),
        item(20, "countries", "", "Countries."),
        item(27, "raw_crm.PEOPLE_T", "", "Customers.", source=True),
        item(30, "raw_crm.PEOPLE_T", "born", '{{ doc("born") }}', source=True),
        item(36, "erp.mara", "matnr", "Number of the material.", source=True),
    ]


LETTERS = "abcdefghijklmn"
BOMB = "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in pairwise(LETTERS))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models: [", "line 1: the file is no YAML"),
        ("a: b: c", "line 1: the file is no YAML"),
        ("- name: x", "line 1: the file has the file that is no mapping"),
        ("names: []", "line 1: the file has none of the lists"),
        ("models: {name: x}", "line 1: the file has 'models', which is no list"),
        ("models:\n  - x", "line 2: the file has an entry of models that is no mapping"),
        ("models:\n  - description: x", "line 2: the file has an entry of models without a name"),
        ("models: []\nseeds: []\nmodels: []", "line 3: the file has 'models' twice"),
        (
            "models:\n- name: a\n  description: x\n  description: y",
            "line 4: .* 'description' twice",
        ),
        ("models:\n- name: a\n  description: [x]", "line 3: .* 'description', which is no text"),
        ("models:\n- name: a\n  columns:\n  - description: x", "line 4: .* column without a name"),
        ("models:\n- name: a\n\x00", "no YAML"),
        (
            "models: !!python/object/apply:os.system [echo]\nmodels2: []",
            "no list|which is no list|",
        ),
        (BOMB, "none of the lists"),
    ],
)
def test_a_wrong_schema_yml_is_named_by_its_line(text: str, message: str) -> None:
    with pytest.raises(ExampleFileError, match=message):
        read_dbt(text, YML)


def test_an_empty_schema_yml_has_nothing() -> None:
    assert read_dbt("", YML) == read_dbt("version: 2", YML) == read_dbt("models:\n", YML) == []


def test_the_examples_of_the_page_are_read() -> None:
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    lines = re.findall(r"```json\n(.*?)```", page, flags=re.DOTALL)
    assert [e.program for e in found_in_jsonl("".join(lines), JSONL)] == ["comment", "EmailDraft"]
    [schema] = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    assert [(d.table, d.column) for d in read_dbt(schema, YML)] == [
        ("orders", ""),
        ("orders", "placed_at"),
    ]
