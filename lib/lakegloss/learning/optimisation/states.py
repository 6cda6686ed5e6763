"""Writes the state of an optimised program as JSON, and refuses what must not stand in one."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from lakegloss.core.learning.screening import text_refusal
from lakegloss.core.text.terminal import visible
from lakegloss.errors import SignatureError
from lakegloss.learning.optimisation.candidates import Candidate
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.saved import save


def state_text(program: Any, name: str = "") -> str:
    """A program's state: that of the comment program as it dumps it, else a saved program.

    A module that cannot be built from data alone (its class stands in a function, say) gives
    DSPy's own state, which its owner loads into the module.
    """
    if isinstance(program, CommentProgram):
        return program.dump()
    try:
        return save(program, name).text
    except SignatureError:
        state = program.dump_state(json_mode=True)
        return json.dumps(state, ensure_ascii=False, indent=1, default=str)


def changes_text(candidate: Candidate, base: Candidate) -> str:
    """What a candidate is told and shown beyond the base, as Markdown; '' where it is the base."""
    lines = []
    for name, state in candidate.predictors.items():
        own = base.predictors[name]
        if state.instructions != own.instructions:
            told = [f"> {visible(line)}" for line in state.instructions.splitlines()]
            lines += ["", f"`{name}` is told:", "", *told]
        new = [demo for demo in state.demos if demo not in own.demos]
        if new:
            lines += ["", f"`{name}` is shown {len(new)} examples that it was not shown before."]
    return "\n".join([*lines, ""]) if lines else ""


def values_of(examples: Iterable[Any]) -> frozenset[str]:
    """The values in examples, as `refusal_of_state` knows them again."""
    return frozenset(_mark(value) for example in examples for value in dict(example).values())


def screened(examples: Sequence[Any]) -> list[Any]:
    """The examples that a program may be shown, and its model be asked."""
    return [e for e in examples if text_refusal([_plain(v) for v in dict(e).values()]) is None]


def refusal_of_state(
    candidate: Candidate, base: Candidate, known: Collection[str] = frozenset()
) -> str:
    """Why a candidate must not be kept: what it was taught holds personal data or orders.

    Texts of the base are its owner's, and stay.

    Args:
        known: values that were screened in their own form: what is rendered of them, such as a
            table's card, may look like a prompt.
    """
    for name, state in candidate.predictors.items():
        own = base.predictors[name]
        if state.instructions != own.instructions:
            reason = text_refusal(state.instructions)
            if reason:
                return f"refused: of its instruction, {reason}"
        for demo in state.demos:
            written = [v for v in demo.values() if _mark(v) not in known]
            reason = None if demo in own.demos else text_refusal(written)
            if reason:
                return f"refused: of a demonstration, {reason}"
    return ""


def _plain(value: Any) -> Any:
    return to_jsonable_python(value, fallback=str, serialize_unknown=True)


def _mark(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=True, sort_keys=True)
