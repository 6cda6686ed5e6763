"""A text in another language is not taken for one of the column beside it."""

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.telling import telling


def test_a_polish_text_is_not_given_to_a_column_whose_name_looks_alike() -> None:
    columns = tuple(Column(path=p, data_type="string") for p in ("marka", "poj_aku_kwh", "zd"))
    told = telling("Producent pojazdu.", Table(name="mpk.tabor", columns=columns), columns[0])
    assert told.mistaken_for == ""
    assert told.fit >= 0.5
