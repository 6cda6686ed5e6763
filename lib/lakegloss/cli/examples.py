"""Defines `lakegloss examples`: what programs learn from, and are measured on."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss.cli.console import MOST_LINES, note, number, out, print_more, progress
from lakegloss.cli.options import (
    Config,
    DryRun,
    Exclude,
    Home,
    Limit,
    Overwrite,
    Patterns,
    Sets,
    Wait,
    opened_for_file,
    opened_lake,
    read_settings,
)
from lakegloss.core.text.terminal import safe
from lakegloss.errors import EnvironmentNotReadyError, LakeglossError, SettingsError

if TYPE_CHECKING:  # Spark and MLflow take seconds to import, and help needs neither
    from lakegloss.core.learning.examples import Example
    from lakegloss.lakehouse.examples.collect import CollectSummary
    from lakegloss.release.shown import Showing
    from lakegloss.settings import Settings

_SPLITS = ("train", "select", "gate")

examples = typer.Typer(
    help="Make examples of what people wrote and decided, for programs to learn from.",
    no_args_is_help=True,
)

ProgramIs = Annotated[str, typer.Option("--program", help="Only those of this program.")]
SplitIs = Annotated[str, typer.Option("--split", help="Only: train, select or gate.")]
Tables = Annotated[
    list[str] | None, typer.Option("--table", help="Tables, as patterns; more than once.")
]


@examples.command()
def collect(
    patterns: Patterns = None,
    exclude: Exclude = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
) -> None:
    """Collect decisions, text of people in the catalog, and feedback; adds only what is new."""
    from lakegloss.lakehouse.examples.collect import collect as collected

    settings = read_settings(config, home, sets, exclude=exclude, catalog_wait=wait)
    with opened_lake(settings) as spark, progress() as bars:
        done = collected(spark, settings, patterns or (), dry_run=dry_run, progress=bars)
    show_collected(done)
    if not done.found:
        out.print(
            "Nobody has decided on a proposal or written a comment yet: lakegloss review show, or "
            "lakegloss examples import FILE."
        )


@examples.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(help="JSON lines, CSV, a review file, or a schema.yml of dbt."),
    ],
    tables: Tables = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
    by: Annotated[str, typer.Option("--by", help="Whose they are; by default the user's.")] = "",
) -> None:
    """Make examples of a file; lines that fail the checks are listed and left out."""
    from lakegloss.lakehouse.examples.collect import import_examples
    from lakegloss.lakehouse.examples.imported import parse_file

    settings = read_settings(config, home, sets, catalog_wait=wait)
    parse_file(file)  # what is wrong with it is told before Spark starts
    with opened_for_file(settings) as spark:
        done = import_examples(spark, settings, file, tables or (), who=by, dry_run=dry_run)
    show_collected(done)
    if not done.found:
        out.print(f"There is no example in {safe(str(file))}: it holds no texts.")
    if done.refused or done.skipped:
        raise typer.Exit(1)


@examples.command("list")
def list_(
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    program: ProgramIs = "",
    split: SplitIs = "",
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Also those that were withdrawn.")
    ] = False,
    limit: Limit = MOST_LINES,
) -> None:
    """List examples with their ids, and count them by split and origin."""
    from lakegloss.lakehouse.examples.collect import list_examples

    settings = read_settings(config, home, sets, catalog_wait=wait)
    _check_split(split)
    with opened_lake(settings) as spark:
        found = list_examples(
            spark, settings, patterns or (), program=program, split=split, withdrawn=withdrawn
        )
    for example in found[:limit]:
        _line(example)
    print_more(found, limit)
    _count(found)
    if not (patterns or split):  # of all examples
        _tell_small_gates(found)


@examples.command()
def export(
    file: Annotated[Path, typer.Option("--out", help="A file .jsonl or .csv.")],
    patterns: Patterns = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    program: ProgramIs = "",
    split: SplitIs = "",
    overwrite: Overwrite = False,
) -> None:
    """Write examples to a file, without who wrote them and without withdrawn ones."""
    from lakegloss.lakehouse.examples.collect import export_examples, list_examples
    from lakegloss.lakehouse.examples.example_files import require_new_example_file

    settings = read_settings(config, home, sets, catalog_wait=wait)
    _check_split(split)
    require_new_example_file(file, overwrite=overwrite)
    with opened_lake(settings) as spark:
        found = list_examples(spark, settings, patterns or (), program=program, split=split)
    rows = export_examples(file, found, overwrite=overwrite)
    out.print(f"{number(rows)} examples in [bold]{safe(str(file))}[/bold]")


@examples.command()
def withdraw(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids, as `list` shows them.")] = None,
    tables: Tables = None,
    who: Annotated[str, typer.Option(help="Those that this person wrote or decided.")] = "",
    reason: Annotated[str, typer.Option(help="Why, for the ledger.")] = "",
    restore: Annotated[
        bool, typer.Option("--restore", help="Take withdrawn ones back in.")
    ] = False,
    states: Annotated[
        list[Path] | None, typer.Option("--state", help="Saved programs to look into, too.")
    ] = None,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
    dry_run: DryRun = False,
) -> None:
    """Withdraw examples for good, and name the programs that still show one of them."""
    from lakegloss.core.learning.withdrawing import WhichExamples
    from lakegloss.lakehouse.examples.collect import list_examples, require_withdrawal
    from lakegloss.lakehouse.examples.collect import withdraw as withdrawn

    settings = read_settings(config, home, sets, catalog_wait=wait)
    which = WhichExamples(ids=tuple(ids or ()), tables=tuple(tables or ()), who=who)
    require_withdrawal(which, reason=reason, restore=restore)
    texts = {path: state_of(path) for path in states or ()}
    with opened_lake(settings) as spark:
        new = withdrawn(spark, settings, which, reason=reason, restore=restore, dry_run=dry_run)
        gone = [e for e in list_examples(spark, settings, withdrawn=True) if e.withdrawn]
        # A dry run looks for what it would withdraw, too.
        gone = [e for e in {e.example_id: e for e in (*gone, *new)}.values() if e.withdrawn]
        showing = _showing(spark, settings, gone)
    for example in new[:MOST_LINES]:
        _line(example)
    print_more(new)
    if not new:
        done = "in use" if restore else "withdrawn"
        out.print(f"No example matches that is not {done} already; `examples list` shows ids.")
    would = "would be " if dry_run else ""
    out.print(f"{number(len(new))} {would}{'taken back in' if restore else 'withdrawn'}.")
    tell_programs([*showing, *in_states(texts, gone)])


def _check_split(split: str) -> None:
    if split and split not in _SPLITS:
        raise SettingsError(
            f"There is no split {split!r}.", remedy=f"One of: {', '.join(_SPLITS)}."
        )


def show_collected(done: "CollectSummary") -> None:
    for example in done.rows[:MOST_LINES]:
        _line(example)
    print_more(done.rows)
    would = "would be added" if done.dry_run else "added"
    out.print(
        f"{number(len(done.rows))} {would}; known {number(done.known)}, withdrawn before "
        f"{number(done.withdrawn)}, refused {number(len(done.refused))}"
    )
    _count(done.rows)
    for refused in done.refused[:MOST_LINES]:
        where = f"line {refused.line}, " if refused.line else ""
        out.print(f"  refused: {where}{safe(refused.about, 80)}: {refused.reason}", soft_wrap=True)
    print_more(done.refused)
    for line, reason in done.skipped[:MOST_LINES]:
        out.print(f"  left out: line {line}: {safe(reason)}", soft_wrap=True)
    print_more(done.skipped)
    for table, reason in done.unreadable[:MOST_LINES]:
        note(f"{safe(table, 80)} cannot be read: {safe(reason, 160)}")


def _line(example: "Example") -> None:
    state = "withdrawn" if example.withdrawn else example.split
    weight = "" if example.weight else ", does not count"
    text = example.expected or f"not: {example.avoid}"
    out.print(
        f"[bold]{safe(example.example_id)}[/bold]  {safe(example.subject, 80)}  "
        f"[dim]{safe(example.origin)}, {safe(state)}{weight}[/dim]",
        soft_wrap=True,
    )
    out.print(f"  {safe(text, 160)}", soft_wrap=True)


def _count(found: Sequence["Example"]) -> None:
    usable = [e for e in found if e.usable]
    if not found:
        return
    by_split = Counter(e.split for e in usable)
    by_origin = Counter(e.origin for e in usable)
    splits = ", ".join(f"{split} {number(by_split[split])}" for split in _SPLITS)
    origins = ", ".join(f"{safe(name)} {number(n)}" for name, n in sorted(by_origin.items()))
    out.print(f"{number(len(usable))} count: {splits}" + (f" ({origins})" if origins else ""))


def _tell_small_gates(found: Sequence["Example"]) -> None:
    """Say where the gate can tell nothing yet, and what helps."""
    from lakegloss.core.learning.salting import small_gate
    from lakegloss.core.statistics.intervals import LEAST_GROUPS

    for program, groups in small_gate(found).items():
        out.print(
            f"The gate of {safe(program, 80)} can tell nothing yet: it has examples of {groups} "
            f"tables, documents or sessions, and needs {LEAST_GROUPS}. Decide on drafts of more "
            "tables and collect again; or optimize on a file whose lines say their `split` "
            "(--data).",
            soft_wrap=True,
        )


def state_of(path: Path) -> Any:
    import json

    from lakegloss.release.files import read_file

    try:
        return json.loads(read_file(path, "program"))
    except (ValueError, RecursionError):
        raise SettingsError(
            f"{str(path)!r} is no JSON.", remedy="Give a state that dump() or `register` wrote."
        ) from None


def in_states(
    texts: dict[Path, Any], gone: Sequence["Example"]
) -> list[tuple[str, Sequence["Example"]]]:
    from lakegloss.core.learning.withdrawing import shown_in

    shown = ((str(path), shown_in(state, gone)) for path, state in texts.items())
    return [(path, found) for path, found in shown if found]


def _showing(
    spark: Any, settings: "Settings", gone: Sequence["Example"]
) -> list[tuple[str, Sequence["Example"]]]:
    """The registered versions that show a withdrawn example; a registry that fails is told."""
    from lakegloss.lakehouse.ledgers.ledgers import Ledgers
    from lakegloss.release.registry import Registry, default_name
    from lakegloss.release.shown import released_names, versions_showing

    if not gone:
        return []
    try:
        registry = Registry(settings)
        programs = {e.program for e in gone}
        names = [default_name(settings, program, registry.uri) for program in sorted(programs)]
        found = versions_showing(
            registry, [*names, *released_names(Ledgers(spark, settings))], gone
        )
    except EnvironmentNotReadyError:
        return []  # without MLflow nothing is registered from here
    except LakeglossError as error:
        note(f"registered programs could not be looked into: {safe(error.message, 200)}")
        return []
    return [(_named(version), version.examples) for version in found]


def _named(version: "Showing") -> str:
    aliases = f" ({', '.join(version.aliases)})" if version.aliases else ""
    return f"{version.reference}{aliases}"


def tell_programs(showing: Sequence[tuple[str, Sequence["Example"]]]) -> None:
    for name, shown in showing:
        ids = ", ".join(e.example_id for e in shown[:3])
        out.print(
            f"[bold yellow]{safe(name)} shows {number(len(shown))} withdrawn "
            f"({safe(ids)}): compile it again without.[/]",
            soft_wrap=True,
        )
