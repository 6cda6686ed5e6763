"""Which models an executor has: from settings, from OpenAI's variables, or from DSPy."""

import math
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lakegloss.engine.caller import policy_from
from lakegloss.engine.engine import Engine
from lakegloss.engine.execution import ModelRoute
from lakegloss.engine.http.client import HttpTransport
from lakegloss.engine.http.endpoint import endpoint_from
from lakegloss.engine.loop import LoopThread
from lakegloss.errors import SettingsError
from lakegloss.settings import PREFIX, Settings, load_settings
from lakegloss.settings_views import AskSettings

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-5-nano"
MAX_TOKENS = 3_000
DEFAULT_MODEL = "default"


def settings_of(environ: Mapping[str, str] | None = None) -> Settings | None:
    """The model of LAKEGLOSS_* where one is set, else that of OPENAI_*, else None.

    Raises:
        SettingsError: a variable cannot be used.
    """
    env = os.environ if environ is None else environ
    if env.get(f"{PREFIX}MODEL"):
        return load_settings(environ=env)
    key = env.get("OPENAI_API_KEY")
    url = env.get("OPENAI_BASE_URL") or env.get("OPENAI_API_BASE")
    if not key and not url:
        return None
    return load_settings(
        environ={k: v for k, v in env.items() if k != f"{PREFIX}ENDPOINT"},
        model=env.get("OPENAI_MODEL") or OPENAI_MODEL,
        endpoint=url or OPENAI_URL,
        api_key=key or None,
        temperature=number(env, "OPENAI_TEMPERATURE", float, least=0, most=2),
        call_timeout=number(env, "OPENAI_TIMEOUT", float, least=0.001, most=86_400),
    )


def number(
    env: Mapping[str, str], name: str, kind: type, *, least: float = 1, most: float = math.inf
) -> Any:
    """A variable as a number within bounds; None where it is not set.

    Raises:
        SettingsError: it is none.
    """
    text = env.get(name, "").strip()
    if not text:
        return None
    try:
        found = kind(text)
    except ValueError:
        raise SettingsError(
            f"{name}={text[:40]!r} is not a number.", remedy=f"Set {name} to one, or unset it."
        ) from None
    if not least <= found <= most:
        bounds = f"at least {least:g}" if most == math.inf else f"{least:g} to {most:g}"
        raise SettingsError(
            f"{name}={text[:40]!r} is not {bounds}.", remedy=f"Correct {name}, or unset it."
        )
    return found


def route_of(
    name: str,
    settings: AskSettings,
    *,
    max_tokens: int,
    run_id: str,
    fail_fast: bool = False,
    loop: LoopThread | None = None,
) -> ModelRoute:
    """A model behind an engine of its own: limit, breaker and budget are the model's.

    Args:
        fail_fast: see `CallPolicy`.
        loop: see `Engine`.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: see `endpoint_from`.
    """
    endpoint = endpoint_from(settings)
    policy = policy_from(settings.calls, endpoint=endpoint.base_url)
    policy = replace(policy, fail_fast=fail_fast)
    return ModelRoute(
        name=name,
        model=settings.model,
        engine=Engine(HttpTransport(endpoint), policy, run_id=run_id, loop=loop),
        temperature=settings.temperature,
        max_tokens=max_tokens,
    )


def routes_of(
    settings: AskSettings | None,
    models: Mapping[str, AskSettings],
    env: Mapping[str, str],
    *,
    fail_fast: bool = False,
    loop: LoopThread | None = None,
) -> dict[str, ModelRoute]:
    """The models by name, the one of the settings as `DEFAULT_MODEL`.

    Raises:
        SettingsError, EnvironmentNotReadyError, EndpointAuthError: see `route_of`.
    """
    run_id = f"executor-{uuid.uuid4().hex[:8]}"
    tokens = number(env, "OPENAI_MAX_TOKENS", int) or MAX_TOKENS
    named = ({DEFAULT_MODEL: settings} if settings is not None and settings.model else {}) | dict(
        models
    )
    return {
        name: route_of(
            _shown(name, each),
            each,
            max_tokens=tokens,
            run_id=run_id,
            fail_fast=fail_fast,
            loop=loop,
        )
        for name, each in named.items()
    }


def _shown(name: str, settings: AskSettings) -> str:
    """What results call a model: the name that callers gave it, else its own."""
    return settings.model if name == DEFAULT_MODEL else name


def routes_named(names: Sequence[str], routes: Mapping[str, ModelRoute]) -> list[ModelRoute]:
    """The models of these names.

    Raises:
        SettingsError: there is none of a name.
    """
    missing = [name for name in names if name not in routes]
    if missing:
        known = ", ".join(routes) or "none"
        raise SettingsError(
            f"There is no model {missing[0]!r}.", remedy=f"Name one of models=: {known}."
        )
    return [routes[name] for name in names]
