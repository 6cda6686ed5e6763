"""Tells a person what an optimisation tried, and why the chosen candidate was chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.core.optimisation.choosing import CandidateFigures
from lakegloss.core.optimisation.search_plan import SearchPlan, SearchSizes
from lakegloss.core.statistics.intervals import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCandidate:
    """One candidate.

    Attributes:
        mark: the hash of its state; origin: how it came about.
        figures: on the select split; None where it was not measured.
        refused: why it must not be kept, '' where it may.
        state: what it is made of.
    """

    label: str
    mark: str
    origin: str
    demos: int
    figures: CandidateFigures | None
    refused: str
    state: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAccount:
    """What was tried.

    Attributes:
        base: the program as it was, on the select split; None where the budget ended before.
        chosen: the number of the chosen candidate in `tried`, from 0; None where none was.
        ended: why the search ended early, '' where it did not.
        calls, input_tokens, output_tokens: of all questions, also of those of interrupted runs.
        paid_calls: calls of this run.
    """

    plan: SearchPlan
    sizes: SearchSizes
    base: CandidateFigures | None
    tried: Sequence[TriedCandidate]
    chosen: int | None
    ended: str
    notes: Sequence[str]
    token_growth: float
    calls: int
    input_tokens: int
    output_tokens: int
    paid_calls: int

    @property
    def winner(self) -> TriedCandidate | None:
        return None if self.chosen is None else self.tried[self.chosen]


def account_text(search: SearchAccount) -> str:
    """The account as Markdown."""
    return "\n".join(_lines(search)) + "\n"


def _lines(search: SearchAccount) -> Iterator[str]:
    sizes = search.sizes
    yield f"# Optimisation with {search.plan.optimizer}"
    yield ""
    yield (
        f"{sizes.train} examples to train on, {sizes.select} to select by. "
        f"{search.calls} calls with {search.input_tokens} tokens and {search.output_tokens} of "
        f"answers; {search.paid_calls} of them were made now."
    )
    if search.ended:
        yield f"It ended early, as {search.ended}: the best of what was tried until then counts."
    yield from search.notes
    yield ""
    yield from _table(search)
    yield ""
    yield _why(search)


def _table(search: SearchAccount) -> Iterator[str]:
    yield "| candidate | origin | demonstrations | score on select | tokens a run | for tokens | |"
    yield "|---|---|---|---|---|---|---|"
    if search.base is not None:
        yield (
            f"| base | the program as it is | | {_score(search.base.quality)} "
            f"| {search.base.tokens:.0f} | | |"
        )
    for number, tried in enumerate(search.tried):
        found = tried.figures
        mark = "chosen" if number == search.chosen else tried.refused
        if found is not None and found.failed:
            mark = f"{mark} {found.failed} runs gave nothing that can be read".strip()
        numbers = "| not measured | | "
        if found is not None:
            price = f"-{found.price:.3f}" if found.price else ""
            numbers = f"| {_score(found.quality)} | {found.tokens:.0f} | {price} "
        yield f"| {tried.label} | {tried.origin} | {tried.demos} {numbers}| {mark} |"


def _why(search: SearchAccount) -> str:
    winner = search.winner
    if winner is None or winner.figures is None or search.base is None:
        if search.base is None:
            return "The budget ended before the program itself was measured. Nothing was chosen."
        if not any(t.figures for t in search.tried):
            return "No candidate was measured. The program stays as it is."
        return (
            "No candidate is above the program as it is, once longer requests are paid for. "
            "It stays as it is."
        )
    found = winner.figures
    growth = f"{found.growth:+.0%} input tokens a run"
    price = f", which cost it {found.price:.3f}" if found.price else ""
    return (
        f"Chosen: {winner.label}. On the select split it gains {found.difference.mean:+.3f} over "
        f"the base ({growth}{price}). It was chosen because it looked best there, so this gain is "
        "rather too good: only the gate tells whether it is better."
    )


def _score(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{found.mean:.3f}"
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"
