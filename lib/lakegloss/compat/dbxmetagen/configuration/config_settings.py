"""Turns dbxmetagen's settings into those of lakegloss."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakegloss import Settings
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, is_nothing
from lakegloss.compat.dbxmetagen.configuration.table_list import infrastructure_of
from lakegloss.engine.models import OPENAI_URL
from lakegloss.settings import load_settings

_STRICTNESS = ("raw", "masked", "shapes", "none")
_DATABRICKS = ("DATABRICKS_HOST", "DATABRICKS_RUNTIME_VERSION")
_LEAST_REQUEST = 500
NO_ENDPOINT = (
    "no endpoint is set, so the built-in rules write; set LAKEGLOSS_ENDPOINT, DATABRICKS_HOST or "
    "OPENAI_API_KEY"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSettings:
    """Settings of lakegloss that were made of dbxmetagen's.

    Attributes:
        problem: why no model is asked; '' where one is.
    """

    settings: Settings
    problem: str


def settings_of_config(
    config: MetadataConfig,
    *,
    environ: Mapping[str, str] | None = None,
    guidance: Path | None = None,
    lake: bool = True,
) -> TakenSettings:
    """The settings of lakegloss that mean what these mean.

    What the arguments or the file name goes before LAKEGLOSS_* and lakegloss.toml; these go before
    dbxmetagen's defaults. Of two rules for values the stricter one holds.

    Args:
        guidance: a file of guidance that was made of the context.
        lake: whether the settings are for a lake, else for cards alone.

    Raises:
        SettingsError: a value cannot be used.
    """
    env = os.environ if environ is None else environ
    base = load_settings(environ=env, **_endpoint(config, env))
    wanted: dict[str, tuple[str, Any]] = {
        "style": ("comment_style", config.comment_style),
        "temperature": ("temperature", config.temperature),
    }
    if lake:
        wanted["schema_name"] = ("schema_name", str(config.schema_name))
        if not is_nothing(config.catalog_name):
            wanted["catalog"] = ("catalog_name", str(config.catalog_name).strip())
    chosen = {
        name: value
        for name, (key, value) in wanted.items()
        if key in config.given or name not in base.model_fields_set
    }
    chosen |= _endpoint(config, env)
    chosen["values"] = max(base.values, _values(config), key=_STRICTNESS.index)
    # Their limit is in words of a whole prompt; a word is more than a token.
    chosen["request_tokens"] = min(
        base.request_tokens, max(_LEAST_REQUEST, int(config.max_prompt_length))
    )
    chosen["exclude"] = ",".join([*base.excluded, *infrastructure_of(config)]) or None
    if guidance is not None:
        chosen["guidance"] = guidance
    settings = load_settings(environ=env, **chosen)
    return TakenSettings(settings=settings, problem="" if settings.model else NO_ENDPOINT)


def _values(config: MetadataConfig) -> str:
    if not config.allow_data or config.sample_size <= 0:
        return "none"
    if not (config.allow_data_in_comments and config.include_possible_data_fields_in_metadata):
        return "shapes"
    return _STRICTNESS[0]


def _endpoint(config: MetadataConfig, env: Mapping[str, str]) -> dict[str, Any]:
    """The model with its address; without an address none, so that the rules write."""
    told = load_settings(environ={k: v for k, v in env.items() if k != "LAKEGLOSS_MODEL"})
    own = "model" in config.given
    model = str(config.model) if own or not env.get("LAKEGLOSS_MODEL") else env["LAKEGLOSS_MODEL"]
    if told.model and not own:
        model = told.model
    if told.endpoint:
        return {"model": model}
    url = str(config.custom_endpoint_url or "").strip()
    if url and config.chat_completion_type != "databricks":
        return {"model": model, "endpoint": url}
    if any(env.get(name) for name in _DATABRICKS):
        return {"model": model, "endpoint": "databricks"}
    key = env.get("OPENAI_API_KEY")
    url = env.get("OPENAI_BASE_URL") or env.get("OPENAI_API_BASE") or (OPENAI_URL if key else "")
    if url:
        asked = model if own else env.get("OPENAI_MODEL") or model
        return {"model": asked, "endpoint": url, "api_key": key or None}
    return {"model": ""}
