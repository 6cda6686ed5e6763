"""Names models of which a large share of the texts has no relation to what was asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LEAST, _SHARE = 20, 0.2
WEAK_REMEDY = (
    "Ask a stronger model (docs/local-model.md names kinds), or tell it more: a file of guidance "
    "(docs/guidance.md)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakModel:
    """A model, how many texts it wrote, and how many of them have no relation to their asset."""

    model: str
    texts: int
    unrelated: int

    def __str__(self) -> str:
        share = round(100 * self.unrelated / self.texts)
        return (
            f"{self.unrelated:,} of {self.texts:,} texts of the model {self.model!r} ({share} %) "
            "have no relation to their columns"
        )


def weak_models(texts: Iterable[tuple[str, bool]]) -> tuple[WeakModel, ...]:
    """The models that are weak, by name: over 20 % of at least 20 texts are unrelated.

    Args:
        texts: for each text the model, and whether the text is unrelated.
    """
    counts: Counter[str] = Counter()
    unrelated: Counter[str] = Counter()
    for model, is_unrelated in texts:
        counts[model] += 1
        unrelated[model] += is_unrelated
    return tuple(
        WeakModel(model=model, texts=texts_of, unrelated=unrelated[model])
        for model, texts_of in sorted(counts.items())
        if model and texts_of >= _LEAST and unrelated[model] > _SHARE * texts_of
    )
