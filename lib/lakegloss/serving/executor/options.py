"""Checks the options of an executor: its numbers, modes and switches."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.engine.models import number
from lakegloss.errors import SettingsError
from lakegloss.programs.asking import Patience
from lakegloss.serving.executor.result import ExecutionMode

WORKERS = 4


def positive(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise SettingsError(f"{name}={value!r} is not a positive number.", remedy="Give one.")
    return value


def whole(name: str, value: Any, *, least: int = 0) -> int:
    """Check that a value is a whole number of at least `least`.

    Raises:
        SettingsError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingsError(
            f"{name}={value!r} is not a whole number of at least {least}.", remedy="Give one."
        )
    return value


def patience_of(max_retries: Any) -> Patience:
    """How often a request is asked at most, with so many retries; None is where nobody gave them.

    Raises:
        SettingsError: it is no whole number.
    """
    return Patience.of(None if max_retries is None else whole("max_retries", max_retries))


def mode_of(mode: ExecutionMode | str) -> ExecutionMode:
    try:
        return ExecutionMode(mode)
    except ValueError:
        known = ", ".join(ExecutionMode)
        raise SettingsError(f"There is no mode {mode!r}.", remedy=f"Modes: {known}.") from None


def workers_of(env: Mapping[str, str]) -> int:
    """The number of executions at the same time, if the caller gives none.

    Raises:
        SettingsError: a variable is not a number.
    """
    names = ("MAX_WORKERS", "DSPY_ASYNC_MAX_WORKERS")
    return next((n for n in [number(env, name, int) for name in names] if n), WORKERS)


def set_log_level(log: logging.Logger, env: Mapping[str, str]) -> None:
    """Set the log level of PIPELINE_LOG_LEVEL; without it the level stays as the program set it.

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
    """Read a variable as yes or no; None if it is not set.

    Raises:
        SettingsError: it is neither yes nor no.
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
    """Holds the checked options of an executor; the environment fills in those that are None.

    Attributes:
        timeout: seconds that one execution may take.
        patience: how often a request is asked at most.
        workers: executions at the same time.
        cache_ttl: seconds for which results are kept; None keeps none.
        tracked: whether executions are recorded as MLflow runs.
        fail_fast: whether not to wait for a model whose breaker is open.
        fallbacks: names of models, asked in turn while the one before cannot be reached.
    """

    timeout: float
    patience: Patience
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
    max_retries: int | None,
    max_workers: int | None,
    cache_ttl: float,
    fallbacks: Sequence[str],
    fail_fast: bool | None,
) -> ExecutorOptions:
    """Make the options from an executor's parameters and the environment.

    Raises:
        SettingsError: a parameter or a variable cannot be used.
    """
    cached = switch(env, "DSPY_CACHE") if cache_enabled is None else cache_enabled
    server = bool(env.get("MLFLOW_TRACKING_URI"))
    return ExecutorOptions(
        timeout=positive("timeout", timeout),
        patience=patience_of(max_retries),
        workers=whole(
            "max_workers", workers_of(env) if max_workers is None else max_workers, least=1
        ),
        cache_ttl=positive("cache_ttl", cache_ttl) if cached is not False else None,
        tracked=server if mlflow_tracking is None else mlflow_tracking,
        fail_fast=bool(fallbacks) if fail_fast is None else fail_fast,
        fallbacks=tuple(fallbacks),
    )
