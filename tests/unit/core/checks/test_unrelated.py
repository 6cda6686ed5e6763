"""Whole answers without relation to what was asked."""

import pytest

from lakegloss.core.checks.misplaced import NameWords, name_words
from lakegloss.core.checks.unrelated import FOREIGN, GARBLED, LANGUAGE, SAME, unrelated

COLUMNS = ["order_number", "customer_name", "delivery_date", "total_amount", "currency_code",
           "payment_method", "warehouse_id"]  # fmt: skip
NAMES = {"t1": name_words("sales_orders")} | {
    f"c{n}": name_words(column) for n, column in enumerate(COLUMNS, start=1)
}
ENGLISH = ["Number of the order.", "Full name of the customer.", "Date of the delivery.",
           "Amount in total, with tax.", "Code of the currency.", "How the order was paid.",
           "Identifies the warehouse that sends it."]  # fmt: skip
GERMAN = ["Die Nummer der Bestellung.", "Der volle Name des Kunden.", "Das Datum der Lieferung.",
          "Der Betrag mit der Steuer.", "Das Kürzel der Währung.", "Die Art des Bezahlens.",
          "Das Lager, von dem die Ware versandt wird."]  # fmt: skip
JAPANESE = [
    "注文の番号",
    "顧客の氏名",
    "配送の日付",
    "税込みの合計金額",
    "通貨コード",
    "支払い方法",
    "倉庫のID",
]
WEATHER = ["The mean temperature at the station that day.", "The wind's speed, by the hour.",
           "The share of the sky with clouds.", "Rain that fell in the last hour.",
           "The height of the station above the sea.", "The pressure of the air, by the hour.",
           "How far one could see."]  # fmt: skip


def judged(texts: list[str], language: str = "English", **names: NameWords) -> str:
    return unrelated({f"c{n}": t for n, t in enumerate(texts, start=1)}, names or NAMES,
                     language=language)  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "language", "why"),
    [
        pytest.param(ENGLISH, "English", "", id="english"),
        pytest.param(GERMAN, "German", "", id="german"),
        pytest.param(GERMAN, "de", "", id="by code"),
        pytest.param(JAPANESE, "Japanese", "", id="japanese"),
        pytest.param(ENGLISH, "Klingon", "", id="a language that is not known"),
        pytest.param(["A column of the table."] * 7, "English", SAME, id="one text"),
        pytest.param([*ENGLISH[:3], *["It is a value."] * 4], "English", SAME, id="one for most"),
        pytest.param(GERMAN, "English", LANGUAGE, id="german for english"),
        pytest.param(ENGLISH, "German", LANGUAGE, id="english for german"),
        pytest.param(JAPANESE, "English", LANGUAGE, id="japanese for english"),
        pytest.param(ENGLISH, "Japanese", LANGUAGE, id="english for japanese"),
        pytest.param(ENGLISH, "ru", LANGUAGE, id="english for russian"),
        pytest.param(WEATHER, "English", FOREIGN, id="another table"),
        pytest.param(WEATHER[:4], "English", "", id="few texts"),
        pytest.param([*WEATHER[:6], ENGLISH[6]], "English", "", id="one of them fits"),
        pytest.param(
            [t.encode().decode("cp1252", "replace") for t in GERMAN], "German", GARBLED, id="utf-8"
        ),
        pytest.param(
            [t.encode().decode("latin-1") for t in JAPANESE], "Japanese", GARBLED, id="latin"
        ),
        pytest.param(["Gr\ufffd\ufffde des Kunden"], "German", GARBLED, id="one, replaced"),
    ],
)
def test_what_an_answer_is(texts: list[str], language: str, why: str) -> None:
    if why == GARBLED and len(texts) == len(GERMAN):
        texts = [t for t in texts if not t.isascii()]
    assert judged(texts, language) == why


def test_columns_that_are_numbered_through_may_share_a_text() -> None:
    names = {f"c{n}": name_words(f"answer_{n}") for n in range(1, 9)}
    assert judged(["Answer to a question of the survey."] * 8, **names) == ""


def test_names_that_are_no_words_tell_nothing() -> None:
    names = {f"c{n}": name_words(n_) for n, n_ in enumerate(
        ["vbeln", "kunnr", "erdat", "netwr", "waerk", "zlsch", "lgort"], start=1)}  # fmt: skip
    assert judged(ENGLISH, **names) == ""


def test_accented_words_are_not_garbled() -> None:
    assert judged(["Ça dépend de l'âge du café à Évry, où naît l'être."] * 3, "French") == ""
