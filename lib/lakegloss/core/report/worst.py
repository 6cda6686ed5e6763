"""Finds the comments of a lake that tell least or tell it wrongly, by the quality score."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakegloss.core.assets import Column, Table, TableKind
from lakegloss.core.checks.comment import Check
from lakegloss.core.checks.quality import SIBLING, THIN, VAGUE, quality_of
from lakegloss.core.records import LedgerRow
from lakegloss.core.report.standing import AssetState, Standing
from lakegloss.core.report.wrong_texts import evidence_of_row
from lakegloss.core.words.meaning.glossary import glossary_of
from lakegloss.core.words.meaning.unknown import Lines

_WORDS: Mapping[str, str] = {
    Check.UNSAFE: "has markup, a link or a statement in it",
    Check.PERSONAL_VALUE: "has what looks like a person's data in it",
    Check.DEBRIS: "has remains of a prompt or an answer in it",
    Check.EMPTY: "says nothing",
    Check.CONTRADICTION: "the data contradict it",
    Check.INVENTED_NAME: "names a column that is not there",
    Check.LITERAL_VALUE: "quotes a value of the data",
    Check.TOO_LONG: "is longer than the setting allows",
    Check.ECHO: "only repeats the name",
    Check.UNRELATED: "speaks of something else",
    Check.UNKNOWN_WORDS: "tells no more than a name that nobody knows",
    VAGUE: "tells nothing that the name does not",
    SIBLING: "fits another column of the table better",
    THIN: "has few words",
}


def _nothing_told(_table: str, _column: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstComment:
    """A comment with its quality, 0 to 1, and what is wrong with it, the worst first."""

    table: str
    column: str
    text: str
    standing: Standing
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """The worst comments of those that were rated.

    Attributes:
        rated: how many comments were rated; `left`: how many were not, as they are too many.
        with_problems: how many of the rated have a problem; `problems`: how many have each.
    """

    worst: tuple[WorstComment, ...] = ()
    rated: int = 0
    left: int = 0
    with_problems: int = 0
    problems: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingBounds:
    """What a comment may be, and how many are rated and shown."""

    thin_words: int
    table_limit: int
    column_limit: int
    rated: int = 5_000
    shown: int = 25


def rate_comments(
    tables: Iterable[Sequence[AssetState]],
    evidence: Mapping[str, Mapping[str, LedgerRow]],
    bounds: RatingBounds,
    told: Lines = _nothing_told,
) -> Ratings:
    """Rate the comments of these tables, as many as the bounds allow.

    Args:
        tables: the states of each table's assets.
        evidence: rows of the ledger by table and column.
        told: gives the lines of guidance and glossary for a table and one of its columns.
    """
    worst: list[tuple[float, str, str, WorstComment]] = []
    problems: Counter[str] = Counter()
    rated = left = 0
    for states in tables:
        commented = [state for state in states if state.comment.strip()]
        if rated + len(commented) > bounds.rated and rated:
            left += len(commented)
            continue
        rated += len(commented)
        for item in _rated(states, commented, evidence.get(states[0].table, {}), bounds, told):
            problems.update(item.why)
            worst.append((item.score, item.table, item.column, item))
    lowest = heapq.nsmallest(bounds.shown, worst, key=lambda entry: entry[:3])
    return Ratings(
        worst=tuple(entry[3] for entry in lowest),
        rated=rated,
        left=left,
        with_problems=len(worst),
        problems=tuple(problems.most_common()),
    )


def _rated(
    states: Sequence[AssetState],
    commented: Sequence[AssetState],
    rows: Mapping[str, LedgerRow],
    bounds: RatingBounds,
    told: Lines,
) -> Iterable[WorstComment]:
    """The comments that have a problem."""
    table = table_of_states(states)
    seen = {path: evidence_of_row(row) for path, row in rows.items()}
    columns = {column.path: column for column in table.columns}
    glossary = glossary_of(line for path in columns for line in told(table.name, path))
    for state in commented:
        column = columns.get(state.column)
        quality = quality_of(
            table,
            column,
            seen.get(state.column),
            limit=bounds.column_limit if column else bounds.table_limit,
            thin_words=bounds.thin_words,
            siblings=seen,
            glossary=glossary,
        )
        if quality.problems:
            yield WorstComment(
                table=state.table,
                column=state.column,
                text=state.comment,
                standing=state.standing,
                score=quality.score,
                why=_why(quality.problems),
            )


def _why(problems: Sequence[str]) -> tuple[str, ...]:
    """The problems in words; of a text that says nothing there is no more to say."""
    told = [Check.EMPTY] if Check.EMPTY in problems else problems
    return tuple(_WORDS.get(name, name) for name in told)


def table_of_states(states: Sequence[AssetState]) -> Table:
    """A table as the states of its assets show it, at least one."""
    own = next((state for state in states if not state.column), states[0])
    return Table(
        name=own.table,
        kind=TableKind(own.kind or TableKind.TABLE),
        comment="" if own.column else own.comment,
        columns=tuple(
            Column(path=s.column, data_type=s.data_type, comment=s.comment, position=s.position)
            for s in sorted(states, key=lambda s: s.position)
            if s.column
        ),
    )
