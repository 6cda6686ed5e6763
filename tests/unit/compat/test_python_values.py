"""Values in messages as pandas, NumPy and Spark print them: read as text, and never called."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from lakegloss.compat.dbxmetagen import MetadataGeneratorFactory
from lakegloss.compat.dbxmetagen.generators.chat_messages import content_of, literal
from lakegloss.compat.dbxmetagen.generators.generator_factories import holds_pattern
from lakegloss.errors import InputError
from tests.kits.dbxmetagen_names import config

FRAME = pd.DataFrame(
    {
        "day": [dt.date(2026, 1, 2)],
        "at": [pd.Timestamp("2026-01-02 03:04:05")],
        "amount": [decimal.Decimal("20.50")],
        "share": [float("nan")],
        "tags": [["a", "b"]],
        "gone": [None],
    }
)


def test_a_sample_that_nobody_made_text_of_is_read() -> None:
    """As dbxmetagen sends it where limit_prompt_based_on_cell_len is false."""
    content = {
        "table_name": "main.shop.orders",
        "column_contents": FRAME.to_dict(orient="split")
        | {"column_metadata": {"share": {"min": np.float64(0.5), "distinct_count": np.int64(3)}}},
    }
    message = [{"role": "user", "content": f"Content is here - {content} and abbreviations are"}]
    found = content_of(message)
    assert found.data["data"] == [
        ["2026-01-02", "2026-01-02 03:04:05", "20.50", None, ["a", "b"], None]
    ]
    assert found.metadata["share"] == {"min": 0.5, "distinct_count": 3}
    with MetadataGeneratorFactory.create_generator(config(model="")) as generator:
        answer = generator.predict_chat_response(message)
    assert answer.columns == list(FRAME.columns)


def test_other_printed_values() -> None:
    text = "[datetime.datetime(2026, 1, 2, 3, 4), -nan, NaT, array([1, 2], dtype=object), np.True_]"
    assert literal(text) == ["2026-01-02 03:04", None, None, [1, 2], True]
    assert literal("{'a': -1.5, 'b': {'x'}, 'c': true}") == {"a": -1.5, "b": ["x"], "c": True}


@pytest.mark.parametrize(
    "text",
    [
        "os.system('touch x')",
        "[Timestamp('x', open('y'))]",
        "Decimal(__import__('os').system('true'))",
        "datetime.date.today()",
        "(lambda: 1)()",
        "{**{'a': nan}}",
        "[x for x in (1, nan)]",
        "f'{nan}'",
        "np.load('x')",
        "nan if 1 else 2",
        "{nan: [1], (1, nan): 2, [1]: 3}",
        "array()",
        "builtins.float64(1)",
        "--nan" + "x",
    ],
)
def test_nothing_is_called(text: str) -> None:
    with pytest.raises(InputError):
        literal(text)


def test_a_batch_of_tables_is_refused_and_not_cut_down_to_its_last() -> None:
    rows = [{"table_name": f"a.b.{name}", "column_contents": {"columns": ["x"]}} for name in "cd"]
    assert content_of(pd.DataFrame(rows[:1])).table == "a.b.c"
    for batch in (rows, pd.DataFrame(rows), pd.DataFrame({"messages": [rows, rows]})):
        with pytest.raises(InputError, match="2 tables"):
            content_of(batch)


def test_a_message_may_have_parts_and_bad_acronyms() -> None:
    content = {"table_name": "a.b.c", "column_contents": {"columns": ["x"]}}
    part = {"type": "text", "text": f"Content is here - {content} and abbreviations are here - {{"}
    assert content_of([{"role": "user", "content": [{"type": "image_url"}, part]}]).table == "a.b.c"
    assert content_of(content | {"abbreviations": "{x"}).abbreviations == {}
    assert not holds_pattern(None, ["finance."])
