"""What a language model and the servers before it get wrong, for tests/kits/model_server.py.

Entries are `{"id", "text"}` in the order that was asked for. A fault changes the entries, the form
that they are written in, the message around it, the stated usage, or the bytes on the wire.
"""

import asyncio
import functools
import gzip
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

Entries = list[Any]

# The right texts under wrong ids, wrong texts under the right ids, and ids of all kinds.


def _missing(entries: Entries, rng: random.Random) -> Entries:
    return rng.sample(entries, len(entries) // 2)


def _reordered(entries: Entries, rng: random.Random) -> Entries:
    return rng.sample(entries, len(entries))


def _duplicate(entries: Entries, rng: random.Random) -> Entries:
    return [*entries, *rng.sample(entries, min(2, len(entries)))]


def _conflicting(entries: Entries, rng: random.Random) -> Entries:
    """Some ids come twice, the second time with another's text."""
    moved = zip(entries, rng.sample(entries, len(entries)), strict=True)
    return [*entries, *({"id": a["id"], "text": b["text"]} for a, b in list(moved)[:5])]


def _invented(entries: Entries, rng: random.Random) -> Entries:
    made_up = [{"id": f"c{rng.randrange(5000, 9000)}", "text": "A column of another table."}]
    return [*made_up, *entries, {"id": "customers.email", "text": "An address."}]


def _other_tables(entries: Entries, rng: random.Random) -> Entries:
    """Only what nobody asked about: ids that go on after the last one, and names."""
    return [
        {"id": rng.choice((f"c{500 + n}", f"t{70 + n}", "orders.amount")), "text": e["text"]}
        for n, e in enumerate(entries)
    ]


def _wrong_types(entries: Entries, rng: random.Random) -> Entries:
    wrong: list[Any] = [None, 7, {"id": 3, "text": 4}, {"id": ["c1"], "text": {}}, "c1"]
    return [rng.choice(wrong) if rng.random() < 0.5 else entry for entry in entries]


def _number_ids(entries: Entries, rng: random.Random) -> Entries:
    return [{"id": int(e["id"][1:]), "text": e["text"]} for e in entries]


def _odd_ids(entries: Entries, rng: random.Random) -> Entries:
    forms: tuple[Callable[[str], str], ...] = (
        str.upper,
        lambda i: f" {i}\n",
        lambda i: f"{i}:",
        lambda i: f"{i[0]}0{i[1:]}",
        lambda i: f"{i} ",
        lambda i: i.replace("1", "\N{FULLWIDTH DIGIT ONE}"),
    )
    return [{"id": rng.choice(forms)(e["id"]), "text": e["text"]} for e in entries]


def _null_texts(entries: Entries, rng: random.Random) -> Entries:
    return [{"id": e["id"], "text": None if rng.random() < 0.5 else e["text"]} for e in entries]


def _object_texts(entries: Entries, rng: random.Random) -> Entries:
    other = rng.choice(entries)
    return [
        e if rng.random() < 0.5 else {"id": e["id"], "text": {"id": other["id"], "text": e["text"]}}
        for e in entries
    ]


def _shifted(entries: Entries, rng: random.Random) -> Entries:
    """Each id has the text of the next one."""
    texts = [e["text"] for e in entries]
    return _with_texts(entries, texts[1:] + texts[:1])


def _skipped(entries: Entries, rng: random.Random) -> Entries:
    """One text is left out: from there on each id has the next one's, and the last has none."""
    texts = [e["text"] for e in entries]
    del texts[rng.randrange(len(texts))]
    return _with_texts(entries, texts)


def _swapped(entries: Entries, rng: random.Random) -> Entries:
    """Two have each other's text."""
    texts = [e["text"] for e in entries]
    a, b = rng.randrange(len(texts)), rng.randrange(len(texts))
    texts[a], texts[b] = texts[b], texts[a]
    return _with_texts(entries, texts)


def _with_texts(entries: Entries, texts: list[str]) -> Entries:
    return [{"id": e["id"], "text": t} for e, t in zip(entries, texts, strict=False)]


def _surrogates(entries: Entries, rng: random.Random) -> Entries:
    return [{"id": e["id"], "text": f"{e['text']} \ud83d"} for e in entries]


def _escapes(entries: Entries, rng: random.Random) -> Entries:
    return [
        {"id": e["id"], "text": f"\x00\x1b[31m\u202e{e['text']}\u2066\x9b\r\n"} for e in entries
    ]


ENTRY_FAULTS: Mapping[str, Callable[[Entries, random.Random], Entries]] = {
    "missing": _missing,
    "reordered": _reordered,
    "duplicate": _duplicate,
    "conflicting": _conflicting,
    "invented": _invented,
    "other_tables": _other_tables,
    "wrong_types": _wrong_types,
    "number_ids": _number_ids,
    "odd_ids": _odd_ids,
    "null_texts": _null_texts,
    "object_texts": _object_texts,
    "shifted": _shifted,
    "skipped": _skipped,
    "swapped": _swapped,
    "surrogates": _surrogates,
    "escapes": _escapes,
}


# The same entries, written in another way.


def written(entries: Entries) -> str:
    """The form that was asked for."""
    return json.dumps({"comments": entries})


def _cut(entries: Entries, rng: random.Random) -> str:
    text = written(entries)
    return text[: rng.randrange(len(text) // 3, max(len(text) - 2, len(text) // 3 + 1))]


def _deep(entries: Entries, rng: random.Random) -> str:
    depth = rng.choice((3, 50, 20_000))
    return '{"comments":' + "[" * depth + json.dumps(entries) + "]" * depth + "}"


def _numbers(entries: Entries, rng: random.Random) -> str:
    odd = rng.choice(("NaN", "-Infinity", "1e400", "9" * 5000, "-0.0", "1" + "0" * 400))
    return f'{{"score": {odd}, "comments": {json.dumps(entries)}, "rest": [{odd}]}}'


def _duplicate_keys(entries: Entries, rng: random.Random) -> str:
    """Keys that come twice: which one counts is the reader's choice."""
    second = rng.choice(entries)
    parts = [
        json.dumps(e)[:-1] + f', "{rng.choice(("id", "text"))}": {json.dumps(second["text"])}}}'
        if rng.random() < 0.3
        else json.dumps(e)
        for e in entries
    ]
    return '{"comments": [' + ", ".join(parts) + '], "comments": []}'


def _bare_quotes(entries: Entries, rng: random.Random) -> str:
    """Texts with quotes that nobody escaped, some around what looks like another entry."""
    inner = rng.choice(('the "real" one', '"id": "c1", "text": "inner"', '"}, {"id": "c2'))
    return written(
        [
            {"id": e["id"], "text": e["text"] + (" QUOTE" if rng.random() < 0.3 else "")}
            for e in entries
        ]
    ).replace("QUOTE", inner)


def _in_a_string(entries: Entries, rng: random.Random) -> str:
    return json.dumps(written(entries))


def _lines(entries: Entries, rng: random.Random) -> str:
    return "\n".join(json.dumps(e) for e in entries)


def _example_first(entries: Entries, rng: random.Random) -> str:
    example = [{"id": e["id"], "text": "..."} for e in entries[:2]]
    return f"The form is {written(example)} and here it is:\n{written(entries)}"


def _twice(entries: Entries, rng: random.Random) -> str:
    """An answer, then the same ids with the texts in another order."""
    return written(entries) + "\n" + written(_shifted(entries, rng))


def _binary(entries: Entries, rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0x2FF)) for _ in range(2000))


FORM_FAULTS: Mapping[str, Callable[[Entries, random.Random], str]] = {
    "length": _cut,
    "broken_json": _cut,
    "fenced": lambda entries, _: f"```json\n{written(entries)}\n```",
    "prose": lambda entries, _: (
        f"Sure! Here are the comments:\n\n{written(entries)}\n\nLet me know if you need more."
    ),
    "bare_list": lambda entries, _: json.dumps(entries),
    "mapping": lambda entries, _: json.dumps({e["id"]: e["text"] for e in entries}),
    "byte_order_mark": lambda entries, _: "\ufeff" + written(entries),
    "deep": _deep,
    "numbers": _numbers,
    "duplicate_keys": _duplicate_keys,
    "bare_quotes": _bare_quotes,
    "in_a_string": _in_a_string,
    "lines": _lines,
    "example_first": _example_first,
    "twice": _twice,
    "binary": _binary,
}


# The message and the usage that come with the text.

MESSAGE_FAULTS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "refusal": lambda _: {"content": None, "refusal": "I cannot help with that."},
    "null": lambda _: {"content": None},
    "parts": lambda text: {
        "content": [{"type": "reasoning", "summary": []}, {"type": "text", "text": text}]
    },
    "object": lambda text: {"content": {"comments": text}},
}

USAGE_FAULTS: Mapping[str, str] = {
    "usage_missing": "null",
    "usage_text": '{"prompt_tokens": "12", "completion_tokens": "many"}',
    "usage_negative": '{"prompt_tokens": -5, "completion_tokens": -1000000}',
    "usage_absurd": '{"prompt_tokens": 1e999, "completion_tokens": 99999999999999999999}',
    "usage_nan": '{"prompt_tokens": NaN, "completion_tokens": true}',
    "usage_list": "[1, 2]",
}


# The status of the answer, where nothing was paid.

STATUS_FAULTS: Mapping[str, int] = {
    "rate_limit": 429,
    "rate_limit_after": 429,
    "rate_limit_absurd": 429,
    "error_500": 500,
    "error_502": 502,
    "error_503": 503,
    "redirect": 307,
}

# What the server will not answer as it was asked: status, message, code.

REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "context": (
        400,
        "This model's maximum context length is 4096 tokens. Please reduce the length.",
        "context_length_exceeded",
    ),
    "filtered": (
        400,
        "The response was filtered due to the prompt triggering the content management policy.",
        "content_filter",
    ),
}


def filtered_midway(entries: Entries) -> str:
    """What stood there when a content filter stopped the answer: half of it."""
    text = written(entries)
    return text[: len(text) // 2]


def retry_after(fault: str, rng: random.Random) -> dict[str, str]:
    """The headers of an answer of that status."""
    if fault == "rate_limit_after":
        return {"Retry-After": "1"}
    if fault == "rate_limit_absurd":
        absurd = (
            "31536000", "-5", "soon", "1e308", "nan", "inf", "Fri, 31 Dec 9999 23:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 99 Foo 2026 99:99:99 GMT", "9" * 5000, "0",
        )  # fmt: skip
        return {"Retry-After": rng.choice(absurd)}
    return {"Location": "http://169.254.169.254/"} if fault == "redirect" else {}


# The bytes on the wire, where the model has worked and the answer is lost.

HALF = b'{"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assi'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_RAW: Mapping[str, bytes] = {
    "reset": b"",
    "half_closed": _HEAD + b"Content-Length: %d\r\n\r\n" % (10 * len(HALF)) + HALF,
    "no_end": _HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(HALF), HALF),
    "bad_chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + HALF + b"\r\n0\r\n\r\n",
    "bad_length": _HEAD + b"Content-Length: many\r\n\r\n" + HALF,
    "not_gzip": _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 80\r\n\r\n" + HALF,
    "no_http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "long_header": _HEAD + b"X-Trace: " + b"x" * 100_000 + b"\r\n\r\n",
}
_BODIES: Mapping[str, tuple[bytes, str]] = {
    "truncated_body": (HALF, "application/json"),
    "html": (b"<html>Please log in</html>", "text/html"),
    "empty_body": (b"", "application/json"),
    "error_in_200": (b'{"error": {"message": "overloaded", "code": 503}}', "application/json"),
    "event_stream": (
        b'data: {"choices": [{"delta": {}}]}\n\ndata: [DONE]\n\n',
        "text/event-stream",
    ),
    "null_body": (b"null", "application/json"),
    "no_choices": (b'{"choices": [], "usage": null}', "application/json"),
}
WIRE_FAULTS = (*_RAW, *_BODIES, "gzip_bomb", "endless", "drip", "stall")


async def on_the_wire(request: web.Request, fault: str, stall: float) -> web.StreamResponse:
    """Answer with the bytes of the fault; `stall` is how many seconds a slow one takes."""
    if fault in _BODIES:
        body, content_type = _BODIES[fault]
        return web.Response(body=body, content_type=content_type)
    if fault == "gzip_bomb":
        return web.Response(body=_bomb(), headers={"Content-Encoding": "gzip"})
    if fault == "endless":
        return await _streamed(request, b" " * 2**20, 100, 0)
    if fault == "drip":
        return await _streamed(request, b" ", 10, stall / 10)
    if fault == "stall":
        await asyncio.sleep(stall)
    transport = request.transport
    if transport is not None:
        transport.write(_RAW.get(fault, b""))
        # What was written is sent before the end; a reset has nothing to send.
        transport.close() if _RAW.get(fault) else transport.abort()
    return web.Response(status=499)


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(b" " * 2**25, 9)


async def _streamed(
    request: web.Request, part: bytes, count: int, pause: float
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        for _ in range(count):
            await response.write(part)
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    if request.transport is not None:
        request.transport.abort()
    return response
