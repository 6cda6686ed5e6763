"""What an executor takes for its numbers and modes."""

import logging
from collections.abc import Mapping
from typing import Any

from lakegloss.engine.models import number
from lakegloss.errors import SettingsError
from lakegloss.serving.executor.result import ExecutionMode

WORKERS = 4


def positive(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise SettingsError(f"{name}={value!r} is not a positive number.", remedy="Give one.")
    return value


def whole(name: str, value: Any, *, least: int = 0) -> int:
    """A whole number of a bound.

    Raises:
        SettingsError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingsError(
            f"{name}={value!r} is not a whole number of at least {least}.", remedy="Give one."
        )
    return value


def mode_of(mode: ExecutionMode | str) -> ExecutionMode:
    try:
        return ExecutionMode(mode)
    except ValueError:
        known = ", ".join(ExecutionMode)
        raise SettingsError(f"There is no mode {mode!r}.", remedy=f"Modes: {known}.") from None


def workers_of(env: Mapping[str, str]) -> int:
    """How many executions run at once, where a caller does not say.

    Raises:
        SettingsError: a variable is no number.
    """
    names = ("MAX_WORKERS", "DSPY_ASYNC_MAX_WORKERS")
    return next((n for n in [number(env, name, int) for name in names] if n), WORKERS)


def set_log_level(log: logging.Logger, env: Mapping[str, str]) -> None:
    """The level of PIPELINE_LOG_LEVEL, where that is set; without, the program's own holds.

    Raises:
        SettingsError: there is no such level.
    """
    level = env.get("PIPELINE_LOG_LEVEL", "").strip().upper()
    if not level:
        return
    if level not in logging.getLevelNamesMapping():
        raise SettingsError(
            f"PIPELINE_LOG_LEVEL={level[:40]!r} is no level.",
            remedy="Set DEBUG, INFO, WARNING or ERROR, or unset it.",
        )
    log.setLevel(level)


def switch(env: Mapping[str, str], name: str) -> bool | None:
    """A variable as yes or no; None where it is not set.

    Raises:
        SettingsError: it is neither.
    """
    text = env.get(name, "").strip().lower()
    if not text:
        return None
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingsError(
        f"{name}={text[:40]!r} is not a switch.", remedy=f"Set {name}=true or false."
    )
