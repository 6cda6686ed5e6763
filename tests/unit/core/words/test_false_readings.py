"""What the rules must not say: readings of short forms that types, values and neighbours refuse."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.words.rules import describe_column, describe_table

_TABLE = "web.orders"
_FLAGS = (Frequent(value="0", share=0.9), Frequent(value="1", share=0.1))


def _said(table: str, name: str, *others: str, kind: str = "int", **facts: object) -> str:
    columns = tuple(Column(path=path, data_type=kind) for path in (name, *others))
    told = {"distinct": 300, "minimum": "0", "maximum": "50000"} | facts
    seen = Evidence(  # type: ignore[arg-type]
        table=table, column=name, data_type=kind, rows=900, rows_read=900, **told
    )
    return describe_column(Table(name=table, columns=columns), columns[0], seen)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("price_ct", "Price of the order, in cents.", id="money-is-in-cents"),
        pytest.param("preis_ct", "Preis of the order, in cents.", id="money-of-another-language"),
        pytest.param("visit_ct", "Number of visits of the order.", id="a-thing-is-counted"),
        pytest.param("price_change_ct", "Number of price changes of the order.", id="its-changes"),
        pytest.param("lim_ct", "Lim ct of the order.", id="an-unknown-word-says-neither"),
        pytest.param("amount_cnt", "Number of amounts of the order.", id="cnt-is-a-count"),
    ],
)
def test_ct_is_a_count_only_of_what_is_counted(name: str, text: str) -> None:
    assert _said(_TABLE, name) == text


def test_a_sum_beside_prices_is_in_cents_as_they_are() -> None:
    assert _said(_TABLE, "sum_ct", "price_ct") == "Sum of the order, in cents."


def test_a_flag_is_no_length() -> None:
    said = _said("dwh.dates", "ft", distinct=2, maximum="1", frequent=_FLAGS)
    assert "feet" not in said.lower()


def test_many_large_numbers_are_no_warehouses() -> None:
    around = ("shipment_id", "pallet")
    assert "warehouse" in _said("dwh.deliveries", "wh", *around, maximum="12").lower()
    assert "warehouse" not in _said("dwh.deliveries", "en_wh", *around).lower()


def test_a_rank_is_named_at_the_end_of_a_name() -> None:
    assert _said("hr.x1", "rk") == "Rank."
    assert "rank" not in _said("hr.x1", "rk_off").lower()


def test_a_key_called_by_half_of_its_table_is_of_the_row() -> None:
    said = _said("web.bestellung", "best_id", kind="string", key_role="primary")
    assert said == "Identifier of the row. Primary key."


def test_an_identifier_of_another_row_is_not_of_this_one() -> None:
    said = _said("x.zbst", "uid", key_role="foreign", reference="x.portal_user.uid")
    assert said == "Identifier of the portal user. Refers to portal_user.uid."


def test_of_an_identifier_nobody_says_that_it_can_be_negative() -> None:
    said = _said("dwh.customers", "customer_sk", key_role="primary", minimum="-1")
    assert said == "Identifier of the customer. Primary key."


def test_a_calendar_date_is_no_date_of_a_calendar() -> None:
    assert _said("dwh.dates", "cal_date", kind="date", minimum="", maximum="") == "Calendar date."


@pytest.mark.parametrize(
    ("name", "beside", "text"),
    [
        pytest.param("VBELN", ("FKART", "BUKRS"), "Billing document number.", id="of-invoices"),
        pytest.param("VBELN", ("LFART", "KUNNR"), "Delivery number.", id="of-deliveries"),
        pytest.param("VBELN", ("AUART", "KUNNR"), "Sales document number.", id="of-orders"),
        pytest.param("EINDT", ("NACHN", "VORNA"), "Date of initial entry.", id="of-people"),
        pytest.param("EINDT", ("EBELN", "EBELP"), "Delivery date of the item.", id="of-goods"),
    ],
)
def test_a_field_of_sap_is_read_by_its_neighbours(
    name: str, beside: tuple[str, ...], text: str
) -> None:
    assert _said("erp.x9", name, *beside, kind="string", minimum="", maximum="") == text


def test_a_table_names_a_field_of_sap_as_its_column_does() -> None:
    columns = tuple(Column(path=path, data_type="string") for path in ("VBELN", "FKART"))
    said = describe_table(Table(name="erp.x9", columns=columns), {})
    assert "billing document number" in said
