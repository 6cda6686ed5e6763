"""Gives the scripts of jobs/ what they share: parameters, secrets and how a task ends.

A workflow passes every parameter as text, `--name=value`; an empty value leaves the setting alone.
Tasks give each other no values: those are for notebooks, and elsewhere setting one may do nothing.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.core.going_on import stack_of
from lakegloss.core.text.terminal import visible
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.settings import Settings, load_settings, patterns_in

_SECRET_SETTINGS = {
    "api_key",
    "serve_database",
    "alert_webhook",
    "alert_webhook_secret",
}  # a parameter is shown to everyone who may see the job

logger = logging.getLogger("lakegloss.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowTask:
    """What a task was asked to do: its settings, the tables' patterns, and its own parameters."""

    settings: Settings
    patterns: tuple[str, ...]
    parameters: argparse.Namespace


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser that takes `--tables`, `--api_key_secret` and every setting that is no secret."""
    made = argparse.ArgumentParser(description=description, allow_abbrev=False)
    made.add_argument("--tables", default="", help="patterns, with commas between them")
    made.add_argument("--api_key_secret", default="", help="scope/key of the endpoint's key")
    for name, field in Settings.model_fields.items():
        if name not in _SECRET_SETTINGS:
            help_text = (field.description or name).replace("%", "%%")
            made.add_argument(f"--{name}", default="", help=help_text)
    return made


def read(
    made: argparse.ArgumentParser, arguments: Sequence[str], *, needs_tables: bool = True
) -> WorkflowTask:
    """Read a task's parameters.

    Raises:
        SettingsError: no tables are named where some are needed, or a value cannot be used.
    """
    given = made.parse_args(arguments)
    patterns = patterns_in(given.tables)
    if needs_tables and not patterns:
        raise SettingsError(
            "The parameter 'tables' is empty.",
            remedy="Name tables or schemas, such as main.sales.* or main.crm.customers.",
        )
    options: dict[str, Any] = {
        name: value
        for name, value in vars(given).items()
        if name in Settings.model_fields and value != ""
    }
    if given.api_key_secret:
        options["api_key"] = read_secret(given.api_key_secret)
    return WorkflowTask(settings=load_settings(**options), patterns=patterns, parameters=given)


def optional(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader of a task's own parameter that may be empty: None then."""

    def read_it(text: str) -> Any:
        return kind(text) if text else None

    return read_it


def read_secret(reference: str) -> str:
    """The value of a secret, `scope/key`, read on the driver.

    Raises:
        SettingsError: the reference is malformed, or no secret store is here or knows it.
    """
    scope, _, key = reference.partition("/")
    tools = _dbutils()
    if not (scope and key) or tools is None:
        raise SettingsError(
            f"The secret {reference!r} cannot be read here.",
            remedy="Write it as scope/key and run on Databricks, or set LAKEGLOSS_API_KEY.",
        )
    try:
        return str(tools.secrets.get(scope, key))
    except Exception as error:  # noqa: BLE001  the platform raises undocumented, changing types
        logger.debug("the secret cannot be read:\n%s", stack_of(error))
        raise SettingsError(
            f"The secret {reference!r} cannot be read: {type(error).__name__}.",
            remedy="Check its scope and key, and that this job's identity has READ on the scope.",
        ) from None


def on_databricks() -> bool:
    """Whether this process runs on Databricks' compute."""
    return "DATABRICKS_RUNTIME_VERSION" in os.environ


def report_progress(step: str, done: int, total: int) -> None:
    """Write progress to the task's log."""
    logger.info("%s: %s%s", step, done, f" of {total}" if total else "")


def run(main: Callable[[Sequence[str]], None], arguments: Sequence[str] | None = None) -> None:
    """Run a task; an error that lakegloss raises on purpose ends it with its message alone.

    A task that worked returns, as some runners take any SystemExit for a failure.
    """
    _log_to_stderr()
    try:
        main(sys.argv[1:] if arguments is None else arguments)
    except LakeglossError as error:
        sys.exit(visible(str(error)))


class _VisibleFormatter(logging.Formatter):
    """Names of tables and reasons are others' text: nothing hidden in them reaches the log."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record), lines=True)


def _log_to_stderr() -> None:
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_VisibleFormatter("%(asctime)s %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _dbutils() -> Any:
    """Databricks' tools where this process runs on Databricks; else None."""
    if not on_databricks():
        return None
    from databricks.sdk.runtime import dbutils

    return dbutils
