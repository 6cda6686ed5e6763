"""Writes comments without a model, in English: what a name means and what the evidence shows.

Of literal values, only the codes of small enumerations are quoted. No number that goes stale is
stated. Of masked or personal columns only the class is named.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_number, is_text
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name, split_path
from lakegloss.core.words import phrases
from lakegloss.core.words.clause import Clause, capital, expanded
from lakegloss.core.words.facts import details_of, facts_of, local_name, tells
from lakegloss.core.words.lexicon import explanation, gloss, word_set
from lakegloss.core.words.meaning.languages import language_of
from lakegloss.core.words.meaning.readable import is_small
from lakegloss.core.words.meaning.senses import Glossary
from lakegloss.core.words.meaning.unknown import adds, unknown_in
from lakegloss.core.words.nouns import entity_of, plural, singular
from lakegloss.core.words.surroundings import MOMENTS, name_of, row_of, setting_of

RULES_VERSION = "rules-7"
"""Raise it when the rules would say something else about the same evidence."""


_AS_NUMBERS = MOMENTS - word_set("date_text timestamp_text time_text")
NO_GLOSSARIES: Mapping[str, Glossary] = MappingProxyType({})
_LONG_TEXT = 60
_NOT_TOLD = word_set("id when by system")
_SEMANTIC = {
    "email": "e-mail address", "url": "web address", "hostname": "host name",
    "ip_address": "IP address", "mac_address": "MAC address", "phone": "telephone number",
    "uuid": "UUID", "hash": "hash", "json": "JSON text", "xml": "XML text",
    "file_path": "file path", "mime_type": "media type", "version": "version number",
    "color": "color code", "date_text": "date written as text",
    "timestamp_text": "date and time written as text", "time_text": "time of day as text",
    "date_number": "a number of the form YYYYMMDD", "epoch_seconds": "in seconds since 1970",
    "epoch_millis": "in milliseconds since 1970", "epoch_micros": "in microseconds since 1970",
    "epoch_nanos": "in nanoseconds since 1970", "year": "calendar year",
    "quarter": "quarter of the year", "month": "month of the year", "week": "week of the year",
    "day": "day of the month", "weekday": "day of the week", "hour": "hour of the day",
    "minute": "minute of the hour", "latitude": "in degrees north", "longitude": "in degrees east",
    "point": "geographic point", "country_code": "country code", "currency_code": "currency code",
    "language_code": "language code", "timezone": "time zone", "postal_code": "postal code",
    "percentage": "in percent", "proportion": "as a proportion between 0 and 1",
    "free_text": "free text",
}  # fmt: skip
_OF_ONE_KIND = word_set("month quarter hour minute")
"""Parts of a time that are parts of one other time only, so that it need not be named."""
_MOST_LISTED = 6
_VIEWS = word_set("v vw view")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesText:
    """What the rules say of an asset.

    Attributes:
        text: '' where nothing can be said beyond its bare name.
        unknown: words that nobody knows, where the text tells no more than they do.
    """

    text: str
    unknown: tuple[str, ...] = ()


def describe_column(
    table: Table,
    column: Column,
    evidence: Evidence | None,
    *,
    style: str = "standard",
    glossary: Glossary | None = None,
) -> str:
    """Write the comment of a column, see `said_of_column`."""
    return said_of_column(table, column, evidence, style=style, glossary=glossary).text


def said_of_column(
    table: Table,
    column: Column,
    evidence: Evidence | None,
    *,
    style: str = "standard",
    glossary: Glossary | None = None,
) -> RulesText:
    """Write the comment of a column, and say whether it tells more than a name of unknown words.

    Args:
        table: the context; it tells what a row is.
        evidence: what the data shows; None where the table was not read.
        style: concise (a clause), standard (one or two sentences), detailed (shape and range too).
        glossary: what people said that words of names mean.
    """
    seen = evidence if evidence is not None and evidence.rows_read > 0 else None
    name, setting = name_of(column.path)[0], setting_of(table, column, seen, glossary)
    clause, unknown = phrases.clause_of(name, setting), unknown_in(name, setting)
    meaning = _meaning(clause, column, seen)
    facts = facts_of(table, column, clause, seen, is_known=not unknown) if seen else []
    facts = [fact for fact in facts if fact.lower() not in meaning]
    if not meaning and (seen is None or not seen.reference):
        meaning = _explanation(clause)
    left = (
        unknown if not (meaning or any(map(tells, facts)) or adds(name, setting, unknown)) else ()
    )
    if style == "detailed" and seen is not None:
        facts += [fact for fact in details_of(column, seen) if fact not in facts]
    if not (clause.adds or meaning or facts):
        is_told = bool(glossary) and adds(name, setting, unknown)
        is_row = clause.subject == entity_of(table.name)
        if (seen is None and not is_told) or is_row or is_small(clause.subject):
            return RulesText(text="")  # the row's own name with a kind of value says nothing
        meaning = _is_long(column, seen) if seen is not None else ""
    if style == "concise":
        return RulesText(text=_plain(_finish(clause.text, meaning or _short(facts))), unknown=left)
    sentences = [_finish(clause.text, meaning), *(f"{fact}." for fact in facts)]
    return RulesText(text=_plain(" ".join(sentences)), unknown=left)


def describe_table(
    table: Table, evidence: Mapping[str, Evidence], *, style: str = "standard"
) -> str:
    """Write the comment of a table, see `said_of_table`."""
    return said_of_table(table, evidence, style=style).text


def said_of_table(
    table: Table,
    evidence: Mapping[str, Evidence],
    *,
    style: str = "standard",
    glossaries: Mapping[str, Glossary] = NO_GLOSSARIES,
) -> RulesText:
    """Write the comment of a table, and say whether it only lists names of unknown words.

    Args:
        evidence: of the table's columns, by path.
        glossaries: what people said that words of names mean, for each column by its path.
    """
    paths = frozenset(column.path for column in table.columns)
    entity = row_of(table, language_of(own_name(table.name), paths))
    keys = [path for path, seen in evidence.items() if seen.key_role == "primary"]
    references = _targets(table, evidence.values())
    columns, unknown = _telling_columns(table, evidence, glossaries)
    if not (keys or references or columns):
        return RulesText(text="")
    first = f"One row for each {entity}" if entity and keys else _about(table, entity)
    holds = f", with {_listed(columns)}" if columns else ""
    sentences = [f"{first}{holds}."]
    if keys:
        sentences.append(f"Primary key: {', '.join(keys)}.")
    if references:
        sentences.append(f"Refers to {_listed(references)}.")
    text = _plain(" ".join(sentences[:1] if style == "concise" else sentences))
    return RulesText(text=text, unknown=() if keys or references else unknown)


def _meaning(clause: Clause, column: Column, seen: Evidence | None) -> str:
    """Say what words or values show the column to be: personal data, a gloss, a kind."""
    clause_text = clause.text.lower()
    if seen is not None and seen.personal:
        kind = seen.personal.replace("_", " ")
        said = set(kind.split(" ")) <= set(re.findall(r"[a-z]+", clause_text))
        return "personal data" + ("" if said else f" ({kind})")
    if explanation := _gloss(clause):
        return explanation
    kind = _SEMANTIC.get(seen.semantic, "") if seen is not None else ""
    as_number = seen is not None and seen.semantic in _AS_NUMBERS and is_number(column.data_type)
    if kind and (clause.kind in {"", "erp"} or (clause.kind == "when" and as_number)):
        return _unless_said(kind, clause_text, "{}")
    return ""


def _unless_said(words: str, clause_text: str, form: str) -> str:
    first, _, rest = words.lower().partition(" of the ")
    said = first if rest and first in _OF_ONE_KIND else words.rpartition(" ")[2].lower()
    return "" if said in clause_text else form.format(words)


def _gloss(clause: Clause) -> str:
    """Find the gloss of the longest end of a phrase that has one, else another explanation."""
    words = clause.subject.split(" ")
    for start in range(len(words)):
        end = " ".join(words[start:])
        meaning = gloss(end) or (gloss(singular(end)) if clause.kind != "count" else "")
        if meaning:
            return meaning
    return ""


def _explanation(clause: Clause) -> str:
    """Explain a plain phrase or a count, unless it says so itself."""
    if clause.kind not in {"", "count"} or not clause.subject:
        return ""
    meaning = explanation(tuple(clause.subject.split(" ")))
    return "" if meaning.lower() in clause.text.lower() else meaning


def _is_long(column: Column, seen: Evidence) -> str:
    """Say that texts are long, for a column whose name says nothing."""
    long = is_text(column.data_type) and (seen.mean_length or 0) >= _LONG_TEXT and not seen.is_code
    return "long text" if long else ""


def _targets(table: Table, evidence: Iterable[Evidence]) -> list[str]:
    names: dict[str, None] = {}
    for seen in evidence:
        if seen.reference:
            names[local_name(table, seen.reference).rpartition(".")[0]] = None
    return [name for name in names if name]


def _telling_columns(
    table: Table, evidence: Mapping[str, Evidence], glossaries: Mapping[str, Glossary]
) -> tuple[list[str], tuple[str, ...]]:
    """Name up to six columns in plain words, without keys and the columns of load tools.

    Columns of whose names a reader knows every word come alone. Where there is none, the others
    are named as they are, and their unknown words are given, too.
    """
    known: dict[str, None] = {}
    others: dict[str, tuple[str, ...]] = {}
    for column in table.columns:
        seen, (name, _) = evidence.get(column.path), name_of(column.path)
        setting = setting_of(table, column, seen, glossaries.get(column.path))
        empty = seen is not None and (seen.null_share >= 1 or seen.key_role == "primary")
        if _is_part(column.path) or empty:
            continue
        if phrases.clause_of(name, setting).kind in _NOT_TOLD:
            continue
        words = phrases.quantity(name, setting)
        if unknown := unknown_in(name, setting):
            others[words] = unknown
        else:
            known[words] = None
    if known:
        return list(known)[:_MOST_LISTED], ()
    unknown_words = dict.fromkeys(word for words in others.values() for word in words)
    return list(others)[:_MOST_LISTED], tuple(unknown_words)


def _is_part(path: str) -> bool:
    try:
        return len(split_path(path)) > 1
    except ValueError:
        return False


def _about(table: Table, entity: str) -> str:
    return f"Data on {plural(entity)}" if entity else capital(_table_words(own_name(table.name)))


def _table_words(name: str) -> str:
    """A table's name in words, without the mark of a view; `hr` at its start is no hour."""
    first, _, rest = name.partition("_")
    if rest and first.lower() in _VIEWS:
        return expanded(rest)
    return f"HR {expanded(rest)}" if rest and first.lower() == "hr" else expanded(name)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _short(facts: list[str]) -> str:
    return facts[0][:1].lower() + facts[0][1:] if facts else ""


def _finish(text: str, meaning: str) -> str:
    return f"{text}: {meaning}." if meaning else f"{text}."


def _plain(text: str) -> str:
    """Make one line: names and codes are data and may hold anything."""
    return _BLANK.sub(" ", text).strip()
