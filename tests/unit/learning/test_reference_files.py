"""Files of references: the forms that are read, and what is refused."""

import csv
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.errors import InputError
from lakegloss.learning.reference_files import read_references


def file(tmp_path: Path, text: str, name: str = "data.jsonl") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_of_texts(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        '{"table": "s.t", "column": "a", "text": " One. ", "type": "int", "split": "gate"}\n\n'
        '{"table": "s.t", "column": "", "description": "The table."}\n'
        '{"table": "s.t", "column": "b", "text": "  "}\n',
    )
    found = read_references(path)
    assert [(i.column, i.text, i.data_type, i.split) for i in found.texts] == [
        ("a", "One.", "int", "gate"), ("", "The table.", "", ""),
    ]  # fmt: skip
    assert not found.cards


def test_csv_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = file(tmp_path, '\ufefftable,column,text\ns.t,a,"One, two"\ns.t,b,\n', "data.csv")
    assert [(i.column, i.text) for i in read_references(path).texts] == [("a", "One, two")]


EXPORTED: list[dict[str, object]] = [
    {"program": "comment", "table": "s.t", "column": "a", "expected": "One.", "split": "select"},
    {"program": "comment", "table": "s.t", "column": "b", "expected": "", "avoid": "The b."},
    {"program": "EmailDraft", "table": "", "column": "", "expected": "{}"},
    {"program": [1], "table": "", "column": "", "expected": {"email_body": "Dear Ann"}},
]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_exported_examples_are_references(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"examples.{kind}"
    if kind == "csv":
        with path.open("w", newline="", encoding="utf-8-sig") as stream:
            names = ["program", "table", "column", "expected", "avoid", "split"]
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(EXPORTED)
    else:
        path.write_text("\n".join(json.dumps(row) for row in EXPORTED))
    found = read_references(path)
    assert [(i.column, i.text, i.split) for i in found.texts] == [("a", "One.", "select")]


def test_a_described_table_is_a_card_with_its_undescribed_columns(tmp_path: Path) -> None:
    line = {
        "table": "gold__t", "dataset": "gold", "n_rows": 56, "table_description": None,
        "columns": [{"name": "a", "type": "bigint", "description": "First.", "null_share": 0.5}],
        "all_columns": [{"name": "a", "type": "bigint"}, {"name": "b", "type": "string"}],
    }  # fmt: skip
    found = read_references(file(tmp_path, json.dumps(line)))
    [text] = found.texts
    assert (text.table, text.column, text.text) == ("gold__t", "a", "First.")
    card = found.cards["gold__t"]
    assert [c.name for c in card.columns] == ["a", "b"]
    assert (card.rows, card.columns[0].null_share) == (56, 0.5)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("", "data.jsonl", "no reference text"),
        ("nonsense", "data.jsonl", "line 1: no JSON"),
        ("[1]", "data.jsonl", "no JSON object"),
        ('{"column": "a", "text": "x"}', "data.jsonl", "must be texts"),
        ('{"table": "t", "columns": [1]}', "data.jsonl", "must be a list of objects"),
        ('{"table": "t", "columns": 5}', "data.jsonl", "must be a list of objects"),
        ('{"table": "t", "columns": [{"name": "a", "text": "x", "odd": 1}]}', "data.jsonl", "odd"),
        ("table,text\ns.t,x\n", "data.csv", "lacks one of the columns"),
        ('{"table":"t","column":"a","text":"x"}\n{"table":"t","column":"a","text":"y"}',
         "data.jsonl", "two texts of t.a"),
    ],
)  # fmt: skip
def test_other_forms_are_refused(tmp_path: Path, text: str, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_references(file(tmp_path, text, name))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.jsonl"):
        read_references(tmp_path / "gone.jsonl")


FIELDS = st.sampled_from(["table", "column", "columns", "text", "name"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
)


@given(line=JSON)
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, line: object
) -> None:
    path = file(tmp_path_factory.mktemp("data"), json.dumps(line))
    with suppress(InputError):
        assert read_references(path).texts
