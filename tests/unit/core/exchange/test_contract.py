"""New files: a data contract, and the sources of a dbt project."""

import yaml

from lakegloss.core.assets import AssetKey, Column, Table, TableKind
from lakegloss.core.evidence import Evidence
from lakegloss.core.exchange.contract import Documented, contract_text, sources_text

LINES = Table(
    name="main.shop.order_lines",
    comment='Lines of orders: "quoted" {{ env_var("X") }}',
    columns=(
        Column(path="order_id", data_type="bigint", comment="The order.", nullable=False),
        Column(path="line_no", data_type="int"),
        Column(path="price", data_type="decimal(10,2)", comment="Price: net # of tax"),
        Column(path="buyer", data_type="struct<email:string>"),
        Column(path="buyer.email", data_type="string", comment="Their e-mail."),
        Column(path="`odd name`", data_type="timestamp"),
    ),
)
KEY = "order_id, line_no"
EVIDENCE = {
    AssetKey(LINES.name, path): Evidence(
        table=LINES.name, column=path, data_type="x", key_with=KEY if path != "price" else ""
    )
    for path in ("order_id", "line_no", "price")
}
VIEW = Table(name="main.shop.v", kind=TableKind.VIEW, columns=(Column(path="on", data_type="int"),))


def test_a_contract_says_types_keys_and_descriptions() -> None:
    documents = [Documented(table=LINES, evidence=EVIDENCE), Documented(table=VIEW, evidence={})]
    contract = yaml.safe_load(contract_text(documents, "shop"))
    assert (contract["kind"], contract["id"], contract["status"]) == (
        "DataContract", "shop", "draft",
    )  # fmt: skip
    lines, view = contract["schema"]
    assert (lines["name"], lines["physicalName"]) == ("order_lines", "main.shop.order_lines")
    assert lines["description"] == LINES.comment
    assert (lines["physicalType"], view["physicalType"]) == ("table", "view")
    assert [
        (p["name"], p["logicalType"], p.get("primaryKeyPosition"), p["required"])
        for p in lines["properties"]
    ] == [
        ("order_id", "integer", 1, True),
        ("line_no", "integer", 2, False),
        ("price", "number", None, False),
        ("buyer", "object", None, False),
        ("odd name", "timestamp", None, False),
    ]
    assert view["properties"][0]["name"] == "on", "no word of YAML"


def test_sources_of_dbt_hold_no_jinja_of_others() -> None:
    text = sources_text([Documented(table=LINES, evidence={})])
    (source,) = yaml.safe_load(text)["sources"]
    assert (source["name"], source["database"], source["schema"]) == ("shop", "main", "shop")
    (table,) = source["tables"]
    assert table["columns"][2] == {"name": "price", "description": "Price: net # of tax"}
    assert table["columns"][1] == {"name": "line_no"}
    assert "{{ env_var" not in text
