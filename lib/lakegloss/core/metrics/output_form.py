"""Scores outputs without a reference: their form, what the input supports, how easily they read."""

import re
from collections.abc import Iterable, Mapping, Sequence

from lakegloss.core.metrics.scores import MetricScore
from lakegloss.core.metrics.terms import FUNCTION_WORDS, stem
from lakegloss.core.metrics.wording import units_of

VERSION = "2"
"""Of all metrics here; changes with the meaning of a score."""
_SHOWN = 5
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
_VOWELS = re.compile(r"[aeiouy\u00e4\u00f6\u00fc\u00e0-\u00e6\u00e8-\u00ef\u00f2-\u00f6]+")


def format_compliance(
    output: Mapping[str, object], fields: Mapping[str, type | tuple[type, ...]]
) -> MetricScore:
    """The share of the wanted fields that are there, not empty, and of their type.

    Fields that nobody asked for cost as missing ones do.
    """
    missing = [name for name in fields if output.get(name) in (None, "")]
    wrong = [n for n, kind in fields.items() if n not in missing and not _is_of(output[n], kind)]
    unknown = [name for name in output if name not in fields]
    whole = len(fields) + len(unknown)
    good = len(fields) - len(missing) - len(wrong)
    why = [
        f"{words}: {', '.join(map(str, names[:_SHOWN]))}."
        for words, names in (("Missing", missing), ("Wrong type", wrong), ("Unknown", unknown))
        if names
    ]
    return MetricScore(score=good / whole if whole else 1.0, why=" ".join(why))


def _is_of(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether a value has a type; true and false are no numbers, though Python takes them so."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)


def supported_words(output: str, sources: Iterable[str]) -> MetricScore:
    """1 less the hallucination rate: the share of an output's words that the input supports.

    A word is supported where the input has its stem; numbers must be there as they are. Words that
    every text has do not count.
    """
    known = {form for source in sources for word in units_of(source) for form in (word, stem(word))}
    words = [word for word in units_of(output) if word not in FUNCTION_WORDS]
    return _supported(words, [w for w in words if w not in known and stem(w) not in known])


def supported_entities(entities: Sequence[str], sources: Iterable[str]) -> MetricScore:
    """1 less the hallucination rate of entities: those of which the input has every word."""
    known = {form for source in sources for word in units_of(source) for form in (word, stem(word))}
    unknown = [
        entity
        for entity in entities
        if not all(w in known or stem(w) in known for w in units_of(entity))
    ]
    return _supported(entities, unknown)


def _supported(items: Sequence[str], unknown: Sequence[str]) -> MetricScore:
    score = 1 - len(unknown) / len(items) if items else 1.0
    shown = ", ".join(dict.fromkeys(unknown[:_SHOWN]))
    return MetricScore(score=score, why=f"Not in the input: {shown}." if unknown else "")


def flesch(text: str) -> float:
    """Flesch's reading ease (Flesch 1948) of an English text: 60 is plain, above 90 very easy.

    It is about 0 to 100, but not bounded; 0 without words. Syllables are counted by vowels.
    """
    words = [word for word in units_of(text) if not word[0].isdigit()]
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def readability(text: str) -> MetricScore:
    """Flesch's reading ease, brought to 0 to 1."""
    ease = flesch(text)
    why = "Its words or sentences are long." if ease < 30 else ""
    return MetricScore(score=min(1.0, max(0.0, ease / 100)), parts={"flesch": ease}, why=why)


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ie", "ye")) and groups > 1
    return max(1, groups - silent)
