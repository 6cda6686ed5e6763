"""Defines what the commands share: options, settings, the session."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from lakegloss.cli.console import note
from lakegloss.errors import SettingsError
from lakegloss.settings import Settings, load_settings

STOPPED = 3
"""The exit code of a command that ended early and goes on where it is run again."""

ReportFile = Annotated[Path | None, typer.Option("--html", help="Where the HTML report goes.")]
Patterns = Annotated[
    list[str] | None,
    typer.Argument(help="Tables: schema.table, schema.*, catalog.schema.*; none selects all."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", help="Tables to leave out, as patterns; more than once or by commas."
    ),
]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
Home = Annotated[Path | None, typer.Option(help="Folder of the local catalog and the journal.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any setting, as name=value; `lakegloss settings` lists them."),
]
Model = Annotated[str | None, typer.Option(help="Model name; without one, the built-in rules.")]
EndpointUrl = Annotated[
    str | None, typer.Option("--endpoint", help="Base URL of an OpenAI-compatible API.")
]
Wait = Annotated[
    float | None,
    typer.Option(
        "--wait", min=0, help="Seconds to wait for another command that holds the local catalog."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]
Limit = Annotated[int, typer.Option(min=1, help="Lines at most.")]


@contextmanager
def opened(settings: Settings) -> Iterator[Any]:
    """Open a session, local or the platform's, for as long as the command needs it."""
    from lakegloss.lakehouse.session.session import session

    with session(settings, progress=note) as spark:
        yield spark


@contextmanager
def opened_lake(settings: Settings) -> Iterator[Any]:
    """Open a session on a lake that is there; none is made for what can only look at one.

    Raises:
        AssetNotFoundError: the home folder has no local catalog.
    """
    from lakegloss.lakehouse.session.session import require_lake

    require_lake(settings)
    with opened(settings) as spark:
        yield spark


@contextmanager
def opened_for_file(settings: Settings) -> Iterator[Any]:
    """Open a session for a command that works on a file, with or without tables beside it.

    Where there is no lake, that is told: a mistyped home would else go unseen.
    """
    from lakegloss.lakehouse.session.session import has_lake, lake_missing

    if not has_lake(settings):
        missing = lake_missing(settings)
        note(f"{missing.message} A new catalog is made there. {missing.remedy}")
    with opened(settings) as spark:
        yield spark


def read_settings(
    config: Path | None, home: Path | None, sets: list[str] | None, **named: Any
) -> Settings:
    """Read the settings of a command: its options first, then --set, the environment, the file.

    Raises:
        SettingsError: a name is unknown or a value cannot be used.
    """
    options: dict[str, Any] = {"home": home, **named}
    if options.get("exclude") is not None:
        options["exclude"] = ",".join(options["exclude"])
    for item in sets or ():
        name, equals, value = item.partition("=")
        if not equals:
            raise SettingsError(f"--set {item!r} has no '='.", remedy="Write --set name=value.")
        _refuse_secret(name.strip(), value)
        options[name.strip()] = value
    settings = load_settings(file=config, **options)
    if (
        options.get("endpoint")
        and "model" in named
        and not (settings.model or settings.serve_models)
    ):
        raise SettingsError(
            f"The endpoint {options['endpoint']!r} is given, and no model to ask there.",
            remedy="Add --model NAME (or set model); without --endpoint the built-in rules write.",
        )
    return settings


_PASSWORD_IN_URL = re.compile(r"://[^/@:]*:[^@]+@|[?&]password=")


def _refuse_secret(name: str, value: str) -> None:
    if name == "api_key":
        raise SettingsError(
            "A key on the command line can be read by every process.",
            remedy="Set LAKEGLOSS_API_KEY, or api_key_file to a file that holds it.",
        )
    if name in {"alert_webhook", "alert_webhook_secret"}:
        raise SettingsError(
            "A webhook's address and secret on the command line can be read by every process.",
            remedy=f"Set LAKEGLOSS_{name.upper()}, or write it into the settings file.",
        )
    if name == "serve_database" and _PASSWORD_IN_URL.search(value):
        raise SettingsError(
            "A database's password on the command line can be read by every process.",
            remedy="Set LAKEGLOSS_SERVE_DATABASE to the URL, or write it into the settings file.",
        )
