"""Finds the chat completion in the body of an answer, however servers wrap it.

Servers and gateways may stream without being asked to, send keep-alive lines before the body, wrap
it, state a wrong charset, or put the text where tools, thoughts or an older API have theirs.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lakegloss.core.text.final_answer import is_cut_in_thoughts
from lakegloss.core.text.thoughts import is_one_value, without_thoughts
from lakegloss.engine.http.error_bodies import error_in
from lakegloss.engine.http.finishes import plain_finish
from lakegloss.engine.http.native import as_completion, joined_events

_DECODER = json.JSONDecoder(strict=False)
_MOST_VALUES = 200_000
_VALUE_STARTS = re.compile(r"^[^\S\n]*(?:data:[^\S\n]*)?(?=[{\[])", re.MULTILINE)
_WRAPPERS = ("predictions", "data", "result", "response", "body", "completion", "output", "payload")
_DEEPEST = 3
_THOUGHTS = (
    "reasoning_content", "reasoning", "thinking", "thinking_content", "reasoning_text",
    "reasoning_details",
)  # fmt: skip
_WRITTEN = ("content", "tool_calls", "refusal", *_THOUGHTS)
_HOLDS_JSON = re.compile(r"[{\[]\s*[{\"\[]")
_PLACES = frozenset({"message", "messages", "content", "text"})
"""Where a choice has its message, or its text."""
_MOST_CHOICES = 8
_TEXT_PARTS = ("text", "output_text", None)
_PAGE = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|\?xml|html|head|body|script|title|div|h1|p)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The parts of a completion.

    Attributes:
        text: the answer without thoughts.
        written: all that the model wrote and the body holds, thoughts included.
        refusal: the model's words where it refuses; else ''.
        finish: the finish reason; '' where none is stated.
        usage: as in the body; None where there is none.
        error: the error in place of an answer; None where there is none.
    """

    text: str = ""
    written: str = ""
    refusal: str = ""
    finish: str = ""
    usage: Any = None
    error: Any = None


def text_of(body: bytes, charset: str = "") -> str:
    """Decode a body: as UTF-8 if it is valid UTF-8, else by the charset of its header."""
    wide = body[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in body[:4]
    # Many servers state ISO-8859-1 by default, so valid UTF-8 is taken as UTF-8.
    for name in (json.detect_encoding(body), charset) if wide else ("utf-8-sig", charset):
        try:
            return body.decode(name or "utf-8")
        except (ValueError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def is_page(text: str) -> bool:
    """Whether a text is an HTML page: a login, or an error of a proxy."""
    return bool(_PAGE.match(text))


def completion_in(text: str, schema: str) -> Completion | None:
    """Find the completion in a body, or the error in its place; None where it has neither.

    Args:
        schema: the JSON schema of the answer that was asked for; '' where there is none.

    Raises:
        TypeError: there is one, but its content is of no kind that holds a text.
    """
    values = list(_values(text))
    choices = [(value, _choice(value)) for value in values]
    whole = [value for value, choice in choices if choice is not None]
    streamed = [v for v in values if _delta(v) is not None]
    errors = [e for e in map(error_in, values) if e is not None]
    if streamed:
        return _joined(values, schema, errors)
    if whole and all(_PLACES & c.keys() == {"text"} for _, c in choices if c is not None):
        return _legacy(whole, schema)
    if whole:
        return _of_choices(whole[0], schema)
    native = _native(values, _needed(schema))
    if native is not None:
        return _of_choices(native, schema)
    return Completion(error=errors[0], usage=_usage(values)) if errors else None


def _of_choices(found: Mapping[str, Any], schema: str) -> Completion:
    """The completion of the first choice with JSON, else with a text; else of the first."""
    choices = [c for c in _choices(found) if _PLACES & c.keys()]
    read = (_of_message(choice, found.get("usage"), schema) for choice in choices[:_MOST_CHOICES])
    first = next(read)
    if first.text.strip() and (not schema or "{" in first.text):
        return first
    others = [other for other in read if other.text.strip()]
    found_json = (other for other in others if "{" in other.text)
    return next(found_json, first if first.text.strip() else next(iter(others), first))


def _native(values: Iterable[Any], needed: frozenset[str]) -> dict[str, Any] | None:
    """The completion in values that have the form of another API, or are the answer itself."""
    values = list(values)
    for value in values:
        inside = [value[name] for name in _WRAPPERS if isinstance(value, dict) and name in value]
        for part in (value, *inside):
            if isinstance(part, dict) and needed and needed <= part.keys():
                return {"choices": [{"message": {"content": json.dumps(part)}}]}
            if len(values) == 1 and (found := as_completion(part)) is not None:
                return found
    return joined_events(values)


def _values(text: str) -> Iterator[Any]:
    """The JSON values of a body, unwrapped: one, one per line, or one after other lines."""
    try:
        whole = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from _values_in(text)
    else:
        yield from _unwrapped(whole, _DEEPEST)


def _values_in(text: str) -> Iterator[Any]:
    text = re.sub(r"\r\n?", "\n", text)
    found, end = 0, 0
    for start in (match.end() for match in _VALUE_STARTS.finditer(text)):
        if start < end or found >= _MOST_VALUES:
            continue
        value, end = _decoded(text, start)
        if value is not None:
            found += 1
            yield from _unwrapped(value, _DEEPEST)
    if not found and text.startswith("data:"):  # one event whose data has several lines
        text = re.sub(r"^data: ?", "", text, flags=re.MULTILINE)
    if not found and (place := text.find("{")) >= 0:
        value, _ = _decoded(text, place)
        if value is not None:
            yield from _unwrapped(value, _DEEPEST)


def _decoded(text: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start


def _unwrapped(value: Any, depth: int) -> Iterator[Any]:
    """The objects in a value that a gateway wrapped in a string, a list or another object."""
    if isinstance(value, str) and depth:
        inner, _ = _decoded(value.strip(), 0) if value.strip()[:1] in {"{", "["} else (None, 0)
        if inner is not None:
            yield from _unwrapped(inner, depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _unwrapped(item, depth - 1)
    elif isinstance(value, dict):
        inside = [value[name] for name in _WRAPPERS if value.get(name)] if depth else []
        held = [v for part in inside for v in _unwrapped(part, depth - 1)]
        if "choices" not in value and any(isinstance(v.get("choices"), list) for v in held):
            yield from held
        else:
            yield value


def _choice(value: Any) -> dict[str, Any] | None:
    """The first choice, where it is complete: with a message, or a text of the older API."""
    choice = _first_choice(value)
    if choice is None or _delta(value) is not None:
        return None
    return choice if _PLACES & choice.keys() else None


def _choices(value: Any) -> list[dict[str, Any]]:
    choices = value.get("choices") if isinstance(value, dict) else None
    if isinstance(choices, dict):
        choices = [choices] if "message" in choices else list(choices.values())
    return [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []


def _first_choice(value: Any) -> dict[str, Any] | None:
    return next(iter(_choices(value)), None)


def _delta(value: Any) -> Mapping[str, Any] | None:
    choice = _first_choice(value)
    delta = choice.get("delta") if choice is not None else None
    return delta if isinstance(delta, dict) and _says(choice, delta) else None


def _says(choice: Mapping[str, Any] | None, delta: Mapping[str, Any]) -> bool:
    """Whether a piece is one of a stream: some servers send an empty one beside the message."""
    message = (choice or {}).get("message")
    return not message or any(delta.get(name) for name in _WRITTEN)


def _index(value: Any) -> Any:
    """Which of several answers a piece of a stream belongs to."""
    return (_first_choice(value) or {}).get("index") or 0


def _usage(values: Iterable[Any]) -> Any:
    told = [v["usage"] for v in values if isinstance(v, dict) and isinstance(v.get("usage"), dict)]
    return told[-1] if told else None


def _joined(values: list[Any], schema: str, errors: list[Any]) -> Completion:
    """Join the pieces of a stream into one message."""
    message: dict[str, Any] = {"content": ""}
    calls: dict[Any, str] = {}
    finish: Any = None
    first = next((_index(value) for value in values if _delta(value) is not None), 0)
    for value in values:
        delta = _delta(value)
        if delta is None or _index(value) != first:
            continue
        message["content"] += _content(delta.get("content"), ())
        for name in (*_THOUGHTS, "refusal"):
            if isinstance(delta.get(name), str):
                message[name] = message.get(name, "") + delta[name]
        for call in delta.get("tool_calls") or ():
            if isinstance(call, dict):
                place = call.get("index", 0)
                calls[str(place)] = calls.get(str(place), "") + _arguments(call.get("function"))
        finish = (_first_choice(value) or {}).get("finish_reason") or finish
    if calls:
        message["tool_calls"] = [{"function": {"arguments": text}} for text in calls.values()]
    if errors and not message["content"].strip() and not calls:
        return Completion(error=errors[0], usage=_usage(values))
    choice = {"message": message, "finish_reason": "error" if errors else finish}
    return _of_message(choice, _usage(values), schema)


def _legacy(values: list[Any], schema: str) -> Completion:
    """Join completions of the older API, which have a text and no message."""
    choices = [_choice(value) or {} for value in values]
    text = "".join(_content(choice.get("text"), ()) for choice in choices)
    finish = next((c["finish_reason"] for c in reversed(choices) if c.get("finish_reason")), None)
    message = {"content": text}
    return _of_message({"message": message, "finish_reason": finish}, _usage(values), schema)


def _of_message(choice: Mapping[str, Any], usage: Any, schema: str) -> Completion:
    finish = _finish(choice)
    message = _message_in(choice, finish)
    needed = _needed(schema)
    content = _content(message.get("content"), needed)
    if not content.strip() and isinstance(message.get("parsed"), dict):
        content = json.dumps(message["parsed"], ensure_ascii=False)
    thought = next((t for n in _THOUGHTS if (t := _thought(message.get(n)))), "")
    text = without_thoughts(content)
    if schema and finish == "length" and is_cut_in_thoughts(text):
        text = ""
    if not _HOLDS_JSON.search(text):
        text = _called(message) or text
    if not text.strip() and isinstance(choice.get("text"), str):
        text = without_thoughts(choice["text"])
    if not text.strip() and finish != "length":
        # Some servers take the answer for thoughts: it counts if all of it is the answer.
        text = _whole_answer(thought, needed)
    refusal = message.get("refusal")
    return Completion(
        text=text,
        written=content + thought,
        refusal=refusal if isinstance(refusal, str) else "",
        finish=finish,
        usage=usage,
        error=choice.get("error") if not text.strip() else None,
    )


def _message_in(choice: Mapping[str, Any], finish: str) -> Mapping[str, Any]:
    """The message of a choice, in the places and forms that it may have."""
    message = choice.get("message", choice.get("messages"))
    if isinstance(message, list) and message:
        message = message[-1]
    if isinstance(message, str) and "{" in message:
        message = {"content": message}
    if message is None and isinstance(choice.get("text"), str):
        message = {"content": choice["text"]}
    if message is None and choice.get("content"):
        message = choice
    if message is None and finish:  # it ended before a word was written
        message = {}
    if not isinstance(message, dict):
        raise TypeError(f"a message of type {type(message).__name__} holds no text")
    return message


def _finish(choice: Mapping[str, Any]) -> str:
    return plain_finish(choice.get("finish_reason") or choice.get("stop_reason"))


def _content(content: Any, needed: Iterable[str]) -> str:
    """The text of a message: a string, the text parts of a list, or the answer as an object."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return _of_parts(content)
    if isinstance(content, dict) and (names := set(needed)) and names <= content.keys():
        return json.dumps(content, ensure_ascii=False)
    if isinstance(content, dict) and isinstance(content.get("text"), str):
        return _of_parts([content])
    raise TypeError(f"content of type {type(content).__name__} holds no text")


def _of_parts(parts: list[Any]) -> str:
    """The text of a list of parts; the list itself, where it is the entries of the answer."""
    held = [part for part in parts if isinstance(part, dict)]
    if held and all("id" in part and "type" not in part for part in held):
        return json.dumps(parts, ensure_ascii=False)
    if parts and all(isinstance(part, str) for part in parts):
        return "".join(parts)
    text = "".join(map(_text_of_part, held))
    used = (part.get("input", part.get("json")) for part in held
            if part.get("type") in {"tool_use", "json", "output_json"})  # fmt: skip
    return text if text.strip() else next((json.dumps(u) for u in used if u), text)


def _text_of_part(part: Mapping[str, Any]) -> str:
    text = part.get("text") if part.get("type") in _TEXT_PARTS else None
    if isinstance(text, dict):
        text = text.get("value")
    return text if isinstance(text, str) and part.get("thought") is not True else ""


def _thought(value: Any) -> str:
    """The words of thoughts: a string, or the texts in parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _thought(value.get("content") or value.get("text"))
    parts = value if isinstance(value, list) else []
    return "".join(_thought(part) for part in parts if isinstance(part, dict))


def _called(message: Mapping[str, Any]) -> str:
    """The arguments of the tool calls that a message makes in place of a text."""
    calls = message.get("tool_calls")
    functions = [c.get("function", c.get("custom")) for c in calls or () if isinstance(c, dict)]
    texts = [_arguments(f) for f in (*functions, message.get("function_call"))]
    return "\n".join(text for text in texts if text.strip())


def _arguments(function: Any) -> str:
    given = None
    if isinstance(function, dict):
        given = function.get("arguments", function.get("input"))
    if isinstance(given, str):
        return given
    return json.dumps(given, ensure_ascii=False) if isinstance(given, dict) else ""


def _whole_answer(thought: str, needed: frozenset[str]) -> str:
    text = without_thoughts(thought)
    if not text.strip() or not is_one_value(text):
        return ""
    value, _ = _decoded(text, max(text.find("{"), 0))
    return text if isinstance(value, dict) and needed <= value.keys() else ""


@lru_cache(maxsize=16)
def _needed(schema: str) -> frozenset[str]:
    """The names of the properties that the schema requires."""
    try:
        required = json.loads(schema).get("required") if schema else ()
    except (ValueError, AttributeError):
        required = ()
    return frozenset(name for name in required or () if isinstance(name, str))
