"""The estimate of tokens against o200k_base, where its encoding file is at hand."""

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence, Frequent
from lakegloss.core.plan.cards import column_card, table_card
from lakegloss.core.requests import estimate


@pytest.fixture(scope="module")
def encoding() -> Any:
    tiktoken = pytest.importorskip("tiktoken")
    litellm = importlib.util.find_spec("litellm")
    if litellm is None or litellm.origin is None:
        pytest.skip("litellm, whose wheel carries the encoding file, is not installed")
    folder = Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        if not (folder / "fb374d419588a4632f3f557e76b4b70aebbca790").is_file():
            pytest.skip("no encoding file of o200k_base")
        return tiktoken.get_encoding("o200k_base")
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def cards() -> str:
    names = (
        ("order_id", "bigint", "1", "120034", ()),
        ("customer_name", "string", "Ann", "Zoe", ("Ann Miller", "Bo Chen")),
        ("created_at", "timestamp", "2019-01-01T00:00:00", "2024-06-30T12:00:00", ()),
        ("total_amount_eur", "decimal(12,2)", "0.5", "18342.99", ()),
        ("status", "string", "open", "void", ("open", "paid", "void")),
        ("dep_delay", "int", "-43", "1301", ()),
        ("warehouseLocationCode", "string", "A1", "Z9", ("BER-01", "HAM-02")),
        ("is_deleted", "boolean", "false", "true", ()),
        ("latitude", "double", "-12.04637", "64.128288", ()),
    )
    columns = tuple(Column(path=n, data_type=t) for n, t, *_ in names)
    table = Table(name="sales.orders", columns=columns)
    found = {
        n: Evidence(
            table=table.name,
            column=n,
            data_type=t,
            rows=5000,
            rows_read=5000,
            null_share=0.02,
            distinct=len(values) or 900,
            minimum=low,
            maximum=high,
            frequent=tuple(Frequent(value=v, share=0.1) for v in values),
        )
        for n, t, low, high, values in names
    }
    lines = table_card(table, found, id="t1")
    lines += [column_card(c, found[c.path], id=f"c{i}") for i, c in enumerate(columns, 1)]
    return json.dumps(lines)


def test_cards_are_estimated_within_fifteen_percent(encoding: Any) -> None:
    text = cards()
    truth = len(encoding.encode(text))
    assert truth <= estimate(text) <= 1.15 * truth


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Departure delay of the flight in minutes; negative if early.", id="prose"),
        pytest.param("Größe der Lieferung in Kilogramm, für den Kunden", id="german"),
        pytest.param("订单的总金额以欧元为单位", id="chinese"),
        pytest.param("Количество проданных товаров за день", id="russian"),
        pytest.param("a1b2c3d4-e5f6-7890-abcd-ef1234567890", id="uuid"),
        pytest.param("MATNR BUKRS KUNNR MANDT", id="erp"),
        pytest.param("0.12345678901234 2024-06-30 18342", id="numbers"),
        pytest.param("😀😀 👩‍👩‍👧", id="pictures"),
    ],
)
def test_other_texts_are_not_underestimated(encoding: Any, text: str) -> None:
    assert len(encoding.encode(text)) <= estimate(text)


def test_nothing_costs_nothing() -> None:
    assert estimate("") == 0


@given(st.text(), st.text())
def test_more_text_never_costs_less(first: str, second: str) -> None:
    # One token of slack: a word that goes on can turn two pieces into one.
    assert estimate(first + "\n" + second) >= max(estimate(first), estimate(second)) - 1
