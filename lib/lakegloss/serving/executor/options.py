"""The options of an executor: its numbers, modes and switches, checked."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorOptions:
    """What an executor was asked for, checked, with what the environment says in place of None.

    Attributes:
        timeout: seconds that one execution may take.
        retries: how often an answer that cannot be read is asked for again.
        workers: executions at the same time.
        cache_ttl: seconds for which results are kept; None keeps none.
        tracked: whether executions are recorded as MLflow runs.
        fail_fast: whether a model that is left alone is not waited for.
        fallbacks: names of models, asked in turn while the one before cannot be reached.
    """

    timeout: float
    retries: int
    workers: int
    cache_ttl: float | None
    tracked: bool
    fail_fast: bool
    fallbacks: tuple[str, ...]


def options_of(
    env: Mapping[str, str],
    *,
    cache_enabled: bool | None,
    mlflow_tracking: bool | None,
    timeout: float,
    max_retries: int,
    max_workers: int | None,
    cache_ttl: float,
    fallbacks: Sequence[str],
    fail_fast: bool | None,
) -> ExecutorOptions:
    """The options that an executor's parameters and the environment ask for.

    Raises:
        SettingsError: a parameter or a variable cannot be used.
    """
    cached = switch(env, "DSPY_CACHE") if cache_enabled is None else cache_enabled
    server = bool(env.get("MLFLOW_TRACKING_URI"))
    return ExecutorOptions(
        timeout=positive("timeout", timeout),
        retries=whole("max_retries", max_retries),
        workers=whole(
            "max_workers", workers_of(env) if max_workers is None else max_workers, least=1
        ),
        cache_ttl=positive("cache_ttl", cache_ttl) if cached is not False else None,
        tracked=server if mlflow_tracking is None else mlflow_tracking,
        fail_fast=bool(fallbacks) if fail_fast is None else fail_fast,
        fallbacks=tuple(fallbacks),
    )
