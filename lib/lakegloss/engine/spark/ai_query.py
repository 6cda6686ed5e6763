"""Writes the prompts and SQL for `ai_query`, and reads its rows; it needs no Spark.

`ai_query` takes one string and returns one string. It tells neither usage nor finish reason: usage
is estimated and flagged, and the parser notices a truncated answer.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lakegloss.core.ddl import literal
from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.core.text.thoughts import without_thoughts
from lakegloss.engine.attempt import Attempt, Failure, Usage, clean
from lakegloss.engine.http.error_bodies import words_of
from lakegloss.engine.http.refusals import kind_of, of_the_model
from lakegloss.engine.http.secrets import SECRETS

CHUNK = 500
"""The most requests of one statement. Answers are kept, and the budget checked, by statement."""

ALL_FAILED = 20
"""A chunk of this many requests or more that all fail ends the run."""

TEXT_FIELDS = ("result", "response")
ERROR_FIELDS = ("errorMessage", "error", "errorStatus")
"""Names of the failure struct's fields, which differ by version and page of the docs."""

_JSON_OBJECT = '{"type":"json_object"}'
_MARKS = re.compile(r"<{3,}|>{3,}")
_DEFUSED = str.maketrans("<>", "\u2039\u203a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The requests of one statement, which share model, parameters and answer format."""

    model: str
    max_tokens: int
    temperature: float | None
    response_format: str
    requests: Mapping[str, ModelRequest]

    def split(self, count: int) -> tuple["Chunk", "Chunk"]:
        """The first `count` requests, and the rest."""
        items = list(self.requests.items())
        head, rest = dict(items[:count]), dict(items[count:])
        return replace(self, requests=head), replace(self, requests=rest)

    def simpler(self) -> "list[Chunk]":
        """The same requests with weaker answer formats, the strongest first."""
        if not self.response_format:
            return []
        plain = replace(self, response_format="")
        if self.response_format == _JSON_OBJECT:
            return [plain]
        return [replace(self, response_format=_JSON_OBJECT), plain]

    @property
    def structured(self) -> str:
        """The value of the setting `structured` that asks in this form."""
        if not self.response_format:
            return "off"
        return "json_object" if self.response_format == _JSON_OBJECT else "json_schema"

    def expression(self) -> str:
        """The SQL call of `ai_query` over a column `prompt`."""
        parameters = [f"'max_tokens', {self.max_tokens}"]
        if self.temperature is not None:
            parameters.append(f"'temperature', {self.temperature!r}D")
        arguments = [
            literal(self.model),
            "prompt",
            f"modelParameters => named_struct({', '.join(parameters)})",
            "failOnError => false",
        ]
        if self.response_format:
            arguments.append(f"responseFormat => {literal(self.response_format)}")
        return f"ai_query({', '.join(arguments)})"


def chunks(
    requests: Mapping[str, ModelRequest], *, structured: str, size: int = CHUNK
) -> list[Chunk]:
    """Split requests (by hash) into chunks; requests of equal parameters keep their order."""
    ordered = sorted(requests.items(), key=lambda item: _bucket(item[1]))
    made = []
    for _, group in groupby(ordered, key=lambda item: _bucket(item[1])):
        members = list(group)
        made += [
            _chunk(members[start : start + size], structured)
            for start in range(0, len(members), size)
        ]
    return made


def _bucket(request: ModelRequest) -> tuple[str, int, str, str, float]:
    temperature = -1.0 if request.temperature is None else request.temperature
    return (
        request.model, request.max_tokens, request.schema, request.schema_name, temperature,
    )  # fmt: skip


def _chunk(members: Sequence[tuple[str, ModelRequest]], structured: str) -> Chunk:
    first = members[0][1]
    return Chunk(
        model=first.model,
        max_tokens=first.max_tokens,
        temperature=first.temperature,
        response_format=_response_format(first, structured),
        requests=dict(members),
    )


def _response_format(request: ModelRequest, structured: str) -> str:
    if not request.schema or structured == "off":
        return ""
    if structured == "json_object":
        return _JSON_OBJECT
    described = {
        "name": request.schema_name or "answer",
        "schema": json.loads(request.schema),
        "strict": True,
    }
    return json.dumps({"type": "json_schema", "json_schema": described}, separators=(",", ":"))


def read_response_format(text: str | None) -> tuple[str, str, str]:
    """Read a responseFormat argument: its mode, schema and the schema's name.

    Raises:
        ValueError: it is not JSON of the form that `ai_query` takes.
    """
    if not text:
        return "off", "", ""
    try:
        given = json.loads(text)
        if given["type"] == "json_object":
            return "json_object", "{}", ""
        described = given["json_schema"]
        return "json_schema", json.dumps(described["schema"]), str(described.get("name") or "")
    except (KeyError, TypeError, AttributeError):
        raise ValueError("responseFormat is not understood") from None


def flatten(messages: Iterable[Message]) -> str:
    """Join messages into one prompt, a section each; no content can imitate a section's mark."""
    return "\n\n".join(
        f"<<<{m.role}>>>\n{_MARKS.sub(lambda mark: mark.group().translate(_DEFUSED), m.content)}"
        for m in messages
    )


def answer_fields(names: Sequence[str]) -> tuple[str, str]:
    """Find the fields of the failure struct that hold the text and the error.

    Raises:
        ValueError: the struct has no known names.
    """
    lowered = {name.lower(): name for name in names}
    texts = [lowered[f] for f in TEXT_FIELDS if f in lowered]
    errors = [lowered[f.lower()] for f in ERROR_FIELDS if f.lower() in lowered]
    if not texts or not errors:
        raise ValueError(f"ai_query answered with fields {sorted(names)!r}")
    return texts[0], errors[0]


_STATUS = re.compile(
    r"\b(?:HTTP|status(?: code)?|error(?: code)?|code)\W{0,4}([45]\d\d)\b|^\W*([45]\d\d)\b",
    re.IGNORECASE,
)
_TOLD_KIND = re.compile(rf"\s*({'|'.join(sorted(map(str, Failure), key=len, reverse=True))}): ")


def kind_of_row(error: str) -> tuple[Failure, str]:
    """The kind of a row's error, and its words. Rows of the stand-in name their kind."""
    told = _TOLD_KIND.match(error)
    if told:
        return Failure(told[1]), error[told.end() :]
    found = _STATUS.search(error)
    status = int(found[1] or found[2]) if found else 0
    said = words_of(error)
    kind = kind_of(status, said)
    if kind is Failure.INVALID and not status and not _INVALID.search(said):
        kind = Failure.SERVER  # an unknown cause: the next run may succeed
    return kind, error


_INVALID = re.compile(r"(?i)bad.?request|invalid|not (?:found|exist|support)|\b40[04]\b")


def read_answer(
    text: str | None, error: str | None, request: ModelRequest, *, latency: float
) -> Attempt:
    """Read one row as an attempt; its usage is an estimate.

    Args:
        latency: seconds of the whole statement, as `ai_query` gives none for a row.
    """
    if error:
        kind, said = kind_of_row(error)
        usage = Usage(estimated=True)
        return Attempt(failure=kind, detail=clean(said), usage=usage, latency=latency)
    written = (text or "").encode("utf-8", "replace").decode()
    answer = SECRETS.redact(without_thoughts(written))
    usage = Usage(input=request.input_tokens, output=estimate(written), estimated=True)
    if answer.strip():
        return Attempt(status=200, text=answer, usage=usage, latency=latency)
    detail = f"an answer {'of thoughts alone, ' if written.strip() else ''}without text"
    return Attempt(status=200, failure=Failure.EMPTY, detail=detail, usage=usage, latency=latency)


def hopeless(attempts: Sequence[Attempt], *, answered_before: bool) -> str:
    """The error of a chunk which shows that more requests would fail too; else ''.

    Args:
        answered_before: whether any row of the run, including this chunk, had an answer.
    """
    used_up = [a.error for a in attempts if a.failure is Failure.QUOTA]
    forbidden = [a.error for a in attempts if a.failure is Failure.AUTH]
    if used_up or (forbidden and not answered_before):
        return (used_up or forbidden)[0]
    failed = [a.error for a in attempts if a.failure is not None]
    return failed[-1] if len(failed) == len(attempts) >= ALL_FAILED else ""


def refused_form(attempts: Sequence[Attempt]) -> bool:
    """Whether all rows of a chunk were refused, perhaps because of the answer format."""
    return bool(attempts) and all(
        a.failure is Failure.INVALID and not of_the_model(a.detail) for a in attempts
    )
