"""Makes singular and plural forms, and names what one row of a table is."""

from functools import lru_cache

from lakegloss.core.names import own_name
from lakegloss.core.words.generic import AFTER_ENTITY, BEFORE_ENTITY
from lakegloss.core.words.lexicon import erp_table, expand_words, vocabulary, word_set, words_of

_NOT_PLURAL = word_set("""
status address gross species series news basis analysis diagnosis class access process business
sales less plus previous canvas bonus campus virus radius census gas bias lens focus chess mass loss
pass success press express progress canvass physics economics politics athletics statistics
this his was is has us
""")
_MASS = word_set("""
weather history traffic revenue inventory information equipment staff talent safety feedback
metadata
series species money software stock usage consumption sales
""")
_ONE = {"people": "person", "children": "child", "men": "man", "women": "woman"}
_MANY = {one: many for many, one in _ONE.items()}
_LONGEST_ENTITY = 3


def singular(phrase: str) -> str:
    """Put the last word of a phrase into the singular, by the common rules of English."""
    head, _, word = phrase.rpartition(" ")
    return f"{head} {_singular_word(word)}".strip()


def singular_by_ending(word: str) -> str:
    """Put a word into the singular by its ending alone.

    Names are compared in this form (a key's name in other tables), so it must not change when the
    lexicon learns a word. The form that people read comes from `singular`.
    """
    if word.endswith("ies") and len(word) > 4 and word != "series":
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    ends_in_s = word.endswith("s") and not word.endswith(("ss", "us", "is", "series"))
    return word[:-1] if ends_in_s and len(word) > 2 else word


def _singular_word(word: str) -> str:
    if word in _ONE:
        return _ONE[word]
    if word in _NOT_PLURAL or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "uses")):
        # Words such as houses, causes and uses keep their e.
        return word[:-1] if word[:-1] in vocabulary() else word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def plural(phrase: str) -> str:
    """Put the last noun of a phrase into the plural; numbers after it stay as they are."""
    words = phrase.split(" ")
    last = next((i for i in reversed(range(len(words))) if not words[i].isdigit()), 0)
    words[last] = _plural_word(words[last])
    return " ".join(words)


def _plural_word(word: str) -> str:
    if word in _MANY:
        return _MANY[word]
    if is_plural(word) or word.endswith("ed") or word in _MASS:
        return word
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh", "z")) else "s")


def is_plural(word: str) -> bool:
    """Whether a word looks like a plural noun."""
    return word in _ONE or (word.endswith("s") and _singular_word(word) != word)


@lru_cache(maxsize=4096)
def entity_of(table: str) -> str:
    """Name what one row of a table is, in the singular; '' where the name does not tell."""
    last = own_name(table)
    if known := erp_table(last):
        return known
    words = list(words_of(last))
    while len(words) > 1 and words[0] in BEFORE_ENTITY:
        words.pop(0)
    while len(words) > 1 and (words[-1] in AFTER_ENTITY or words[-1].isdigit()):
        words.pop()
    if not 0 < len(words) <= _LONGEST_ENTITY or not all(map(_is_word, words)):
        return ""
    return singular(" ".join(expand_words(tuple(words))))


def _is_word(word: str) -> bool:
    return len(word) > 2 and (word in vocabulary() or _singular_word(word) in vocabulary())
