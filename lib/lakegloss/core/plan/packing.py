"""Packs assets into requests: chooses which are asked about together.

Bounded-space first fit (Csirik and Johnson 2001): a few requests stay open, each table goes into
the first that has room, the oldest is closed when too many are open. It takes linear time and
depends on nothing but its input. A table that no request can hold is cut into parts, each with the
table's context; its comment is asked for once, with the first part.

What people wrote nearby (`core.house`) stands in a request as far as the tokens set aside for it
reach. Where people wrote nothing, requests are what they are without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lakegloss.core.assets import AssetKey, Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.house.choosing import chosen
from lakegloss.core.house.house_text import HouseText
from lakegloss.core.house.nearest import NearText
from lakegloss.core.plan.cards import (
    HOUSE_GUIDANCE,
    column_text,
    house_text,
    neighbours_text,
    short_schema,
    table_text,
)
from lakegloss.core.records import AskedAsset
from lakegloss.core.requests import estimate

BUCKETS = (512, 1024, 2048, 4096, 8192)
"""The values of max_tokens: only a few, so that requests can share one `ai_query` statement."""
LINE_OVERHEAD = 1
"""Tokens that a line costs in JSON besides its text: `","` is one token."""
_OPEN_BATCHES = 6
_ANSWER_TOKENS = {"concise": 36, "standard": 60, "detailed": 130}
_ANSWER_FRAME = 48
_ID_TOKENS = 2
_NEIGHBOURS_TOKENS = 160
_HOUSE_SHARE = 4
"""At most every fourth token of a request's cards goes to what people wrote nearby."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One comment to write.

    Attributes:
        column: the column's path; '' is the table itself.
        feedback: what was wrong with the answer before, where the model is asked again.
        guidance: lines of guidance that match the asset (`core.plan.guidance`).
        near: what people wrote of assets like this one, the nearest first.
    """

    column: str = ""
    fingerprint: str = ""
    feedback: str = ""
    guidance: tuple[str, ...] = ()
    near: tuple[NearText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWork:
    """The comments to write for one table. `evidence` is by column path."""

    table: Table
    wanted: tuple[Wanted, ...]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The assets of one request and what the model is told about them.

    Attributes:
        cards: lines as `core.plan.cards` writes them.
        assets: in the order of the cards; ids are t1, t2, ... and c1, c2, ...
        feedback: one line for each asset that is asked again, starting with its id.
        tokens: an estimate for cards, guidance and feedback.
        max_tokens: the most tokens that the answer may have, one of `BUCKETS`.
    """

    cards: tuple[str, ...]
    assets: tuple[AskedAsset, ...]
    guidance: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    tokens: int
    max_tokens: int


def pack(
    works: Sequence[TableWork],
    *,
    budget: int,
    fixed: int,
    max_assets: int,
    style: str = "standard",
    house: int = 0,
) -> list[Batch]:
    """Pack these assets into requests, each asset into exactly one.

    A request has at most `budget` input tokens, `fixed` of them in every request (instructions,
    schema, style), and asks for at most `max_assets` comments; only a request for a single asset
    may have more tokens. `style` (concise, standard, detailed) decides how long the answer can get.
    At most `house` of these tokens are for what people wrote nearby.

    Raises:
        KeyError: a wanted column is not among the table's columns.
    """
    room = _Room(budget - fixed, house)
    most_assets = max(1, min(max_assets, _answers_within(BUCKETS[-1], style)))
    open_drafts: list[_Draft] = []
    closed_drafts: list[_Draft] = []
    for work in works:
        for part in _split_table(work, room, most_assets):
            draft = next((d for d in open_drafts if d.has_room(part, most_assets)), None)
            if draft is None:
                if len(open_drafts) == _OPEN_BATCHES:
                    closed_drafts.append(open_drafts.pop(0))
                draft = _Draft(room)
                open_drafts.append(draft)
            draft.add(part)
    return [draft.batch(style) for draft in closed_drafts + open_drafts]


def max_tokens(assets: int, style: str) -> int:
    """The smallest bucket that surely holds an answer for so many assets."""
    need = _ANSWER_FRAME + assets * _ANSWER_TOKENS[style]
    return next((bucket for bucket in BUCKETS if bucket >= need), BUCKETS[-1])


class _Room:
    """The tokens of a request's cards, and how many of them what people wrote nearby may take."""

    def __init__(self, tokens: int, house: int) -> None:
        self.tokens = tokens
        self.house = max(0, min(house, tokens // _HOUSE_SHARE) - _cost(HOUSE_GUIDANCE))

    def house_of(self, near: Iterable[Sequence[NearText]]) -> int:
        """What these texts may take: all of them, each once, or the most that is allowed."""
        costs: dict[AssetKey, int] = {}
        total = 0
        for item in (item for items in near for item in items):
            if total >= self.house:
                break
            if item.text.key not in costs:
                costs[item.text.key] = _house_cost(item.text)
                total += costs[item.text.key]
        return min(self.house, total)

    def without_house(self, house: int) -> int:
        """The tokens that are left for other cards where texts may take so many."""
        house = min(self.house, house)
        return self.tokens - (house + _cost(HOUSE_GUIDANCE) if house else 0)


def _house_cost(item: HouseText) -> int:
    return _cost(house_text(item, own=False))


def _answers_within(tokens: int, style: str) -> int:
    return (tokens - _ANSWER_FRAME) // _ANSWER_TOKENS[style]


def _cost(line: str) -> int:
    return estimate(line) + LINE_OVERHEAD


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is asked about, without its id yet; tokens include the id and the feedback."""

    wanted: Wanted
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A table, or some of its columns; every part has the head and the neighbours."""

    table: Table
    head: str
    neighbours: tuple[str, ...]
    lines: tuple[_Line, ...]
    tokens: int
    guidance: tuple[str, ...]
    house: int


def _split_table(work: TableWork, room: _Room, most_assets: int) -> Iterator[_Part]:
    """Yield the whole table where a request can hold it, else parts that each fill a request."""
    if not work.wanted:
        return
    head = table_text(work.table, work.evidence)
    lines = _lines_of(work, head)
    whole = _make_part(work, head, lines, room)
    left = room.without_house(whole.house)
    if len(lines) <= most_assets and whole.tokens + _guidance_cost(whole.guidance) <= left:
        yield whole
        return
    for run in _split_lines(
        lines, left - _cost(head) - _ID_TOKENS - _NEIGHBOURS_TOKENS, most_assets
    ):
        part = _make_part(work, head, run, room)
        fits = part.tokens + _guidance_cost(part.guidance) <= left
        yield part if fits else _make_part(work, head, run, room, alone=True)


def _lines_of(work: TableWork, head: str) -> list[_Line]:
    columns = {column.path: column for column in work.table.columns}
    schema = short_schema(work.table.name)
    lines = []
    for wanted in sorted(work.wanted, key=lambda w: bool(w.column)):
        path = wanted.column
        text = column_text(columns[path], work.evidence.get(path), schema=schema) if path else head
        # The part counts the head, which it has whether or not the head is asked about.
        tokens = _cost(text) + _ID_TOKENS if path else 0
        feedback = _cost(wanted.feedback) + _ID_TOKENS if wanted.feedback else 0
        lines.append(_Line(wanted, text, tokens + feedback))
    return lines


def _split_lines(lines: Sequence[_Line], room: int, most_lines: int) -> Iterator[list[_Line]]:
    """Yield consecutive lines, as many as fit; a line that fits nowhere stands alone."""
    run: list[_Line] = []
    used = 0
    seen: set[str] = set()
    for line in lines:
        added = line.tokens + _guidance_cost(g for g in line.wanted.guidance if g not in seen)
        if run and (used + added > room or len(run) == most_lines):
            yield run
            run, used, seen = [], 0, set()
            added = line.tokens + _guidance_cost(line.wanted.guidance)
        run.append(line)
        used += added
        seen.update(line.wanted.guidance)
    if run:
        yield run


def _make_part(
    work: TableWork, head: str, lines: Sequence[_Line], room: _Room, *, alone: bool = False
) -> _Part:
    asked = {line.wanted.column for line in lines}
    others = [] if alone else [c.path for c in work.table.columns if c.path not in asked]
    neighbours = _cost(neighbours_text(others)) if others else 0
    tokens = _cost(head) + _ID_TOKENS + neighbours
    guidance = dict.fromkeys(g for line in lines for g in line.wanted.guidance)
    return _Part(
        work.table,
        head,
        tuple(others),
        tuple(lines),
        tokens + sum(line.tokens for line in lines),
        tuple(guidance),
        room.house_of(line.wanted.near for line in lines),
    )


def _guidance_cost(lines: Iterable[str]) -> int:
    return sum(_cost(line) for line in lines)


class _Draft:
    """A request that is being filled."""

    def __init__(self, room: _Room) -> None:
        self.room = room
        self.parts: list[_Part] = []
        self.guidance: dict[str, None] = {}
        self.tokens = 0
        self.house = 0
        self.assets = 0

    def has_room(self, part: _Part, most_assets: int) -> bool:
        added = part.tokens + _guidance_cost(g for g in part.guidance if g not in self.guidance)
        left = self.room.without_house(self.house + part.house)
        return self.assets + len(part.lines) <= most_assets and self.tokens + added <= left

    def add(self, part: _Part) -> None:
        self.tokens += part.tokens
        self.tokens += _guidance_cost(g for g in part.guidance if g not in self.guidance)
        self.guidance.update(dict.fromkeys(part.guidance))
        self.house += part.house
        self.parts.append(part)
        self.assets += len(part.lines)

    def _house(self) -> list[HouseText]:
        """What of the texts nearby stands in the request: as much as there is room for."""
        near = [line.wanted.near for part in self.parts for line in part.lines]
        left = self.room.tokens - self.tokens - _cost(HOUSE_GUIDANCE)
        if not any(near):
            return []
        asked = {
            AssetKey(part.table.name, line.wanted.column)
            for part in self.parts
            for line in part.lines
        }
        return chosen(near, room=min(self.room.house, left), cost=_house_cost, asked=asked)

    def batch(self, style: str) -> Batch:
        house = self._house()
        under: dict[str, list[str]] = {part.table.name: [] for part in self.parts}
        cards: list[str] = []
        for text in house:
            own = bool(text.column) and text.table in under
            (under[text.table] if own else cards).append(house_text(text, own=own))
        asked: list[tuple[str, _Part, Wanted]] = []
        columns = 0
        for number, part in enumerate(self.parts, start=1):
            lines = list(part.lines)
            head = None if lines[0].wanted.column else lines.pop(0)
            cards.append(f"{f't{number}' if head else 'table'} {part.head}")
            if head:
                asked.append((f"t{number}", part, head.wanted))
            shown = {text.column for text in house if text.table == part.table.name}
            if neighbours := [path for path in part.neighbours if path not in shown]:
                cards.append(neighbours_text(neighbours))
            cards += under.pop(part.table.name, [])
            for line in lines:
                columns += 1
                cards.append(f"c{columns} {line.text}")
                asked.append((f"c{columns}", part, line.wanted))
        more = (HOUSE_GUIDANCE,) if house else ()
        return Batch(
            cards=tuple(cards),
            assets=tuple(_asked_asset(id_, part.table.name, wanted) for id_, part, wanted in asked),
            guidance=(*self.guidance, *more),
            feedback=tuple(f"{i}: {w.feedback}" for i, _, w in asked if w.feedback),
            tokens=self.tokens + _guidance_cost(more) + sum(map(_house_cost, house)),
            max_tokens=max_tokens(self.assets, style),
        )


def _asked_asset(id_: str, table: str, wanted: Wanted) -> AskedAsset:
    return AskedAsset(id=id_, table=table, column=wanted.column, fingerprint=wanted.fingerprint)
