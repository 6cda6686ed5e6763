"""Reads the variables of the environment that switch the production loop on and set its bounds."""

import os
from collections.abc import Mapping
from typing import Any

from lakegloss.core.monitoring.alert_rules import AlertConfig, default_alerts
from lakegloss.engine.models import number
from lakegloss.errors import SettingsError

SWITCHES = ("DSPY_ENABLED", "DSPY_PHASE2_ENABLED")
VARIABLES = (
    "DSPY_AUTO_OPTIMIZE",
    "DSPY_PERFORMANCE_THRESHOLD",
    "DSPY_FEEDBACK_THRESHOLD",
    "DSPY_ALERT_LATENCY",
    "DSPY_ALERT_SUCCESS_RATE",
)
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def require_enabled(environ: Mapping[str, str] | None = None) -> None:
    """Refuse to run where a switch is off; one that is not set is on.

    Raises:
        SettingsError: a switch is off, or is neither true nor false.
    """
    env = os.environ if environ is None else environ
    for name in SWITCHES:
        if not _truth(env, name, default=True):
            raise SettingsError(f"{name} switches the production loop off.", remedy="Set it to 1.")


def config_from(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the environment says of the configuration, by the names of `OptimizationConfig`.

    Raises:
        SettingsError: a variable cannot be used.
    """
    env = os.environ if environ is None else environ
    found: dict[str, Any] = {
        "performance_degradation_threshold": number(
            env, "DSPY_PERFORMANCE_THRESHOLD", float, least=0.001, most=1
        ),
        "feedback_volume_threshold": number(env, "DSPY_FEEDBACK_THRESHOLD", int),
    }
    if env.get("DSPY_AUTO_OPTIMIZE", "").strip():
        found["enable_automatic_optimization"] = _truth(env, "DSPY_AUTO_OPTIMIZE", default=True)
    return {name: value for name, value in found.items() if value is not None}


def alerts_from(environ: Mapping[str, str] | None = None) -> list[AlertConfig]:
    """The alerts of every monitor, with the bounds that the environment sets.

    Raises:
        SettingsError: a variable cannot be used.
    """
    env = os.environ if environ is None else environ
    latency = number(env, "DSPY_ALERT_LATENCY", float)
    success = number(env, "DSPY_ALERT_SUCCESS_RATE", float, least=0, most=1)
    bounds = {"latency_ms": latency, "success_rate": success}
    return default_alerts(**{name: value for name, value in bounds.items() if value is not None})


def _truth(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if not text:
        return default
    if text not in _TRUE + _FALSE:
        raise SettingsError(
            f"{name}={text[:40]!r} is neither true nor false.", remedy="Set it to 1 or 0."
        )
    return text in _TRUE
