"""Whole answers without relation to what was asked."""

import pytest

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.checks.misplaced import NameWords, name_words
from lakegloss.core.checks.unrelated import FOREIGN, GARBLED, LANGUAGE, SAME, is_garbled, unrelated

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


POLISH = ["Numer zamówienia klienta.", "Pełne imię klienta.", "Data dostawy.", "Kwota łączna.",
          "Kod waluty płatności.", "Sposób zapłaty.", "Identyfikator magazynu."]  # fmt: skip
SWEDISH = ["Numret på beställningen.", "Kundens fullständiga namn.", "Datum för leveransen.",
           "Beloppet med skatt.", "Valutans kod.", "Hur beställningen betalades.",
           "Lagret som varan skickas från."]  # fmt: skip
PORTUGUESE = ["Número da encomenda.", "Nome do cliente.", "Data da entrega.", "Montante com taxa.",
              "Código da moeda.", "Como foi paga.", "Armazém de onde sai."]  # fmt: skip
FRENCH = ["Numéro de commande.", "Nom du client.", "Date de livraison.", "Montant total.",
          "Code devise.", "Mode de paiement.", "Identifiant entrepôt."]  # fmt: skip
RUSSIAN = ["Номер заказа", "Имя клиента", "Дата доставки", "Общая сумма", "Код валюты",
           "Способ оплаты", "Склад"]  # fmt: skip
TERSE = ["Order number.", "Customer name.", "Delivery date.", "Total amount.", "Currency code.",
         "Payment method.", "Warehouse."]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "language", "why"),
    [
        (POLISH, "English", LANGUAGE),
        (SWEDISH, "English", LANGUAGE),
        (PORTUGUESE, "English", LANGUAGE),
        (FRENCH, "en", LANGUAGE),
        (GERMAN, "British English", LANGUAGE),
        (GERMAN, "en_US", LANGUAGE),
        (ENGLISH, "de-DE", LANGUAGE),
        (ENGLISH, "français", LANGUAGE),
        (ENGLISH, "Polish", LANGUAGE),
        (ENGLISH, "Simplified Chinese", LANGUAGE),
        (ENGLISH, "zh-CN", LANGUAGE),
        (RUSSIAN, "Polish", LANGUAGE),
        (JAPANESE[:2], "English", LANGUAGE),
        (JAPANESE[:1], "German", LANGUAGE),
        (TERSE, "English", ""),
        (TERSE[:2], "English", ""),
        (POLISH, "Polish", ""),
        (SWEDISH, "Swedish", ""),
        (PORTUGUESE, "Português (Brasil)", ""),
        (FRENCH, "français", ""),
        (GERMAN, "Deutsch (Schweiz)", ""),
        (RUSSIAN, "Russian", ""),
        ([*JAPANESE[:1], *ENGLISH[1:2]], "English", ""),
        ([t.encode().decode("cp1251", "replace") for t in RUSSIAN], "Russian", GARBLED),
        ([t.encode().decode("cp1252", "replace") for t in POLISH], "Polish", GARBLED),
    ],
)
def test_languages_by_name_code_and_place(texts: list[str], language: str, why: str) -> None:
    assert judged(texts, language) == why


@pytest.mark.parametrize(
    "text",
    ["Die Kürzel", "Сумма заказа", "Précision: 20 °C", "Ça, là, où", "日本"],
)
def test_letters_of_other_languages_are_not_garbled(text: str) -> None:
    assert not is_garbled(text)


def test_one_garbled_text_of_many_fails_alone() -> None:
    column = Column(path="size", data_type="double")
    text = "Die Größe der Ware in Metern.".encode().decode("cp1252")
    checked = check_comment(
        text,
        table=Table(name="s.goods", columns=(column,)),
        column=column,
        evidence=None,
        limit=400,
        style="standard",
    )
    assert checked.failures == ("debris",)
    assert "garbled" in checked.feedback
