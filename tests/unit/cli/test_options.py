"""What the commands share: secrets are no options."""

import pytest

from lakegloss.cli.options import read_settings
from lakegloss.errors import SettingsError


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("api_key=sk-very-secret", "LAKEGLOSS_API_KEY"),
        ("serve_database=postgresql+psycopg://ann:sk-very-secret@host/x", "SERVE_DATABASE"),
        ("serve_database=postgresql://host/x?user=ann&password=sk-very-secret", "SERVE_DATABASE"),
        ("serve_database=postgresql://ann:sk-very/secret@host/x", "SERVE_DATABASE"),
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(given: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(None, None, [given])
    assert remedy in str(refused.value)
    assert "sk-very" not in str(refused.value)


def test_a_database_without_a_password_may_be_named() -> None:
    settings = read_settings(None, None, ["serve_database=postgresql+psycopg://ann@host/x"])
    assert settings.serve_database is not None
