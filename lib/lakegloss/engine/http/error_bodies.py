"""Finds the error in a body, and its words: each server has names and places of its own for them.

Servers name the parts of an error as they like, but the names have much in common. So a part counts
by what its name says, not by a list of the servers that are known.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_MOST_SAID = 40
_DEEPEST = 12
_FIRST = (
    "error_code", "code", "param", "type", "status", "error", "message", "msg", "detail", "reason",
    "description", "title", "field", "quotaId", "provider_name", "raw", "loc",
)  # fmt: skip
"""The usual names of parts, in the order in which they read best."""
_PLACE = {name: number for number, name in enumerate(_FIRST)}
_SAYS = re.compile(
    r"(?:error|err|message|msg|details?|reason|description|fault|exception|cause|violations?|code"
    r"|status|errors|title|param|type|field|metadata|raw|loc|quotaid|provider_name|guardrail"
    r"|feedback|body|resp(?:onse)?)(?:_?(?:string|text|type|name|info|body|message|msg|data))?\Z",
    re.IGNORECASE,
)
"""How the names end that hold words of an error; others may quote the request."""
_WAITS = re.compile(
    r"(?:retry|reset|wait|cool_?down|try_?again|estimated)(?:_?(?:after|in|delay|time|for))?"
    r"(?P<unit>_?(?:ms|millis\w*|s|sec\w*))?\Z",
    re.IGNORECASE,
)
_ERRORS = frozenset({"error", "errors", "fault", "exception", "errormessage"})
_CODES = frozenset({"errorcode", "errcode", "errorno", "errno", "statuscode"})
_MESSAGES = frozenset({"message", "msg", "errormsg", "errmsg", "statusmsg", "detail"})
_STATUSES = ("code", "status", "statuscode", "httpstatus", "httpcode", "httpstatuscode")
_INSIDE = 4
_EVENT = re.compile(r"^data:\s*(\{.*)$", re.MULTILINE)
_LONGEST = 20_000
_READ = 8_000
"""Characters of an error that are read: its cause comes first."""


def error_in(value: Any) -> Any:
    """The error that a JSON value states; None where it states none."""
    if not isinstance(value, dict):
        return None
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict):
        return choice.get("error") or value.get("error") or None
    return value if _is_error(value, _INSIDE) else None


def _is_error(value: Mapping[str, Any], depth: int) -> bool:
    named = {_plain(name): part for name, part in value.items()}
    if any(named.get(name) for name in _ERRORS) or named.get("object") == "error":
        return True
    if any(_is_failure(named.get(name)) for name in _CODES):
        return True
    if any(isinstance(named.get(name), str) and named[name] for name in _MESSAGES):
        return not _is_success(named)
    if named.get("detail") or "blockreason" in named or named.get("filtered") is True:
        return True
    return depth > 0 and any(_is_error(inner, depth - 1) for inner in _inside(value))


def _inside(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects in an object, also in a list of one or as JSON in a string."""
    for part in value.values():
        inner = decoded(part) if isinstance(part, str) else part
        inner = inner[0] if isinstance(inner, list) and len(inner) == 1 else inner
        if isinstance(inner, dict):
            yield inner


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _is_failure(code: Any) -> bool:
    """Whether a code says that something failed: 0 and 2xx say that all went well."""
    if isinstance(code, bool) or not isinstance(code, int | str):
        return False
    text = str(code).strip()
    return bool(text) and not re.fullmatch(r"0+|2\d\d|(?i:ok|success)", text)


def _is_success(named: Mapping[str, Any]) -> bool:
    """Whether a message belongs to an answer that says it is a success (`{"code": 0}`)."""
    told = [t for name in ("code", "errno", "success") if (t := named.get(name)) is not None]
    return bool(told) and all(t is True or (t is not False and not _is_failure(t)) for t in told)


def words_of(text: str) -> str:
    """The words of an error's body, in any known form; else the beginning of its raw text."""
    try:
        parsed = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        parsed = [value for line in _EVENT.findall(text[:_LONGEST]) if (value := decoded(line))]
    said = dict.fromkeys(word for word in _said(parsed, _DEEPEST) if word.strip())
    return (" ".join(list(said)[:_MOST_SAID]) or text)[:_READ]


def _said(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, list):
        for item in value[:10]:
            yield from _said(item, depth - 1) if not isinstance(item, str) else (item,)
    if not isinstance(value, dict) or depth <= 0:
        return
    names = sorted((n for n in value if _SAYS.search(n)), key=lambda n: _PLACE.get(n, len(_PLACE)))
    inner = [n for n in names if _plain(n) == "error" and isinstance(value[n], dict | list)]
    for name in inner:  # the object around it says less
        yield from _said(value[name], depth - 1)
    for name in names:
        yield from _plain_words(value[name], depth)
    for name, part in value.items():
        yield from _wait(name, part) if _WAITS.search(name) else ()
    for name in names:
        if name not in inner:
            yield from _said(_of_a_language(value[name]), depth - 1)


def _of_a_language(part: Any) -> Any:
    """The value of a message in a named language (`{"lang": "en", "value": "..."}`)."""
    if isinstance(part, dict) and "lang" in part and isinstance(part.get("value"), str):
        return [part["value"]]
    return part


def _plain_words(value: Any, depth: int) -> Iterator[str]:
    """The value as words; JSON in a string is read first."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield str(value)
    if isinstance(value, str):
        inner = decoded(value)
        yield from _said(inner, depth - 1) if isinstance(inner, dict | list) else (value,)


def _wait(name: str, value: Any) -> Iterator[str]:
    """A wait that a part of an error asks for, in words."""
    if isinstance(value, dict):  # a duration of protobuf
        value = value.get("seconds")
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s)?\s*", str(value))
    if found is None or isinstance(value, bool):
        return
    told = _WAITS.search(name)
    unit = (found[2] or (told["unit"] if told else "") or "").strip("_").lower()
    seconds = float(found[1]) / (1000 if unit.startswith(("ms", "milli")) else 1)
    if 0 < seconds < 1e7:  # more is a moment, not a wait
        yield f"retry after {seconds:g} s"


def decoded(text: str) -> Any:
    """Decode a string that begins as a JSON object or list; None where it does not."""
    opened = text.strip()
    if opened[:1] not in {"{", "["}:
        return None
    try:
        return _DECODER.raw_decode(opened)[0]
    except (ValueError, RecursionError):
        return None


def status_in(error: Any) -> int:
    """The HTTP status that an error inside an answer states; 0 where it states none."""
    for value in (error.get("error"), error) if isinstance(error, dict) else ():
        if isinstance(value, dict):
            named = {_plain(name): part for name, part in value.items()}
            for name in _STATUSES:
                told = str(named.get(name, ""))
                if re.fullmatch(r"[45]\d\d", told):
                    return int(told)
    return 0
