"""Defines dbxmetagen's answers, and reads those of a model."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lakegloss.compat.dbxmetagen.generators.chat_messages import literal
from lakegloss.errors import AnswerError, InputError


class CommentResponse(BaseModel):
    """Comments as dbxmetagen gives them: of the table, and of the columns in their order."""

    model_config = ConfigDict(extra="forbid")

    table: str
    columns: list[str]
    column_contents: str | list[str]


class PIResponse(BaseModel):
    """Classes of personal data as dbxmetagen gives them, one mapping for each column."""

    model_config = ConfigDict(extra="forbid")

    table: str
    columns: list[str]
    column_contents: list[dict[str, Any]]


class ChatAnswer(dict[str, Any]):
    """A chat completion: a mapping whose items are attributes, too.

    ``answer.choices[0].message.content`` is the text; ``answer.lakegloss`` says who wrote each
    comment (`sources`) and why it was not the program (`problem`).
    """

    def __getattr__(self, name: str) -> Any:
        """The item of that name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the answer has no {name!r}") from None


def chat_answer(response: BaseModel, *, model: str, notes: Mapping[str, Any]) -> ChatAnswer:
    """Wrap an answer as a chat completion.

    Args:
        notes: what `lakegloss` says of it.
    """
    message = ChatAnswer(role="assistant", content=response.model_dump_json())
    choice = ChatAnswer(index=0, message=message, finish_reason="stop")
    usage = ChatAnswer(
        prompt_tokens=notes.get("input_tokens", 0),
        completion_tokens=notes.get("output_tokens", 0),
        total_tokens=notes.get("input_tokens", 0) + notes.get("output_tokens", 0),
    )
    return ChatAnswer(
        id="lakegloss", object="chat.completion", model=model, choices=[choice], usage=usage,
        lakegloss=ChatAnswer(notes),
    )  # fmt: skip


def texts_in_answer(text: Any, names: Sequence[str]) -> dict[str, str]:
    """The comments in a model's answer, by column ('' is the table); other columns are left out.

    Raises:
        AnswerError: it is none of dbxmetagen's answers, or its lists differ in length.
    """
    try:
        found = text if isinstance(text, Mapping) else literal(_braces(str(text)))
        response = CommentResponse.model_validate(dict(found))
        contents = response.column_contents
        listed = literal(contents) if isinstance(contents, str) else contents
    except (InputError, ValidationError, TypeError, ValueError):
        raise AnswerError(
            "The answer cannot be read.", remedy="The comment program writes instead."
        ) from None
    if not isinstance(listed, list) or len(listed) != len(response.columns):
        raise AnswerError(
            f"The answer names {len(response.columns)} columns and does not tell of as many.",
            remedy="The comment program writes instead.",
        )
    known = set(names)
    texts = {c: str(t) for c, t in zip(response.columns, listed, strict=True) if c in known}
    return {"": response.table, **texts}


def _braces(text: str) -> str:
    """The part of an answer that is an object: fences and words around it are left out."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def response_of(texts: Mapping[str, str], names: Sequence[str]) -> CommentResponse:
    """An answer of these comments, by column; a column without one has an empty text."""
    return CommentResponse(
        table=texts.get("", ""),
        columns=list(names),
        column_contents=[texts.get(name, "") for name in names],
    )


def as_text(value: Any) -> str:
    """A value as JSON text, for a field of a request."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
