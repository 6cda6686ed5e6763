"""Defines feedback: what a person says of an execution or a proposal."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lakegloss.core.learning.examples import FoundExample, Origin
from lakegloss.core.text.terminal import visible
from lakegloss.errors import InputError

LOWEST, HIGHEST = 1, 5
"""The bounds of a rating."""
MOST_BYTES = 100_000
"""The size of corrections as JSON, at most."""
_LONGEST_ID = 200
_LONGEST_TYPE = 60
_COMMENTS = "comments"
"""The program of the REST service whose outputs are comments by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A row of the ledger `feedback`. One of `execution_id` and `proposal_id` is ''.

    Attributes:
        score: 0 to 1, or None.
        rating: 1 to 5, or None.
        type: what kind of feedback it is, in the caller's words: quality, thumbs, ...
        corrections: JSON of outputs by name as they should have been; '{}' for none.
    """

    feedback_id: str
    execution_id: str
    proposal_id: str
    program: str
    program_version: str
    variant: str
    model: str
    score: float | None
    rating: int | None
    type: str
    corrections: str
    who: str
    at: datetime

    @property
    def corrected(self) -> Mapping[str, Any]:
        """The corrections by the names of outputs."""
        found = json.loads(self.corrections or "{}")
        return found if isinstance(found, dict) else {}

    @property
    def says(self) -> tuple[Any, ...]:
        """What it says and of what, without who and when: equal in a request sent twice."""
        return tuple(getattr(self, f.name) for f in fields(self) if f.name not in {"who", "at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedExecution:
    """What is kept of an execution, for feedback on it; `inputs` are {} where they are not kept."""

    execution_id: str
    program: str
    program_version: str = ""
    variant: str = ""
    model: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)


def new_feedback(
    judged: JudgedExecution,
    *,
    proposal_id: str = "",
    rating: Any = None,
    score: Any = None,
    corrections: Any = None,
    type: str = "",  # noqa: A002  the published name
    who: str = "",
    feedback_id: str = "",
    now: datetime | None = None,
) -> Feedback:
    """Make a row of what a person says.

    Args:
        judged: the execution; for a proposal its facts, with `execution_id` ''.
        feedback_id: of the caller, who may send it again; by default a new one.

    Raises:
        InputError: a value is out of its bounds, or nothing is said.
    """
    row = Feedback(
        feedback_id=_short("feedback_id", feedback_id, _LONGEST_ID) or uuid4().hex,
        execution_id="" if proposal_id else judged.execution_id,
        proposal_id=proposal_id,
        program=judged.program,
        program_version=judged.program_version,
        variant=judged.variant,
        model=judged.model,
        score=_score(score),
        rating=_rating(rating),
        type=_short("type", type, _LONGEST_TYPE),
        corrections=_corrections(corrections, judged.outputs),
        who=visible(who)[:_LONGEST_ID],
        at=now or datetime.now(UTC),
    )
    if row.score is None and row.rating is None and row.corrections == "{}":
        raise InputError(
            "The feedback says nothing.", remedy="Give a rating, a score or corrections."
        )
    return row


def _rating(value: Any) -> int | None:
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or value not in range(LOWEST, HIGHEST + 1):
        raise InputError(
            "The rating is no whole number from 1 to 5.", remedy="Give 1 (worst) to 5 (best)."
        )
    return int(value)


def _score(value: Any) -> float | None:
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= 1:
        raise InputError("The score is no number from 0 to 1.", remedy="Give 0 (worst) to 1.")
    return float(value)


def _short(name: str, value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or not value.isprintable():
        raise InputError(
            f"{name} is no printable text of at most {limit} characters.", remedy="Shorten it."
        )
    return value


def _corrections(value: Any, outputs: Mapping[str, Any]) -> str:
    if value is None:
        return "{}"
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise InputError(
            "The corrections are no mapping of outputs to values.",
            remedy="Give them by the names of outputs.",
        )
    unknown = sorted(set(value) - set(outputs)) if outputs else []
    if unknown:
        known = ", ".join(map(repr, list(outputs)[:10]))
        raise InputError(
            f"The execution has no output {visible(unknown[0])[:80]!r}.",
            remedy=f"Its outputs: {known}.",
        )
    try:
        text = json.dumps(dict(value), ensure_ascii=True, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InputError(
            "The corrections are no JSON values.", remedy="Give texts, numbers, lists."
        ) from None
    if len(text) > MOST_BYTES:
        raise InputError(
            f"The corrections have more than {MOST_BYTES:,} bytes.", remedy="Shorten them."
        )
    return text


def examples_of(feedback: Feedback, judged: JudgedExecution) -> list[FoundExample]:
    """What a program can learn from feedback; [] where nothing was corrected or no input is kept.

    Outputs that were not corrected are taken as they were. Comments are an example a column.
    """
    corrected = feedback.corrected
    if not corrected or not judged.inputs:
        return []
    if judged.program == _COMMENTS:
        return _comments(feedback, judged)
    expected = {**judged.outputs, **corrected}
    before = {name: judged.outputs[name] for name in corrected if name in judged.outputs}
    return [
        FoundExample(
            program=judged.program,
            subject=judged.execution_id,
            inputs=judged.inputs,
            expected=_outputs(expected),
            avoid=_outputs(before) if before else "",
            origin=Origin.FEEDBACK,
            who=feedback.who,
        )
    ]


def _comments(feedback: Feedback, judged: JudgedExecution) -> list[FoundExample]:
    """The corrected comments of one card, by column; '' is the table's."""
    table = judged.inputs.get("table")
    columns = judged.inputs.get("columns")
    if not isinstance(table, str) or not table:
        return []
    cards = {
        c["name"]: {name: value for name, value in c.items() if name != "comment"}
        for c in (columns if isinstance(columns, list) else [])
        if isinstance(c, Mapping) and isinstance(c.get("name"), str)
    }
    found = []
    for column, text in feedback.corrected.items():
        if isinstance(text, str) and (column in cards or not column):
            asked = [cards[column]] if column else list(cards.values())
            before = judged.outputs.get(column)
            found.append(
                FoundExample(
                    table=table,
                    column=column,
                    inputs={
                        "card": {"table": table, "columns": asked},
                        "asked": column,
                        "neighbours": [name for name in cards if column and name != column],
                    },
                    expected=text,
                    avoid=before if isinstance(before, str) and before != text else "",
                    origin=Origin.FEEDBACK,
                    who=feedback.who,
                )
            )
    return found


def _outputs(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=str)


def feedback_of(row: Mapping[str, Any]) -> Feedback:
    """A row of the ledger or of the service's database."""
    return Feedback(**{f.name: row[f.name] for f in fields(Feedback)})


def judged_of(row: Mapping[str, Any]) -> JudgedExecution:
    """An execution of the ledger, whose inputs and outputs are JSON."""
    return JudgedExecution(
        execution_id=row["execution_id"],
        program=row["program"] or "",
        program_version=row["program_version"] or "",
        model=row["model"] or "",
        inputs=_mapping(row.get("inputs")),
        outputs=_mapping(row.get("outputs")),
    )


def _mapping(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


LIKED, DISLIKED = 4, 2
"""Ratings from which, and up to which, an answer is taken for good and for bad."""
_LIKED_SCORE, _DISLIKED_SCORE = 0.75, 0.25


def liked_or_disliked(feedback: Feedback, judged: JudgedExecution) -> list[FoundExample]:
    """What a rating or score without corrections teaches: to write this, or not to.

    A card's rating says nothing of one comment, and a middling one nothing at all: [].
    """
    if not judged.inputs or not judged.outputs or judged.program == _COMMENTS:
        return []
    good = (feedback.rating or 0) >= LIKED or (feedback.score or 0) >= _LIKED_SCORE
    bad = (feedback.rating or LIKED) <= DISLIKED or (
        feedback.score is not None and feedback.score <= _DISLIKED_SCORE
    )
    if good == bad:
        return []
    outputs = _outputs(judged.outputs)
    return [
        FoundExample(
            program=judged.program,
            subject=judged.execution_id,
            inputs=judged.inputs,
            expected=outputs if good else "",
            avoid="" if good else outputs,
            origin=Origin.EXECUTION if good else Origin.REJECTED,
            who=feedback.who,
        )
    ]
