"""Names in other languages: put into English as a whole, or left in peace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakegloss.core.assets import Column, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.words.meaning.languages import LANGUAGES, in_english, language_of
from lakegloss.core.words.rules import describe_column


@pytest.mark.parametrize(
    ("code", "name", "english"),
    [
        ("de", "lieferdatum", "delivery date"),
        ("de", "kundennummer", "customer number"),
        ("de", "Gesamtgewicht_kg", "total weight kg"),
        ("de", "höhe", "height"),
        ("es", "fecha_nacimiento", "birth date"),
        ("es", "cliente_id", "customer id"),
        ("fr", "nb_logements", "number of dwellings"),
        ("fr", "prénom", "first name"),
        ("pt", "valor_total", "total value"),
        ("it", "codice_cliente", "customer code"),
        ("pl", "data_urodzenia", "birth date"),
        ("de", "rabattwunder", ""),
    ],
)
def test_a_name_is_read_as_a_whole_or_not(code: str, name: str, english: str) -> None:
    assert " ".join(in_english(name, code)) == english


@pytest.mark.parametrize(
    ("table", "columns", "code"),
    [
        ("auftraege", ("auftrag_nr", "lieferdatum", "menge"), "de"),
        ("pedidos", ("fecha", "cliente_id", "importe"), "es"),
        ("orders", ("order_id", "customer_id", "total"), ""),
        ("orders", ("order_id", "plz", "city", "name", "total", "vat", "note", "tax"), ""),
        ("bestellingen", ("klantnummer", "besteldatum", "hoeveelheid"), ""),
    ],
)
def test_a_language_is_told_by_several_names(
    table: str, columns: tuple[str, ...], code: str
) -> None:
    assert language_of(table, frozenset(columns)) == code


def test_comments_on_german_names_are_english_and_unknown_names_stay() -> None:
    names = ("auftrag_nr", "lieferdatum", "schnurpselwert", "anzahl_positionen")
    kinds = ("bigint", "date", "double", "int")
    columns = tuple(Column(path=n, data_type=k) for n, k in zip(names, kinds, strict=True))
    table = Table(name="vertrieb.auftraege", columns=columns)
    texts = [
        describe_column(
            table, c, Evidence(table=table.name, column=c.path, data_type=c.data_type,
                               rows=9, rows_read=9, distinct=9),
        )
        for c in columns
    ]  # fmt: skip
    assert texts == [
        "Number of the order.",
        "Date of the delivery of the order.",
        "Schnurpselwert of the order.",
        "Number of items of the order.",
    ]


@settings(max_examples=40)
@given(st.text(max_size=40), st.sampled_from(LANGUAGES))
def test_any_name_gives_words_or_none(name: str, code: str) -> None:
    assert all(word.strip() for word in in_english(name, code))
