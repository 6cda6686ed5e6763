"""Answers whose texts have no relation to what was asked: one text for all, another language.

Judged over the whole answer, and only where it is plain: few texts say nothing, and what is true
of some texts may be their style. Whether one text is about the right thing in other words cannot be
told without a model.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from lakegloss.core.checks.misplaced import NameWords
from lakegloss.core.words.lexicon import vocabulary

_LEAST = 4
"""Fewer texts say nothing about an answer as a whole."""
_WORDY = 6
_STEM = 5
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3\u00c4\u00c5][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]"
    "|\u00e2\u20ac[\u0080-\u2122]|\u00ef\u00bf\u00bd|\ufffd|\u00d0[\u0080-\u00bf]\u00d0"
    "|[\u00e3\u00e4\u00e5][\u0080-\u00bf]{2}"
)
_MOJIBAKE_CYRILLIC = re.compile(
    "(?:[\u0420\u0421][\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2010-\u2122\u0400-\u0491]){4}"
)
"""UTF-8 read as Windows-1251: every other letter is the same two."""
_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "LATIN": tuple(
        (
            "english german french spanish italian portuguese dutch swedish danish norwegian "
            "finnish polish czech hungarian romanian turkish vietnamese indonesian "
            "deutsch français español italiano português nederlands "
            "en de fr es it pt nl sv da no fi pl cs hu ro tr vi id"
        ).split()
    ),
    "CYRILLIC": ("russian", "ukrainian", "bulgarian", "ru", "uk", "bg", "русский"),
    "GREEK": ("greek", "el"),
    "ARABIC": ("arabic", "persian", "urdu", "ar", "fa", "ur"),
    "HEBREW": ("hebrew", "he"),
    "HANGUL": ("korean", "ko", "한국어"),
    "CJK": ("chinese", "japanese", "zh", "ja", "中文", "日本語"),
    "THAI": ("thai", "th"),
    "DEVANAGARI": ("hindi", "hi", "marathi", "nepali"),
}
_COMMON: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "english": "the of and is was for with which this that from by when how each",
        "german": "der die das und ist des dem den für mit wird von eines einer zur zum",
        "french": "le la les des du de et est une pour avec par dans que qui cette",
        "spanish": "el los las del de y es una para con por en que cada este",
        "italian": "il lo gli della del di e è una per con che questo ogni alla",
        "portuguese": "o os das do da de e é uma para com por em que cada este",
        "dutch": "het een van en is voor met door dat deze wordt bij naar",
    }.items()
}
_ONLY_ENGLISH = frozenset("the of and is was which this that from each".split())
_CODES = {"en": "english", "de": "german", "deutsch": "german", "fr": "french", "es": "spanish",
          "it": "italian", "pt": "portuguese", "nl": "dutch", "fran\u00e7ais": "french",
          "espa\u00f1ol": "spanish", "italiano": "italian", "portugu\u00eas": "portuguese",
          "nederlands": "dutch"}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_THREE_LETTERS = re.compile(r"(?:[A-Za-z][^A-Za-z]*){3}")

SAME = "the answer had one text for all"
GARBLED = "the answer's letters are garbled: it was decoded in another charset on its way"
LANGUAGE = "the answer is in another language"
FOREIGN = "the answer is about another table"


def unrelated(texts: Mapping[str, str], names: Mapping[str, NameWords], *, language: str) -> str:
    """Why a whole answer is none; '' where it may be one.

    Args:
        texts: by id.
        names: of the ids that were asked about.
        language: that was asked for, by its English name or its code.
    """
    asked = {id_: text for id_, text in texts.items() if id_ in names}
    if sum(map(is_garbled, asked.values())) * 5 > len(asked):
        return GARBLED
    languages = _languages(language)
    if len(asked) < _LEAST:
        return LANGUAGE if _is_in_another_script(asked.values(), languages) else ""
    if _is_same(asked, names):
        return SAME
    if _is_in_another_language(asked.values(), languages):
        return LANGUAGE
    return FOREIGN if _is_foreign(asked, names) else ""


def _languages(language: str) -> tuple[str, ...]:
    """The words by which a language is asked for, as in `Simplified Chinese` or `de-CH`."""
    language = language.strip().lower()
    return (language, *re.findall(r"[^\W\d_]+", language))


def is_garbled(text: str) -> bool:
    """Whether a text has letters of another charset, as `Gr\u00c3\u00b6\u00c3\u0178e`."""
    if text.isascii():
        return False
    return bool(_MOJIBAKE.search(text) or _MOJIBAKE_CYRILLIC.search(text))


def _scripts(languages: Iterable[str]) -> list[str]:
    return [s for language in languages for s, names in _SCRIPTS.items() if language in names]


def _is_same(texts: Mapping[str, str], names: Mapping[str, NameWords]) -> bool:
    """One text for most, though they have names that are not numbered through."""
    said = {id_: " ".join(_WORD.findall(text.casefold())) for id_, text in texts.items()}
    text, count = Counter(said.values()).most_common(1)[0]
    if count < _LEAST or 2 * count < len(texts):
        return False
    own = {frozenset(w for w in names[id_].written if not w.isdigit())
           for id_, words in said.items() if words == text}  # fmt: skip
    shared = frozenset.intersection(*own) if own else frozenset()
    return len(own) >= _LEAST and not shared


def _is_in_another_script(texts: Iterable[str], languages: tuple[str, ...]) -> bool:
    """Whether most texts are in another script; of few texts, all."""
    script = next(iter(_scripts(languages)), "")
    told = [found for found in map(_script_of, texts) if found] if script else []
    others = sum(found != script for found in told)
    return 2 * others > len(told) if len(told) >= _LEAST else 0 < others == len(told)


def _is_in_another_language(texts: Iterable[str], languages: tuple[str, ...]) -> bool:
    texts = list(texts)
    if _is_in_another_script(texts, languages):
        return True
    words = _WORD.findall("\n".join(texts).lower())
    wanted = next((n for word in languages if (n := _CODES.get(word, word)) in _COMMON), "")
    if not wanted:  # a language whose common words are not known
        is_latin = "LATIN" in _scripts(languages)
        common = _count(words, _ONLY_ENGLISH)
        return is_latin and common >= max(8, len(texts)) and all(map(str.isascii, texts))
    own = _count(words, _COMMON[wanted])
    if 6 * own > len(words):  # the words of another language are fewer than five times these
        return False
    other = max(
        _count(words, common - _COMMON[wanted])
        for name, common in _COMMON.items()
        if name != wanted
    )
    if other >= max(8, len(texts)) and other >= 5 * own:
        return True
    # English without any of its common words, and with those or with the letters of another.
    is_foreign = 3 * other > len(texts) or 2 * sum(map(_is_accented, texts)) > len(texts)
    return wanted == "english" and own == 0 and is_foreign


def _count(words: list[str], of: frozenset[str]) -> int:
    return sum(map(of.__contains__, words))


def _is_accented(text: str) -> bool:
    return not text.isascii() and any(letter.isalpha() and not letter.isascii() for letter in text)


def _script_of(text: str) -> str:
    """The script of most letters; '' where there are hardly any."""
    if text.isascii():  # most texts, and a letter's name takes long to look up
        return "LATIN" if _THREE_LETTERS.search(text) else ""
    kinds: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha():
            kinds[unicodedata.name(letter, " ").split()[0]] += 1
    for name in ("HIRAGANA", "KATAKANA"):
        kinds["CJK"] += kinds.pop(name, 0)
    if sum(kinds.values()) < 3:
        return ""
    # Names and terms stay Latin in texts of every script.
    other = max((k for k in kinds if k != "LATIN"), key=lambda kind: kinds[kind], default="")
    if other and 4 * kinds[other] >= sum(kinds.values()):
        return other
    return "LATIN" if kinds["LATIN"] else other


def _is_foreign(texts: Mapping[str, str], names: Mapping[str, NameWords]) -> bool:
    """No text has a word of its own name or its table's, though the names are plain words."""
    known = _known_stems()
    tables = frozenset().union(*(names[id_].all for id_ in names if id_.startswith("t")))
    wordy = [
        id_ for id_ in texts if any(len(w) >= _STEM and w in known for w in names[id_].written)
    ]
    if len(wordy) < _WORDY:
        return False
    english = 0
    for id_ in wordy:
        stems = {_stem(word) for word in _WORD.findall(texts[id_].lower())}
        if stems & names[id_].all or stems & tables:
            return False
        english += len(stems & _COMMON["english"])
    return english >= len(wordy)


def _stem(word: str) -> str:
    return word.removesuffix("s")[:_STEM] if len(word) > 3 else word


@lru_cache(maxsize=1)
def _known_stems() -> frozenset[str]:
    return frozenset(_stem(word) for word in vocabulary() if len(word) >= _STEM)
