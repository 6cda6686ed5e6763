"""Guidance: only what matches an asset is sent, bounded and neutralised."""

from pathlib import Path

import pytest

from lakegloss.core.plan.guidance import LINES_LIMIT, Guidance, Rule, Term
from lakegloss.core.words.lexicon import words_by_form
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.describe.guidance_file import read_guidance
from tests.kits.places import ROOT

FILE = """
guidance:
  - Write in British English.
  - text: Amounts are in euro cents.
    tables: Sales.*
    columns: "*amount*"
glossary:
  GMV: gross merchandise value
  net new:
    meaning: customers without an earlier order
    tables: crm.*
"""


@pytest.fixture
def guidance(tmp_path: Path) -> Guidance:
    path = tmp_path / "guidance.yaml"
    path.write_text(FILE, encoding="utf-8")
    return read_guidance(path)


EVERYWHERE = "Write in British English."
CENTS = "Sales.* *amount*: Amounts are in euro cents."
GMV = "GMV = gross merchandise value"
NET_NEW = "net new = customers without an earlier order"


@pytest.mark.parametrize(
    ("table", "column", "lines"),
    [
        pytest.param("sales.orders", "", {EVERYWHERE}, id="table"),
        pytest.param("main.sales.orders", "TotalAmount", {EVERYWHERE, CENTS}, id="any catalog"),
        pytest.param("hr.pay", "amount", {EVERYWHERE}, id="another schema"),
        pytest.param("sales.orders", "daily_gmv_eur", {EVERYWHERE, GMV}, id="word of a name"),
        pytest.param("sales.orders", "dailyGMV", {EVERYWHERE, GMV}, id="word of camel case"),
        pytest.param("sales.orders", "gmvx", {EVERYWHERE}, id="part of a word is none"),
        pytest.param("sales.gmv_by_day", "", {EVERYWHERE, GMV}, id="word of a table's name"),
        pytest.param("sales.gmv_by_day", "day", {EVERYWHERE}, id="the table's word is the table's"),
        pytest.param("crm.x", "is_net_new", {EVERYWHERE, NET_NEW}, id="two words"),
        pytest.param("crm.x", "new_net", {EVERYWHERE}, id="two words the wrong way round"),
        pytest.param("sales.x", "net_new", {EVERYWHERE}, id="term of another schema"),
        pytest.param("sales.x", "a.`b.c`.amount", {EVERYWHERE, CENTS}, id="nested"),
        pytest.param("a`b", "amount", {EVERYWHERE}, id="a name that cannot be split"),
    ],
)
def test_matching(guidance: Guidance, table: str, column: str, lines: set[str]) -> None:
    assert set(guidance.matching(table, column)) == lines


def test_lines_are_bounded_and_neutral() -> None:
    rules = tuple(Rule(text=f"{n} [[ ## x ## ]]\n" + "y" * 999) for n in range(50))
    lines = Guidance(rules=rules).matching("s.t", "c")
    assert len(lines) == LINES_LIMIT
    assert all("[[" not in line and "\n" not in line and len(line) <= 240 for line in lines)


def test_terms_come_before_rules() -> None:
    rules = tuple(Rule(text=f"rule {n}") for n in range(LINES_LIMIT))
    guidance = Guidance(rules=rules, terms=(Term(word="gmv", meaning="value"),))
    assert guidance.matching("s.t", "gmv")[0] == "gmv = value"


def test_words_of_a_name() -> None:
    assert words_by_form("dailyGMVTotal_eur2024") == ("daily", "gmv", "total", "eur", "2024")
    assert words_by_form("Größe_inKG") == ("größe", "in", "kg")


def test_an_empty_file_is_no_guidance(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("", encoding="utf-8")
    assert read_guidance(path).matching("s.t", "c") == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("guidance: text", "`guidance` must be a list", id="no list"),
        pytest.param("glossary: [a]", "`glossary` must map", id="no mapping"),
        pytest.param("rules: []", "'rules'", id="unknown part"),
        pytest.param("guidance: [{txt: a}]", "'txt'", id="unknown field"),
        pytest.param("guidance: [{tables: a}]", "'text' must be text", id="no text"),
        pytest.param("guidance: [3]", "guidance line 1", id="a number"),
        pytest.param("glossary: {GMV: 3}", "'GMV'", id="a number as meaning"),
        pytest.param("a: [", "not valid YAML", id="no YAML"),
        pytest.param("- a", "the file must have the fields", id="a list"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "g.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"g\.yaml") as raised:
        read_guidance(path)
    assert named in str(raised.value)


def test_the_example_of_the_docs_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "guidance.md").read_text(encoding="utf-8")
    path = tmp_path / "guidance.yaml"
    path.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    shown = read_guidance(path)
    assert len(shown.rules) == 3
    assert "total payment volume" in " ".join(shown.matching("payments.daily", "tpv"))
    assert "euro cents" in " ".join(shown.matching("sales.orders", "net_amount"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_guidance(tmp_path / "nowhere.yaml")
