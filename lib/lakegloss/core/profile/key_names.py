"""Reads the names of keys: their words without what a table's columns share, and what they say."""

from collections.abc import Sequence
from functools import lru_cache

from lakegloss.core.names import split_path
from lakegloss.core.words.generic import BEFORE_KEYED_ENTITY, ID_WORDS, KEY_WORDS, OF_COPIES
from lakegloss.core.words.lexicon import expand_words, vocabulary, word_set, words_of
from lakegloss.core.words.nouns import singular_by_ending

Words = tuple[str, ...]

MEASURES = word_set(
    "rank ranking position order ordinal score total count cnt amount amt price value rate pct"
    " percent share lat latitude lon lng longitude quantity qty size weight height width length"
    " index sum avg mean min max"
)
_LINES = word_set("line seq sequence position pos ordinal ordering posnr item lineno linenumber")
_AFTER_LINE = KEY_WORDS | word_set("index idx")
_PARENTS = frozenset({
    ("parent",), ("reports", "to"), ("reporting", "to"), ("predecessor",), ("superior",),
    ("superseded", "by"), ("replaced", "by"), ("duplicate", "of"), ("child", "of"), ("reply", "to"),
    ("in", "reply", "to"), ("original",), ("reversal", "of"), ("parent", "row"),
})  # fmt: skip
_BOSSES = word_set("manager mgr supervisor boss lead superior leader head")
_EMPLOYED = word_set("employee emp staff worker personnel associate manager officer agent rep")
_CLIENTS = word_set("mandt client client_id clientid mandant clnt rclnt tenant tenant_id tenantid")
_GLUED = ("key", "id", "sk")
_SHORT_PREFIX = 4


@lru_cache(maxsize=65_536)
def key_words(path: str) -> Words:
    """Split a column's name into words as keys are compared: trailing digits left out, glue cut."""
    words = list(words_of(split_path(path)[-1]))
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if len(words) > 1 and words[0] == "fk":
        words = words[1:]
    if len(words) > 1 and words[0] in ID_WORDS and words[-1] not in KEY_WORDS:
        words = [*words[1:], words[0]]
    return (*words[:-1], *_cut_glue(words[-1])) if words else ()


def _cut_glue(word: str) -> Words:
    """Cut the word for key off a name that is no word itself: suppkey is supp and key."""
    for ending in _GLUED:
        if word.endswith(ending) and len(word) > len(ending) + 2 and word not in vocabulary():
            return word.removesuffix(ending), ending
    return (word,)


@lru_cache(maxsize=65_536)
def plain(words: Words) -> Words:
    """Write abbreviations out, but the word for key at the end: addr sk is address sk."""
    if len(words) > 1 and words[-1] in KEY_WORDS:
        return (*expand_words(words[:-1]), words[-1])
    return words if words[-1:] and words[-1] in KEY_WORDS else expand_words(words)


def shared_prefix(paths: Sequence[str]) -> str:
    """Find the short first word that all columns of a table share (c_ in TPC-H), or ''."""
    if len(paths) < 3:
        return ""
    split = [words_of(split_path(path)[-1]) for path in paths]
    first = split[0][:1]
    if not first or len(first[0]) > _SHORT_PREFIX or first[0] in ID_WORDS:
        return ""
    return first[0] if all(len(w) > 1 and w[0] == first[0] for w in split) else ""


def without_prefix(words: Words, prefix: str) -> Words:
    """Leave out the word that all columns of the table begin with."""
    return words[1:] if prefix and len(words) > 1 and words[0] == prefix else words


@lru_cache(maxsize=65_536)
def keyed_entity(table: str) -> Words:
    """Split a table's name into the words that keys use: dim_order_items and date_dim alike."""
    words = list(words_of(split_path(table)[-1]))
    while len(words) > 1 and words[0] in BEFORE_KEYED_ENTITY:
        words.pop(0)
    while len(words) > 1 and words[-1] in BEFORE_KEYED_ENTITY and len(words[-1]) > 1:
        words.pop()
    if not words:
        return ()
    return plain((*words[:-1], singular_by_ending(words[-1])))


def copy_words(table: str) -> int:
    """Count the words of a table's name that tell copies from what they were copied of."""
    words = words_of(split_path(table)[-1])
    return sum(word in OF_COPIES or word.isdigit() for word in words[1:] or ()) + (
        bool(words) and len(words) > 1 and words[0] in OF_COPIES
    )


def is_identifier(words: Words) -> bool:
    """Whether the last word means identifier or number."""
    return bool(words) and words[-1] in KEY_WORDS


def is_line(words: Words) -> bool:
    """Whether a name numbers the parts of something: line_no, position, stop_sequence."""
    if not words:
        return False
    last = words[-1]
    if last in _LINES and last != "item":
        return True
    return len(words) > 1 and last in _AFTER_LINE - ID_WORDS and words[-2] in _LINES


def is_measure(words: Words) -> bool:
    """Whether a name says that its values are measured or counted: no order_id, no order_no."""
    if not words or words[-1] in ID_WORDS or (is_identifier(words) and "order" in words):
        return False
    return not MEASURES.isdisjoint(words)


def names_entity(words: Words, entity: Words) -> bool:
    """Whether words are the table's name, perhaps shortened: supp for supplier."""
    if not words or not entity:
        return False
    if plain(words) == entity:
        return True
    short = words[0]
    return len(words) == len(entity) == 1 and len(short) > 2 and entity[0].startswith(short)


def refers_to_own_table(words: Words, entity: Words) -> bool:
    """Whether a name says that its values are keys of other rows of the same table."""
    bare = words[:-1] if len(words) > 1 and words[-1] in KEY_WORDS else words
    if bare in _PARENTS or (bare[:1] == ("parent",) and bare[1:] == entity):
        return True
    boss = bare[-1:] and bare[-1] in _BOSSES
    return bool(boss) and bool(entity) and entity[-1] in _EMPLOYED


def is_client(path: str) -> bool:
    """Whether a column may hold the client (SAP) or tenant, which keys of a system begin with."""
    return split_path(path)[-1].lower() in _CLIENTS
