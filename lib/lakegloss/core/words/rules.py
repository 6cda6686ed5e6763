"""Writes comments without a model, in English: what a name means and what the evidence shows.

Of literal values, only the codes of small enumerations are quoted. No number that goes stale is
stated. Of masked or personal columns only the class is named.
"""

import re
from collections.abc import Iterable, Mapping

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_boolean, is_moment, is_number, is_text, is_whole
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name, split_path
from lakegloss.core.words import phrases
from lakegloss.core.words.clause import Clause, Setting, capital, expanded
from lakegloss.core.words.facts import (
    details_of,
    facts_of,
    has_flag_codes,
    local_name,
)
from lakegloss.core.words.lexicon import (
    erp_field,
    erp_table,
    explanation,
    gloss,
    word_set,
    words_of,
)
from lakegloss.core.words.meaning.languages import in_english, is_foreign, language_of
from lakegloss.core.words.meaning.senses import Around, Glossary, finite, is_known, weights_of
from lakegloss.core.words.nouns import entity_of, plural, singular

RULES_VERSION = "rules-6"
"""Raise it when the rules would say something else about the same evidence."""


_MOMENTS = word_set("""
date_text timestamp_text time_text epoch_seconds epoch_millis epoch_micros epoch_nanos date_number
""")
_AS_NUMBERS = _MOMENTS - word_set("date_text timestamp_text time_text")
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
_FIRST_YEAR, _LAST_YEAR = 1700, 2060
_VIEWS = word_set("v vw view")
_NO_NOUN = re.compile(r".*(?:ic|al|ed|ous|to|from|by|of|in|at|on|for)")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def describe_column(
    table: Table,
    column: Column,
    evidence: Evidence | None,
    *,
    style: str = "standard",
    glossary: Glossary | None = None,
) -> str:
    """Write the comment of a column; '' where nothing can be said beyond its bare name.

    Args:
        table: the context; it tells what a row is.
        evidence: what the data shows; None where the table was not read.
        style: concise (a clause), standard (one or two sentences), detailed (shape and range too).
        glossary: what people said that words of names mean.
    """
    seen = evidence if evidence is not None and evidence.rows_read > 0 else None
    clause = _clause(table, column, seen, glossary)
    meaning = _meaning(clause, column, seen)
    facts = facts_of(table, column, clause, seen) if seen is not None else []
    facts = [fact for fact in facts if fact.lower() not in meaning]
    if not meaning and (seen is None or not seen.reference):
        meaning = _explanation(clause)
    if style == "detailed" and seen is not None:
        facts += details_of(column, seen)
    if not (clause.adds or meaning or facts):
        if seen is None or clause.subject == entity_of(table.name):
            return ""  # the row's own name with a kind of value says nothing
        meaning = _is_long(column, seen)
    if style == "concise":
        return _plain(_finish(clause.text, meaning or _short(facts)))
    return _plain(" ".join([_finish(clause.text, meaning), *(f"{fact}." for fact in facts)]))


def describe_table(
    table: Table, evidence: Mapping[str, Evidence], *, style: str = "standard"
) -> str:
    """Write the comment of a table; '' where nothing can be said beyond its bare name.

    Args:
        evidence: of the table's columns, by path.
    """
    paths = frozenset(column.path for column in table.columns)
    entity = _row_of(table, language_of(own_name(table.name), paths))
    keys = [path for path, seen in evidence.items() if seen.key_role == "primary"]
    references = _targets(table, evidence.values())
    columns = _telling_columns(table, evidence)
    if not (keys or references or columns):
        return ""
    first = f"One row for each {entity}" if entity and keys else _about(table, entity)
    holds = f", with {_listed(columns)}" if columns else ""
    sentences = [f"{first}{holds}."]
    if keys:
        sentences.append(f"Primary key: {', '.join(keys)}.")
    if references:
        sentences.append(f"Refers to {_listed(references)}.")
    return _plain(" ".join(sentences[:1] if style == "concise" else sentences))


def _clause(
    table: Table, column: Column, seen: Evidence | None, glossary: Glossary | None = None
) -> Clause:
    name, _ = _name_of(column.path)
    return phrases.clause_of(name, setting_of(table, column, seen, glossary))


def setting_of(
    table: Table, column: Column, seen: Evidence | None, glossary: Glossary | None = None
) -> Setting:
    """What surrounds a column: its type and values, the table and its other columns."""
    _, inside = _name_of(column.path)
    own, paths = own_name(table.name), frozenset(c.path for c in table.columns)
    language = language_of(own, paths)
    erp = _speaks_erp(table)
    return Setting(
        entity="" if _is_in_unknown_list(column.path) else inside or _row_of(table, language),
        key=seen is not None and seen.key_role == "primary",
        year=_holds_years(column, seen),
        number=is_number(column.data_type),
        whole=is_whole(column.data_type),
        boolean=is_boolean(column.data_type),
        moment=_is_moment(column, seen),
        epoch=seen is not None and seen.semantic.startswith("epoch_"),
        coded_flag=has_flag_codes(seen),
        erp=erp,
        table=own,
        target=_row_of_target(table, seen),
        siblings=paths,
        around=Around(
            kind=_kind_of(column, seen),
            low=finite(seen.minimum) if seen else None,
            high=finite(seen.maximum) if seen else None,
            weights=weights_of(own, paths),
            glossary=glossary,
        ),
        language=language,
        foreign=bool(language) or (not erp and is_foreign(own, paths)),
    )


def _row_of(table: Table, language: str) -> str:
    """The noun for a row, also where the table's name is in another language."""
    words = in_english(own_name(table.name), language) if language else ()
    return singular(" ".join(words)) if words else entity_of(table.name)


def _row_of_target(table: Table, seen: Evidence | None) -> str:
    """The noun for a row of the other table that a column refers to; '' where it has none."""
    target = seen.reference.rpartition(".")[0] if seen is not None else ""
    return entity_of(target) if target and target != table.name else ""


def _kind_of(column: Column, seen: Evidence | None) -> str:
    """What a column holds, as the conditions of short forms name it."""
    kind = column.data_type
    if is_boolean(kind) or has_flag_codes(seen):
        return "flag"
    if is_moment(kind) or (seen is not None and seen.semantic in _MOMENTS):
        return "moment"
    if is_number(kind):
        return "whole" if is_whole(kind) else "fraction"
    return "text" if is_text(kind) else ""


def _name_of(path: str) -> tuple[str, str]:
    """Split off the column's own name from what it is a part of, in words ('' if of nothing).

    Levels that are only numbered (`l1`) name nothing, so the level above them counts.
    """
    try:
        parts = split_path(path)
    except ValueError:
        parts = (path,)
    named = [part for part in parts if part != "element"] or list(parts)
    above = (_as_noun(part) for part in reversed(named[:-1]))
    return named[-1], next((noun for noun in above if noun), "")


def _is_in_unknown_list(path: str) -> bool:
    """Whether a field is of an array of which no reader knows what it lists: not of the row."""
    try:
        *above, _ = split_path(path)
    except ValueError:
        return False
    names = [part for part in above if part != "element"]
    return above[-1:] == ["element"] and bool(names) and not _as_noun(names[-1])


def _as_noun(part: str) -> str:
    """A level's name as a noun; '' where it is none that a reader knows."""
    words = words_of(part)
    known = any(is_known(word) and len(word) > 2 for word in words)
    phrase = singular(expanded(part)) if known else ""
    return f"{phrase} part" if phrase and _NO_NOUN.fullmatch(phrase.rpartition(" ")[2]) else phrase


def _is_moment(column: Column, seen: Evidence | None) -> bool:
    if is_moment(column.data_type):
        return True
    return seen is not None and seen.semantic in _MOMENTS


def _holds_years(column: Column, seen: Evidence | None) -> bool:
    """Whether all values of whole numbers could be years of our time."""
    if seen is None or not is_whole(column.data_type):
        return False
    low, high = finite(seen.minimum), finite(seen.maximum)
    return low is not None and high is not None and _FIRST_YEAR <= low <= high <= _LAST_YEAR


def _speaks_erp(table: Table) -> bool:
    known = sum(1 for column in table.columns if erp_field(column.path))
    return known >= 3 or (known > 0 and bool(erp_table(own_name(table.name))))


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


def _telling_columns(table: Table, evidence: Mapping[str, Evidence]) -> list[str]:
    """Name up to six columns in plain words, without keys and the columns of load tools."""
    words: dict[str, None] = {}
    for column in table.columns:
        seen, (name, _) = evidence.get(column.path), _name_of(column.path)
        clause = _clause(table, column, seen)
        empty = seen is not None and (seen.null_share >= 1 or seen.key_role == "primary")
        if not _is_part(column.path) and not empty and clause.kind not in _NOT_TOLD:
            words[phrases.quantity(name, setting_of(table, column, seen))] = None
    return list(words)[:6]


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
