"""Finds texts that stand under a wrong id: the model slipped by a line, or swapped two.

Ids cannot show it, as they are right; names can. A text rather speaks of another asset where it has
every word that tells the other's name from its own's, none of the words the other way round, and
the other's own text does not speak of the other. So a comment that only refers to another column
is not meant. One such text alone may be chance; those that point to each other are a slip. Names
whose words no text repeats tell nothing: they are found by what surrounds them, or not at all.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lakegloss.core.words.lexicon import expand_words, words_of

_WORD = re.compile(r"[^\W_]+")
_STEM = 5
_WHOLE = 3
"""Fewer texts say nothing about an answer as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """The stems of a name as it is written, and with its abbreviations written out."""

    written: frozenset[str]
    plain: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.written | self.plain


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> NameWords:
    """The words of a column's or table's own name, without the path that leads to it."""
    words = words_of(name)
    return NameWords(written=_stems(words), plain=_stems(expand_words(words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """Ids whose text does not belong to them.

    Attributes:
        sure: part of a slip; where most texts are, all of them.
        doubtful: no other text confirms it; with the id that the text rather speaks of.
    """

    sure: frozenset[str] = frozenset()
    doubtful: Mapping[str, str] = field(default_factory=dict)


def misplaced(texts: Mapping[str, str], names: Mapping[str, NameWords]) -> Misplaced:
    """Which texts of an answer stand under a wrong id.

    Args:
        texts: by id.
        names: of all ids of the request (t1, c1, ...), in its order, with a text or not.
    """
    said = _said(texts, names)
    right = {a for a, words in said.items() if _speaks_of(words, names[a])}
    meant = _meant(said, names, right)
    pointed_at = {b for others in meant.values() for b in others}
    slipped = {a for a, others in meant.items() if a in pointed_at or others & meant.keys()}
    if not slipped:
        return Misplaced(doubtful={a: min(others) for a, others in meant.items()})
    if len(slipped) >= len(right - slipped):
        return Misplaced(sure=frozenset(said))
    order = list(names)
    first = min(order.index(a) for a in slipped)
    after = {a for a in order[first:] if a in said and a not in right}
    alone = {a: min(others) for a, others in meant.items() if a not in slipped | after}
    return Misplaced(sure=frozenset(slipped | after), doubtful=alone)


def of_another(
    texts: Mapping[str, str],
    names: Mapping[str, NameWords],
    others: Iterable[Mapping[str, NameWords]],
) -> bool:
    """Whether a whole answer belongs to another request: a gateway mixed them up.

    At least half of its texts have every word of the names that the same ids have there, and hardly
    one has those of its own.
    """
    said = _said(texts, names)
    if len(said) < _WHOLE or 10 * _speaking(said, names) > len(said):
        return False
    return any(2 * _speaking(said, other) >= len(said) for other in others)


def _speaking(said: Mapping[str, frozenset[str]], names: Mapping[str, NameWords]) -> int:
    return sum(a in names and _speaks_of(words, names[a]) for a, words in said.items())


def _said(texts: Mapping[str, str], names: Collection[str]) -> dict[str, frozenset[str]]:
    return {a: _stems(_WORD.findall(text.lower())) for a, text in texts.items() if a in names}


def _meant(
    said: Mapping[str, frozenset[str]], names: Mapping[str, NameWords], right: set[str]
) -> dict[str, set[str]]:
    """For each id the others, not spoken of by their own text, that its text rather speaks of."""
    having: dict[str, set[str]] = {}
    for b in _candidates(said.keys(), names) - right:
        for word in names[b].all:
            having.setdefault(word, set()).add(b)
    found = {
        a: {b for b in _met(words, having) - {a} if _rather(words, names[a], names[b])}
        for a, words in said.items()
    }
    return {a: others for a, others in found.items() if others}


def _candidates(answered: Collection[str], names: Collection[str]) -> set[str]:
    """Columns, and tables with a text: many columns speak of a table that has none."""
    return {b for b in names if b in answered or not b.startswith("t")}


def _met(words: frozenset[str], having: Mapping[str, set[str]]) -> set[str]:
    return set().union(*(having[word] for word in words if word in having))


def _rather(said: frozenset[str], own: NameWords, other: NameWords) -> bool:
    """Whether a text speaks of the other name and not of its own."""
    mine = own.all - other.all
    if not mine or mine & said:
        return False
    return any(
        bool(rest) and rest <= said for rest in (other.written - own.all, other.plain - own.all)
    )


def _speaks_of(said: frozenset[str], name: NameWords) -> bool:
    return any(bool(words) and words <= said for words in (name.written, name.plain))


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(w.removesuffix("s")[:_STEM] if len(w) > 3 else w for w in words)
