"""Draws boxes that refer to each other as SVG text, without scripts, fonts or colours of its own.

Boxes stand in layers: one that refers to others is to the left of them, so that lines run from
left to right; a line that closes a circle runs back. Within a layer boxes stand near those that
they are connected with (mean of the neighbours' places: Sugiyama and others 1981). Sizes are in
pixels, so that text is legible at any width; a wide picture is scrolled.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain

from lakegloss.core.text.terminal import shorten, visible

WIDTH, GAP = 196, 84
HEAD, ROW, PAD = 26, 18, 6
BETWEEN, MARGIN = 16, 12
_LABEL, _TEXT = 25, 27
_SWEEPS = 4
_DESCRIBED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """A line in a box; the page gives the class `p-<kind>` its look."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box; a faint one is no part of what the picture is about."""

    name: str
    label: str
    rows: tuple[BoxRow, ...] = ()
    faint: bool = False

    @property
    def height(self) -> int:
        return HEAD + len(self.rows) * ROW + (PAD if self.rows else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPlace:
    """Where a line ends: at a row of a box, or at its head (row is None)."""

    node: str
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line from the box that refers to the box that is referred to."""

    source: BoxPlace
    target: BoxPlace
    title: str


def draw(nodes: Sequence[Node], links: Sequence[Link], *, title: str, id_prefix: str) -> str:
    """Draw the boxes and their lines; the same input makes the same picture.

    Args:
        nodes: each name once; every link's ends are among them.
        title: what the picture shows, read aloud and not drawn.
        id_prefix: unique in the page.
    """
    by_name = {node.name: node for node in nodes}
    targets = _targets(nodes, links)
    layers = _ordered(_layers(targets), targets)
    spots = _spots(layers, by_name)
    width = 2 * MARGIN + len(layers) * WIDTH + (len(layers) - 1) * GAP
    height = max((spots[name][1] + by_name[name].height for name in spots), default=0) + MARGIN
    body = [*(_line(link, spots) for link in links)]
    body += [_box(by_name[name], *spots[name]) for name in chain.from_iterable(layers)]
    return _svg("".join(body), _about(links), title=title, size=(width, height), name=id_prefix)


def _targets(nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, list[str]]:
    targets: dict[str, dict[str, None]] = {node.name: {} for node in nodes}
    for link in links:
        if link.source.node != link.target.node:
            targets[link.source.node][link.target.node] = None
    return {name: list(others) for name, others in targets.items()}


def _layers(targets: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The layers from left to right: a box is one to the left of the farthest that it refers to."""
    depths: dict[str, int] = {}
    for start in targets:
        _measure(start, targets, depths)
    deepest = max(depths.values(), default=0)
    layers: list[list[str]] = [[] for _ in range(deepest + 1)]
    for name, depth in depths.items():
        layers[deepest - depth].append(name)
    return [layer for layer in layers if layer]


def _measure(start: str, targets: Mapping[str, Sequence[str]], depths: dict[str, int]) -> None:
    """Note how far the chain of references goes on from a box; circles are cut where they close."""
    path, waiting = [start], {start: list(targets[start])}
    while path:
        name = path[-1]
        if name in depths:
            path.pop()
            continue
        later = next((t for t in waiting[name] if t not in depths and t not in waiting), None)
        if later is not None:
            path.append(later)
            waiting[later] = list(targets[later])
            continue
        known = [depths[t] for t in targets[name] if t in depths]
        depths[name] = 1 + max(known) if known else 0
        path.pop()


def _ordered(layers: list[list[str]], targets: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Order each layer by where the boxes stand that it is connected with."""
    around: defaultdict[str, list[str]] = defaultdict(list)
    for name, others in targets.items():
        for other in others:
            around[name].append(other)
            around[other].append(name)
    ordered = [sorted(layer, key=lambda name: (-len(around[name]), name)) for layer in layers]
    for sweep in range(_SWEEPS):
        steps = range(len(ordered)) if sweep % 2 else reversed(range(len(ordered)))
        for step in steps:
            beside = ordered[step + 1 :] if sweep % 2 == 0 else ordered[:step]
            where = _relative(beside)
            own = {name: n / max(1, len(ordered[step])) for n, name in enumerate(ordered[step])}
            ordered[step].sort(key=lambda name: _mean(name, around, where, own))
    return ordered


def _relative(layers: Sequence[Sequence[str]]) -> dict[str, float]:
    return {
        name: (place + 0.5) / len(layer) for layer in layers for place, name in enumerate(layer)
    }


def _mean(
    name: str,
    around: Mapping[str, Sequence[str]],
    where: Mapping[str, float],
    own: Mapping[str, float],
) -> float:
    places = [where[other] for other in around.get(name, ()) if other in where]
    return sum(places) / len(places) if places else own[name]


def _spots(
    layers: Sequence[Sequence[str]], nodes: Mapping[str, Node]
) -> dict[str, tuple[int, int]]:
    """The left upper corner of each box; each layer is in the middle of the picture's height."""
    heights = [sum(nodes[n].height + BETWEEN for n in layer) - BETWEEN for layer in layers]
    tallest = max(heights, default=0)
    spots = {}
    for number, layer in enumerate(layers):
        top = MARGIN + (tallest - heights[number]) // 2
        for name in layer:
            spots[name] = (MARGIN + number * (WIDTH + GAP), top)
            top += nodes[name].height + BETWEEN
    return spots


def _line(link: Link, spots: Mapping[str, tuple[int, int]]) -> str:
    left, start = _end(link.source, spots)
    other, end = _end(link.target, spots)
    title = f"<title>{escape(visible(link.title))}</title>"
    if link.source.node == link.target.node:
        x = left + WIDTH
        curve = f"M{x} {start}c34 0 34 {end - start} 0 {end - start}"
        return f'<g class="link"><path d="{curve}"/>{title}{_tip(x, end, -1)}</g>'
    to_right = other > left
    x, target = (left + WIDTH, other) if to_right else (left, other + WIDTH)
    bend = max(30, abs(target - x) // 2) * (1 if to_right else -1)
    curve = f"M{x} {start}C{x + bend} {start} {target - bend} {end} {target} {end}"
    tip = _tip(target, end, 1 if to_right else -1)
    return f'<g class="link"><path d="{curve}"/>{tip}{title}</g>'


def _end(place: BoxPlace, spots: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    x, y = spots[place.node]
    return x, y + (HEAD // 2 if place.row is None else HEAD + place.row * ROW + ROW // 2)


def _tip(x: int, y: int, side: int) -> str:
    return f'<path class="tip" d="M{x} {y}l{-7 * side} -4v8z"/>'


def _box(node: Node, x: int, y: int) -> str:
    label = visible(node.label)
    rows = "".join(_row(row, x, y + HEAD + n * ROW) for n, row in enumerate(node.rows))
    faint = " faint" if node.faint else ""
    return (
        f'<g class="box{faint}"><rect x="{x}" y="{y}" width="{WIDTH}" height="{node.height}" '
        f'rx="6"/><text class="p-head" x="{x + 10}" y="{y + 17}">{escape(_cut(label, _LABEL))}'
        f"<title>{escape(visible(node.name))}</title></text>{rows}</g>"
    )


def _row(row: BoxRow, x: int, y: int) -> str:
    text = visible(row.text)
    return (
        f'<text class="p-{escape(row.kind)}" x="{x + 10}" y="{y + 13}">'
        f"{escape(_cut(text, _TEXT))}<title>{escape(text)}</title></text>"
    )


def _cut(text: str, width: int) -> str:
    """Cut a long name at its start: the end of a path tells more."""
    if len(text) <= width:
        return text
    return "…" + text[1 - width :] if "." in text else shorten(text, width)


def _about(links: Sequence[Link]) -> str:
    text = "; ".join(link.title for link in links[:_DESCRIBED])
    more = len(links) - _DESCRIBED
    return f"{text}; and {more:,} more" if more > 0 else text


def _svg(body: str, text: str, *, title: str, size: tuple[int, int], name: str) -> str:
    width, height = size
    key = escape(name)
    return (
        f'<svg class="picture" role="img" aria-labelledby="{key}-title {key}-desc" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{key}-title">{escape(visible(title))}'
        f'</title><desc id="{key}-desc">{escape(visible(text))}</desc>{body}</svg>'
    )
