"""Asks a model for a module of DSPy, within the limits of the engine."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dspy

from lakegloss.engine.execution import ASKING
from lakegloss.engine.lm import Calls, calls_of, language_model
from lakegloss.engine.models import route_of
from lakegloss.errors import EndpointError
from lakegloss.settings_views import ModelSettings

PROGRAM = "dbxmetagen_comment"
_MOST_TOKENS = 8_192


@contextmanager
def module_model(settings: ModelSettings, *, max_tokens: int = _MOST_TOKENS) -> Iterator[Any]:
    """Give the language model of the settings, for `dspy.context`; its connections end here.

    Raises:
        EndpointError: no model is set.
        SettingsError, EndpointAuthError: the endpoint cannot be used.
    """
    if not settings.model:
        raise EndpointError("No model is set.", remedy="Set LAKEGLOSS_ENDPOINT and a model.")
    run_id = f"{PROGRAM}-{uuid.uuid4().hex[:8]}"
    route = route_of(PROGRAM, settings.asking, max_tokens=max_tokens, run_id=run_id, fail_fast=True)
    try:
        lm = language_model(route.engine, route.model, program=lambda: PROGRAM)
        yield lm.copy(max_tokens=max_tokens, temperature=route.temperature)
    finally:
        route.engine.close()


@contextmanager
def asking(lm: Any) -> Iterator[Calls]:
    """Let modules ask this model inside the block; gives the account of their calls."""
    quiet = {"disable_history": True, "trace": None, "track_usage": False}
    with calls_of(Calls()) as calls, dspy.context(lm=lm, adapter=ASKING, **quiet):
        yield calls
