"""The `ai_query` transport without Spark: prompts, SQL, and reading what comes back.

`ai_query` takes one string, gives one string, and says nothing of usage or of why a model stopped:
usage is estimated and flagged, and a truncated answer is seen by the parser.
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
from lakegloss.engine.http.completion import words_of
from lakegloss.engine.http.refusals import kind_of, of_the_model
from lakegloss.engine.http.secrets import SECRETS

CHUNK = 500
"""Requests of one statement: the unit of durability and of the budget."""

ALL_FAILED = 20
"""So many failures without one answer in a chunk end the run."""

TEXT_FIELDS = ("result", "response")
ERROR_FIELDS = ("errorMessage", "error", "errorStatus")
"""How the failure struct spells its fields, by version and page of the documentation."""

_JSON_OBJECT = '{"type":"json_object"}'
_MARKS = re.compile(r"<{3,}|>{3,}")
_DEFUSED = str.maketrans("<>", "\u2039\u203a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Requests that one statement asks: they share model, parameters and answer format."""

    model: str
    max_tokens: int
    temperature: float | None
    response_format: str
    requests: Mapping[str, ModelRequest]

    def split(self, count: int) -> tuple["Chunk", "Chunk"]:
        """The first requests, so many, and the rest."""
        items = list(self.requests.items())
        head, rest = dict(items[:count]), dict(items[count:])
        return replace(self, requests=head), replace(self, requests=rest)

    def simpler(self) -> "list[Chunk]":
        """The same with weaker forms of the answer's format, the strongest first."""
        if not self.response_format:
            return []
        plain = replace(self, response_format="")
        if self.response_format == _JSON_OBJECT:
            return [plain]
        return [replace(self, response_format=_JSON_OBJECT), plain]

    @property
    def structured(self) -> str:
        """The setting of that name that asks in this form."""
        if not self.response_format:
            return "off"
        return "json_object" if self.response_format == _JSON_OBJECT else "json_schema"

    def expression(self) -> str:
        """The call, over a column `prompt`."""
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
    """The requests (by hash) in chunks; order is kept within a bucket of equal parameters."""
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
    """The mode, schema and schema's name of a responseFormat argument.

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
    """The messages as one prompt with a section for each; its marks cannot come from content."""
    return "\n\n".join(
        f"<<<{m.role}>>>\n{_MARKS.sub(lambda mark: mark.group().translate(_DEFUSED), m.content)}"
        for m in messages
    )


def answer_fields(names: Sequence[str]) -> tuple[str, str]:
    """Which field of the failure struct is the text and which the error.

    Raises:
        ValueError: the names fit no known spelling.
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
    """The kind of a row's error and what is left to be said; a stand-in's rows name their kind."""
    told = _TOLD_KIND.match(error)
    if told:
        return Failure(told[1]), error[told.end() :]
    found = _STATUS.search(error)
    status = int(found[1] or found[2]) if found else 0
    said = words_of(error)
    kind = kind_of(status, said)
    if kind is Failure.INVALID and not status and not _INVALID.search(said):
        kind = Failure.SERVER  # whatever it was, the next run may fare better
    return kind, error


_INVALID = re.compile(r"(?i)bad.?request|invalid|not (?:found|exist|support)|\b40[04]\b")


def read_answer(
    text: str | None, error: str | None, request: ModelRequest, *, latency: float
) -> Attempt:
    """One row's answer as an attempt; its usage is an estimate.

    Args:
        latency: seconds of the whole statement, as rows have none of their own.
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
    """What a chunk's rows say, where it is plain that going on would bring nothing; else ''.

    Args:
        answered_before: whether any row of the run, of this chunk too, had an answer.
    """
    used_up = [a.error for a in attempts if a.failure is Failure.QUOTA]
    forbidden = [a.error for a in attempts if a.failure is Failure.AUTH]
    if used_up or (forbidden and not answered_before):
        return (used_up or forbidden)[0]
    failed = [a.error for a in attempts if a.failure is not None]
    return failed[-1] if len(failed) == len(attempts) >= ALL_FAILED else ""


def refused_form(attempts: Sequence[Attempt]) -> bool:
    """Whether all rows of a chunk are refused in a way that its answer's format may explain."""
    return bool(attempts) and all(
        a.failure is Failure.INVALID and not of_the_model(a.detail) for a in attempts
    )
