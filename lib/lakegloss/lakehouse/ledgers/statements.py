"""Writes the SQL that makes lakegloss' own tables and views, with their comments."""

from collections.abc import Mapping

from lakegloss.core.ddl import literal
from lakegloss.core.names import quote
from lakegloss.lakehouse.ledgers.dictionary import LEDGER_TEXTS, column_text
from lakegloss.lakehouse.ledgers.tables import Ledger
from lakegloss.lakehouse.ledgers.views import QuestionView

# Queries filter by the first columns; statistics of all columns would cost a third of each append.
_PROPERTIES = {"delta.dataSkippingNumIndexedCols": "4"}


def create_table(name: str, ledger: Ledger, properties: Mapping[str, str]) -> str:
    """Make a ledger's table, where it is not there.

    Args:
        name: quoted.
        properties: beside those that every ledger has.
    """
    columns = ", ".join(
        f"{quote(f.name)} {f.dataType.simpleString()}{_comment(column_text(ledger.name, f.name))}"
        for f in ledger.schema
    )
    pairs = (_PROPERTIES | dict(properties)).items()
    kept = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in pairs)
    return (
        f"CREATE TABLE IF NOT EXISTS {name} ({columns}) USING delta"
        f"{_comment(LEDGER_TEXTS.get(ledger.name, ''))} TBLPROPERTIES ({kept})"
    )


def latest_name(ledger: Ledger) -> str:
    """The name of the view of a ledger's newest rows."""
    return f"{ledger.name}_latest"


def latest_view(view: str, name: str, ledger: Ledger) -> str:
    """Make the view of the newest row of each key; both names are quoted."""
    columns = {f.name: column_text(ledger.name, f.name) for f in ledger.schema}
    text = f"The newest row of each key of {ledger.name}."
    return _view(view, columns, text, latest_sql(name, ledger))


def question_view(view: str, schema: str, asked: QuestionView) -> str:
    """Make a view that answers a question; both names are quoted."""
    return _view(view, asked.columns, asked.text, asked.query.format(schema=schema))


def latest_sql(name: str, ledger: Ledger) -> str:
    keys = ", ".join(quote(key) for key in ledger.key)
    columns = ", ".join(quote(field.name) for field in ledger.schema)
    order = quote(ledger.order)
    return (
        f"SELECT {columns} FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY {keys} ORDER BY {order} DESC) AS _place FROM {name}) WHERE _place = 1"
    )


def _view(view: str, columns: Mapping[str, str], text: str, query: str) -> str:
    named = ", ".join(f"{quote(name)}{_comment(about)}" for name, about in columns.items())
    return f"CREATE OR REPLACE VIEW {view} ({named}){_comment(text)} AS {query}"


def _comment(text: str) -> str:
    return f" COMMENT {literal(text)}" if text else ""
