"""Reads the texts of a model's answer by id, and only what can be read for sure.

Thoughts are removed first. Only whole entries count: an answer that was cut off gives the entries
before the cut. Two different texts for one id are both dropped. A text never moves to another id.
"""

import ast
import html
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from lakegloss.core.text.final_answer import final_answer, without_thought_values

MOST_CHARACTERS = 1_000_000
"""The most characters of an answer that are read."""
_STARTS = 24
_MOST_LITERAL = 200_000
_ESCAPED = '\\"'
_QUOTE_IN_HTML = re.compile(r"&(?:quot|#0*34|#x0*22);", re.IGNORECASE)
_QUOTES = str.maketrans("\u201c\u201d\u201e", '"' * 3)
_TEXT_KEYS = ("text", "comment", "description", "content")
"""Where an entry has several of them, the first counts."""
_ID_KEYS = ("id", "column_id", "col_id", "asset_id", "key")
_USUAL_KEYS = ("id", "text")
_INNER_KEYS = frozenset((*_TEXT_KEYS, "value", "id"))
_STRING = r'"((?:[^"\\]|\\.)*)"'
_ID = r'"id"\s*:\s*(?:' + _STRING.replace("(", "(?P<id>", 1) + r"|(?P<number>\d{1,6}))"
_TEXT = r'"(?:text|comment|description)"\s*:\s*' + _STRING.replace("(", "(?P<text>", 1)
_ENTRY_FORMS = tuple(
    re.compile(r"\{\s*" + first + r"\s*,\s*" + second + r"\s*,?\s*\}", re.DOTALL)
    for first, second in ((_ID, _TEXT), (_TEXT, _ID))
)
_PAIR = re.compile(r"[{,]\s*" + _STRING + r"\s*:\s*" + _STRING + r"\s*(?=[,}])", re.DOTALL)


class _Object(list[tuple[str, Any]]):
    """A JSON object as a list of pairs, so that a repeated key is noticed."""


_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_Object)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAnswers:
    """The texts of an answer, and what was wrong with it.

    Attributes:
        texts: by id; only ids that were asked about; stripped, never ''.
        unknown: ids that were not asked about.
        duplicates: ids with two different texts; neither is in `texts`.
        truncated: the answer ends in the middle.
        error: why nothing could be read, '' where something could.
    """

    texts: dict[str, str]
    unknown: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    truncated: bool = False
    error: str = ""


IsKnown = Callable[[str], bool]
Entry = tuple[str | int, str]


def parse_answers(text: str, ids: Collection[str] | None) -> ParsedAnswers:
    """Read the texts in an answer. It never raises, whatever the text is.

    Reads {"comments": [{"id", "text"}]}, a bare list of such entries, or a mapping of ids to texts,
    in code fences or with prose around it, encoded once or twice. `ids` are those that were asked
    about, in their order; None accepts all that look like one (t1, c12). An id may be written in
    another way (C1, "c1:"), or as its number where that can stand for no other.
    """
    text = without_thought_values(decoded_twice(final_answer(text[:MOST_CHARACTERS])))
    asked = None if ids is None else list(ids)
    known = _looks_like_id if asked is None else frozenset(asked).__contains__

    def seems(key: str) -> bool:
        return _canonical(key, known) is not None or (key.isdecimal() and key in numbers())

    @cache
    def numbers() -> frozenset[str]:
        return frozenset(map(_numbered, asked or ()))

    entries, whole = _whole(text, seems), True
    if not entries:
        entries, whole = list(_salvaged(text, seems)) or list(_python(text, seems)), False
    truncated = not whole and _open_brackets(text)
    return _keyed(_resolved(entries, asked, known), known, truncated=truncated)


def decoded_twice(text: str) -> str:
    """Decode an answer that was encoded as a JSON string or as HTML; else leave it as it is."""
    for _ in range(3):
        stripped = text.strip()
        if not (stripped[:1] == '"' and stripped[-1:] == '"'):
            break
        try:
            inner = json.loads(stripped, strict=False)
        except ValueError:
            break
        if not isinstance(inner, str):
            break
        text = inner
    return text if '"' in text.replace(_ESCAPED, "") else _with_quotes(text)


def _with_quotes(text: str) -> str:
    """Decode a text of which every quotation mark is escaped: no answer in JSON has none."""
    if _ESCAPED in text:
        try:
            return str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            return text.replace(_ESCAPED, '"')
    return html.unescape(text) if _QUOTE_IN_HTML.search(text) else text


def _looks_like_id(text: str) -> bool:
    return re.fullmatch(r"[tc][1-9]\d{0,5}", text) is not None


_WRITTEN = re.compile(
    r"\W*(?:(?:id|table|column|col|t\d{1,6}(?=[\W_]+c))[\W_]*)?"
    r"([tc])[\W_]{0,2}0*([1-9]\d{0,5})(?:\W*|[\s:.)-]+(?!.*\b[tc]\d).{0,80})",
    re.IGNORECASE | re.DOTALL,
)
_LOOK_ALIKE = str.maketrans("\u0441\u0421\u0442\u0422", "cCtT")
"""Cyrillic letters that are drawn like c and t."""


def _canonical(written: str, known: IsKnown) -> str | None:
    """The known id that is meant, however it is written; None where it is not known."""
    if known(written):
        return written
    if not written.isascii():
        written = unicodedata.normalize("NFKC", written).translate(_LOOK_ALIKE)
    match = _WRITTEN.fullmatch(written)
    id_ = f"{match[1].lower()}{match[2]}" if match else ""
    return id_ if match and known(id_) else None


def _numbered(id_: str) -> str:
    """The digits at the end of an id."""
    return id_[len(id_.rstrip("0123456789")) :]


def _resolved(
    entries: list[Entry], asked: list[str] | None, known: IsKnown
) -> list[tuple[str, str]]:
    """Replace written ids by the ids that are meant; an ambiguous number is no id."""
    named = [(_canonical(id_, known) if isinstance(id_, str) else None) for id_, _ in entries]
    bare = [place for place, (id_, _) in enumerate(entries)
            if named[place] is None and str(id_).isdecimal()]  # fmt: skip
    by_number = _by_number([str(entries[place][0]) for place in bare], named, asked or [])
    meant = dict(zip(bare, by_number, strict=True)) if by_number else {}
    return [
        (id_, text)
        for place, (given, text) in enumerate(entries)
        if (id_ := named[place] or meant.get(place) or (given if isinstance(given, str) else ""))
    ]


def _by_number(numbers: list[str], named: list[str | None], asked: list[str]) -> list[str] | None:
    """The ids that bare numbers stand for, where there is only one way to read all of them."""
    numbers = [number.lstrip("0") for number in numbers]
    if not numbers:
        return None
    said = {id_ for id_ in named if id_ is not None}
    if not said and numbers == [_numbered(id_) for id_ in asked]:
        return asked
    if not said and numbers == [str(n) for n in range(1, len(asked) + 1)]:
        # Numbered from 1, with more numbers than columns: number 1 is the first id asked about.
        ids = {_numbered(id_) for id_ in asked if id_[:1] == "c"}
        return asked if numbers[-1] not in ids else None
    letters = {id_[:1] for id_ in asked if id_ not in said}
    if len(letters) != 1 or any(id_[:1] in letters for id_ in said):
        return None
    by_digits = {_numbered(id_): id_ for id_ in asked if id_[:1] in letters}
    found = [by_digits.get(number, "") for number in numbers]
    return found if all(found) else None


def _keyed(entries: list[tuple[str, str]], known: IsKnown, *, truncated: bool) -> ParsedAnswers:
    texts: dict[str, str] = {}
    unknown: dict[str, None] = {}
    duplicates: dict[str, None] = {}
    for id_, text in entries:
        if not known(id_):
            unknown[id_[:64]] = None
        elif not _says_something(texts.setdefault(id_, text)):
            texts[id_] = text
        elif texts[id_] != text and _says_something(text):
            duplicates[id_] = None
    kept = {id_: text for id_, text in texts.items() if text and id_ not in duplicates}
    error = "" if kept else "no entry could be read" if not entries else "no entry is usable"
    return ParsedAnswers(
        texts=kept,
        unknown=tuple(unknown),
        duplicates=tuple(duplicates),
        truncated=truncated,
        error=error,
    )


def _says_something(text: str) -> bool:
    """Whether a text has letters or digits, unlike the ... of an example."""
    return any(character.isalnum() for character in text)


def _whole(text: str, seems: IsKnown) -> list[Entry]:
    """The entries of all JSON values in a text; an example or a second try may be among them."""
    starts = re.finditer(r"[\[{]", text)
    entries: list[Entry] = []
    end = 0
    for _, match in zip(range(_STARTS), starts, strict=False):
        if match.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        entries += _entries(value, seems)
    return entries


def _entries(value: object, seems: IsKnown, depth: int = 4) -> Iterator[Entry]:
    """The entries in a decoded value, however it is wrapped.

    A lone entry is left to `_salvaged`, as others may follow it.
    """
    if isinstance(value, str):
        value = _decoded(value) if depth else None
    if isinstance(value, _Object):
        yield from _in_object(value, seems, depth)
    elif isinstance(value, list):
        pairs = [pair for item in value if (pair := _pair(item, seems)) is not None]
        pairs = pairs if len(pairs) == len(value) else []
        for item in value:
            entry = pairs.pop(0) if pairs else _entry(item, seems)
            if entry is not None:
                yield entry
            elif depth and not isinstance(item, str):
                yield from _entries(item, seems, depth - 1)


def _in_object(value: _Object, seems: IsKnown, depth: int) -> Iterator[Entry]:
    inner = [v for k, v in value if k.strip().lower() == "comments"]
    if not inner and _entry(value, seems) is None:
        found = list(_mapping(value, seems))
        yield from found
        inner = [] if found else [v for _, v in value]
    for part in inner if depth else ():
        yield from _entries(part, seems, depth - 1)


def _decoded(text: str) -> object:
    """Decode a string that holds JSON; None where it does not."""
    if text.strip()[:1] not in {"{", "["}:
        return None
    try:
        return _DECODER.raw_decode(text.strip())[0]  # a tag may stand after it
    except (ValueError, RecursionError):
        return None


def _entry(item: object, seems: IsKnown) -> Entry | None:
    if not isinstance(item, _Object):
        return None
    if len(item) == 2 and (item[0][0], item[1][0]) == _USUAL_KEYS:
        id_, text = _unlisted(item[0][1]), _unlisted(item[1][1])
    else:
        id_, text = _only(item, _ID_KEYS), _only(item, _TEXT_KEYS)
    if id_ is None and not any(k.strip().lower() in _ID_KEYS for k, _ in item):
        id_ = _named_otherwise(item, seems)
    if not isinstance(text, str):
        return None
    if isinstance(id_, float) and id_.is_integer():
        id_ = int(id_)
    if isinstance(id_, str):
        return id_.strip(), text.strip()
    if isinstance(id_, int) and not isinstance(id_, bool):
        return id_, text.strip()
    return None


def _named_otherwise(item: _Object, seems: IsKnown) -> str | None:
    """The id of an entry that has it under another name, as `column`, and nothing else like it."""
    ids = [v for _, v in item if isinstance(v, str) and not v.isdecimal() and seems(v.strip())]
    return ids[0] if len(ids) == 1 else None


def _only(item: _Object, keys: Collection[str]) -> object:
    """The value of the first of these keys that an object has; None where it has that key twice."""
    for key in keys:
        values = [v for k, v in item if k.strip().lower() == key]
        if values:
            return _unlisted(values[0]) if len(values) == 1 else None
    return None


def _unlisted(value: object) -> object:
    """The value in a list of one, or in an object that has nothing else."""
    if isinstance(value, _Object) and len(value) == 1 and value[0][0] in _INNER_KEYS:
        return value[0][1]
    if isinstance(value, list) and not isinstance(value, _Object) and len(value) == 1:
        return value[0]
    return value


def _pair(item: object, seems: IsKnown) -> Entry | None:
    """An entry that is written as a list of id and text."""
    if not isinstance(item, list) or isinstance(item, _Object) or len(item) != 2:
        return None
    id_, text = item
    is_one = isinstance(id_, str) and isinstance(text, str) and seems(id_.strip())
    return (id_.strip(), text.strip()) if is_one and not seems(text.strip()) else None


def _mapping(value: _Object, seems: IsKnown) -> Iterator[Entry]:
    found = [(k.strip(), _text_under(v)) for k, v in value]
    pairs = [(k, text.strip()) for k, text in found if text is not None]
    return iter(pairs if any(seems(k) for k, _ in pairs) else ())


def _text_under(value: object) -> str | None:
    """The text that an id has in a mapping: bare, in a list of one, or in an object."""
    if isinstance(value, _Object) and len(value) > 1:
        value = _only(value, _TEXT_KEYS)
    value = _unlisted(value)
    return value if isinstance(value, str) else None


def _salvaged(text: str, seems: IsKnown) -> Iterator[Entry]:
    """The whole entries of JSON that is cut off or broken."""
    found = [
        (m["number"] or m["id"], m["text"]) for form in _ENTRY_FORMS for m in form.finditer(text)
    ]
    if not found:
        found = [(m[1], m[2]) for m in _PAIR.finditer(text) if seems(m[1])]
    for raw_id, raw_text in found:
        id_, value = _unescaped(raw_id), _unescaped(raw_text)
        if id_ is not None and value is not None:
            yield id_.strip(), value.strip()


def _python(text: str, seems: IsKnown) -> list[Entry]:
    """The entries of a literal of Python, or of JSON with bare keys or typographic quotes."""
    start, end = re.search(r"[{\[]", text), max(text.rfind("}"), text.rfind("]")) + 1
    if start is None or end - start.start() > _MOST_LITERAL:
        return []
    written = text[start.start() : end].translate(_QUOTES)
    written = re.sub(r'(")\s*\uff1a\s*(?=["\[{])', r"\1:", written)
    written = re.sub(r'(["}\]])\s*\uff0c\s*(?=["\[{])', r"\1,", written)
    written = re.sub(r"(?<=[{,])(\s*)([A-Za-z_]\w*)(\s*):", r'\1"\2"\3:', written)
    try:
        value = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return []
    return list(_entries(_as_pairs(value), seems))


def _as_pairs(value: object, depth: int = 8) -> object:
    if isinstance(value, dict) and depth:
        return _Object((str(k), _as_pairs(v, depth - 1)) for k, v in value.items())
    if isinstance(value, list | tuple) and depth:
        return [_as_pairs(v, depth - 1) for v in value]
    return value


def _unescaped(raw: str) -> str | None:
    raw = re.sub(r"\\(?![\"\\/bfnrtu])", "", raw)  # \' and \_ are no JSON, but plain to read
    try:
        value = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _open_brackets(text: str) -> bool:
    """Whether a bracket or a string is still open at the end."""
    start = re.search(r"[\[{]", text)
    if start is None:
        return False
    depth, inside = 0, False
    for match in re.finditer(r'\\.|["\[\]{}]', text[start.start() :], re.DOTALL):
        sign = match.group()
        if sign == '"':
            inside = not inside
        elif not inside and sign in "[{":
            depth += 1
        elif not inside and sign in "]}":
            depth -= 1
    return inside or depth > 0
