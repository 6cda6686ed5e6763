"""Shows a status: as text for a terminal, and as one HTML file without scripts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from lakegloss import __version__
from lakegloss.core.monitoring.overview import ProgramStatus, StatusData, VersionPhase
from lakegloss.core.monitoring.rollout_view import RolloutView
from lakegloss.core.report.data import money
from lakegloss.core.text.terminal import shorten, visible
from lakegloss.lakehouse.report.inert_html import fill_template
from lakegloss.monitoring.status_charts import (
    course_charts,
    milliseconds,
    rollout_charts,
    share,
)

_TIME = "%Y-%m-%d %H:%M"
_SHOWN = 40


def render_page(data: StatusData) -> str:
    """The whole page; the same data make the same page."""
    values = {
        "data": data,
        "version": __version__,
        "bars": [(phase, *_place(phase, data)) for phase in data.phases],
        "courses": [
            (course.title, course_charts(course, data.changes, f"course{number}"))
            for number, course in enumerate(data.courses)
        ],
        "rollouts": [
            (view, rollout_charts(view, data.at, f"rollout{number}"))
            for number, view in enumerate(data.rollouts)
        ],
    }
    filters: dict[str, Callable[..., str]] = {
        "share": share, "milliseconds": milliseconds, "time": _time,
    }  # fmt: skip
    return fill_template("lakegloss.monitoring", "status.html.j2", values, filters=filters)


def _time(at: datetime) -> str:
    return at.strftime(_TIME)


def render_text(data: StatusData) -> list[str]:
    """The status in lines of plain text, safe for a terminal."""
    lines = [f"Programs in the last {data.hours:g} hours"]
    lines += [_line_of(program) for program in data.programs[:_SHOWN]] or ["  no events"]
    lines += ["", f"Alerts that are on: {len(data.firing)}"]
    lines += [f"  since {one.at:{_TIME}} UTC  {one.sentence}" for one in data.firing]
    lines += [f"  {sentence}" for sentence in data.silent]
    if data.phases:
        lines += ["", "Versions"]
        lines += [_line_of_phase(phase) for phase in data.phases[-_SHOWN:]]
    if data.rollouts:
        lines += ["", "Rollouts"]
        lines += [_line_of_rollout(view) for view in data.rollouts]
    lines += ["", "Waiting for a person"]
    lines += [f"  {sentence}" for sentence in data.waiting] or ["  nothing"]
    return [visible(line) for line in lines]


def _line_of(program: ProgramStatus) -> str:
    figures = program.figures
    parts = [
        f"{program.calls:,} calls",
        f"{share(figures['success_rate'])} succeeded",
        f"{milliseconds(figures['latency_mean'])} on average",
        f"p95 {milliseconds(figures['latency_p95'])}",
        f"quality {share(figures['quality_mean'])}",
        *_unusable(program),
        f"people {share(figures['feedback_mean'])}",
        f"{program.tokens:,} tokens",
    ]
    if program.cost is not None:
        parts.append(money(program.cost))
    return f"  {shorten(program.title, 60)}: {', '.join(parts)}"


def _unusable(program: ProgramStatus) -> list[str]:
    """Which share of its drafts has no usable text of the program; nothing where all have one."""
    rate = program.figures["unusable_rate"]
    return [f"{share(rate)} of {program.proposals:,} drafts unusable"] if rate else []


def _line_of_phase(phase: VersionPhase) -> str:
    ends = "now" if phase.ends is None else f"{phase.ends:{_TIME}}"
    part = "" if phase.share is None else f", {share(phase.share)} of the work"
    return (
        f"  {phase.name}/{phase.version} {phase.alias} from {phase.begins:{_TIME}} to {ends}{part}"
    )


def _line_of_rollout(view: RolloutView) -> str:
    last, found = view.last, view.finding
    since = last.stage_since if last.is_active else last.at
    parts = [f"{last.state} since {since:{_TIME}}", f"{share(last.served_share)}"]
    if found:
        parts.append(
            f"evidence worse {_evidence(found['worse'])} of {found['needed']:g}, failing "
            f"{_evidence(found['failing'])} of {found['needed']:g}, not worse "
            f"{_evidence(found['not_worse'])} of {found['needed_to_promote']:g}"
        )
    why = f" ({last.reason})" if last.reason else ""
    return f"  {view.name}/{last.challenger}: {', '.join(parts)}{why}"


def _evidence(value: float | None) -> str:
    return "certain" if value is None else f"{value:,.1f}"


def _place(phase: VersionPhase, data: StatusData) -> Sequence[float]:
    """Where a phase lies on the time line, and how long it is, in percent of its width."""
    first = min(one.begins for one in data.phases)
    whole = max((data.at - first).total_seconds(), 1.0)
    start = (phase.begins - first).total_seconds() / whole
    end = 1.0 if phase.ends is None else (phase.ends - first).total_seconds() / whole
    start, end = min(max(start, 0.0), 1.0), min(max(end, 0.0), 1.0)
    return round(100 * start, 3), round(max(100 * (end - start), 0.3), 3)
