"""lakegloss describes its own tables: each has a comment, and so has each of their columns."""

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.comment import says_only_name
from lakegloss.lakehouse.ledgers.dictionary import LEDGER_TEXTS, column_text
from lakegloss.lakehouse.ledgers.views import VIEWS
from scripts.ledgers_page import ledgers, page
from tests.kits.places import ROOT


def test_each_ledger_and_each_of_its_columns_is_described() -> None:
    assert {ledger.name for ledger in ledgers()} == set(LEDGER_TEXTS)
    for ledger in ledgers():
        assert LEDGER_TEXTS[ledger.name].endswith(".")
        for field in ledger.schema:
            text = column_text(ledger.name, field.name)
            assert text.endswith("."), f"{ledger.name}.{field.name} has no comment"
            assert len(text) <= 256, "a Hive metastore keeps no longer comment"


def test_no_text_only_repeats_the_name() -> None:
    for ledger in ledgers():
        table = Table(name=f"l.{ledger.name}")
        for field in ledger.schema:
            column = Column(path=field.name, data_type="string", position=0)
            text = column_text(ledger.name, field.name)
            assert not says_only_name(text, table, column), f"{ledger.name}.{field.name}: {text}"


def test_a_view_asks_a_question_and_describes_its_columns() -> None:
    for view in VIEWS:
        assert "?" in view.text
        assert all(text.endswith(".") for text in view.columns.values())


def test_the_page_is_what_the_script_prints() -> None:
    there = (ROOT / "docs" / "ledgers.md").read_text(encoding="utf-8")
    assert there == page(), "run `make reference`"
