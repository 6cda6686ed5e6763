"""Views of the settings: the same values under the same names, and no key where none is needed."""

import dataclasses
import inspect
from typing import Any

import pytest
from pydantic import SecretStr

from lakegloss import settings_views
from lakegloss.settings import Settings

VIEWS = {
    name: kind
    for name, kind in vars(settings_views).items()
    if inspect.isclass(kind) and dataclasses.is_dataclass(kind)
}
MADE = (
    "profile", "calls", "drafting", "asking", "planning", "reviewing", "reporting", "service",
    "alerting",
)  # fmt: skip
WITH_KEY = {"EndpointSettings", "AskSettings"}


@pytest.fixture
def settings() -> Settings:
    return Settings(
        model="m", endpoint="http://127.0.0.1:9/v1", api_key=SecretStr("the-key"), in_flight=7,
        price_input=1.0, price_output=2.0, values="shapes", style="concise",
    )  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_view_has_the_values_of_the_settings(name: str, settings: Settings) -> None:
    view: Any = getattr(settings, name)
    for field in dataclasses.fields(view):
        assert getattr(view, field.name) == getattr(settings, field.name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(view, dataclasses.fields(view)[0].name, None)
    assert not hasattr(view, "__dict__")


def test_every_view_is_made_by_the_settings_or_part_of_one(settings: Settings) -> None:
    made = {type(getattr(settings, name)) for name in MADE}
    bases = {base for kind in made for base in kind.__mro__}
    assert set(VIEWS.values()) <= bases


@pytest.mark.parametrize(("name", "kind"), VIEWS.items(), ids=list(VIEWS))
def test_only_views_of_the_endpoint_have_its_key(name: str, kind: Any) -> None:
    fields = {field.name for field in dataclasses.fields(kind)}
    secrets = {field for field in fields if "key" in field or field == "serve_database"}
    assert bool(secrets) == (name in WITH_KEY)


def test_no_view_shows_the_key(settings: Settings) -> None:
    shown = " ".join(repr(getattr(settings, name)) for name in MADE)
    assert "the-key" not in shown
