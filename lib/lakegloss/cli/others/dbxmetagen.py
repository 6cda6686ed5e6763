"""Defines `lakegloss dbxmetagen`: its job, its settings, and the takeover of what it made."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss.cli.console import note, out, plural, progress
from lakegloss.cli.options import (
    STOPPED,
    Config,
    DryRun,
    Home,
    Sets,
    Wait,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import safe
from lakegloss.errors import SettingsError

if TYPE_CHECKING:  # Spark takes seconds to import, and help does not need it
    from lakegloss.compat.dbxmetagen.artefacts.taking_over import TakeOverSummary
    from lakegloss.compat.dbxmetagen.configuration.config_settings import TakenSettings
    from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
    from lakegloss.compat.dbxmetagen.job import MainResult
    from lakegloss.compat.dbxmetagen.reviewing import ReviewedResult

_MOST_FILES = 20
_SUFFIXES = (".tsv", ".csv", ".xlsx", ".sql")

dbxmetagen = typer.Typer(
    help="Work with dbxmetagen's settings and files (docs/from-dbxmetagen.md).",
    no_args_is_help=True,
)

Variables = Annotated[
    Path | None, typer.Option("--variables", help="dbxmetagen's file of settings, variables.yml.")
]
TheirKeys = Annotated[
    list[str] | None,
    typer.Option("--key", help="A setting of dbxmetagen, name=value; more than once."),
]


@dbxmetagen.command()
def run(
    tables: Annotated[
        str, typer.Argument(help="catalog.schema.table or catalog.schema.*, commas between.")
    ] = "",
    variables: Variables = None,
    keys: TheirKeys = None,
    home: Home = None,
) -> None:
    """Run dbxmetagen's job with its settings: write comments or labels, files and views."""
    from lakegloss.compat.dbxmetagen.job import run_job, tables_of

    chosen: dict[str, Any] = {"table_names": tables} if tables else {}
    config = _config(variables, keys, **chosen)
    tables_of(config)  # before Spark starts
    taken = _taken(config, home)
    with opened_lake(taken.settings) as spark:
        _note_unknown(config)
        result = run_job(config, spark=spark, environ=_environ(home))
        show_result(result)
        if code := exit_code(result):
            raise typer.Exit(code)


@dbxmetagen.command()
def settings(variables: Variables = None, keys: TheirKeys = None) -> None:
    """Say what becomes of each of dbxmetagen's settings, and which have no effect."""
    from lakegloss.compat.dbxmetagen.configuration.config_keys import KEYS

    config = _config(variables, keys)
    for name, key in KEYS.items():
        told = key.used or f"no effect: {key.why}"
        mark = "*" if name in config.given else " "
        value = safe(str(getattr(config, name)).replace("\n", " ")[:60])
        out.print(f"{mark} {name} = {value}  [dim]{safe(told)}[/dim]", soft_wrap=True)
    _note_unknown(config)


def _note_unknown(config: "MetadataConfig") -> None:
    from lakegloss.compat.dbxmetagen.job import named_unknown

    if config.unknown:
        note(f"dbxmetagen has no settings of these names: {safe(named_unknown(config), 500)}.")


@dbxmetagen.command("import")
def import_(
    log: Annotated[str, typer.Option("--log", help="dbxmetagen's metadata_generation_log.")] = "",
    reviewed: Annotated[
        list[Path] | None,
        typer.Option("--reviewed", help="Reviewed files, or a folder of them; more than once."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who reviewed; by default the user.")] = "",
    variables: Variables = None,
    keys: TheirKeys = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
) -> None:
    """Take over what dbxmetagen generated and what people reviewed: nothing is described twice."""
    from lakegloss.compat.dbxmetagen.artefacts.taking_over import take_over
    from lakegloss.compat.dbxmetagen.configuration.config_settings import TakenSettings
    from lakegloss.compat.dbxmetagen.reviewing import reviewed as reviewed_file

    files = [file for path in reviewed or () for file in _files(path)]
    if not log and not files:
        raise SettingsError("Nothing is named to take over.", remedy="Give --log or --reviewed.")
    theirs = _config(variables, keys)
    if variables is None and not keys:
        own = read_settings(config, home, sets, catalog_wait=wait)
        taken = TakenSettings(settings=own, problem="")
    else:
        taken = _taken(theirs, home)
    with opened_lake(taken.settings) as spark:
        if log:
            with progress() as bars:
                show_taken(take_over(spark, taken, log, dry_run=dry_run, progress=bars))
        left_out = 0
        for file in files:
            done = reviewed_file(spark, taken, theirs, file, decided_by=by or None, dry_run=dry_run)
            show_reviewed(done)
            left_out += done.left_out
    if left_out:
        raise typer.Exit(1)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        files = (file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
        # Excel keeps such a file beside each workbook that somebody has open.
        yield from sorted(file for file in files if not file.name.startswith(("~$", ".")))
    else:
        yield path


def _config(variables: Path | None, keys: list[str] | None, **more: Any) -> "MetadataConfig":
    from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig

    chosen: dict[str, Any] = dict(more)
    for item in keys or ():
        name, equals, value = item.partition("=")
        if not equals:
            raise SettingsError(f"{item[:60]!r} is no setting.", remedy="Write --key name=value.")
        chosen[name.strip()] = value
    if variables is not None:
        chosen["yaml_file_path"] = str(variables)
    return MetadataConfig(**chosen)


def _environ(home: Path | None) -> dict[str, str]:
    import os

    return dict(os.environ) | ({"LAKEGLOSS_HOME": str(home)} if home is not None else {})


def _taken(config: "MetadataConfig", home: Path | None) -> "TakenSettings":
    from lakegloss.compat.dbxmetagen.configuration.config_settings import settings_of_config

    return settings_of_config(config, environ=_environ(home))


@contextmanager
def _lines() -> Iterator[Any]:
    yield lambda text: out.print(safe(text), soft_wrap=True)


def show_result(result: "MainResult") -> None:
    """Print what the job did."""
    with _lines() as line:
        if result.problem:
            line(f"No model was asked: {result.problem}.")
        if result.described is not None:
            done = result.described
            sources = ", ".join(f"{n} by {who}" for who, n in sorted(result.sources.items()))
            line(
                f"{plural(done.tables, 'table')}: {sources or 'nothing new'}; {done.waiting} wait."
            )
        _show_written(result, line)
        if result.labelled is not None:
            _show_labels(result, line)
        _show_undone(result, line)
        if result.without_effect:
            line(
                f"{plural(len(result.without_effect), 'setting')} of yours without effect; "
                f"lakegloss dbxmetagen settings says why: {', '.join(result.without_effect)}"
            )
        for told in result.notes[:_MOST_FILES]:
            line(told)
        if len(result.notes) > _MOST_FILES:
            line(f"... and {len(result.notes) - _MOST_FILES} more")
        for file in result.files[-_MOST_FILES:]:
            line(str(file))
        line(f"views: {', '.join(result.views) or 'none'}")
        _show_missing(result, line)


def _show_written(result: "MainResult", line: Callable[[str], None]) -> None:
    """Say which comments were written, and how to undo it."""
    done = result.applied
    if done is None:
        return
    word = "would be written" if done.dry_run else "written"
    planned = sum(len(s.edits) for s in done.stages)
    count = planned if done.dry_run else done.applied
    line(f"{count} comments {word}, {len(done.failed)} failed.")
    for name, why in list(done.failed.items())[:_MOST_FILES]:
        line(f"not written: {name}: {why}")
    if done.applied:
        line(f"Undo: lakegloss undo {done.run_id}{_options(result)}")


def _options(result: "MainResult") -> str:
    """The options by which other commands find the run: it is recorded in dbxmetagen's schema."""
    if result.taken is None:
        return ""
    found = result.taken.settings
    named = {"catalog": found.catalog, "schema_name": found.schema_name}
    return "".join(f" --set {name}={value}" for name, value in named.items() if value)


def _show_undone(result: "MainResult", line: Callable[[str], None]) -> None:
    """Say which tables could not be read, and what was not asked."""
    runs = [run for run in (result.described, result.labelled) if run is not None]
    unreadable = {name: why for run in runs for name, why in run.unreadable.items()}
    for name, why in list(unreadable.items())[:_MOST_FILES]:
        line(f"not read: {name}: {why}")
    advice = result.described.advice if result.described is not None else {}
    for reason, count in [pair for run in runs for pair in run.not_asked.items()]:
        line(f"{count} not asked, because of {reason}. {advice.get(reason, '')}".rstrip())


def _show_missing(result: "MainResult", line: Callable[[str], None]) -> None:
    """Say at the end which names selected no table, and what to do; the others are done."""
    for why in list(result.missing.values())[:_MOST_FILES]:
        line(f"not done: {why}")
    if len(result.missing) > _MOST_FILES:
        line(f"... and {len(result.missing) - _MOST_FILES} more")
    if result.missing:
        line(
            f"{plural(len(result.missing), 'name')} selected no table, the others are done. "
            "Correct the list and run it again: what is done is not done twice."
        )


def exit_code(result: "MainResult") -> int:
    """The exit code of a run.

    1 where the catalog refused something or a name selected no table, 3 where it stopped early.
    """
    refused = any(done is not None and done.failed for done in (result.applied, result.tagged))
    if refused or result.missing:
        return 1
    asked = (result.described, result.labelled)
    return STOPPED if any(done is not None and done.not_asked for done in asked) else 0


def _show_labels(result: "MainResult", line: Callable[[str], None]) -> None:
    found, done = result.labelled, result.tagged
    if found is None:
        return
    tags = ", ".join(f"{n} {tag}" for tag, n in sorted(found.tags.items()))
    sources = ", ".join(f"{n} by {who}" for who, n in sorted(found.sources.items()))
    line(
        f"{plural(found.tables, 'table')}: {tags or 'no new tags'}"
        f"{f' ({sources})' if sources else ''}; "
        f"{found.waiting} wait, {found.actions.get('protected', 0)} of people stay."
    )
    for name, said in list(found.refused.items())[:_MOST_FILES]:
        line(f"no label: {name}: the model said {said[:100]!r}, which is not in the list")
    if done is None:
        line(f"{found.ready} tags are ready; apply_ddl or apply_tags sets them.")
        return
    word = "would be set" if done.dry_run else "set"
    count = sum(len(s.edits) for s in done.stages) if done.dry_run else done.applied
    line(f"{count} tags {word}, {len(done.failed)} refused.")
    if done.applied:
        line(f"Undo: lakegloss label undo {done.run_id}{_options(result)}")
    for name, why in list({**done.failed, **done.skipped}.items())[:_MOST_FILES]:
        line(f"not set: {name}: {why}")


def show_taken(done: "TakeOverSummary") -> None:
    """Print what was taken over."""
    with _lines() as line:
        word = "would be taken over" if done.dry_run else "taken over"
        counts = "; ".join(f"{number} {standing.value}" for standing, number in done.counts.items())
        line(f"Comments of {done.tables} tables {word}: {counts or 'the log has none'}.")
        if done.run_id:
            line(f"Run {done.run_id}. lakegloss review show lists what waits.")


def show_reviewed(done: "ReviewedResult") -> None:
    """Print what a reviewed file gave, and what is in conflict."""
    comments, labels = done.comments, done.labels
    name = done.path.name
    if comments is not None:
        conflicts = [(c.line, f"{c.trouble}. {c.remedy}") for c in comments.conflicts]
        asked_nothing = comments.untouched + comments.already
        _show_decisions(
            name, len(comments.rulings), conflicts, asked_nothing, dry_run=comments.dry_run
        )
    if labels is not None:
        told = f"{name}, tags" if comments is not None else name
        conflicts = [(c.line, f"{c.asset}: {c.reason}") for c in labels.conflicts]
        _show_decisions(
            told, len(labels.rulings), conflicts, labels.untouched, dry_run=labels.dry_run
        )


def _show_decisions(
    name: str,
    decisions: int,
    conflicts: Sequence[tuple[int, str]],
    untouched: int,
    *,
    dry_run: bool,
) -> None:
    with _lines() as line:
        word = "would be recorded" if dry_run else "recorded"
        line(
            f"{name}: {decisions} decisions {word}, {len(conflicts)} in conflict, {untouched} rows "
            "ask for nothing new."
        )
        for number, why in conflicts[:_MOST_FILES]:
            line(f"  line {number}: {why}")
        if len(conflicts) > _MOST_FILES:
            line(f"  ... and {len(conflicts) - _MOST_FILES} more")
