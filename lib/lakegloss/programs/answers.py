"""Reading a model's answer: texts by id, and nothing that cannot be read for sure.

Whole entries only: of an answer that was cut off, the entries before the cut count and the one at
the cut does not. Two different texts for one id are both dropped. A text never moves to another id.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

MOST_CHARACTERS = 1_000_000
"""Of a longer answer only the beginning is read."""
_STARTS = 24
_TEXT_KEYS = ("text", "comment", "description")
_STRING = r'"((?:[^"\\]|\\.)*)"'
_ID = r'"id"\s*:\s*' + _STRING.replace("(", "(?P<id>", 1)
_TEXT = r'"(?:text|comment|description)"\s*:\s*' + _STRING.replace("(", "(?P<text>", 1)
_ENTRY_FORMS = tuple(
    re.compile(r"\{\s*" + first + r"\s*,\s*" + second + r"\s*,?\s*\}", re.DOTALL)
    for first, second in ((_ID, _TEXT), (_TEXT, _ID))
)
_PAIR = re.compile(r"[{,]\s*" + _STRING + r"\s*:\s*" + _STRING + r"\s*(?=[,}])", re.DOTALL)


class _Object(list[tuple[str, Any]]):
    """A JSON object as its pairs, so that a key that comes twice is seen."""


_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_Object)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAnswers:
    """What an answer says.

    Attributes:
        texts: by id, only ids that were asked about, stripped, never ''.
        unknown: ids that nobody asked about.
        duplicates: ids with two different texts; neither is in `texts`.
        truncated: the answer ends in the middle.
        error: why nothing could be read, '' where something could.
    """

    texts: dict[str, str]
    unknown: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    truncated: bool = False
    error: str = ""


Known = Callable[[str], bool]


def parse_answers(text: str, ids: Collection[str] | None) -> ParsedAnswers:
    """The texts in an answer; never raises, whatever the text is.

    Reads {"comments": [{"id", "text"}]}, a bare list of such entries, or a mapping of ids to texts,
    in code fences or with prose around it. `ids` are those that were asked about; None accepts all
    that look like one (t1, c12).
    """
    text = text[:MOST_CHARACTERS]
    known = _looks_like_id if ids is None else frozenset(ids).__contains__
    entries, whole = _whole(text, known), True
    if not entries:
        entries, whole = list(_salvaged(text, known)), False
    truncated = not whole and _open_brackets(text)
    return _keyed(entries, known, truncated=truncated)


def _looks_like_id(text: str) -> bool:
    return re.fullmatch(r"[tc][1-9]\d{0,5}", text) is not None


def _keyed(entries: list[tuple[str, str]], known: Known, *, truncated: bool) -> ParsedAnswers:
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
    """Not the ... of an example."""
    return any(character.isalnum() for character in text)


def _whole(text: str, known: Known) -> list[tuple[str, str]]:
    """The entries of all JSON values in the text: an example before the answer, a second try."""
    starts = re.finditer(r"[\[{]", text)
    entries: list[tuple[str, str]] = []
    end = 0
    for _, match in zip(range(_STARTS), starts, strict=False):
        if match.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        entries += _entries(value, known)
    return entries


def _entries(value: object, known: Known, depth: int = 2) -> Iterator[tuple[str, str]]:
    """Entries of a decoded value. A lone entry is left to `_salvaged`: others may follow it."""
    if isinstance(value, _Object):
        inner = [v for k, v in value if k == "comments"]
        if inner and depth:
            for part in inner:
                yield from _entries(part, known, depth - 1)
        elif _entry(value) is None:
            yield from _mapping(value, known)
    elif isinstance(value, list):
        yield from filter(None, map(_entry, value))


def _entry(item: object) -> tuple[str, str] | None:
    if not isinstance(item, _Object):
        return None
    ids = [v for k, v in item if k == "id"]
    texts = [v for k, v in item if k in _TEXT_KEYS]
    if len(ids) != 1 or len(texts) != 1:
        return None
    id_, text = ids[0], texts[0]
    if isinstance(id_, str) and isinstance(text, str):
        return id_.strip(), text.strip()
    return None


def _mapping(value: _Object, known: Known) -> Iterator[tuple[str, str]]:
    pairs = [(k.strip(), v.strip()) for k, v in value if isinstance(v, str)]
    return iter(pairs if any(known(k) for k, _ in pairs) else ())


def _salvaged(text: str, known: Known) -> Iterator[tuple[str, str]]:
    """Whole entries of JSON that is cut off or broken elsewhere."""
    found = [m.group("id", "text") for form in _ENTRY_FORMS for m in form.finditer(text)]
    if not found:
        found = [m.group(1, 2) for m in _PAIR.finditer(text) if known(m.group(1))]
    for raw_id, raw_text in found:
        id_, value = _unescaped(raw_id), _unescaped(raw_text)
        if id_ is not None and value is not None:
            yield id_.strip(), value.strip()


def _unescaped(raw: str) -> str | None:
    try:
        value = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _open_brackets(text: str) -> bool:
    """Whether brackets or a string are still open at the end, from the first bracket on."""
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
