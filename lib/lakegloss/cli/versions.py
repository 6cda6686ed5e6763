"""Defines the commands of program versions, and the one that comments a table's card."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss.cli.console import note, out
from lakegloss.cli.options import Config, Home, Sets, Wait, opened, read_settings
from lakegloss.core.text.terminal import safe
from lakegloss.errors import InputError, SettingsError
from lakegloss.settings_views import LedgerSettings, RegistrySettings

if TYPE_CHECKING:  # they take seconds to import, and help does not need them
    from lakegloss.core.release.decisions import Release, VersionStanding
    from lakegloss.release.registry import Registry
    from lakegloss.release.releases import Releases
    from lakegloss.release.version import Version

_SHOWN = 20
VersionName = Annotated[
    str, typer.Argument(help="The registered name; `lakegloss register` prints it.")
]
ReasonText = Annotated[str, typer.Option(help="Why, for the ledger.")]


def register(
    program: Annotated[
        str,
        typer.Argument(
            help="comment, the name of a signature, or a program's file: YAML, or the JSON text "
            "of `save` (docs/programs.md)."
        ),
    ] = "comment",
    name: Annotated[
        str | None, typer.Option(help="Registered name; three levels in Unity Catalog.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="State of the comment program, as its dump() wrote it.")
    ] = None,
    measured: Annotated[
        Path | None, typer.Option(help="JSON file: what it was measured on and how well.")
    ] = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Register a program as a version in MLflow; what is registered already is not done again."""
    from lakegloss.release.files import figures_of, saved_of
    from lakegloss.release.registry import Registry, default_name
    from lakegloss.serving.model.packaging import register as package

    settings = read_settings(config, home, sets)
    saved = saved_of(program, state)
    figures = figures_of(measured)
    registry = Registry(settings)
    chosen = name or default_name(settings, saved.name, registry.uri)
    version, is_new = package(registry, chosen, saved, settings, measured=figures)
    state_of_it = "registered" if is_new else "is registered already"
    out.print(f"{safe(version.reference)} {state_of_it}: {safe(version.program_version)}")
    note(f"Next: lakegloss promote {safe(version.name)} {version.number}")


def versions(
    name: VersionName,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """List the versions of a name, and let the aliases say what was decided."""
    from lakegloss.release.local_decisions import known_history

    settings = read_settings(config, home, sets, catalog_wait=wait)
    registry = _registry(settings)
    registry.check_name(name)
    known = known_history(settings, name)
    if known is None:
        with opened(settings) as spark:
            releases = _releases(spark, settings, registry)
            changed, history = releases.project(name), releases.history(name)
    else:
        changed, history = _projected(settings, registry, name, known)
    found = registry.versions(name, limit=_SHOWN)
    for alias, (before, after) in changed.items():
        note(f"{alias} was {before or 'none'} in the registry and is {after or 'none'} now")
    if not found:
        out.print(
            f"There is no version of {safe(name)}. Start with: "
            f"lakegloss register --name {safe(name)}"
        )
    for version in found[:_SHOWN]:
        _show(version)
    for release in history[-_SHOWN:]:
        _tell(release)


def _projected(
    settings: RegistrySettings, registry: "Registry", name: str, history: "list[Release]"
) -> "tuple[Mapping[str, tuple[int, int]], list[Release]]":
    """Set the aliases to what was decided in a local lake, without Spark.

    Returns:
        What was changed, see `Releases.project`, and the decisions.
    """
    from lakegloss.release.deciding import project_decisions
    from lakegloss.release.local_decisions import known_history

    changed = dict(project_decisions(registry, name, history))
    # No lock keeps others from deciding meanwhile: the aliases must not stay at what was.
    while (newest := known_history(settings, name)) is not None and newest != history:
        history = newest
        changed |= project_decisions(registry, name, history)
    return changed, history


def _show(version: "Version") -> None:
    at = datetime.fromtimestamp(version.created_at, UTC)
    figures = safe(json.dumps(dict(version.measured), ensure_ascii=False), 200)
    aliases = f"  [bold]{', '.join(map(safe, version.aliases))}[/bold]" if version.aliases else ""
    out.print(
        f"{version.number:>4}  {safe(version.program)} {safe(version.program_version)}  "
        f"{at:%Y-%m-%d %H:%M}{aliases}" + (f"  {figures}" if version.measured else ""),
        soft_wrap=True,
    )


def _tell(release: "Release") -> None:
    number = f"version {release.version}" if release.version else "none"
    out.print(
        f"[dim]{release.decided_at:%Y-%m-%d %H:%M} {safe(release.decided_by)}: {release.action}, "
        f"{release.alias} is {number}"
        + (f" ({safe(release.reason, 200)})" if release.reason else "")
        + "[/dim]",
        soft_wrap=True,
    )


def promote(
    name: VersionName,
    number: Annotated[int, typer.Argument(min=1, help="The version's number.")],
    challenger: Annotated[
        bool, typer.Option("--challenger", help="Make it the challenger, not the champion.")
    ] = False,
    reason: ReasonText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Make a version the champion: services and runs use it from then on."""
    from lakegloss.core.release.decisions import Alias
    from lakegloss.release.version import Reference

    settings = read_settings(config, home, sets, catalog_wait=wait)
    alias = Alias.CHALLENGER if challenger else Alias.CHAMPION
    registry = _registry(settings)
    registry.find(Reference(name=name, number=number))  # Spark's start takes longer than a typo
    seen = registry.aliases(name)
    with opened(settings) as spark:
        releases = _releases(spark, settings, registry)
        releases.refuse_overtaken(name, seen)
        standing = releases.promote(name, number, alias=alias, reason=reason)
    _stands(name, standing)


def rollback(
    name: VersionName,
    reason: ReasonText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Make the champion before this one champion again."""
    settings = read_settings(config, home, sets, catalog_wait=wait)
    registry = _registry(settings)
    registry.check_name(name)
    seen = registry.aliases(name)
    with opened(settings) as spark:
        releases = _releases(spark, settings, registry)
        releases.refuse_overtaken(name, seen)
        standing = releases.rollback(name, reason=reason)
    _stands(name, standing)


def _registry(settings: RegistrySettings) -> "Registry":
    from lakegloss.release.registry import Registry

    return Registry(settings)


def _releases(spark: Any, settings: LedgerSettings, registry: "Registry") -> "Releases":
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.release.releases import Releases

    return Releases(Ledgers(spark, settings), registry)


def _stands(name: str, standing: "VersionStanding") -> None:
    champion, challenger = standing.champion or "none", standing.challenger or "none"
    out.print(f"{safe(name)}: champion {champion}, challenger {challenger}")


def comment(
    file: Annotated[Path, typer.Argument(help="A card or a list of cards as JSON; - reads it.")],
    task: Annotated[str, typer.Option(help="comments, or quality of those it has.")] = "comments",
    model: Annotated[str | None, typer.Option(help="Model name.")] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="Base URL of an OpenAI-compatible API.")
    ] = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
) -> None:
    """Write the comments of a table's card, without a lake; answers are lines of JSON."""
    from lakegloss.drafting.card_answers import TASKS
    from lakegloss.drafting.commenter import Commenter
    from lakegloss.lakehouse.describe.guidance_file import read_guidance
    from lakegloss.release.chosen import chosen_program
    from lakegloss.release.files import read_file

    if task not in TASKS:
        raise SettingsError(f"There is no task {task!r}.", remedy=f"Known: {', '.join(TASKS)}.")
    settings = read_settings(config, home, sets, model=model, endpoint=endpoint)
    text = sys.stdin.read() if str(file) == "-" else read_file(file, "card")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("The card is not valid JSON.", remedy="docs/sql.md shows one.") from None
    cards = content if isinstance(content, list) else [content]
    if not all(isinstance(card, dict) for card in cards):
        raise InputError("A card is a JSON object.", remedy="docs/sql.md shows one.")
    guidance = read_guidance(settings.guidance)
    chosen = chosen_program(settings)
    with Commenter(
        chosen.settings, program=chosen.program, version=chosen.reference, guidance=guidance
    ) as writer:
        answers = writer.answers(cards, task=task)
    for answer in answers:
        sys.stdout.write(answer.model_dump_json() + "\n")
    for problem in sorted({answer.problem for answer in answers if answer.problem}):
        note(f"some comments are the rules': {safe(problem)}; `lakegloss doctor` looks why")
    if any(answer.error for answer in answers):
        raise typer.Exit(1)
