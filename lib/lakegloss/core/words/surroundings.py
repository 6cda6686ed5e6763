"""Finds what surrounds a column: its type and values, the table and its other columns."""

import re

from lakegloss.core.assets import Column, Table
from lakegloss.core.data_types import is_boolean, is_moment, is_number, is_text, is_whole
from lakegloss.core.evidence import Evidence
from lakegloss.core.names import own_name, split_path
from lakegloss.core.words.clause import Setting, expanded
from lakegloss.core.words.facts import has_flag_codes
from lakegloss.core.words.lexicon import erp_field, erp_table, word_set, words_of
from lakegloss.core.words.meaning.languages import in_english, is_foreign, language_of
from lakegloss.core.words.meaning.senses import Around, Glossary, finite, is_known, weights_of
from lakegloss.core.words.nouns import entity_of, singular

MOMENTS = word_set("""
date_text timestamp_text time_text epoch_seconds epoch_millis epoch_micros epoch_nanos date_number
""")
"""Kinds of values that are dates and times, though their type is text or number."""
_FIRST_YEAR, _LAST_YEAR = 1700, 2060
_NO_NOUN = re.compile(r".*(?:ic|al|ed|ous|to|from|by|of|in|at|on|for)")


def setting_of(
    table: Table, column: Column, seen: Evidence | None, glossary: Glossary | None = None
) -> Setting:
    """What surrounds a column: its type and values, the table and its other columns."""
    _, inside = name_of(column.path)
    own, paths = own_name(table.name), frozenset(c.path for c in table.columns)
    language = language_of(own, paths)
    erp = _speaks_erp(table)
    return Setting(
        entity="" if _is_in_unknown_list(column.path) else inside or row_of(table, language),
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
            weights=weights_of(own, paths | _target_names(seen)),
            glossary=glossary,
        ),
        language=language,
        foreign=bool(language) or (not erp and is_foreign(own, paths)),
    )


def row_of(table: Table, language: str) -> str:
    """The noun for a row, also where the table's name is in another language."""
    words = in_english(own_name(table.name), language) if language else ()
    return singular(" ".join(words)) if words else entity_of(table.name)


def _row_of_target(table: Table, seen: Evidence | None) -> str:
    """The noun for a row of the other table that a column refers to; '' where it has none."""
    target = seen.reference.rpartition(".")[0] if seen is not None else ""
    return entity_of(target) if target and target != table.name else ""


def _target_names(seen: Evidence | None) -> frozenset[str]:
    """The own name of the table that a column refers to."""
    target = seen.reference.rpartition(".")[0] if seen is not None else ""
    return frozenset({own_name(target)} if target else ())


def _kind_of(column: Column, seen: Evidence | None) -> str:
    """What a column holds, as the conditions of short forms name it."""
    kind = column.data_type
    if is_boolean(kind) or has_flag_codes(seen):
        return "flag"
    if is_moment(kind) or (seen is not None and seen.semantic in MOMENTS):
        return "moment"
    if is_number(kind):
        return "whole" if is_whole(kind) else "fraction"
    return "text" if is_text(kind) else ""


def name_of(path: str) -> tuple[str, str]:
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
    return seen is not None and seen.semantic in MOMENTS


def _holds_years(column: Column, seen: Evidence | None) -> bool:
    """Whether all values of whole numbers could be years of our time."""
    if seen is None or not is_whole(column.data_type):
        return False
    low, high = finite(seen.minimum), finite(seen.maximum)
    return low is not None and high is not None and _FIRST_YEAR <= low <= high <= _LAST_YEAR


def _speaks_erp(table: Table) -> bool:
    known = sum(1 for column in table.columns if erp_field(column.path))
    return known >= 3 or (known > 0 and bool(erp_table(own_name(table.name))))
