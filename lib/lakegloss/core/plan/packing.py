"""Packs assets into requests: chooses which are asked about together.

Bounded-space first fit (Csirik and Johnson 2001): a few requests stay open, each table goes into
the first that has room, the oldest is closed when too many are open. It takes linear time and
depends on nothing but its input. A table that no request can hold is cut into parts, each with the
table's context; its comment is asked for once, with the first part.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lakegloss.core.assets import Table
from lakegloss.core.evidence import Evidence
from lakegloss.core.plan.cards import column_text, neighbours_text, short_schema, table_text
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One comment to write.

    Attributes:
        column: the column's path; '' is the table itself.
        feedback: what was wrong with the answer before, where the model is asked again.
        guidance: lines of guidance that match the asset (`core.plan.guidance`).
    """

    column: str = ""
    fingerprint: str = ""
    feedback: str = ""
    guidance: tuple[str, ...] = ()


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
) -> list[Batch]:
    """Pack these assets into requests, each asset into exactly one.

    A request has at most `budget` input tokens, `fixed` of them in every request (instructions,
    schema, style), and asks for at most `max_assets` comments; only a request for a single asset
    may have more tokens. `style` (concise, standard, detailed) decides how long the answer can get.

    Raises:
        KeyError: a wanted column is not among the table's columns.
    """
    room = budget - fixed
    most_assets = max(1, min(max_assets, _answers_within(BUCKETS[-1], style)))
    open_drafts: list[_Draft] = []
    closed_drafts: list[_Draft] = []
    for work in works:
        for part in _split_table(work, room, most_assets):
            draft = next((d for d in open_drafts if d.has_room(part, room, most_assets)), None)
            if draft is None:
                if len(open_drafts) == _OPEN_BATCHES:
                    closed_drafts.append(open_drafts.pop(0))
                draft = _Draft()
                open_drafts.append(draft)
            draft.add(part)
    return [draft.batch(style) for draft in closed_drafts + open_drafts]


def max_tokens(assets: int, style: str) -> int:
    """The smallest bucket that surely holds an answer for so many assets."""
    need = _ANSWER_FRAME + assets * _ANSWER_TOKENS[style]
    return next((bucket for bucket in BUCKETS if bucket >= need), BUCKETS[-1])


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
    neighbours: str
    lines: tuple[_Line, ...]
    tokens: int
    guidance: tuple[str, ...]


def _split_table(work: TableWork, room: int, most_assets: int) -> Iterator[_Part]:
    """Yield the whole table where a request can hold it, else parts that each fill a request."""
    if not work.wanted:
        return
    head = table_text(work.table, work.evidence)
    lines = _lines_of(work, head)
    whole = _make_part(work, head, lines)
    if len(lines) <= most_assets and whole.tokens + _guidance_cost(whole.guidance) <= room:
        yield whole
        return
    for run in _split_lines(
        lines, room - _cost(head) - _ID_TOKENS - _NEIGHBOURS_TOKENS, most_assets
    ):
        part = _make_part(work, head, run)
        fits = part.tokens + _guidance_cost(part.guidance) <= room
        yield part if fits else _make_part(work, head, run, alone=True)


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


def _make_part(work: TableWork, head: str, lines: Sequence[_Line], *, alone: bool = False) -> _Part:
    asked = {line.wanted.column for line in lines}
    others = [] if alone else [c.path for c in work.table.columns if c.path not in asked]
    neighbours = neighbours_text(others) if others else ""
    tokens = _cost(head) + _ID_TOKENS + (_cost(neighbours) if neighbours else 0)
    guidance = dict.fromkeys(g for line in lines for g in line.wanted.guidance)
    return _Part(
        work.table,
        head,
        neighbours,
        tuple(lines),
        tokens + sum(line.tokens for line in lines),
        tuple(guidance),
    )


def _guidance_cost(lines: Iterable[str]) -> int:
    return sum(_cost(line) for line in lines)


class _Draft:
    """A request that is being filled."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.guidance: dict[str, None] = {}
        self.tokens = 0
        self.assets = 0

    def has_room(self, part: _Part, room: int, most_assets: int) -> bool:
        added = part.tokens + _guidance_cost(g for g in part.guidance if g not in self.guidance)
        return self.assets + len(part.lines) <= most_assets and self.tokens + added <= room

    def add(self, part: _Part) -> None:
        self.tokens += part.tokens
        self.tokens += _guidance_cost(g for g in part.guidance if g not in self.guidance)
        self.guidance.update(dict.fromkeys(part.guidance))
        self.parts.append(part)
        self.assets += len(part.lines)

    def batch(self, style: str) -> Batch:
        cards: list[str] = []
        asked: list[tuple[str, _Part, Wanted]] = []
        columns = 0
        for number, part in enumerate(self.parts, start=1):
            lines = list(part.lines)
            head = None if lines[0].wanted.column else lines.pop(0)
            cards.append(f"{f't{number}' if head else 'table'} {part.head}")
            if head:
                asked.append((f"t{number}", part, head.wanted))
            if part.neighbours:
                cards.append(part.neighbours)
            for line in lines:
                columns += 1
                cards.append(f"c{columns} {line.text}")
                asked.append((f"c{columns}", part, line.wanted))
        return Batch(
            cards=tuple(cards),
            assets=tuple(_asked_asset(id_, part.table.name, wanted) for id_, part, wanted in asked),
            guidance=tuple(self.guidance),
            feedback=tuple(f"{i}: {w.feedback}" for i, _, w in asked if w.feedback),
            tokens=self.tokens,
            max_tokens=max_tokens(self.assets, style),
        )


def _asked_asset(id_: str, table: str, wanted: Wanted) -> AskedAsset:
    return AskedAsset(id=id_, table=table, column=wanted.column, fingerprint=wanted.fingerprint)
