"""Writes the facts of a comment without a model: short sentences that the evidence supports."""

import re

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_boolean, is_moment, is_number, is_text, is_whole
from lakegloss.core.evidence import CODE_LIMIT, FLAG_CODES, Evidence
from lakegloss.core.words.clause import Clause
from lakegloss.core.words.lexicon import word_set
from lakegloss.core.words.limits import NEGATIVE, limits_of

_LONGEST_CODE = 30
_LONGEST_CODES = 160
_YES = {"1": "0", "y": "n", "t": "f"}
_NOT_CODES = word_set("id when by system count")
_NOT_CODE_KINDS = word_set("""
year email url hostname ip_address mac_address phone uuid hash json xml file_path date_text
timestamp_text time_text date_number epoch_seconds epoch_millis point free_text identifier
""")
_PLACEHOLDERS = word_set("null none na n/a nan nil") | {""}
_NOT_A_CODE = re.compile(r"[@\\{}<>$`'\"]|://|\d{5}")
_IDENTIFIES = re.compile(r"(?=(?:.*\d){3})(?=(?:.*[A-Z]){2})[A-Z\d \-]{7,}")
"""Long mixtures of letters and digits, such as licence plates: of a few things, no kinds."""
_SYMBOL = re.compile(r"[^\W_]{1,4}|[A-Z\d][A-Z\d_\-]{0,15}|[a-z][a-z\d_\-]{0,20}")
_CODE_SHAPE = re.compile(r"(?=.*[A9])[A9\W_]+")
_CODED = word_set("""
code type category class status state level group kind stage grade indicator flag mode rank tier
priority severity quarter weekday result outcome method channel reason sex gender action role phase
division segment scale frequency direction side shift currency language
""")


def facts_of(table: Table, column: Column, clause: Clause, evidence: Evidence) -> list[str]:
    """Write key role, reference, codes, range and emptiness, in this order and without stops."""
    facts = [
        _key(evidence, clause),
        _reference(table, evidence),
        _codes(column, clause, evidence),
        *_limits(column, clause, evidence),
        _nulls(evidence),
    ]
    return [fact for fact in facts if fact]


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


def _codes(column: Column, clause: Clause, evidence: Evidence) -> str:
    if not evidence.is_code or clause.kind in _NOT_CODES or evidence.semantic in _NOT_CODE_KINDS:
        return ""
    codes = [f.value for f in evidence.frequent if f.value.strip().lower() not in _PLACEHOLDERS]
    if not _quotable(codes, evidence):
        return ""
    if clause.kind == "flag":
        return _yes_no(codes) if not is_boolean(column.data_type) else ""
    coded = clause.kind == "coded" or bool(_CODED & set(clause.subject.lower().split(" ")))
    if is_text(column.data_type):
        short = all(_SYMBOL.fullmatch(code) for code in codes)
        listed = ", ".join(f"'{c}'" for c in sorted(codes))
        return _listed_codes(listed, evidence) if coded or short else ""
    telling = coded and (clause.kind == "coded" or not _consecutive(codes))
    if is_whole(column.data_type) and telling:
        return _listed_codes(", ".join(sorted(codes, key=_as_number)), evidence)
    return ""


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


def _nulls(evidence: Evidence) -> str:
    if evidence.null_share >= 1:
        return "Empty in every row read"
    return "Often empty" if evidence.null_share >= 0.5 else ""


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
    return f"Written as {common[0]}" if common[0].isprintable() else ""


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
