"""Data dictionaries as Markdown: texts come back as they were, and show as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.exchange.markdown import (
    DictionaryEntry,
    dictionary_page,
    from_markdown,
    read_dictionary,
    to_markdown,
)
from lakegloss.core.text.terminal import visible


def test_a_page_reads_back() -> None:
    entries = [
        DictionaryEntry(
            table="shop.orders", column="", text="# One row | per *order*.\nSecond line."
        ),
        DictionaryEntry(
            table="shop.orders", column="order_id", text="Key.", data_type="bigint", key="primary"
        ),
        DictionaryEntry(
            table="shop.orders",
            column="`a|b.c`",
            text="Pipes | and `ticks` <b>",
            data_type="string",
        ),
        DictionaryEntry(table="shop.`odd.name`", column="", text=""),
        DictionaryEntry(table="shop.`odd.name`", column="x", text=""),
    ]
    page = dictionary_page(entries)
    found = [(e.table, e.column, e.text) for e in read_dictionary(page)]
    assert found == [(e.table, e.column, e.text) for e in entries]
    assert "| order_id | bigint | Key. | primary |  |" in page, "plain names and texts stay plain"
    assert "<b>" not in page.replace("\\<b\\>", "")


def test_what_people_change_by_hand_is_read() -> None:
    page = (
        "# Our dictionary\n\nSome words.\n\n## shop.orders ##\n\nOne row\nper order.\n\n"
        "|Description|Column|\n|:---|---:|\n|The **key**.|id|\n| A\\|B<br/>C | state |\n\n"
        "Other words.\n\n## notes\n\nNo table here.\n"
    )
    found = [(e.line, e.table, e.column, e.text) for e in read_dictionary(page)]
    assert found == [
        (5, "shop.orders", "", "One row per order."),
        (12, "shop.orders", "id", "The **key**."),
        (13, "shop.orders", "state", "A|B\nC"),
        (17, "notes", "", "No table here."),
    ]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("", "no `## table`"),
        ("## a\n\ntext\n", "no `## table`"),
        ("## a.`b\n", "names no table"),
        ("## a\n\n| column | description |\n|---|---|\n| x |\n", "line 5 has fewer cells"),
        ("## a\n\n| column | description |\n|---|---|\n| x | a | b |\n", "line 5 has a | too many"),
    ],
)
def test_what_is_no_dictionary_is_refused(page: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("|", r"\|")):
        read_dictionary(page)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_text_shows_as_it_is_and_reads_back(text: str) -> None:
    written = to_markdown(text)
    assert "\n" not in written
    lines = [visible(line).strip() for line in text.split("\n")]
    assert from_markdown(written) == "\n".join(lines)
    page = dictionary_page(
        [
            DictionaryEntry(table="t", column="", text=""),
            DictionaryEntry(table="t", column="c", text=text),
        ]
    )
    (_, entry) = read_dictionary(page)
    assert entry.text == "\n".join(lines)
