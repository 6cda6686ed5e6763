"""Draws line charts as SVG text, without scripts, fonts or colours of their own.

A chart fills its page at any width: lines are stretched, their strokes and all text are not.
Colours come from the page: a line has the class `l-<key>`. Its title and text are read aloud.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from lakegloss.core.text.terminal import visible

_TOP, _BOTTOM, _WIDE = 6, 18, 1_000
_MARGIN = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """One line; `points` are (x from 0 to 1, y), and y is None where nothing is known."""

    key: str
    name: str
    points: Sequence[tuple[float, float | None]]
    is_stepped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A level that is marked across a chart: what a line should stay below, or must reach."""

    at: float
    label: str
    key: str = "bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """What `line_chart` draws.

    Attributes:
        title, text: what it shows, read aloud; the title is not drawn.
        low, high: the values at the bottom and at the top.
        left, right: what stands below the ends of the x axis.
        marks: x positions of events, from 0 to 1, with their texts.
        id_prefix: unique in the page.
    """

    lines: Sequence[ChartLine]
    title: str
    text: str
    low: float
    high: float
    id_prefix: str
    bounds: Sequence[Bound] = ()
    marks: Sequence[tuple[float, str]] = field(default_factory=tuple)
    left: str = ""
    right: str = ""
    height: int = 90


def line_chart(chart: LineChart) -> str:
    """Draw lines over one x axis. A gap is drawn where a value is not known, never a zero."""
    name, plot = escape(chart.id_prefix), chart.height - _TOP - _BOTTOM
    inner = "".join([*_marks(chart, plot), *_bounds(chart, plot), *_paths(chart, plot)])
    labels = "".join(
        f'<text class="note" x="0" y="{_TOP + _y(bound.at, chart, plot) - 3:.1f}">'
        f"{escape(visible(bound.label))}</text>"
        for bound in chart.bounds
        if bound.label and chart.low <= bound.at <= chart.high
    )
    foot = chart.height - 4
    return (
        f'<svg class="plot" role="img" aria-labelledby="{name}-title {name}-desc" width="100%" '
        f'height="{chart.height}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(visible(chart.title))}</title>'
        f'<desc id="{name}-desc">{escape(visible(chart.text))}</desc>'
        f'<svg x="0" y="{_TOP}" width="100%" height="{plot}" viewBox="0 0 {_WIDE} {plot}" '
        f'preserveAspectRatio="none" overflow="visible">'
        f'<path class="axis" d="M0 {plot}H{_WIDE}"/>{inner}</svg>{labels}'
        f'<text class="note" x="0" y="{foot}">{escape(visible(chart.left))}</text>'
        f'<text class="note" x="100%" y="{foot}" text-anchor="end">'
        f"{escape(visible(chart.right))}</text></svg>"
    )


def _paths(chart: LineChart, plot: int) -> Iterator[str]:
    for line in chart.lines:
        drawn = " ".join(_path(piece, chart, plot, line) for piece in _pieces(line.points))
        if drawn:
            yield (
                f'<path class="line l-{escape(line.key)}" d="{drawn}">'
                f"<title>{escape(visible(line.name))}</title></path>"
            )


def _pieces(
    points: Sequence[tuple[float, float | None]],
) -> Iterator[list[tuple[float, float]]]:
    """The stretches of known values."""
    piece: list[tuple[float, float]] = []
    for x, y in points:
        if y is not None:
            piece.append((x, y))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _path(
    piece: Sequence[tuple[float, float]], chart: LineChart, plot: int, line: ChartLine
) -> str:
    (x, y), *rest = [(_WIDE * x, _y(y, chart, plot)) for x, y in piece]
    drawn = f"M{x:.1f} {y:.1f}"
    if not rest:
        return f"{drawn}h0.1"  # its round cap shows as a dot
    if line.is_stepped:
        return drawn + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)
    return drawn + "L" + " ".join(f"{x:.1f} {y:.1f}" for x, y in rest)


def _bounds(chart: LineChart, plot: int) -> Iterator[str]:
    for bound in chart.bounds:
        if chart.low <= bound.at <= chart.high:
            y = _y(bound.at, chart, plot)
            yield f'<path class="bound b-{escape(bound.key)}" d="M0 {y:.1f}H{_WIDE}"/>'


def _marks(chart: LineChart, plot: int) -> Iterator[str]:
    for x, text in chart.marks:
        at, told = _WIDE * min(1.0, max(0.0, x)), escape(visible(text))
        yield f'<path class="mark" d="M{at:.1f} 0V{plot}"><title>{told}</title></path>'


def _y(value: float, chart: LineChart, plot: int) -> float:
    """Pixels from the top; a little room is left, so that lines at the ends are seen."""
    span = chart.high - chart.low or 1.0
    part = min(1.0, max(0.0, (value - chart.low) / span))
    return plot * (1 - _MARGIN - part * (1 - 2 * _MARGIN))
