"""Defines the commands of gradual rollouts, and the one that explains each of their steps."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lakegloss.cli.console import note, out, plural
from lakegloss.cli.options import Config, Home, Sets, Wait, opened_lake, read_settings
from lakegloss.cli.production.rollout_traffic import traffic
from lakegloss.core.text.terminal import safe
from lakegloss.errors import InputError, SettingsError

if TYPE_CHECKING:  # they take seconds to import, and help does not need them
    from lakegloss.core.release.decisions import Release
    from lakegloss.core.release.rollout_steps import RolloutRow
    from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts

RolloutName = Annotated[str, typer.Argument(help="The registered name of the program.")]
WhyText = Annotated[str, typer.Option(help="Why, for the ledger.")]
_SHOWN = 30
_TABLES = 5

rollout = typer.Typer(
    help="Release a version step by step, with automatic rollback.", no_args_is_help=True
)


@rollout.command()
def start(
    name: RolloutName,
    number: Annotated[
        int, typer.Argument(min=0, help="The version's number; 0 is the challenger.")
    ] = 0,
    minutes: Annotated[float, typer.Option(min=0.01, help="A stage lasts this at least.")] = 60.0,
    shares: Annotated[
        str | None,
        typer.Option(help="Percent that get the new version, stage by stage: 10,25,50,75,100."),
    ] = None,
    shadow: Annotated[
        float,
        typer.Option(
            min=0,
            max=100,
            help="Percent of the champion's tables, and of its requests in the service, that the "
            "new version answers, too, for nobody to see; it begins with a stage in which it does "
            "nothing else.",
        ),
    ] = 0.0,
    margin: Annotated[
        float, typer.Option(help="How much worse, in scores from 0 to 1, is not worse.")
    ] = 0.05,
    failure_limit: Annotated[
        float, typer.Option(help="The rate of hard failures that is allowed.")
    ] = 0.01,
    again: Annotated[
        bool, typer.Option("--again", help="Also a version that was taken back before.")
    ] = False,
    reason: WhyText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Let a version answer the first share; `step` takes it further."""
    from lakegloss.core.release.guard import GuardRules
    from lakegloss.core.release.rollout_steps import RolloutRules

    try:
        guard = GuardRules(margin=margin, failure_limit=failure_limit)
    except ValueError:
        raise SettingsError(
            "margin and failure-limit are shares.", remedy="Write .05 or .01, for example."
        ) from None
    chosen = _shares(shares or f"{'0,' * (shadow > 0)}10,25,50,75,100")
    rules = RolloutRules(shares=chosen, window=60 * minutes, guard=guard, shadow=shadow / 100)
    with _opened(config, home, sets, wait) as opened:
        _tell(opened.start(name, number, rules=rules, reason=reason, again=again))
    note(f"Next: lakegloss rollout step {safe(name)}, every few minutes (docs/production.md)")


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) / 100 for part in text.split(","))
    except ValueError:
        raise SettingsError(
            f"{text!r} is no list of percent.", remedy="Write 10,25,50,75,100."
        ) from None


@rollout.command()
def step(
    name: RolloutName,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Look at the evidence, and go on, hold, promote or take the version back.

    Exit code 1: it was taken back, now or before.
    """
    with _opened(config, home, sets, wait) as opened:
        row = opened.rollouts.step(name)
    _tell(row)
    if row.state == "rolled back":
        note(f"`lakegloss releases {safe(name)} --comments` lists what it wrote")
        raise typer.Exit(1)


@rollout.command()
def pause(
    name: RolloutName,
    reason: WhyText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Stay at this share until `resume`; the guard goes on watching."""
    with _opened(config, home, sets, wait) as opened:
        _tell(opened.rollouts.pause(name, reason=reason, decided_by=opened.user))


@rollout.command()
def resume(
    name: RolloutName,
    reason: WhyText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Go on after a pause or a hold."""
    with _opened(config, home, sets, wait) as opened:
        _tell(opened.rollouts.resume(name, reason=reason, decided_by=opened.user))


@rollout.command()
def withdraw(
    name: RolloutName,
    reason: WhyText = "",
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Let the champion answer everything again, now."""
    with _opened(config, home, sets, wait) as opened:
        _tell(opened.rollouts.withdraw(name, reason=reason, decided_by=opened.user))
    note(f"`lakegloss releases {safe(name)} --comments` lists what it wrote")


rollout.command()(traffic)


def releases(
    name: RolloutName,
    comments: Annotated[
        bool, typer.Option("--comments", help="List the comments that the last challenger wrote.")
    ] = False,
    of: Annotated[
        int,
        typer.Option(min=0, help="With --comments: of this version; 0 is the last challenger."),
    ] = 0,
    undo: Annotated[
        bool, typer.Option("--undo", help="With --comments: restore what stood before them.")
    ] = False,
    config: Config = None,
    home: Home = None,
    sets: Sets = None,
    wait: Wait = None,
) -> None:
    """Explain each decision and each step of a rollout: what happened, when, and why."""
    if (undo or of) and not comments:
        option = "--undo" if undo else f"--of {of}"
        raise InputError(f"{option} needs --comments.", remedy=f"Write --comments {option}.")
    from lakegloss.lakehouse.apply.undo import undo as undo_run
    from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts

    settings = read_settings(config, home, sets, catalog_wait=wait)
    with opened_lake(settings) as spark:
        opened = OpenedRollouts(spark, settings)
        if comments:
            restore = (
                (lambda run, only: undo_run(spark, settings, run, only=only)) if undo else None
            )
            _show_comments(opened, name, of, restore)
            return
        rows = opened.rollouts.history(name)
        told: list[tuple[Any, str]] = [
            (row.at, _line(row)) for row in rows if row.event not in {"lease", "settle"}
        ]
        told += [(row.decided_at, _decision(row)) for row in opened.decisions(name)]
        beside = opened.in_shadow(rows[-1]) if rows else {}
    if not told:
        out.print(f"Nothing was decided on {safe(name)}. Start with: lakegloss promote, or rollout")
    for _, line in sorted(told, key=lambda pair: pair[0])[-_SHOWN:]:
        out.print(line, soft_wrap=True)
    if rows:
        _evidence(rows[-1].finding)
        _in_shadow(beside)


def _show_comments(
    opened: "OpenedRollouts", name: str, number: int, undo_run: "Callable[..., Any] | None"
) -> None:
    """List the comments of the challenger, and restore what stood before where that is wanted."""
    from lakegloss.lakehouse.apply.version_comments import take_back

    found = opened.comments(name, number)
    for comment in found:
        what = f"{comment.table}.{comment.column}" if comment.column else comment.table
        run = f"[dim]run {safe(comment.run_id)}[/dim]"
        out.print(f"{safe(what)}: {safe(comment.after, 200)}  {run}", soft_wrap=True)
    out.print(f"{plural(len(found), 'comment')} of the challenger; people's are not among them")
    if undo_run is not None and found:
        restored = sum(summary.applied for summary in take_back(found, undo_run))
        out.print(f"restored: {restored}")
    if drafts := opened.drafts(name, number):
        count = f"{plural(sum(drafts.values()), 'draft')} in {plural(len(drafts), 'table')}"
        tables = safe(" ".join(sorted(drafts)[:_TABLES]), 300)
        out.print(
            f"The next apply may write {count} of it: `lakegloss review reject TABLE` sets them "
            f"aside ({tables})",
            soft_wrap=True,
        )


@contextmanager
def _opened(config: Any, home: Any, sets: Any, wait: float | None) -> "Iterator[OpenedRollouts]":
    from lakegloss.release.rollouts.opened_rollouts import OpenedRollouts

    settings = read_settings(config, home, sets, catalog_wait=wait)
    with opened_lake(settings) as spark:
        yield OpenedRollouts(spark, settings)


def _tell(row: "RolloutRow") -> None:
    out.print(_line(row), soft_wrap=True)
    if not row.is_active and row.event != "settle":
        note(
            "services may not know it yet, as the registry did not answer; `lakegloss rollout step "
            f"{safe(row.name)}` tells them"
        )


def _line(row: "RolloutRow") -> str:
    who = f" {safe(row.decided_by)}:" if row.decided_by else ""
    share = f"version {row.challenger} gets {row.served_share:.0%}"
    event = "" if row.event == "settle" else f" {row.event},"
    return f"{row.at:%Y-%m-%d %H:%M:%S}{who}{event} rollout is {row.state}, {share}" + (
        f" ({safe(row.reason, 300)})" if row.reason else ""
    )


def _decision(release: "Release") -> str:
    number = f"version {release.version}" if release.version else "none"
    why = f" ({safe(release.reason, 200)})" if release.reason else ""
    return (
        f"{release.decided_at:%Y-%m-%d %H:%M:%S} {safe(release.decided_by)}: {release.action}, "
        f"{release.alias} is {number}{why}"
    )


def _in_shadow(found: Mapping[str, float]) -> None:
    """Show how the challenger did beside the champion, where it was asked to."""
    tables, callers = (int(found.get(name, 0)) for name in ("tables", "callers"))
    if tables or callers:
        units = [plural(tables, "table")] if tables or not callers else []
        units += [f"{plural(callers, 'caller')} of the service"] if callers else []
        better, worse, failed = (int(found[name]) for name in ("better", "worse", "failed"))
        out.print(
            f"[dim]in the shadow: {' and '.join(units)}, {better} better, {worse} worse, "
            f"{failed} failed, mean {found['mean']:+.3f}[/dim]",
            soft_wrap=True,
        )


def _evidence(finding: str) -> None:
    """Show how far the evidence is from its limits."""
    if not finding:
        return
    found = json.loads(finding)

    def amount(name: str) -> str:
        value = found.get(name)
        return "certain" if value is None else f"{value:,.1f}"

    out.print(
        f"[dim]evidence: worse {amount('worse')} of {found['needed']:.0f}, failing "
        f"{amount('failing')} of {found['needed']:.0f}, not worse {amount('not_worse')} of "
        f"{found['needed_to_promote']:.0f}; {found['items']} pairs, mean {found['mean']:+.3f}; "
        f"{found['failures']} of {found['answers']} answers failed[/dim]",
        soft_wrap=True,
    )
