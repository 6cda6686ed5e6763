"""`lakegloss export` and `import`: what is refused before Spark starts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakegloss.cli.main import app
from lakegloss.errors import DescriptionFileError, LakeglossError, SettingsError


def refused(*arguments: str) -> BaseException | None:
    return CliRunner().invoke(app, arguments).exception


def test_files_that_cannot_be_written_are_told_at_once(tmp_path: Path) -> None:
    there = tmp_path / "schema.yml"
    there.write_text("version: 2\n", encoding="utf-8")
    assert isinstance(refused("export", "--out", str(there)), DescriptionFileError)
    assert isinstance(refused("export", "--out", str(tmp_path / "a.txt")), DescriptionFileError)
    form = refused("export", "--out", str(tmp_path / "a.md"), "--format", "dbt")
    assert isinstance(form, SettingsError)
    assert there.read_text(encoding="utf-8") == "version: 2\n"


@pytest.mark.parametrize(
    ("name", "text"), [("a.yml", "a: ["), ("a.md", "words"), ("a.csv", "x,y\n"), ("none.yml", "")]
)
def test_files_that_cannot_be_read_are_told_at_once(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text, encoding="utf-8")
    assert isinstance(refused("import", str(path)), LakeglossError)
