"""Words that lakegloss does not know, by how many columns hold them."""

from lakegloss.core.assets import Column, Table
from lakegloss.core.plan.guidance import Guidance, Term
from lakegloss.core.words.meaning.unknown import unknown_words


def tables() -> list[tuple[Table, dict[str, object]]]:
    names = {"a.orders": ("order_id", "whs", "whs_qty", "cc", "_fivetran_synced"),
             "a.stock": ("whs", "quantity", "MATNR", "bin_x1")}  # fmt: skip
    return [
        (Table(name=t, columns=tuple(Column(path=c, data_type="string") for c in columns)), {})
        for t, columns in names.items()
    ]


def test_words_of_most_columns_come_first() -> None:
    found = unknown_words(tables(), lambda _table, _column: ())  # type: ignore[arg-type]
    assert [(w.word, w.columns, w.tables) for w in found][:2] == [("whs", 3, 2), ("cc", 1, 1)]
    assert found[0].examples == ("a.orders.whs", "a.orders.whs_qty", "a.stock.whs")
    assert not {"order", "id", "qty", "fivetran", "matnr", "x1"} & {w.word for w in found}


def test_the_glossary_makes_a_word_known() -> None:
    lines = Guidance(terms=(Term(word="whs", meaning="warehouse zyx"),)).matching
    found = unknown_words(tables(), lines)  # type: ignore[arg-type]
    assert {"whs", "zyx"}.isdisjoint(w.word for w in found)
