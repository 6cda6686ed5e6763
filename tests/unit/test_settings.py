from pathlib import Path

import pytest
from pydantic import SecretStr

from lakegloss.errors import SettingsError
from lakegloss.settings import Settings, load_settings


def test_options_win_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('style = "detailed"\npolicy = "thin"\nin_flight = 3\n')
    env = {"LAKEGLOSS_POLICY": "stale", "LAKEGLOSS_IN_FLIGHT": "5"}
    settings = load_settings(file=file, environ=env, in_flight=7, model=None)
    assert (settings.style, settings.policy, settings.in_flight) == ("detailed", "stale", 7)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environ={}).policy = "all"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("polcy = 1", "'polcy'", id="unknown name"),
        pytest.param("policy = 'sometimes'", "policy", id="unknown value"),
        pytest.param("policy = ", "not valid TOML", id="not TOML"),
        pytest.param("in_flight = 0", "in_flight", id="out of range"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, names: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file=file, environ={})
    assert names in str(caught.value)
    assert caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings(file=tmp_path / "nowhere.toml", environ={})


def test_an_unknown_variable_is_an_error_with_a_hint() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'endpoint'"):
        load_settings(environ={"LAKEGLOSS_ENDPIONT": "x"})


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"max_cost": 1.0}, id="a budget in dollars without prices"),
        pytest.param({"model": "m"}, id="a model without an endpoint"),
    ],
)
def test_what_does_not_go_together_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        load_settings(environ={}, **options)


def test_the_key_is_never_shown() -> None:
    settings = load_settings(
        environ={"LAKEGLOSS_API_KEY": "sk-secret-1"}, model="m", endpoint="http://x"
    )
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk-secret-1"
    assert "sk-secret-1" not in f"{settings!r} {settings} {settings.public()}"


def test_every_setting_is_listed_with_a_meaning_and_no_secret() -> None:
    listed = Settings(api_key=SecretStr("sk-secret-1"), api_key_file=Path("secret.key")).listed()
    assert list(listed) == list(Settings.model_fields)
    assert (listed["api_key"], listed["api_key_file"]) == ("(set)", "(set)")
    assert Settings().listed()["api_key"] == "(not set)"
    assert all(field.description for field in Settings.model_fields.values())


def test_every_setting_has_a_default() -> None:
    assert Settings().model_dump()


@pytest.mark.parametrize(
    "pattern",
    ["sales.`unclosed", "`sales.orders", "sales.", ".orders", "a..b", "sales.tick`s", "``",
     '"sales"."orders"', "good.*, sales.`bad", "`a`b.c",
     "sales.a;sales.b", "sales.a; sales.b"],
)  # fmt: skip
def test_a_pattern_that_would_leave_nothing_out_is_an_error(pattern: str) -> None:
    with pytest.raises(SettingsError, match="no pattern of tables"):
        load_settings(environ={}, exclude=pattern)


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("sales.tmp_*, *.archive", ("sales.tmp_*", "*.archive")),
        ("sales.orders\n  sales.items\n", ("sales.orders", "sales.items")),
        ("sales.`a,b`,sales.`a\nb`", ("sales.`a,b`", "sales.`a\nb`")),
        ("sales.`tick``s`, `odd schema`.*", ("sales.`tick``s`", "`odd schema`.*")),
        (
            "sales.x[1], sales.dash-ed, sales.with space",
            ("sales.x[1]", "sales.dash-ed", "sales.with space"),
        ),
        ("main.crm.名前, sales.größe, *", ("main.crm.名前", "sales.größe", "*")),
        (" , ,", ()),
    ],
)
def test_patterns_with_odd_names_are_read(text: str, patterns: tuple[str, ...]) -> None:
    assert load_settings(environ={}, exclude=text).excluded == patterns
