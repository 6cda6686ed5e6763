"""Finds claims in a comment that the evidence contradicts. Doubtful cases pass."""

import re
from collections.abc import Callable

from lakegloss.core.data_types import is_boolean, is_number
from lakegloss.core.evidence import Evidence

_MANY = 20
"""More distinct values than a flag can have."""
_KEY = re.compile(
    r"\bprimary key\b|\buniquely identif\w+ (?:each|every|a|the|this) (?:row|record)\b"
    r"|\bunique (?:key|id|identifier|number) (?:of|for) (?:each|every|the|this) (?:row|record)\b"
    r"|\bno duplicates\b|\bvalues are unique\b",
    re.IGNORECASE,
)
_PART_OF_KEY = re.compile(
    r"\bpart of\b|\bcomposite\b|\btogether\b|\bcombin\w+|\bfirst\b.*\bkey\b|\bwith\b.*\bkey\b"
    r"|\bforeign key\b|\bprimary key (?:of|in)\b(?! th(?:e|is) (?:table|row|record))"
    r"|\brefer\w*\b|\bnot\b",
    re.IGNORECASE,
)
_NEVER_NULL = re.compile(
    r"\b(?:never|cannot be|can't be|must not be|always non-?) ?(?:null|empty|missing|blank)\b"
    r"|\balways (?:present|filled|populated|set|available)\b|\bmandatory\b|\bnon-?nullable\b"
    r"|\brequired (?:field|column|value)\b",
    re.IGNORECASE,
)
_ALWAYS_NULL = re.compile(
    r"\b(?:always|entirely|completely) (?:null|empty|missing|blank)\b"
    r"|\bholds no (?:data|values)\b|\bcontains no (?:data|values)\b",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"^(?:a |an )?(?:boolean|binary|yes/no|true/false|flag\b|whether\b|indicates whether\b)"
    r"|\bboolean (?:flag|indicator|value)\b",
    re.IGNORECASE,
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:never|not|non-?) ?negative\b|\balways positive\b|\bpositive (?:integer|number)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\b(?:between|from|range[sd]? (?:from|of)|scale (?:of|from)|on a) (-?\d+(?:\.\d+)?)"
    r" ?(?:and|to|-|\u2013) ?(-?\d+(?:\.\d+)?)\b",
    re.IGNORECASE,
)
_PROPORTION = re.compile(r"^(?:the )?(?:probability|fraction|proportion)\b", re.IGNORECASE)


def contradiction(text: str, evidence: Evidence) -> str:
    """Say, in words for the model, what the comment states against the evidence; '' if nothing."""
    if evidence.rows_read == 0:
        return ""
    for says, seen, words in _CLAIMS:
        if says(text) and seen(evidence):
            return words
    return "it states a range that the data leaves" if _range_broken(text, evidence) else ""


def _repeats(evidence: Evidence) -> bool:
    values = evidence.rows_read * (1 - evidence.null_share)
    if not evidence.distinct:  # unknown: a card may leave it out
        return any(f.share * values > 1.5 for f in evidence.frequent)
    return evidence.distinct < (0.98 if evidence.distinct_exact else 0.8) * values


def _has_nulls(evidence: Evidence) -> bool:
    return evidence.null_share * evidence.rows_read >= 1


def _too_many_for_flag(evidence: Evidence) -> bool:
    return evidence.distinct > _MANY and not is_boolean(evidence.data_type)


def _has_negative(evidence: Evidence) -> bool:
    minimum = _number(evidence, evidence.minimum)
    return minimum is not None and minimum < 0


def _above_hundred(evidence: Evidence) -> bool:
    maximum = _number(evidence, evidence.maximum)
    return maximum is not None and maximum > 100


def _says_key(text: str) -> bool:
    return bool(_KEY.search(text)) and not _PART_OF_KEY.search(text)


_CLAIMS: tuple[tuple[Callable[[str], object], Callable[[Evidence], bool], str], ...] = (
    (_says_key, _repeats, "it says unique, but values repeat"),
    (_NEVER_NULL.search, _has_nulls, "it says never empty, but nulls were seen"),
    (_ALWAYS_NULL.search, lambda e: e.null_share < 1, "it says always empty, but values were seen"),
    (_FLAG.search, _too_many_for_flag, "it says a flag, but there are many values"),
    (_NOT_NEGATIVE.search, _has_negative, "it says never negative, but negative values were seen"),
    (_PROPORTION.search, _above_hundred, "it says a proportion, but values exceed 100"),
)


def _range_broken(text: str, evidence: Evidence) -> bool:
    """Whether the comment states a range, such as 0 to 100, that the values clearly leave."""
    match = _FROM_TO.search(text)
    minimum, maximum = _number(evidence, evidence.minimum), _number(evidence, evidence.maximum)
    if match is None or minimum is None or maximum is None:
        return False
    low, high = float(match.group(1)), float(match.group(2))
    # Years, and pairs that run downwards, are not ranges of values.
    if low >= high or (low >= 1000 and high <= 2100):
        return False
    width = high - low
    return minimum < low - width or maximum > high + width


def _number(evidence: Evidence, text: str) -> float | None:
    if evidence.masked or not is_number(evidence.data_type):
        return None
    try:
        return float(text)
    except ValueError:
        return None
