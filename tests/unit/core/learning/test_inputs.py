"""The inputs of a comment's example: a card that can be asked again, without the answer."""

import json

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.learning.examples import inputs_json
from lakegloss.core.learning.inputs import comment_inputs, named_inputs, type_in
from lakegloss.core.learning.screening import evidence_in
from lakegloss.drafting.table_cards import TableCard, evidence_of

TABLE = Table(
    name="shop.orders",
    comment="Orders of the shop.",
    columns=tuple(
        Column(path=path, data_type=kind, comment=f"The comment of {path}.", position=place)
        for place, (path, kind) in enumerate(
            [("id", "bigint"), ("status", "string"), ("who", "string")]
        )
    ),
)
EVIDENCE = {
    "status": Evidence(
        table="shop.orders", column="status", data_type="string", rows=900, rows_read=900,
        distinct=3, frequent=(Frequent(value="open", share=0.7),), semantic="code",
    ),
    "who": Evidence(
        table="shop.orders", column="who", data_type="string", rows=900, rows_read=900,
        distinct=800, masked=True, personal="name", shapes=(Frequent(value="Aa+", share=1.0),),
    ),
}  # fmt: skip


def test_a_column_is_a_card_that_can_be_asked_again() -> None:
    inputs = comment_inputs(TABLE, TABLE.columns[1], EVIDENCE)
    card = TableCard.model_validate(inputs["card"])
    assert [c.name for c in card.columns] == ["status"]
    assert evidence_of(card)["status"].frequent[0].value == "open"
    assert inputs["asked"] == "status"
    assert inputs["neighbours"] == ["id", "who"]
    assert type_in(inputs) == "string"
    [evidence] = evidence_in(inputs)
    assert evidence.is_code


def test_no_comment_is_in_the_inputs() -> None:
    for column in (None, *TABLE.columns):
        text = inputs_json(comment_inputs(TABLE, column, EVIDENCE))
        assert "comment" not in text
        assert "Orders" not in text


def test_a_table_shows_its_columns() -> None:
    inputs = comment_inputs(TABLE, None, EVIDENCE)
    card = TableCard.model_validate(inputs["card"])
    assert [c.name for c in card.columns] == ["id", "status", "who"]
    assert card.rows == 900
    assert (inputs["asked"], type_in(inputs)) == ("", "")


def test_shapes_stay_shapes() -> None:
    inputs = comment_inputs(TABLE, TABLE.columns[2], EVIDENCE)
    card = TableCard.model_validate(inputs["card"])
    assert card.columns[0].masked
    assert evidence_of(card)["who"].shapes[0].value == "Aa+"


def test_equal_inputs_are_equal_texts() -> None:
    inputs = named_inputs("shop.orders", "status")
    turned = dict(reversed(inputs.items()))
    assert inputs_json(inputs) == inputs_json(turned)
    assert json.loads(inputs_json(inputs)) == inputs


def test_types_of_other_inputs_are_nothing() -> None:
    assert type_in({}) == type_in({"card": None}) == type_in({"card": {"columns": 3}}) == ""
