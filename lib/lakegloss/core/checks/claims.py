"""Judges by the evidence what a comment claims of its column's data. Doubtful cases pass.

Claims are kept apart from meaning: data change, and a claim that was true becomes false while the
meaning stays. Each claim is true, false or open by the evidence of today. A false one makes a text
wrong, whoever wrote it; a text goes to another column only where all its claims are true there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from lakegloss.core.checks.code_lists import lists_in
from lakegloss.core.checks.sieves import sieve
from lakegloss.core.checks.truth import Truth, truth
from lakegloss.core.data_types import is_boolean, is_moment, is_number
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name

_MANY = 20
"""More distinct values than a flag can have."""
_SELDOM, _OFTEN = 0.05, 0.4
"""Shares of empty rows: below the first "often empty" is false, from the second it is true."""
_SAME = 1e-5
"""Share by which a stated end of a range may be rounded."""
_KEY = sieve(
    r"\bprimary key\b|\buniquely identif\w+ (?:each|every|a|the|this) (?:row|record)\b"
    r"|\bunique (?:key|id|identifier|number) (?:of|for) (?:each|every|the|this) (?:row|record)\b"
    r"|\bno duplicates\b|\bvalues are unique\b|\bunique in the rows\b",
    "key", "uniq", "duplicates",
)  # fmt: skip
_PART_OF_KEY = re.compile(
    r"\bpart of\b|\bcomposite\b|\btogether\b|\bcombin\w+|\bfirst\b.*\bkey\b|\bwith\b.*\bkey\b"
    r"|\bforeign key\b|\bprimary key (?:of|in)\b(?! th(?:e|is) (?:table|row|record))"
    r"|\brefer\w*\b|\bnot\b",
    re.IGNORECASE,
)
_EMPTY = ("null", "empty", "missing", "blank")
_NEVER_NULL = sieve(
    r"\b(?:never|cannot be|can't be|must not be|always non-?) ?(?:null|empty|missing|blank)\b"
    r"|\balways (?:present|filled|populated|set|available)\b|\bmandatory\b|\bnon-?nullable\b"
    r"|\brequired (?:field|column|value)\b",
    *_EMPTY, "always ", "mandatory", "required ",
)  # fmt: skip
_ALWAYS_NULL = sieve(
    r"\b(?:always|entirely|completely) (?:null|empty|missing|blank)\b"
    r"|\bholds no (?:data|values)\b|\bcontains no (?:data|values)\b"
    r"|\b(?:null|empty|blank) in (?:every|each|all) (?:the )?rows?\b",
    *_EMPTY, "holds no ", "contains no ",
)  # fmt: skip
_OFTEN_NULL = sieve(
    r"\b(?:often|mostly|mainly|usually|frequently) (?:null|empty|missing|blank)\b", *_EMPTY
)
_SOMETIMES_NULL = sieve(r"(?:^|\. )Sometimes empty\.", "sometimes empty.", flags=0)
_ONE_VALUE = sieve(r"\bthe same value in every row\b", "same value")
_FLAG = sieve(
    r"^(?:a |an )?(?:boolean|binary|yes/no|true/false|flag\b|whether\b|indicates whether\b)"
    r"|\bboolean (?:flag|indicator|value)\b",
    "boolean", "binary", "yes/no", "true/false", "flag", "whether",
)  # fmt: skip
_NOT_NEGATIVE = sieve(
    r"\b(?:never|not|non-?) ?negative\b|\balways positive\b|\bpositive (?:integer|number)\b",
    "negative", "positive",
)  # fmt: skip
_NEGATIVE = sieve(
    r"negative (?:if|when|where)\b|(?:can|may|might) be negative\b", "negative", flags=0
)
_FROM_TO = re.compile(
    r"\b(?:between|from|range[sd]? (?:from|of)|scale (?:of|from)|on a) (-?\d+(?:\.\d+)?)"
    r" ?(?:and|to|-|\u2013) ?(-?\d+(?:\.\d+)?)\b",
    re.IGNORECASE,
)
_PROPORTION = sieve(
    r"^(?:the )?(?:probability|fraction|proportion)\b", "probability", "fraction", "proportion"
)
# Sentences of the rules, which state facts of the data and nothing else.
_ENDS = re.compile(
    r"(?:^|\. )Between (-?\d+(?:\.\d+)?) and (-?\d+(?:\.\d+)?)(?: in the rows read)?\."
)
_YEAR = re.compile(r"(?:^|\. )In (\d{4}) in the rows read\.")
_SHAPE = re.compile(r"(?:^|\. )Written as ([^a-z]{1,30})\.(?: |$)")
_REFERS = re.compile(r"(?:^|\. )Refers to (\w+(?:\.\w+)+)\.(?: |$)")
_DIGIT = re.compile(r"\d")
_KEY_OF_TABLE = re.compile(r"\bPrimary key: (\w+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a comment claims of the data.

    Attributes:
        against: what is wrong where it is false, in words for whoever writes the text.
        truth: judges it by evidence of at least one row.
    """

    against: str
    truth: Callable[[Evidence], Truth]


@lru_cache(maxsize=2_048)  # columns of one meaning often get the same text
def claims_in(text: str) -> tuple[Claim, ...]:
    """The claims of a comment, as far as small patterns of English see them."""
    return tuple(_claims_in(text))


def _claims_in(text: str) -> Iterator[Claim]:
    for says, judge, against in _CLAIMS:
        if says(text):
            yield Claim(against=against, truth=judge)
    yield from _ranges(text)
    for sign, pattern, judge_of, against in _NAMED:
        if sign in text and (match := pattern.search(text)):
            yield Claim(against=against, truth=partial(judge_of, match.group(1)))
    for codes in lists_in(text):
        yield Claim(against=codes.against, truth=codes.truth)


def contradiction(text: str, evidence: Evidence) -> str:
    """Say, in words for the model, what the comment states against the evidence; '' if nothing."""
    if evidence.rows_read == 0:
        return ""
    false = (claim for claim in claims_in(text) if claim.truth(evidence) is Truth.FALSE)
    return next((claim.against for claim in false), "")


def has_unproven(text: str, evidence: Evidence | None) -> bool:
    """Whether a comment claims anything that the evidence does not show to be true."""
    claims = claims_in(text)
    if evidence is None or evidence.rows_read == 0:
        return bool(claims)
    return any(claim.truth(evidence) is not Truth.TRUE for claim in claims)


def contradiction_of_table(text: str, evidence: Mapping[str, Evidence]) -> str:
    """The same for a table's own comment: a key that it names, and whose values repeat.

    Args:
        evidence: of the table's columns, by path.
    """
    for match in _KEY_OF_TABLE.finditer(text):
        seen = next((e for path, e in evidence.items() if own_name(path) == match.group(1)), None)
        if seen is not None and seen.rows_read and _unique(seen) is Truth.FALSE:
            return f"it says that {match.group(1)} is the primary key, but its values repeat"
    return ""


def _unique(evidence: Evidence) -> Truth:
    is_key = evidence.key_role in {"primary", "unique"}
    return truth(holds=is_key, fails=_repeats(evidence) and not is_key)


def _repeats(evidence: Evidence) -> bool:
    values = evidence.rows_read * (1 - evidence.null_share)
    if not evidence.distinct:  # unknown: a card may leave it out
        return any(f.share * values > 1.5 for f in evidence.frequent)
    return evidence.distinct < (0.98 if evidence.distinct_exact else 0.8) * values


def _never_null(evidence: Evidence) -> Truth:
    return truth(holds=evidence.null_share == 0, fails=_has_nulls(evidence))


def _has_nulls(evidence: Evidence) -> bool:
    return evidence.null_share * evidence.rows_read >= 1


def _often_null(evidence: Evidence) -> Truth:
    share = evidence.null_share
    return truth(holds=_OFTEN <= share < 1, fails=share < _SELDOM)


def _sometimes_null(evidence: Evidence) -> Truth:
    share = evidence.null_share
    return truth(holds=0 < share < 1, fails=share >= 1 or (share == 0 and not evidence.sampled))


def _flag(evidence: Evidence) -> Truth:
    boolean = is_boolean(evidence.data_type)
    return truth(
        holds=boolean or 0 < evidence.distinct <= 2,
        fails=evidence.distinct > _MANY and not boolean,
    )


def _not_negative(evidence: Evidence) -> Truth:
    minimum = _number(evidence, evidence.minimum)
    return Truth.OPEN if minimum is None else truth(holds=minimum >= 0, fails=minimum < 0)


def _negative(evidence: Evidence) -> Truth:
    """Where no value is negative yet, one may still come."""
    minimum = _number(evidence, evidence.minimum)
    return truth(holds=minimum is not None and minimum < 0, fails=False)


def _proportion(evidence: Evidence) -> Truth:
    maximum = _number(evidence, evidence.maximum)
    if maximum is None:
        return Truth.OPEN
    return truth(holds=maximum <= 1, fails=maximum > 100)


def _says_key(text: str) -> bool:
    return bool(_KEY.search(text)) and not _PART_OF_KEY.search(text)


_CLAIMS: tuple[tuple[Callable[[str], object], Callable[[Evidence], Truth], str], ...] = (
    (_says_key, _unique, "it says unique, but values repeat"),
    (_NEVER_NULL.search, _never_null, "it says never empty, but nulls were seen"),
    (
        _ALWAYS_NULL.search,
        lambda e: truth(holds=e.null_share >= 1, fails=e.null_share < 1),
        "it says always empty, but values were seen",
    ),
    (_OFTEN_NULL.search, _often_null, "it says often empty, but hardly any row is"),
    (_SOMETIMES_NULL.search, _sometimes_null, "it says sometimes empty, which it is not"),
    (
        _ONE_VALUE.search,
        lambda e: truth(holds=e.distinct == 1 and e.null_share == 0, fails=e.distinct > 1),
        "it says the same value in every row, but there are others",
    ),
    (_FLAG.search, _flag, "it says a flag, but there are many values"),
    (_NOT_NEGATIVE.search, _not_negative, "it says never negative, but negative values were seen"),
    (_NEGATIVE.search, _negative, ""),
    (_PROPORTION.search, _proportion, "it says a proportion, but values exceed 100"),
)


def _ranges(text: str) -> Iterator[Claim]:
    against = "it states a range that the data leaves"
    if not _DIGIT.search(text):
        return
    if years := _YEAR.search(text):
        year = years.group(1)
        yield Claim(against=against, truth=lambda e: _within(e, year, year))
    elif ends := _ENDS.search(text):
        low, high = ends.groups()
        yield Claim(against=against, truth=lambda e: _within(e, low, high))
    elif match := _FROM_TO.search(text):
        yield Claim(against=against, truth=lambda e: _near(e, *map(float, match.groups())))


def _within(evidence: Evidence, low: str, high: str) -> Truth:
    """Whether the values, or the years of moments, keep to a range that the data showed before."""
    if is_moment(evidence.data_type):
        years = (evidence.minimum[:4], evidence.maximum[:4])
        if evidence.masked or not all(year.isdecimal() for year in years):
            return Truth.OPEN
        is_kept = int(low) <= int(years[0]) and int(years[1]) <= int(high)
        return truth(holds=is_kept, fails=not is_kept)
    minimum, maximum = _number(evidence, evidence.minimum), _number(evidence, evidence.maximum)
    if minimum is None or maximum is None:
        return Truth.OPEN
    slack = _SAME * max(1.0, abs(float(low)), abs(float(high)))
    is_kept = float(low) - slack <= minimum and maximum <= float(high) + slack
    return truth(holds=is_kept, fails=not is_kept)


def _near(evidence: Evidence, low: float, high: float) -> Truth:
    """Whether the values keep to a range such as 0 to 100, or clearly leave it."""
    minimum, maximum = _number(evidence, evidence.minimum), _number(evidence, evidence.maximum)
    # Years, and pairs that run downwards, are not ranges of values.
    if minimum is None or maximum is None or low >= high or (low >= 1000 and high <= 2100):
        return Truth.OPEN
    width = high - low
    return truth(
        holds=low <= minimum and maximum <= high,
        fails=minimum < low - width or maximum > high + width,
    )


def _has_form(form: str, evidence: Evidence) -> Truth:
    shapes = [shape.value for shape in evidence.shapes]
    return truth(holds=shapes[:1] == [form], fails=bool(shapes) and form not in shapes)


def _refers_to(key: str, evidence: Evidence) -> Truth:
    if not evidence.reference:
        return Truth.OPEN
    is_same = f".{evidence.reference}".endswith(f".{key}")
    return truth(holds=is_same, fails=not is_same)


_NAMED: tuple[tuple[str, re.Pattern[str], Callable[[str, Evidence], Truth], str], ...] = (
    ("Written as", _SHAPE, _has_form, "it says a form that the values do not have"),
    ("Refers to", _REFERS, _refers_to, "it says a reference, but the values refer to another key"),
)


def _number(evidence: Evidence, text: str) -> float | None:
    if evidence.masked or not is_number(evidence.data_type):
        return None
    try:
        return float(text)
    except ValueError:
        return None
