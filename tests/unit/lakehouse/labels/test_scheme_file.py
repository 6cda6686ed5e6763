"""The file of labels: what is wrong with it is told with its name."""

from pathlib import Path

import pytest

from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.errors import SettingsError
from lakegloss.lakehouse.labels.scheme_file import read_scheme


def test_without_a_file_there_are_no_domains() -> None:
    assert read_scheme(None) == LabelScheme()
    assert not read_scheme(None).tree


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("domains: [", "flow node"),
        ("domains: 3", "domains"),
        ("tags: {domain: a.b}", "Unity Catalog"),
        ("colour: red", "colour"),
        ("- a", "the file"),
        ("values: {email: ''}", "empty"),
        ("domains: {a: {subdomains: {b: {subdomains: {c: x}}}}}", "subdomain"),
        ("!!python/object/apply:os.system ['true']", "python/object"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=word) as told:
        read_scheme(path)
    assert "labels.yaml" in str(told.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_scheme(tmp_path / "none.yaml")
