"""Reads more models from a TOML file: their names, and the order in which they stand in.

    fallbacks = ["backup"]          # asked in turn while the model before cannot be reached

    [models.backup]
    model = "gpt-5-nano"
    endpoint = "https://api.openai.com/v1"
    api_key_env = "BACKUP_KEY"      # or api_key_file; no key stands in the file itself

What a table leaves out is as in the settings, but for the key: none goes to another endpoint.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from lakegloss.core.text.terminal import visible
from lakegloss.engine.models import DEFAULT_MODEL, settings_of
from lakegloss.errors import SettingsError
from lakegloss.settings import Settings, load_settings

Model = TypeVar("Model")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
_KEY_VARIABLE = "api_key_env"
_ALLOWED = frozenset(
    {"model", "endpoint", "api_key_file", "temperature", "structured", "in_flight"}
    | {"call_timeout", "attempts", "retry_after_cap", "request_tokens", "max_tokens_total"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """Holds models by name, and the names of those that stand in for an unreachable one."""

    models: Mapping[str, Settings] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()


def read_models(path: Path, base: Settings, environ: Mapping[str, str]) -> ModelFile:
    """Read the models of a file.

    Args:
        base: what a model's table leaves out, but for its key.
        environ: where `api_key_env` is looked up.

    Raises:
        SettingsError: the file cannot be read, or says something that cannot be used.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The file of models {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct serve_models.",
        ) from None
    except ValueError as error:  # no UTF-8, no TOML
        raise SettingsError(
            f"The file of models {str(path)!r} is not valid TOML: {error}.",
            remedy="docs/service.md shows one.",
        ) from None
    _refuse_unknown(content, {"models", "fallbacks"}, str(path))
    tables = content.get("models", {})
    if not isinstance(tables, dict):
        raise SettingsError(f"{path}: models is no table.", remedy="Write [models.NAME] tables.")
    models = {name: _model(path, name, each, base, environ) for name, each in tables.items()}
    return ModelFile(models=models, fallbacks=_fallbacks(path, content, models))


def _fallbacks(
    path: Path, content: Mapping[str, Any], models: Mapping[str, Settings]
) -> tuple[str, ...]:
    names = content.get("fallbacks", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SettingsError(f"{path}: fallbacks is no list of names.", remedy="Write a list.")
    for name in names:
        if name not in models:
            raise SettingsError(
                f"{path}: fallbacks names {visible(name)[:80]!r}, which is no model of it.",
                remedy=f"Its models: {', '.join(models) or 'none'}.",
            )
    return tuple(names)


def _model(
    path: Path, name: str, table: Any, base: Settings, environ: Mapping[str, str]
) -> Settings:
    where = f"{path}: models.{visible(name)[:80]}"
    if not _NAME.fullmatch(name) or name == DEFAULT_MODEL:
        raise SettingsError(
            f"{where} is no name for a model.",
            remedy=f"Use letters, digits and _.-; {DEFAULT_MODEL!r} is the one of the settings.",
        )
    if not isinstance(table, dict):
        raise SettingsError(f"{where} is no table.", remedy="Write model and endpoint in it.")
    _refuse_unknown(table, _ALLOWED | {_KEY_VARIABLE}, where)
    missing = [key for key in ("model", "endpoint") if not table.get(key)]
    if missing:
        raise SettingsError(f"{where} has no {missing[0]}.", remedy="Give model and endpoint.")
    given = {key: value for key, value in table.items() if key != _KEY_VARIABLE}
    key = _key(where, table.get(_KEY_VARIABLE), environ)
    values = base.model_dump() | {"api_key": key, "api_key_file": None, "transport": "driver"}
    try:
        return Settings(**(values | given))
    except ValidationError as error:
        item = error.errors(include_url=False, include_input=False)[0]
        raise SettingsError(
            f"{where}: {'.'.join(map(str, item['loc']))}: {item['msg']}.",
            remedy="`lakegloss settings` says what each takes.",
        ) from None


def _key(where: str, variable: Any, environ: Mapping[str, str]) -> str | None:
    if variable is None:
        return None
    if not isinstance(variable, str) or not environ.get(variable):
        raise SettingsError(
            f"{where}: the environment has no variable {visible(str(variable))[:80]!r}.",
            remedy="Set it to the key, or correct api_key_env.",
        )
    return environ[variable]


def _refuse_unknown(given: Mapping[str, Any], known: set[str] | frozenset[str], where: str) -> None:
    for key in given:
        if key not in known:
            said = "A key never stands in the file." if key == "api_key" else ""
            raise SettingsError(
                f"{where}: there is no {visible(key)[:80]!r}. {said}".strip(),
                remedy=f"Known are: {', '.join(sorted(known))}.",
            )


def configured_models(
    environ: Mapping[str, str] | None = None, settings: Settings | None = None
) -> dict[str, Settings]:
    """All models that are configured, by the names that callers use for them.

    The model of the settings goes by its own name, those of the file `serve_models` by theirs.

    Args:
        settings: in place of those that the environment gives.

    Raises:
        SettingsError: a setting, or the file, cannot be used.
    """
    env = os.environ if environ is None else environ
    base = settings or settings_of(env) or load_settings(environ=env)
    found = {base.model: base} if base.model else {}
    if base.serve_models is None:
        return found
    return found | dict(read_models(base.serve_models, base, env).models)


def models_named(names: Iterable[str] | None, models: Mapping[str, Model]) -> dict[str, Model]:
    """The models of these names; all where none is named.

    Raises:
        SettingsError: none is configured, or none has one of the names.
    """
    wanted = list(models) if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name not in models:
            raise SettingsError(
                f"No model {visible(name)[:80]!r} is configured.",
                remedy=f"Configured are: {', '.join(models) or 'none'}. Add [models.NAME] to the "
                "file of serve_models (docs/service.md).",
            )
    if not wanted:
        raise SettingsError(
            "No model is set.", remedy="Set LAKEGLOSS_MODEL and LAKEGLOSS_ENDPOINT."
        )
    return {name: models[name] for name in wanted}
