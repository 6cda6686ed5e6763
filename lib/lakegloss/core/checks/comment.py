"""Checks a written comment: what is cleaned silently, and what makes it fail.

It removes control, escape and bidirectional characters, line breaks, wrapping quotes and the
column's own name in front. Everything else is a named failure, with a line that tells a model what
was wrong.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from lakegloss.core.assets import Column, Table
from lakegloss.core.checks.claims import contradiction
from lakegloss.core.checks.literals import any_quoted, personal_value, quoted_value
from lakegloss.core.checks.marks import DEBRIS, UNSAFE
from lakegloss.core.checks.unrelated import is_garbled
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name, split_path
from lakegloss.core.text.neutral import neutralise
from lakegloss.core.words.lexicon import words_by_form


class Check(StrEnum):
    """What a comment can fail, worst first."""

    UNSAFE = "unsafe"  # HTML, links, SQL that does something
    PERSONAL_VALUE = "personal_value"  # has the form of an e-mail address, a card number, ...
    DEBRIS = "debris"  # of prompt or answer: ids, JSON, fences, talk about itself
    EMPTY = "empty"
    CONTRADICTION = "contradiction"
    INVENTED_NAME = "invented_name"
    LITERAL_VALUE = "literal_value"
    TOO_LONG = "too_long"
    ECHO = "echo"
    UNRELATED = "unrelated"  # to name, type, evidence and table: `core.checks.relation`
    UNKNOWN_WORDS = "unknown_words"  # the rules tell no more than a name of such words


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A comment after the checks.

    Attributes:
        text: cleaned; cut at the end of a sentence where it was too long and has one.
        failures: names of `Check`, worst first; without any, the text can be used.
        feedback: what was wrong, in words for the model that is asked again; '' without failures.
    """

    text: str
    failures: tuple[str, ...] = ()
    feedback: str = ""


_WORDS = {"concise": 60, "standard": 120, "detailed": 300}
"""The most words of each style, whatever the catalog allows: four times what is asked for."""
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("`", "`"))
_OPENING = frozenset(opening for opening, _ in _QUOTES)
_NOTHING = re.compile(
    r"[\W_]*(?:n/?a|none|null|unknown|tbd|todo|no (?:comment|description)(?: available)?"
    r"|not available|undefined|\.\.\.|text)?[\W_]*",
    re.IGNORECASE,
)
_BACKTICKED = re.compile(r"`([^`\s]{1,128})`")
_NAMED_COLUMN = re.compile(
    r"\bcolumns? [\"']?([A-Za-z]\w*_\w+)|\b([A-Za-z]\w*_\w+)[\"']? columns?\b"
)
_QUALIFIED = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)\b")
_MAY_NAME = re.compile(r"[`_]|\.[A-Za-z]")
"""A sign that each of the three has: most texts have none."""
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
_FILE = re.compile(r".*\.(?:csv|txt|tsv|json|xlsx?|parquet|py|sql|pdf|md)", re.IGNORECASE)
_FILLER = frozenset(
    re.findall(
        r"[a-z]+",
        "a an the this that of for in on at to is are was by with and or as its it each per which "
        "column field table value values data contains contain stores store holds hold represents "
        "represent indicates specifies describes record row information about associated related "
        "given",
    )
)
_STEM = 5
_KEPT = 2_048
"""Texts whose findings are kept for the next asset with the same text."""


def check_comment(
    text: str,
    *,
    table: Table,
    column: Column | None,
    evidence: Evidence | None,
    limit: int,
    style: str,
    siblings: Collection[Evidence] = (),
) -> Checked:
    """Clean a comment and name everything that is wrong with it.

    `column` is None for the table's own comment, `limit` counts characters, `style` is concise,
    standard or detailed, and `siblings` are the evidence of a table's columns for its own comment.
    """
    cleaned = clean(text, column)
    subject = _Subject(table, column, evidence, siblings)
    findings = dict(_findings(cleaned, subject, style))
    if len(cleaned) > limit:
        findings[Check.TOO_LONG] = f"it has {len(cleaned)} characters, at most {limit} are allowed"
        cleaned = _cut_at_sentence(cleaned, limit)
    if not findings:
        return Checked(text=cleaned)
    failures = tuple(check.value for check in Check if check in findings)
    feedback = "; ".join(findings[check] for check in Check if check in findings)
    return Checked(text=cleaned, failures=failures, feedback=feedback)


def clean(text: str, column: Column | None = None) -> str:
    """Make one line without invisible characters, wrapping quotes or the column's name in front."""
    if not (text.isascii() and text.isprintable()):
        text = _ESCAPE.sub("", text.encode("utf-8", "replace").decode("utf-8"))
        text = "".join(
            c for c in text if c.isspace() or unicodedata.category(c)[0] != "C" or _joins(c)
        )
        text = unicodedata.normalize("NFC", text)
    text = " ".join(text.split())
    if column is not None:
        name = own_name(column.path)
        # Each column needs its own pattern, so it is made only where the name occurs.
        if name in text and _may_begin_with(name, text):
            name = re.escape(name)
            text = re.sub(rf"^[`\"'*]*{name}[`\"'*]*\s*(?::|\s[-\u2013\u2014])\s+", "", text)
    for opening, closing in _QUOTES if text[:1] in _OPENING else ():
        if len(text) > 1 and text[0] == opening and text[-1] == closing:
            inner = text[1:-1]
            text = inner.strip() if opening not in inner and closing not in inner else text
    return text


_MARKS = "`\"'*"


def _may_begin_with(name: str, text: str) -> bool:
    """Whether a name may stand in front of a text, with quotes around it."""
    return text.lstrip(_MARKS).startswith(name) or name[:1] in _MARKS


def _joins(character: str) -> bool:
    """Zero-width joiners are part of the spelling in several scripts."""
    return character in "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a comment is about."""

    table: Table
    column: Column | None
    evidence: Evidence | None
    siblings: Collection[Evidence]


def _findings(text: str, subject: _Subject, style: str) -> Iterator[tuple[Check, str]]:
    if _NOTHING.fullmatch(text):
        yield Check.EMPTY, "it says nothing"
        return
    yield from _findings_anywhere(text)
    if len(text.split()) > _WORDS[style]:
        yield Check.TOO_LONG, f"it has {len(text.split())} words; keep to the length asked for"
    if says_only_name(text, subject.table, subject.column):
        yield Check.ECHO, "it only repeats the name; say what is meant"
    yield from _against(text, subject)


@lru_cache(maxsize=_KEPT)  # columns of one meaning often get the same text
def _findings_anywhere(text: str) -> tuple[tuple[Check, str], ...]:
    """What is wrong with a text, whatever it is about."""
    return tuple(_wrong_anywhere(text))


def _wrong_anywhere(text: str) -> Iterator[tuple[Check, str]]:
    if UNSAFE.are_in(text):
        yield Check.UNSAFE, "it has a link, markup or SQL; write plain words"
    if DEBRIS.are_in(text):
        yield Check.DEBRIS, "it has parts of the request or the answer's form; only the comment"
    if is_garbled(text):
        yield Check.DEBRIS, "its letters are garbled; write plain letters"
    if personal_value(text):
        yield Check.PERSONAL_VALUE, "it has a value of a person; write no values"


def _against(text: str, subject: _Subject) -> Iterator[tuple[Check, str]]:
    evidence = subject.evidence
    invented = invented_name(text, subject.table, evidence)
    if invented:
        yield Check.INVENTED_NAME, f"it names {neutralise(invented, 60)!r}, which does not exist"
    wrong = contradiction(text, evidence) if evidence else ""
    if wrong:
        yield Check.CONTRADICTION, wrong
    if (evidence and quoted_value(text, evidence)) or any_quoted(text, subject.siblings):
        yield Check.LITERAL_VALUE, "it quotes a value of the data; describe without values"


def says_only_name(text: str, table: Table, column: Column | None) -> bool:
    """Whether every word is filler or part of the asset's name."""
    name_words = _name_words(own_name(table.name))
    if column:
        name_words |= _name_words(own_name(column.path))
    for word in _words(text) - name_words:  # mostly the first word decides
        stem = word[:_STEM]
        if len(word) < _STEM or not any(name.startswith(stem) for name in name_words):
            return False
    return True


@lru_cache(maxsize=_KEPT)
def _words(text: str) -> frozenset[str]:
    return frozenset(words_by_form(text)) - _FILLER


def invented_name(text: str, table: Table, evidence: Evidence | None) -> str:
    """Find the first name in the text that claims to be a column but is none, else ''."""
    if not _MAY_NAME.search(text):
        return ""
    claims = (_BACKTICKED.search(text), _NAMED_COLUMN.search(text), _QUALIFIED.search(text))
    if not any(claims):
        return ""
    known = _known_names(table, evidence)
    for match in _BACKTICKED.finditer(text):
        name = match.group(1).strip(".,")
        if _IDENTIFIER.fullmatch(name) and not (_parts(name) <= known or _FILE.fullmatch(name)):
            return name
    for match in _NAMED_COLUMN.finditer(text):
        name = match.group(1) or match.group(2)
        if name.lower() not in known:
            return name
    columns = {own_name(column.path).lower() for column in table.columns}
    table_name = own_name(table.name).lower()
    for match in _QUALIFIED.finditer(text):
        if match.group(1).lower() != table_name or _FILE.fullmatch(match.group()):
            continue
        if match.group(2).lower() not in columns:
            return match.group()
    return ""


def _known_names(table: Table, evidence: Evidence | None) -> set[str]:
    """Everything that a comment may name, in lower case: columns, tables, references, codes."""
    names = {part for column in table.columns for part in _parts(column.path)}
    for other in (table.name, *table.sources, evidence.reference if evidence else ""):
        names |= _parts(other)
    if evidence and evidence.is_code:
        names |= {f.value.lower() for f in evidence.frequent}
    return names | {"null", "true", "false", "nan"}


def _parts(path: str) -> set[str]:
    try:
        return {part.lower() for part in split_path(path)} | {path.lower()}
    except ValueError:
        return {path.lower()}


@lru_cache(maxsize=8192)
def _name_words(name: str) -> frozenset[str]:
    return frozenset(words_by_form(name))


def _cut_at_sentence(text: str, limit: int) -> str:
    """Keep the sentences that fit; '' where not even the first one does."""
    ends = [m.end(1) for m in re.finditer(r"([.!?\u3002])(?=\s|$)", text[: limit + 1])]
    ends = [end for end in ends if end <= limit]
    return text[: ends[-1]] if ends else ""
