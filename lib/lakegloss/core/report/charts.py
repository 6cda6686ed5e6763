"""Draws bar charts as SVG text, without scripts, fonts or colours of their own.

Positions along a bar are in percent and heights in pixels, so that a chart fills its page at any
width with text of constant size. Colours come from the page: each part of a bar has the class
`s-<key>`. Every chart carries a title and a description for those who cannot see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from lakegloss.core.text.terminal import shorten, visible

ROW = 46
COMPACT_ROW = 25
STRIP = 24
_LABEL = 30
_COMPACT_LABEL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: `parts` are (series key, value) from left to right; `note` stands at the right."""

    label: str
    parts: Sequence[tuple[str, float]]
    note: str = ""
    ghost: Sequence[tuple[str, float]] = ()
    """A thinner bar above, for the state before."""


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str,
    names: Mapping[str, str],
    whole: float | None = None,
    id_prefix: str,
) -> str:
    """Draw horizontal bars, one below the other, each with its label above.

    Args:
        bars: values are 0 or more, of one unit.
        title: what the chart shows, read aloud and not drawn.
        names: the series' names for people, by key; tooltips show them.
        whole: the value that fills the width; by default the largest sum of a bar.
        id_prefix: unique in the page.
    """
    most = whole if whole is not None else max((_total(bar.parts) for bar in bars), default=0.0)
    tall = any(bar.ghost for bar in bars)
    row = ROW + 6 if tall else ROW
    rows = [
        _row(bar, top=index * row, most=most or 1.0, names=names, tall=tall)
        for index, bar in enumerate(bars)
    ]
    descriptions = "; ".join(_description_of(bar, names) for bar in bars)
    return _svg("".join(rows), title=title, text=descriptions, height=len(bars) * row, id=id_prefix)


def count_chart(
    counts: Sequence[tuple[str, float]], *, title: str, key: str, id_prefix: str
) -> str:
    """Draw one line for each count: its name, a bar to scale and the number.

    Args:
        counts: names and values, in the order in which they are drawn.
        title: what the chart shows, read aloud and not drawn.
        key: the class of the bars is `s-<key>`.
        id_prefix: unique in the page.
    """
    most = max((value for _, value in counts), default=0.0) or 1.0
    rows = [
        _line(name, value / most, number(value), top=index * COMPACT_ROW, key=key)
        for index, (name, value) in enumerate(counts)
    ]
    text = "; ".join(f"{name}: {number(value)}" for name, value in counts)
    height = len(counts) * COMPACT_ROW
    return _svg("".join(rows), title=title, text=text, height=height, id=id_prefix)


def _line(name: str, share: float, note: str, *, top: int, key: str) -> str:
    """Draw one line: the label takes 46 percent, the bar the next 44, the number the rest."""
    return (
        _label(name, top + 16, _COMPACT_LABEL)
        + f'<rect class="track" x="46%" y="{top + 5}" width="44%" height="14" rx="3"/>'
        + f'<rect class="s-{escape(key)}" x="46%" y="{top + 5}" width="{share * 0.44:.3%}" '
        + f'height="14" rx="3"/>{_note(note, top + 16)}'
    )


def _label(text: str, y: int, width: int) -> str:
    label = visible(text)
    return (
        f'<text class="label" x="0" y="{y}">{escape(shorten(label, width))}'
        f"<title>{escape(label)}</title></text>"
    )


def _note(text: str, y: int) -> str:
    return f'<text class="note" x="100%" y="{y}" text-anchor="end">{escape(visible(text))}</text>'


def strip_chart(
    parts: Sequence[tuple[str, float]], *, title: str, names: Mapping[str, str], id_prefix: str
) -> str:
    """Draw one thick bar whose parts fill the whole width."""
    bar = Bar(label="", parts=parts)
    body = _track(0, STRIP) + _parts(parts, 0, STRIP, _total(parts) or 1.0, names)
    return _svg(body, title=title, text=_description_of(bar, names), height=STRIP, id=id_prefix)


def _row(bar: Bar, *, top: int, most: float, names: Mapping[str, str], tall: bool) -> str:
    text = _label(bar.label, top + 14, _LABEL) + _note(bar.note, top + 14)
    if not tall:
        return text + _track(top + 22, 12) + _parts(bar.parts, top + 22, 12, most, names)
    return (
        text
        + _track(top + 22, 5)
        + _parts(bar.ghost, top + 22, 5, most, names)
        + _track(top + 29, 12)
        + _parts(bar.parts, top + 29, 12, most, names)
    )


def _track(top: int, height: int) -> str:
    return f'<rect class="track" x="0" y="{top}" width="100%" height="{height}" rx="3"/>'


def _parts(
    parts: Sequence[tuple[str, float]],
    top: int,
    height: int,
    most: float,
    names: Mapping[str, str],
) -> str:
    starts = accumulate((value for _, value in parts), initial=0.0)
    return "".join(
        f'<rect class="s-{escape(key)}" x="{start / most:.3%}" y="{top}" '
        f'width="{value / most:.3%}" height="{height}">'
        f"<title>{escape(visible(names.get(key, key)))}: {number(value)}</title></rect>"
        for (key, value), start in zip(parts, starts, strict=False)
        if value > 0
    )


def _description_of(bar: Bar, names: Mapping[str, str]) -> str:
    parts = ", ".join(f"{names.get(key, key)} {number(value)}" for key, value in bar.parts if value)
    return f"{bar.label}: {parts or 'none'}" if bar.label else parts or "none"


def _svg(body: str, *, title: str, text: str, height: int, id: str) -> str:  # noqa: A002
    name = escape(id)
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'width="100%" height="{max(height, 1)}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(visible(title))}</title>'
        f'<desc id="{name}-desc">{escape(visible(text))}</desc>{body}</svg>'
    )


def _total(parts: Sequence[tuple[str, float]]) -> float:
    return sum(value for _, value in parts)


def number(value: float) -> str:
    """Write a number for people: 1,234; 12,345; 1.2 M."""
    if abs(value) >= 10_000_000:
        return f"{value / 1_000_000:,.0f} M"
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:,.1f} M"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
