"""Splits a name into its words, and writes its abbreviations out.

The lexicon is general (data warehouses, business, web, logistics, health, ERP, science); it lives
as text files in `lexicon_data/`, one entry a line.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise


def word_set(text: str) -> frozenset[str]:
    """Collect the words of a text, separated by blanks or line ends."""
    return frozenset(text.split())


_LONGEST_PHRASE = 4
_LONGEST_GLUED = 40
_SHORT_ENDINGS = frozenset({"id", "no", "nr", "dt", "ts", "cd", "nm", "yr"})
_STRUCTURAL = word_set("""
num nbr name code date time type count total amount amt qty pct percent price rate flag text desc
addr address key index status number level size list avg min max url
guid uuid
""")
_BY_FORM = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_LATIN_BY_FORM = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|\d+|[^\W\d_A-Za-zß-öø-ÿ]+")
_AFTER_DIGITS = re.compile(r"st|nd|rd|th|k")


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Split a name into words in lower case; abbreviations stay as they are.

    snake_case, kebab-case, camelCase, PascalCase and digits are split by their form. Words that are
    glued together (``tailnum``) are split only where every piece is in the lexicon.
    """
    pieces: list[str] = []
    for chunk in re.split(r"[\W_]+", name):
        if chunk:
            pieces.extend(_split_chunk(chunk))
    return tuple(pieces)


def words_by_form(name: str) -> tuple[str, ...]:
    """Split a name into words in lower case by its form only: snake_case, camelCase, digits."""
    return tuple(word.lower() for word in _BY_FORM.findall(name))


def latin_words_of(name: str) -> tuple[str, ...]:
    """Split as `words_by_form`, and between Western European and other letters: user, 名."""
    return tuple(word.lower() for word in _LATIN_BY_FORM.findall(name))


@lru_cache(maxsize=8192)
def expand(name: str) -> str:
    """Write a name in plain words, abbreviations written out: ``dep_delay`` is departure delay.

    A name that an ERP system uses as a whole (``MATNR``) gets that system's words.
    """
    erp = erp_field(name)
    return erp or " ".join(expand_words(words_of(name)))


def expand_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Write out the abbreviations among words; phrases are matched before single words."""
    known = abbreviations()
    if alone := known.get("^" + " ".join(words)):
        return tuple(alone.split(" "))
    out: list[str] = []
    position = 0
    while position < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
            phrase = " ".join(words[position : position + length])
            if phrase in known:
                _append(out, known[phrase].split(" "))
                position += length
                break
        else:
            out.append(words[position])
            position += 1
    return tuple(out)


def _append(out: list[str], plain: list[str]) -> None:
    """Add written-out words; 'drug code' and 'code' make one code."""
    repeated = len(plain) == 1 and out[-1:] == plain
    out.extend([] if repeated else plain)


def erp_field(name: str, *, sure: bool = True, beside: frozenset[str] = frozenset()) -> str:
    """The name that SAP ERP gives the field of that technical name, '' where there is none.

    Args:
        sure: leave out names that are ordinary words elsewhere (``labor``).
        beside: names of the table's columns; some fields are something else beside some others.
    """
    fields, key = _entries("erp_fields"), name.strip("_").lower()
    if key in _fields_with_company():
        others = (f"{key} {other.lower()}" for other in sorted(beside))
        if (found := next((pair for pair in others if pair in fields), None)) is not None:
            return fields[found]
    return fields.get(key, "") or ("" if sure else fields.get(f"?{key}", ""))


@cache
def _fields_with_company() -> frozenset[str]:
    """The fields of which the lexicon says what they are beside another one."""
    return frozenset(key.partition(" ")[0] for key in _entries("erp_fields") if " " in key)


def erp_table(name: str) -> str:
    """What SAP ERP keeps in the table of that technical name, '' where there is none."""
    return _entries("erp_tables").get(name.strip("_").lower(), "")


def system_column(words: tuple[str, ...]) -> str:
    """The meaning of a column of a load tool or of the warehouse itself, '' for others."""
    return _entries("system_columns").get(" ".join(words), "")


def gloss(phrase: str) -> str:
    """A few words that explain a common word or phrase as a column, '' where there are none."""
    return _entries("glosses").get(phrase.lower(), "")


def explanation(words: tuple[str, ...]) -> str:
    """Say in other words what a whole name means, what it ends in, or what it begins with.

    Only the rules for comments use it: what a text may say is wider than what names are made of.
    """
    known = _entries("explanations")
    ends = (" ".join(words[start:]).lower() for start in range(len(words)))
    found = next((known[end] for end in ends if end in known), "")
    starts = (" ".join(words[:end]).lower() for end in range(2, len(words)))
    if found or len(words) < 2 or any(start in known for start in starts):
        return found  # 'estimated time of arrival' is more than something estimated
    return known.get(f"{words[0].lower()} *", "")


@cache
def abbreviations() -> dict[str, str]:
    """Short forms (one word or several, lower case) and their plain words."""
    return _entries("abbreviations")


@cache
def vocabulary() -> frozenset[str]:
    """Every plain word and short form that the lexicon knows, in lower case."""
    known = {word for line in read_lines("words") for word in line.split()}
    for source in ("abbreviations", "glosses"):
        for short, plain in _entries(source).items():
            known.update(short.split(), re.findall(r"[a-z]{3,}", plain))
    return frozenset(known)


@cache
def _entries(name: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in read_lines(name))
    return {short.strip(): plain.strip() for short, _, plain in pairs}


def read_lines(name: str) -> Iterator[str]:
    """Read the lines of one file of the lexicon, without blank ones and comments."""
    text = (files("lakegloss.core.words") / "lexicon_data" / f"{name}.txt").read_text(
        encoding="utf-8"
    )
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _split_chunk(chunk: str) -> list[str]:
    lowered = chunk.lower()
    if lowered in vocabulary():
        return [lowered]
    pieces: list[str] = []
    for part in _by_form(chunk):
        pieces.extend(_split_glued(part.lower()))
    return pieces


def _by_form(chunk: str) -> list[str]:
    """Cut where the kind of character changes: in aB and a1, and in ABc before the B."""
    cuts = [0, *(i for i in range(1, len(chunk)) if _cut_before(chunk, i)), len(chunk)]
    return _join_forms([chunk[a:b] for a, b in pairwise(cuts)])


def _cut_before(chunk: str, i: int) -> bool:
    left, right = chunk[i - 1], chunk[i]
    if left.isdigit() != right.isdigit():
        return True
    if left.islower() and right.isupper():
        return True
    rest = chunk[i + 1 : i + 2]
    if not (left.isupper() and right.isupper() and rest.islower()):
        return left.isupper() and right.islower() and _capitals_end(chunk, i)
    # The S of IDs belongs to the capitals before it.
    return chunk[i + 1 :] != "s" and not _capitals_end(chunk, i + 1)


def _capitals_end(chunk: str, i: int) -> bool:
    """Whether capitals end at i and a word in small letters starts: OFFper, not HTTPServer."""
    if i < 3 or not chunk[i - 2 : i].isupper():
        return False
    match = re.match(r"[^\W\d_]+", chunk[i:])
    small = match.group() if match else ""
    tail = re.match(r"[a-z]+", small)
    word = tail.group() if tail else ""
    known = vocabulary()
    return len(word) > 2 and word in known and (chunk[i - 1] + word).lower() not in known


def _join_forms(parts: list[str]) -> list[str]:
    """Join pieces that belong together: 25 and th, 100 and k."""
    out: list[str] = []
    for part in parts:
        if out and out[-1].isdigit() and _AFTER_DIGITS.fullmatch(part.lower()):
            out[-1] += part
        else:
            out.append(part)
    return out


@lru_cache(maxsize=8192)
def _split_glued(word: str) -> tuple[str, ...]:
    """Split a word that is glued from others; it stays whole where that is not clear."""
    if word in vocabulary() or not (5 <= len(word) <= _LONGEST_GLUED) or not word.isascii():
        return (word,)
    if word.endswith("s") and word[:-1] in vocabulary():
        return (word,)
    best = _segment(word)
    return best if best and _is_convincing(best) else (word,)


def _segment(word: str) -> tuple[str, ...]:
    """Cut a word into as few known pieces as possible; of equal cuts, longer pieces win."""
    best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
    best[0] = ()
    for end in range(2, len(word) + 1):
        for start in range(end):
            before, piece = best[start], word[start:end]
            if before is None or not _is_piece(piece, at_end=end == len(word)):
                continue
            candidate = (*before, piece)
            current = best[end]
            if current is None or _rank(candidate) < _rank(current):
                best[end] = candidate
    return best[-1] or ()


def _is_piece(piece: str, *, at_end: bool) -> bool:
    if len(piece) < 3:
        return at_end and piece in _SHORT_ENDINGS
    known = vocabulary()
    if piece == "able":
        return False  # an ending: bookable
    return piece in known or (len(piece) > 4 and piece.endswith("s") and piece[:-1] in known)


def _rank(pieces: tuple[str, ...]) -> tuple[int, int]:
    return len(pieces), -sum(len(piece) ** 2 for piece in pieces)


def _is_convincing(pieces: tuple[str, ...]) -> bool:
    """Whether a cut is no accident (car, pet): a data word is at an end, or all pieces are long."""
    if len(pieces) > 4:
        return False
    ends = {pieces[0], pieces[-1]}
    return bool(ends & (_STRUCTURAL | _SHORT_ENDINGS)) or all(len(piece) > 3 for piece in pieces)
