"""Turns answers in the forms of other APIs into completions: gateways pass them through.

The forms are those of Anthropic, Gemini, Ollama, Bedrock, Cohere, OpenAI's responses, the Text
Generation Inference server, and models that are served with MLflow. Thoughts stay apart.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TEXTS = ("generated_text", "response", "output_text", "completion", "content")
_LOOSE = ("result", "text", "answer", "data")
"""Names that hold the text of an answer on some servers, and other words on others."""
_FINISHES = ("finish_reason", "stop_reason", "stopReason", "finishReason", "done_reason", "status")
_THOUGHT_PARTS = frozenset({"thinking", "reasoning", "redacted_thinking"})


def as_completion(value: Any) -> dict[str, Any] | None:
    """The completion that an object in another API's form holds; None where it holds none."""
    if not isinstance(value, dict) or value.get("error") or value.get("choices"):
        return None
    message = _message(value)
    if message is None and _ended(value):  # it ended before a word was written
        message = {"content": ""}
    if message is None:
        return None
    finish = next((value[n] for n in _FINISHES if isinstance(value.get(n), str)), None)
    candidates = value.get("candidates")
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], dict):
        finish = candidates[0].get("finishReason") or finish
    details = value.get("incomplete_details")
    if isinstance(details, dict) and isinstance(details.get("reason"), str):
        finish = details["reason"]
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"choices": [choice], "usage": _usage(value)}


def joined_events(values: Iterable[Any]) -> dict[str, Any] | None:
    """The completion in events of another API's stream; None where they are no such stream."""
    texts: list[str] = []
    usage: dict[str, Any] = {}
    finish, is_stream = None, False
    for value in values:
        if not isinstance(value, dict):
            continue
        delta = value.get("delta")
        if isinstance(value.get("done"), bool) and (piece := _message(value)) is not None:
            texts.append(str(piece.get("content") or ""))
            is_stream = True
        elif isinstance(delta, dict) and isinstance(delta.get("text"), str):
            texts.append(delta["text"])
            is_stream = True
        elif isinstance(delta, str) and value.get("type") == "response.output_text.delta":
            texts.append(delta)
            is_stream = True
        if isinstance(delta, dict):
            finish = delta.get("stop_reason") or finish
        finish = value.get("done_reason") or finish
        inner = value.get("message")
        usage |= _usage(inner if isinstance(inner, dict) else {}) or {}
        usage |= _usage(value) or {}
    if not is_stream:
        return None
    choice = {"index": 0, "message": {"content": "".join(texts)}, "finish_reason": finish}
    return {"choices": [choice], "usage": usage or None}


def _message(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The message in an object of another API."""
    found = (_message_of(held) for held in _held(value))
    return next((message for message in found if message is not None), None)


def _message_of(held: Any) -> dict[str, Any] | None:
    """The message that a text, a list of parts or messages, or an object is."""
    if isinstance(held, str):
        return {"content": held}
    if isinstance(held, list):
        texts = list(_texts(held))
        return _last_said(held) or ({"content": "".join(texts)} if texts else None)
    if not isinstance(held, dict) or isinstance(held.get("content"), str | list):
        return held if isinstance(held, dict) else None
    if isinstance(held.get("parts"), list):
        return {"content": "".join(_texts(held["parts"]))}
    is_empty = held.keys() <= {"role"}
    return {"content": "" if is_empty else json.dumps(held, ensure_ascii=False)}


def _held(value: Mapping[str, Any]) -> Iterator[Any]:
    """What may hold the text, in the places of the several APIs."""
    candidates = value.get("candidates")
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], dict):
        yield candidates[0].get("content")
    output = value.get("output")
    if isinstance(output, dict):
        yield output.get("message")
        yield output if isinstance(output.get("content"), str | list) else output.get("text")
    if isinstance(output, list):
        yield [part for item in output if isinstance(item, dict)
               for part in _parts_of(item)]  # fmt: skip
    if isinstance(value.get("message"), dict) and "content" in value["message"]:
        yield value["message"]
    messages = value.get("messages")
    yield _last_said(messages) if isinstance(messages, list) else None
    for name in _TEXTS:
        is_own = name != "content" or value.get("role") == "assistant"
        if is_own and isinstance(value.get(name), str | list):
            yield value[name]
    predictions = value.get("predictions")
    if isinstance(predictions, list) and len(predictions) == 1:
        yield predictions[0]
    response = value.get("response")
    if isinstance(response, dict) and not ({"usage", "error", "status"} & response.keys()):
        yield response
    if not any(isinstance(value.get(name), str) for name in ("message", "msg")):  # as of an error
        yield from (text for name in _LOOSE if _holds_json(text := value.get(name)))


def _ended(value: Mapping[str, Any]) -> bool:
    """Whether a body tells the end of an answer that has no text."""
    candidates = value.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates else None
    if isinstance(first, dict):
        return bool(first.get("finishReason"))
    return value.get("object") == "response" and value.get("status") in {"incomplete", "completed"}


def _last_said(messages: list[Any]) -> dict[str, Any] | None:
    """The last of some messages, where the model wrote it."""
    last = messages[-1] if messages else None
    is_models = isinstance(last, dict) and last.get("role") == "assistant" and "content" in last
    return last if is_models else None


def _holds_json(text: Any) -> bool:
    return isinstance(text, str) and "{" in text


def _parts_of(item: Mapping[str, Any]) -> list[Any]:
    content = item.get("content")
    return content if item.get("type") == "message" and isinstance(content, list) else []


def _texts(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        is_thought = not isinstance(part, dict) or (
            part.get("thought") is True or part.get("type") in _THOUGHT_PARTS
        )
        if not is_thought and isinstance(part.get("text"), str):
            yield part["text"]


_COUNTS = {
    "prompt_tokens": ("promptTokenCount", "inputTokens", "prompt_eval_count"),
    "completion_tokens": ("candidatesTokenCount", "outputTokens", "eval_count", "output_tokens"),
    "total_tokens": ("totalTokenCount", "totalTokens"),
    "input_tokens": (),
    "cache_read_input_tokens": (),
    "cache_creation_input_tokens": (),
    "prompt_cache_hit_tokens": ("cachedContentTokenCount",),
}


def _usage(value: Mapping[str, Any]) -> dict[str, Any] | None:
    told = value.get("usage") or value.get("usageMetadata") or value
    if not isinstance(told, dict):
        return None
    found = {
        name: next((told[n] for n in (name, *others) if n in told), None)
        for name, others in _COUNTS.items()
    }
    return {name: count for name, count in found.items() if count is not None} or None
