"""Files of other tools: what they say, and what is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.exchange.contract import Documented
from lakegloss.core.plan.choices import Known, text_hash
from lakegloss.core.review.merge import Trouble
from lakegloss.errors import DescriptionFileError, LakeglossError, SettingsError
from lakegloss.lakehouse.exchange.description_files import Form, read_descriptions
from lakegloss.lakehouse.exchange.exporting import form_of, new_text, require_writable
from lakegloss.lakehouse.exchange.importing import rows_of_file
from lakegloss.lakehouse.exchange.naming import Named, column_of

ORDERS = Table(
    name="shop.orders",
    comment="Orders.",
    columns=(
        Column(path="ID", data_type="bigint", comment="Key of the order."),
        Column(path="state", data_type="string"),
        Column(path="buyer", data_type="struct<email:string>"),
        Column(path="buyer.email", data_type="string"),
    ),
)
LAKE = Named(["shop.orders", "shop.customers", "other.customers"])


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def said(path: Path) -> list[tuple[int, str, str, str]]:
    return [(t.line, t.table, t.column, t.text) for t in read_descriptions(path).texts if t.text]


DBT = """\
models:
  - name: orders
    description: |
      One row
      per order.
    columns:
      - &id
        name: id
        description: "The key."
      - name: state
        description: '{{ doc("state") }}'
  - name: refunds
    columns:
      - <<: *id
        description: The refund's key.
      - *id
  - name: events
    description: Events.
    versions:
      - v: 1
        columns:
          - include: all
            exclude: [gone]
          - name: new
            description: New.
      - v: 2
        description: Events, better.
    columns:
      - name: kept
        description: Kept.
      - name: gone
        description: Gone.
"""


def test_dbt_is_read_with_lines_anchors_and_versions(tmp_path: Path) -> None:
    path = file(tmp_path, "schema.yml", DBT)
    found = read_descriptions(path)
    assert found.form is Form.DBT
    assert said(path) == [
        (3, "orders", "", "One row\nper order."),
        (9, "orders", "id", "The key."),
        (11, "orders", "state", '{{ doc("state") }}'),
        (15, "refunds", "id", "The refund's key."),
        (9, "refunds", "id", "The key."),
        (20, "events_v1", "", "Events."),
        (30, "events_v1", "kept", "Kept."),
        (25, "events_v1", "new", "New."),
        (27, "events_v2", "", "Events, better."),
        (30, "events_v2", "kept", "Kept."),
        (32, "events_v2", "gone", "Gone."),
    ]
    assert [t.column for t in found.texts if t.trouble is Trouble.JINJA] == ["state"]


def test_a_contract_is_read_with_what_is_inside_of_properties(tmp_path: Path) -> None:
    text = """\
apiVersion: v3.0.2
kind: DataContract
description: {purpose: not a table's}
schema:
  - name: Orders
    physicalName: shop.orders
    description: Orders.
    properties:
      - name: buyer
        properties:
          - {name: email, description: Their mail.}
      - name: lines
        items:
          properties:
            - {name: qty, description: How many.}
"""
    path = file(tmp_path, "orders.odcs.yaml", text)
    assert [entry[1:] for entry in said(path)] == [
        ("shop.orders", "", "Orders."),
        ("shop.orders", "buyer.email", "Their mail."),
        ("shop.orders", "lines.element.qty", "How many."),
    ]


def test_what_an_export_writes_is_read_and_asks_for_nothing(tmp_path: Path) -> None:
    hostile = Column(path="`=a|b.c`", data_type="string", comment="=cmd() | {{ x }} \u202e\n# <b>")
    table = Table(name="shop.orders", comment="- Orders.", columns=(*ORDERS.columns, hostile))
    for name in ("a.csv", "a.md", "a.yml", "a.odcs.yml"):
        path = tmp_path / name
        text = new_text(path, form_of(path), [Documented(table=table, evidence={})])
        found = read_descriptions(file(tmp_path, name, text))
        meant = {t.table: LAKE.find(t.table) for t in found.texts}
        rows, conflicts, untouched = rows_of_file(found, meant, {"shop.orders": table}, {})
        assert (rows, conflicts, untouched) == ([], [], len(found.texts)), name
        assert sum(bool(t.text) for t in found.texts) == 3, name


def test_texts_become_rows_conflicts_or_nothing(tmp_path: Path) -> None:
    text = (
        "table,column,description\n"
        "shop.orders,id,A person's words.\n"
        "orders,state,Drafted before.\n"
        "SHOP.Orders,,Orders.\n"
        "customers,id,Of two tables.\n"
        "orders,nothing,Of no column.\n"
        "orders,buyer.email,\n"
        "nowhere,x,Of no table.\n"
        ",x,Of nothing.\n"
    )
    found = read_descriptions(file(tmp_path, "d.csv", text))
    known = {
        AssetKey("shop.orders", "state"): Known(written={text_hash("Drafted before."): "rules"})
    }
    meant = {t.table: LAKE.find(t.table) for t in found.texts}
    rows, conflicts, untouched = rows_of_file(found, meant, {"shop.orders": ORDERS}, known)
    assert [(r.line, r.key, r.text) for r in rows] == [
        (2, AssetKey("shop.orders", "ID"), "A person's words.")
    ]
    assert untouched == 3
    assert [(c.line, c.trouble) for c in conflicts] == [
        (5, Trouble.AMBIGUOUS), (6, Trouble.GONE), (8, Trouble.GONE), (9, Trouble.UNREADABLE),
    ]  # fmt: skip


def test_columns_that_differ_in_case_only_are_taken_exactly() -> None:
    table = Table(
        name="t", columns=(Column(path="a", data_type="int"), Column(path="A", data_type="int"))
    )
    assert [column_of(table, name) for name in ("a", "A", "b")] == ["a", "A", None]
    assert column_of(ORDERS, "id") == "ID"
    assert LAKE.find("ORDERS") == ["shop.orders"]
    assert LAKE.find("`broken") == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.txt", "x", "no form"),
        ("a.yml", "", "is empty"),
        ("a.yml", "a: [", "no YAML"),
        ("a.yml", "a: 1\n---\nb: 1\n", "no YAML"),
        ("a.yml", "models: [{name: a, name: b}]", "'name' twice"),
        ("a.yml", "x: " + "[" * 5000, "no YAML"),
        ("a.yml", "kind: DataContract\ndataset: []\n", "no list 'schema'"),
        ("a.yml", "kind: DataContract\nschema: [{properties: []}]\n", "without a name"),
        ("a.yml", "kind: DataContract\nschema: [{name: a, description: [b]}]\n", "is no text"),
        ("a.md", "# nothing\n", "no data dictionary"),
        ("a.csv", "table,column\n", "lacks the columns description"),
        ("a.csv", "table,column,description,description\n", "'description' twice"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    with pytest.raises(LakeglossError, match=why):
        read_descriptions(file(tmp_path, name, text))


def test_a_bomb_of_aliases_ends_soon(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40)]
    path = file(tmp_path, "a.yml", "\n".join([*levels, "models: *a39"]))
    with pytest.raises(LakeglossError):
        read_descriptions(path)


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("a.md", "", Form.MARKDOWN), ("a.csv", "", Form.CSV), ("a.yml", "", Form.DBT),
        ("a.odcs.yaml", "", Form.CONTRACT), ("a.yml", "odcs", Form.CONTRACT),
        ("contract.yml", "dbt", Form.DBT),
    ],
)  # fmt: skip
def test_the_form_of_a_new_file(name: str, form: str, expected: Form) -> None:
    assert form_of(Path(name), form) is expected


@pytest.mark.parametrize(
    ("name", "form", "error"),
    [("a.txt", "", DescriptionFileError), ("a.md", "dbt", SettingsError)],
)
def test_forms_that_do_not_go_together(name: str, form: str, error: type[LakeglossError]) -> None:
    with pytest.raises(error):
        form_of(Path(name), form)


@pytest.mark.parametrize("kinds", [("a.md",), ("a.yml", "b.csv")])
def test_a_file_that_is_there_needs_a_word(tmp_path: Path, kinds: Sequence[str]) -> None:
    for name in kinds:
        path = file(tmp_path, name, "x")
        with pytest.raises(DescriptionFileError, match="is there already"):
            require_writable(path, overwrite=False)
        require_writable(path, overwrite=True)
