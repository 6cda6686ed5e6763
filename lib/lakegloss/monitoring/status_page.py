"""Shows a status: as text for a terminal, and as one HTML file without scripts."""

from collections.abc import Sequence

from lakegloss import __version__
from lakegloss.core.monitoring.overview import ProgramStatus, StatusData, VersionPhase
from lakegloss.core.report.data import money
from lakegloss.core.text.terminal import shorten, visible
from lakegloss.lakehouse.report.inert_html import fill_template

_TIME = "%Y-%m-%d %H:%M"
_SHOWN = 40


def render_page(data: StatusData) -> str:
    """The whole page; the same data make the same page."""
    values = {
        "data": data,
        "version": __version__,
        "bars": [(phase, *_place(phase, data)) for phase in data.phases],
        "names": sorted({phase.name for phase in data.phases}),
    }
    filters = {"share": share, "milliseconds": milliseconds, "time": lambda at: at.strftime(_TIME)}
    return fill_template("lakegloss.monitoring", "status.html.j2", values, filters=filters)


def render_text(data: StatusData) -> list[str]:
    """The status in lines of plain text, safe for a terminal."""
    lines = [f"Programs in the last {data.hours:g} hours"]
    lines += [_line_of(program) for program in data.programs[:_SHOWN]] or ["  no events"]
    lines += ["", f"Alerts that are on: {len(data.firing)}"]
    lines += [f"  since {one.at:{_TIME}} UTC  {one.sentence}" for one in data.firing]
    if data.phases:
        lines += ["", "Versions"]
        lines += [_line_of_phase(phase) for phase in data.phases[-_SHOWN:]]
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
        f"people {share(figures['feedback_mean'])}",
        f"{program.tokens:,} tokens",
    ]
    if program.cost is not None:
        parts.append(money(program.cost))
    return f"  {shorten(program.title, 60)}: {', '.join(parts)}"


def _line_of_phase(phase: VersionPhase) -> str:
    ends = "now" if phase.ends is None else f"{phase.ends:{_TIME}}"
    part = "" if phase.share is None else f", {share(phase.share)} of the work"
    return (
        f"  {phase.name}/{phase.version} {phase.alias} from {phase.begins:{_TIME}} to {ends}{part}"
    )


def share(value: float | None) -> str:
    """A share in percent; a dash where it is not known."""
    return "-" if value is None else f"{100 * value:.1f} %"


def milliseconds(value: float | None) -> str:
    """A time; a dash where it is not known."""
    if value is None:
        return "-"
    return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1_000:,.1f} s"


def _place(phase: VersionPhase, data: StatusData) -> Sequence[float]:
    """Where a phase lies on the time line, and how long it is, in percent of its width."""
    first = min(one.begins for one in data.phases)
    whole = max((data.at - first).total_seconds(), 1.0)
    start = (phase.begins - first).total_seconds() / whole
    end = 1.0 if phase.ends is None else (phase.ends - first).total_seconds() / whole
    start, end = min(max(start, 0.0), 1.0), min(max(end, 0.0), 1.0)
    return round(100 * start, 3), round(max(100 * (end - start), 0.3), 3)
