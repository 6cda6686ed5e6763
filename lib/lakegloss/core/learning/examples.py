"""Defines examples: what a program was given, and what a person wrote or refused.

An example has one id for ever, of its program and its subject; a changed text is a newer row.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

COMMENT_PROGRAM = "comment"
"""The program whose subjects are tables and columns."""


class Origin(StrEnum):
    """Where an example comes from. In REJECTED ones `avoid` is all they have."""

    EDITED = "edited"
    CATALOG = "catalog"
    FEEDBACK = "feedback"
    ACCEPTED = "accepted"
    EXECUTION = "execution"
    FILE = "file"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row of the ledger `examples`.

    Attributes:
        table, column: of the comment program; '' for a table's own comment and for other programs.
        subject: what the example is about: `table.column`, a document, a session.
        inputs: JSON of the program's inputs, under the policy for values. For comments see
            `core.learning.inputs`.
        expected: the text, or JSON of several outputs; '' where only `avoid` is known.
        avoid: a text that a person refused or replaced.
        split: train, select or gate; see `core.learning.splits`.
        weight: 0 where a near-duplicate stands on another side; `reason` names it.
        withdrawn: whether nothing may learn from it any more.
        who: who wrote or decided; not exported.
    """

    example_id: str
    program: str
    table: str
    column: str
    subject: str
    inputs: str
    expected: str
    avoid: str
    origin: str
    split: str
    weight: float
    withdrawn: bool
    reason: str
    who: str
    run_id: str
    at: datetime

    @property
    def usable(self) -> bool:
        """Whether a program may learn from it or be measured on it."""
        return not self.withdrawn and self.weight > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExample:
    """What a source has, before it is screened and put on a side; `inputs` are JSON values.

    `split` is the side that a file gives; '' lets the salted hash say.
    """

    program: str = COMMENT_PROGRAM
    table: str = ""
    column: str = ""
    subject: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    expected: str = ""
    avoid: str = ""
    origin: Origin
    who: str = ""
    line: int = 0
    split: str = ""

    @property
    def example_id(self) -> str:
        return example_id(self.program, self.table, self.column, self.subject)

    @property
    def about(self) -> str:
        """What it is about, in messages; never a text of it."""
        return self.subject or (f"{self.table}.{self.column}" if self.column else self.table)

    @property
    def inputs_json(self) -> str:
        return inputs_json(self.inputs)


def example_id(program: str, table: str, column: str, subject: str = "") -> str:
    """A hash of a program and a subject; a table's subject is its name and column."""
    parts = [program, table, column, "" if table else subject]
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def inputs_json(inputs: Mapping[str, Any]) -> str:
    """Inputs as they are kept: equal inputs are equal texts."""
    return json.dumps(dict(inputs), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
