"""Draws the charts of a status: the course of each program, and the evidence of each rollout."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from lakegloss.core.monitoring.alert_states import AlertChange
from lakegloss.core.monitoring.courses import ProgramCourse
from lakegloss.core.monitoring.rollout_view import RolloutView
from lakegloss.core.report.data import money
from lakegloss.core.report.lines import Bound, ChartLine, LineChart, line_chart

_TIME = "%m-%d %H:%M"
_FLOOR, _CEILING = -2.0, 4.0
"""Evidence is drawn between a hundredth and ten thousand."""
_TALL, _LARGE = 160, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart, with what stands above it; `keys` are (class, name) of its lines."""

    heading: str
    now: str
    svg: Markup
    keys: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What one chart of a course shows: figures by name, as a person reads their values.

    Attributes:
        high: the value at the top; by default what fits, and `least` at the least.
    """

    heading: str
    figures: Sequence[tuple[str, str, str]]
    shown: Callable[[float | None], str]
    high: float | None = None
    least: float = 0.0


def share(value: float | None) -> str:
    """A share in percent; a dash where it is not known."""
    return "-" if value is None else f"{100 * value:.1f} %"


def milliseconds(value: float | None) -> str:
    """A time; a dash where it is not known."""
    if value is None:
        return "-"
    return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1_000:,.1f} s"


def _dollars(value: float | None) -> str:
    return "-" if value is None else money(value)


_KINDS = (
    _Kind(
        heading="Quality", shown=share, high=1.0,
        figures=(("quality_mean", "quality", "checks"), ("feedback_mean", "people", "people")),
    ),
    _Kind(
        heading="Latency", shown=milliseconds,
        figures=(("latency_mean", "mean", "mean"), ("latency_p95", "p95", "p95")),
    ),
    _Kind(
        heading="Failures", shown=share, least=0.1, figures=(("error_rate", "failed", "failed"),)
    ),
    _Kind(heading="Cost", shown=_dollars, figures=(("cost", "cost", "cost"),)),
)  # fmt: skip


def course_charts(
    course: ProgramCourse, changes: Sequence[AlertChange], prefix: str
) -> list[Drawn]:
    """Four charts of a program: quality, latency, failures and cost, with its alerts as marks."""
    mine = [
        one for one in changes
        if one.subject.title == course.title and course.begins <= one.at <= course.ends
    ]  # fmt: skip
    marks = [(_place(one.at, course.begins, course.ends), one.sentence) for one in mine]
    return [
        _course_chart(kind, course, marks, f"{prefix}-{number}")
        for number, kind in enumerate(_KINDS)
    ]


def _course_chart(
    kind: _Kind, course: ProgramCourse, marks: Sequence[tuple[float, str]], prefix: str
) -> Drawn:
    lines, keys, known = list[ChartLine](), list[tuple[str, str]](), list[float]()
    text, now = list[str](), "-"
    for figure, name, key in kind.figures:
        points = [
            (_place(point.begins, course.begins, course.ends), point.figures.get(figure))
            for point in course.points
        ]
        values = [value for _, value in points if value is not None]
        if not values:
            continue
        known += values
        lines.append(ChartLine(key=key, name=name, points=points))
        keys.append((key, name))
        now = kind.shown(values[-1]) if now == "-" else now
        text.append(
            f"{name}: lowest {kind.shown(min(values))}, highest {kind.shown(max(values))}, "
            f"last {kind.shown(values[-1])}"
        )
    most = kind.high or max([kind.least, *known], default=0.0)
    svg = line_chart(
        LineChart(
            lines=lines, title=f"{kind.heading} of {course.title}", low=0.0, high=most or 1.0,
            text="; ".join(text) or "No event tells it.", marks=marks, id_prefix=prefix,
            bounds=[Bound(at=most, label=kind.shown(most), key="grid")] if known else [],
            left=f"{course.begins:{_TIME}}", right=f"{course.ends:{_TIME}}",
        )
    )  # fmt: skip
    return Drawn(heading=kind.heading, now=now, svg=Markup(svg), keys=keys)  # noqa: S704 - escaped by line_chart


def rollout_charts(view: RolloutView, now: datetime, prefix: str) -> list[Drawn]:
    """Three charts of a rollout: evidence by pairs, hard failures by answers, and the share."""
    needed = float(view.finding.get("needed") or 100.0)
    promote = float(view.finding.get("needed_to_promote") or 20.0)
    lines = view.lines
    back = Bound(at=math.log10(needed), label=f"{needed:g}: taken back", key="worse")
    goes = Bound(at=math.log10(promote), label=f"{promote:g}: may be promoted", key="better")
    none = Bound(at=0.0, label="1: nothing known", key="grid")
    return [
        _evidence_chart(
            "Evidence by pairs", [("worse", "worse", lines.worse),
                                  ("better", "not worse", lines.not_worse)],
            [back, goes, none], "pairs", f"{prefix}-pairs",
        ),
        _evidence_chart(
            "Evidence of hard failures", [("worse", "fails too often", lines.failing)],
            [back, none], "answers", f"{prefix}-answers",
        ),
        _share_chart(view, now, f"{prefix}-share"),
    ]  # fmt: skip


def _evidence_chart(
    heading: str,
    found: Sequence[tuple[str, str, Sequence[float]]],
    bounds: Sequence[Bound],
    unit: str,
    prefix: str,
) -> Drawn:
    count = max(len(values) for _, _, values in found)
    lines = [
        ChartLine(
            key=key, name=name,
            points=[(n / count, _log(value)) for n, value in enumerate([1.0, *values])],
        )
        for key, name, values in found if values
    ]  # fmt: skip
    text = "; ".join(f"{name}: {_amount(values[-1])}" for _, name, values in found if values)
    chart = LineChart(
        lines=lines, title=heading, text=text or "Nothing was read yet.", low=_FLOOR,
        high=_CEILING, bounds=bounds, left="0", right=f"{count} {unit}", height=_TALL,
        id_prefix=prefix,
    )  # fmt: skip
    return Drawn(
        heading=heading, now=text or "nothing was read yet", svg=Markup(line_chart(chart)),  # noqa: S704 - escaped by line_chart
        keys=[(key, name) for key, name, values in found if values],
    )  # fmt: skip


def _share_chart(view: RolloutView, now: datetime, prefix: str) -> Drawn:
    begins = view.steps[0].at
    ends = max(now if view.last.is_active else view.last.at, begins + timedelta(minutes=1))
    points: list[tuple[float, float | None]] = [
        (_place(row.at, begins, ends), row.served_share) for row in view.steps
    ]
    points.append((1.0, view.last.served_share))
    marks = [
        (_place(row.at, begins, ends), f"{row.at:{_TIME}} {row.event}: {row.reason}")
        for row in view.steps if row.event != "stay"
    ]  # fmt: skip
    told = ", ".join(f"{row.at:{_TIME}} {share(row.served_share)}" for row in view.steps)
    chart = LineChart(
        lines=[ChartLine(key="share", name="share", points=points, is_stepped=True)],
        title=f"Share of {view.name}/{view.last.challenger}", text=told, low=0.0, high=1.0,
        bounds=[Bound(at=1.0, label="100 %", key="grid"), Bound(at=0.5, label="50 %", key="grid")],
        marks=marks, left=f"{begins:{_TIME}}", right=f"{ends:{_TIME}}", height=_TALL,
        id_prefix=prefix,
    )  # fmt: skip
    return Drawn(
        heading="Share of the work", now=share(view.last.served_share),
        svg=Markup(line_chart(chart)),  # noqa: S704 - escaped by line_chart
    )  # fmt: skip


def _log(value: float) -> float:
    return _CEILING if math.isinf(value) else math.log10(max(value, 10**_FLOOR))


def _amount(value: float) -> str:
    if math.isinf(value):
        return "certain"
    return f"{value:,.1f}" if value < _LARGE else f"over {_LARGE:,}"


def _place(at: datetime, begins: datetime, ends: datetime) -> float:
    return (at - begins) / (ends - begins)
