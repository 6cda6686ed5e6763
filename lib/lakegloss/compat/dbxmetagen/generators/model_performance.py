"""Measures a generator of dbxmetagen on examples, and two of them against each other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.generators.chat_messages import TableContent, content_of
from lakegloss.compat.dbxmetagen.generators.comment_generator import CommentGenerator
from lakegloss.compat.dbxmetagen.generators.content_cards import (
    card_of_content,
    names_in_content,
    table_path,
)
from lakegloss.compat.dbxmetagen.generators.generator_answers import texts_in_answer
from lakegloss.compat.dbxmetagen.generators.prompt_optimising import near_score, texts_wanted
from lakegloss.core.checks.comment import Check
from lakegloss.core.checks.quality import MISSING, quality_of
from lakegloss.core.learning.splits import family_of
from lakegloss.core.names import join_path
from lakegloss.core.statistics.intervals import Estimate, conclusion_of, estimate
from lakegloss.drafting.table_cards import evidence_of, table_of
from lakegloss.errors import InputError

_LIMIT = 100_000
_RELATED = frozenset({Check.UNRELATED, Check.ECHO, Check.CONTRADICTION, Check.DEBRIS, MISSING})
Scores = Mapping[str, float]
"""A score of each asset, 0 to 1, by column; '' is the table."""


def evaluate_model_performance(
    model: CommentGenerator,
    test_examples: Sequence[Any],
    metrics: Sequence[str] = ("accuracy", "completeness", "relevance"),
    *,
    against: CommentGenerator | None = None,
) -> dict[str, Any]:
    """Measure a generator on examples of `create_training_example`.

    accuracy: how near its texts are to those of the examples (ROUGE). completeness: the share of
    assets with a text. relevance: the share of assets whose text fails no check for being
    unrelated, an echo of the name, or contradicted by the data. Columns of one table are alike, so
    intervals are over tables (families of tables), by t at 95 %; with fewer than three there is
    none.

    Args:
        against: another generator, which answers the same examples; differences are paired.

    Returns:
        For each metric `value`, `low`, `high`, `items`, `tables`, and with `against` the `other`
        value, `difference`, `difference_low`, `difference_high` and `conclusion`.

    Raises:
        InputError: there is no such metric, no example, or an example cannot be read.
    """
    unknown = [name for name in metrics if name not in _METRICS]
    if unknown:
        raise InputError(
            f"There is no metric {unknown[0]!r}.", remedy=f"Known are: {', '.join(_METRICS)}."
        )
    if not test_examples:
        raise InputError("There is no example.", remedy="Give examples of tables with answers.")
    rows = [_Scored.of(model, example) for example in test_examples]
    others = [_Scored.of(against, example) for example in test_examples] if against else []
    return {name: _figures(name, rows, others) for name in metrics}


class _Scored:
    """What a generator wrote for an example."""

    def __init__(
        self, content: TableContent, texts: Mapping[str, str], wanted: Mapping[str, str]
    ) -> None:
        self.content, self.texts, self.wanted = content, texts, wanted
        self.group = family_of(table_path(content.table))

    @classmethod
    def of(cls, model: CommentGenerator, example: Any) -> "_Scored":
        parts = dict(example)
        content = content_of({k: v for k, v in parts.items() if k != "expected_response"})
        names = names_in_content(content)
        wanted = texts_wanted(parts.get("expected_response", {}), names)
        response = model.predict_chat_response(
            {k: v for k, v in parts.items() if k != "expected_response"}
        )
        return cls(content, texts_in_answer(response.model_dump(), names), wanted)

    def accuracy(self) -> Scores:
        return {
            name: near_score({name: self.texts.get(name, "")}, {name: text}).score
            for name, text in self.wanted.items()
        }

    def completeness(self) -> Scores:
        names = ("", *names_in_content(self.content))
        return {name: float(bool(self.texts.get(name, "").strip())) for name in names}

    def relevance(self) -> Scores:
        card = card_of_content(self.content)
        by_path = {join_path((name,)): text for name, text in self.texts.items() if name}
        columns = [c.model_copy(update={"comment": by_path.get(c.name, "")}) for c in card.columns]
        said = {"columns": columns, "comment": self.texts.get("", "")}
        written = card.model_copy(update=said)
        table, evidence = table_of(written), evidence_of(written)
        found = {}
        for column in (None, *table.columns):
            path = column.path if column else ""
            judged = quality_of(table, column, evidence.get(path), limit=_LIMIT, thin_words=1)
            found[path] = float(not _RELATED.intersection(judged.problems))
        return found


_METRICS: Mapping[str, Callable[[_Scored], Scores]] = {
    "accuracy": _Scored.accuracy,
    "completeness": _Scored.completeness,
    "relevance": _Scored.relevance,
}


def _figures(name: str, rows: Sequence[_Scored], others: Sequence[_Scored]) -> dict[str, Any]:
    scores = [_METRICS[name](row) for row in rows]
    groups = [row.group for row in rows]
    mine = _estimate(groups, scores)
    figures: dict[str, Any] = {
        "value": mine.mean, "low": mine.low, "high": mine.high, "items": mine.items,
        "tables": mine.groups,
    }  # fmt: skip
    if others:
        theirs = [_METRICS[name](row) for row in others]
        pairs = [
            {key: a[key] - b[key] for key in a if key in b}
            for a, b in zip(scores, theirs, strict=True)
        ]
        difference = _estimate(groups, pairs)
        figures |= {
            "other": _estimate(groups, theirs).mean, "difference": difference.mean,
            "difference_low": difference.low, "difference_high": difference.high,
            "conclusion": conclusion_of(difference).value,
        }  # fmt: skip
    return figures


def _estimate(groups: Sequence[str], scores: Sequence[Scores]) -> Estimate:
    pairs = zip(groups, scores, strict=True)
    return estimate((group, score) for group, found in pairs for score in found.values())
