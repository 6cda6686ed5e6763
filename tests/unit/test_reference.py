"""docs/reference.md is what `make reference` writes, and it says all that there is."""

import typer

from lakegloss.cli.main import app
from lakegloss.settings import Settings
from scripts.reference import cell, commands, page
from tests.kits.places import ROOT


def test_the_page_is_what_the_script_prints() -> None:
    there = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert there == page(), "run `make reference`"


def test_every_setting_and_every_command_is_in_it() -> None:
    lines = page().splitlines()
    named = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert set(Settings.model_fields) <= named
    titles = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert titles == {path for path, _ in commands(typer.main.get_command(app), "lakegloss")}
    assert "lakegloss review accept" in titles


def test_it_holds_no_mark_of_a_terminal() -> None:
    text = page()
    assert text.isascii()
    assert not any(ord(character) < 32 for character in text if character != "\n")
    assert "[bold]" not in text
    assert "[/" not in text


def test_secrets_have_no_value() -> None:
    rows = {line.split("`")[1]: line for line in page().splitlines() if line.startswith("| `")}
    for name in ("api_key", "serve_database"):
        assert rows[name].startswith(f"| `{name}` | secret |  |")


def test_a_cell_is_one_line_without_bars() -> None:
    assert cell("a | b\n  c") == "a \\| b c"
