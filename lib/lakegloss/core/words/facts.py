"""Writes the facts of a comment without a model: short sentences that the evidence supports."""

import re

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_boolean, is_moment, is_number, is_text, is_whole
from lakegloss.core.evidence import CODE_LIMIT, FLAG_CODES, Evidence
from lakegloss.core.words.clause import Clause
from lakegloss.core.words.lexicon import word_set
from lakegloss.core.words.limits import FOR_NO_VALUE, NEGATIVE, ONLY_BLANKS, limits_of

_LONGEST_CODE = 30
_LONGEST_CODES = 160
_YES = {"1": "0", "y": "n", "t": "f"}
_NOT_CODES = word_set("id when by system count")
_NOT_CODE_KINDS = word_set("""
year email url hostname ip_address mac_address phone uuid hash json xml file_path date_text
timestamp_text time_text date_number epoch_seconds epoch_millis point free_text identifier
""")
_EMPTY, _OFTEN_EMPTY = "Empty in every row read", "Often empty"
_ONE_VALUE, _FORM = "The same value in every row read", "Written as "
_LITTLE = frozenset({_EMPTY, _OFTEN_EMPTY, _ONE_VALUE, NEGATIVE, ONLY_BLANKS})
_OF_CODES = ("One of ", "Such as ")
_OF_NO_FORM = word_set("code identifier") | {""}
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_ROWS_OF_ONE, _LEAST_FORM = 20, 3
_PLACEHOLDERS = word_set("null none na n/a nan nil") | {""}
_NOT_A_CODE = re.compile(r"[@\\{}<>$`'\"]|://|\d{5}")
_IDENTIFIES = re.compile(r"(?=(?:.*\d){3})(?=(?:.*[A-Z]){2})[A-Z\d \-]{7,}")
"""Long mixtures of letters and digits, such as licence plates: of a few things, no kinds."""
_SYMBOL = re.compile(r"[^\W_]{1,4}|[A-Z\d][A-Z\d_\-]{0,15}|[a-z][a-z\d_\-]{0,20}")
_WITH_DIGITS = re.compile(r"(?=.*\d)[A-Za-z\d/.+\- ]{1,12}")
"""Codes of other forms, such as 2021/22 or 10x10; no names of people, which have no digits."""
_CODE_SHAPE = re.compile(r"(?=.*[A9])[A9\W_]+")
_CODED = word_set("""
code type category class status state level group kind stage grade indicator flag mode rank tier
priority severity quarter weekday result outcome method channel reason sex gender action role phase
division segment scale frequency direction side shift currency language
""")


def facts_of(
    table: Table, column: Column, clause: Clause, evidence: Evidence, *, is_known: bool = True
) -> list[str]:
    """Write key role, reference, codes, range and emptiness, in this order and without stops.

    Args:
        is_known: whether a reader knows the words of the name. Else the values are told more of:
            codes of more forms, the form of texts, and that there is one value only.
    """
    facts = [
        _key(evidence, clause),
        _reference(table, evidence),
        _codes(column, clause, evidence, is_known=is_known),
        *_limits(column, clause, evidence),
        *([] if is_known else [_constant(evidence), _form(evidence)]),
        _nulls(evidence),
    ]
    return [fact for fact in facts if fact]


def tells(fact: str) -> bool:
    """Whether a fact tells what a column holds, not only how it is filled or written."""
    little = fact in _LITTLE or fact.startswith(_FORM) or fact.endswith(FOR_NO_VALUE)
    return not little


def without_facts(text: str, *, codes: bool) -> str:
    """Leave out the sentences of a comment that say only how a column is filled or written.

    Args:
        codes: leave out those that list its codes, too.
    """
    kept = (s for s in _SENTENCE.split(text) if tells(s.strip().removesuffix(".")))
    return " ".join(s for s in kept if not (codes and s.startswith(_OF_CODES)))


def _limits(column: Column, clause: Clause, evidence: Evidence) -> list[str]:
    """Leave out that an identifier can be negative: -1 is a row that stands for none."""
    limits = limits_of(column, evidence)
    named = clause.kind == "id" or evidence.key_role in {"primary", "foreign"}
    return [limit for limit in limits if not (named and limit == NEGATIVE)]


def _key(evidence: Evidence, clause: Clause) -> str:
    if evidence.key_role == "primary":
        return "Primary key"
    return (
        "Unique in the rows read" if evidence.key_role == "unique" and clause.kind == "id" else ""
    )


def _reference(table: Table, evidence: Evidence) -> str:
    return f"Refers to {local_name(table, evidence.reference)}" if evidence.reference else ""


def local_name(table: Table, reference: str) -> str:
    """Shorten a reference by the parts that it shares with the table's own schema."""
    schema, dot, _ = table.name.rpartition(".")
    return reference.removeprefix(schema + dot) if schema else reference


def _codes(column: Column, clause: Clause, evidence: Evidence, *, is_known: bool) -> str:
    if not evidence.is_code or clause.kind in _NOT_CODES or evidence.semantic in _NOT_CODE_KINDS:
        return ""
    codes = [f.value for f in evidence.frequent if f.value.strip().lower() not in _PLACEHOLDERS]
    if not _quotable(codes, evidence):
        return ""
    if clause.kind == "flag":
        return _yes_no(codes) if not is_boolean(column.data_type) else ""
    coded = clause.kind == "coded" or bool(_CODED & set(clause.subject.lower().split(" ")))
    if is_text(column.data_type):
        short = all(_is_symbol(code, is_known=is_known) for code in codes)
        listed = ", ".join(f"'{c}'" for c in sorted(codes))
        return _listed_codes(listed, evidence) if coded or short else ""
    telling = coded and (clause.kind == "coded" or not _consecutive(codes))
    telling = telling or (not is_known and _are_alike_in_digits(codes))
    if is_whole(column.data_type) and telling:
        return _listed_codes(", ".join(sorted(codes, key=_as_number)), evidence)
    return ""


def _is_symbol(code: str, *, is_known: bool) -> bool:
    return bool(_SYMBOL.fullmatch(code) or (not is_known and _WITH_DIGITS.fullmatch(code)))


def _are_alike_in_digits(codes: list[str]) -> bool:
    """Whether whole numbers have as many digits each, at least two: codes rather than counts."""
    lengths = {len(code) for code in codes}
    return len(lengths) == 1 and min(lengths) > 1 and all(code.isdecimal() for code in codes)


def _listed_codes(listed: str, evidence: Evidence) -> str:
    """Say that these are all codes only where rows and values bear it: codes seen are not all."""
    if evidence.has_all_codes:
        return f"One of {listed}{_where(evidence)}"
    return f"Such as {listed}"


def _where(evidence: Evidence) -> str:
    """Limit a fact to the rows read, as rows outside a sample may hold other values."""
    return " in the rows read" if evidence.sampled else ""


def _quotable(codes: list[str], evidence: Evidence) -> bool:
    """Whether these are codes, which repeat and are short; a few names or sentences are not."""
    filled = evidence.rows_read * (1 - evidence.null_share)
    return (
        2 <= len(codes) <= CODE_LIMIT
        and len(evidence.frequent) == evidence.distinct
        and filled >= 3 * evidence.distinct
        and all(0 < len(code) <= _LONGEST_CODE and code.isprintable() for code in codes)
        and not any(_NOT_A_CODE.search(code) for code in codes)
        and not all(_IDENTIFIES.fullmatch(code) for code in codes)
        and sum(map(len, codes)) <= _LONGEST_CODES
    )


def _consecutive(codes: list[str]) -> bool:
    """Whether codes are only the numbers from 0 or 1 to n, which tell a reader nothing."""
    ordered = sorted(codes, key=_as_number)
    return any(ordered == [str(n + first) for n in range(len(codes))] for first in (0, 1))


def _as_number(code: str) -> tuple[float, str]:
    try:
        return float(code), code
    except ValueError:
        return float("inf"), code


def _yes_no(codes: list[str]) -> str:
    for yes, no in _YES.items():
        for code in codes:
            if code.lower().removesuffix(".0") == yes:
                other = next(c for c in codes if c != code)
                return f"{code} for yes, {other} for no" if other.lower()[0] == no else ""
    return ""


def _withheld(evidence: Evidence) -> bool:
    """Whether only the class of the values may be named."""
    return evidence.masked or bool(evidence.personal)


def _constant(evidence: Evidence) -> str:
    is_one = evidence.distinct == 1 and evidence.null_share == 0
    return _ONE_VALUE if is_one and evidence.rows_read >= _ROWS_OF_ONE else ""


def _form(evidence: Evidence) -> str:
    """The form of texts that are written alike, where it is more than a digit or two."""
    shape = _shape(evidence)
    form = shape.removeprefix(_FORM)
    is_told = evidence.semantic not in _OF_NO_FORM  # as a date, a version, ...
    return shape if not is_told and "9" in form and len(form) >= _LEAST_FORM else ""


def _nulls(evidence: Evidence) -> str:
    if evidence.null_share >= 1:
        return _EMPTY
    return _OFTEN_EMPTY if evidence.null_share >= 0.5 else ""


def details_of(column: Column, evidence: Evidence) -> list[str]:
    """Write what only a detailed comment says: shape, years, what never occurs, gaps."""
    never = [_sign(column, evidence), "empty" if evidence.null_share == 0 else ""]
    never_text = " and never ".join(word for word in never if word)
    details = [
        _shape(evidence),
        _years(column, evidence),
        f"Never {never_text} in the rows read" if never_text and not evidence.key_role else "",
        "Sometimes empty" if 0 < evidence.null_share < 0.5 else "",
    ]
    return [detail for detail in details if detail]


def _shape(evidence: Evidence) -> str:
    common = [s.value for s in evidence.shapes if s.share >= 0.9 and len(s.value) <= _LONGEST_CODE]
    if not common or evidence.personal or not _CODE_SHAPE.fullmatch(common[0]):
        return ""
    return f"{_FORM}{common[0]}" if common[0].isprintable() else ""


def _years(column: Column, evidence: Evidence) -> str:
    if _withheld(evidence) or not is_moment(column.data_type):
        return ""
    first, last = evidence.minimum[:4], evidence.maximum[:4]
    if not (first.isdecimal() and last.isdecimal()) or last == "9999":
        return ""
    return (
        f"In {first} in the rows read"
        if first == last
        else f"Between {first} and {last}{_where(evidence)}"
    )


def _sign(column: Column, evidence: Evidence) -> str:
    low = _as_number(evidence.minimum)[0]
    number = is_number(column.data_type) and not _withheld(evidence)
    return "negative" if number and 0 <= low < float("inf") else ""


def has_flag_codes(evidence: Evidence | None) -> bool:
    """Whether a column holds two codes that look like no and yes."""
    if evidence is None or evidence.distinct != 2 or not evidence.is_code:
        return False
    return {f.value.lower() for f in evidence.frequent} in FLAG_CODES
