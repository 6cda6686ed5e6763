"""What the rules take from the glossary: the meaning of a short form, within a clause."""

from lakegloss.core.assets import Column, Table
from lakegloss.core.plan.guidance import Guidance, Rule, Term
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.rules import describe_column


def test_a_line_of_the_glossary_mends_a_name() -> None:
    guidance = Guidance(
        terms=(Term(word="whs", meaning="warehouse, where goods are kept"),),
        rules=(Rule(text="Write in British English.", tables="sales.*"),),
    )
    column = Column(path="whs_cd", data_type="string")
    table = Table(name="sales.orders", columns=(column,))
    glossary = glossary_of(guidance.matching(table.name, column.path))
    assert describe_column(table, column, None, glossary=glossary) == (
        "Code of the order's warehouse."
    )


def test_other_lines_are_no_entries() -> None:
    lines = ["sales.*: Amounts are in cents.", "a b = two words", "x =  ", "Write well.",
             "tpv = total payment volume (before fees)", "tpv = a second meaning",
             "long = " + "very " * 20]  # fmt: skip
    assert glossary_of(lines) == {("tpv",): "total payment volume"}
