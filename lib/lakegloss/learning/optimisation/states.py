"""Writes the state of an optimised program as JSON, and refuses what must not stand in one."""

import json
from typing import Any

from lakegloss.core.learning.screening import text_refusal
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


def refusal_of_state(candidate: Candidate, base: Candidate) -> str:
    """Why a candidate must not be kept: what it was taught holds personal data, orders or a leak.

    Texts of the base are its owner's, and stay.
    """
    for name, state in candidate.predictors.items():
        own = base.predictors[name]
        if state.instructions != own.instructions:
            reason = text_refusal(state.instructions)
            if reason:
                return f"refused: of its instruction, {reason}"
        for demo in state.demos:
            reason = None if demo in own.demos else text_refusal(dict(demo))
            if reason:
                return f"refused: of a demonstration, {reason}"
    return ""
