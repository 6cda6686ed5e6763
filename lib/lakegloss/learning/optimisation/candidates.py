"""Holds what an optimiser may change of a program, and remembers what it tried.

An optimiser changes instructions and demonstrations, nothing else. The recorder sees every run
that an optimiser scores, so that a search that is ended early leaves what it tried so far.
"""

import json
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import dspy
from dspy.utils.callback import BaseCallback
from pydantic_core import to_jsonable_python

from lakegloss.programs.config import predictors_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorState:
    """What one predictor was taught: demonstrations as JSON values by its own fields."""

    instructions: str
    demos: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program in one state.

    Attributes:
        predictors: by name.
        origin: how it came about, in words.
    """

    predictors: Mapping[str, PredictorState]
    origin: str = ""

    @property
    def mark(self) -> str:
        """A hash of its state."""
        content = {n: [p.instructions, list(p.demos)] for n, p in self.predictors.items()}
        text = json.dumps(content, ensure_ascii=True, sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]

    @property
    def demos(self) -> int:
        return sum(len(p.demos) for p in self.predictors.values())


def candidate_of(program: Any, origin: str = "") -> Candidate:
    """The state of a program; of demonstrations only the fields of their predictor count.

    A demonstration without any output of its predictor teaches nothing and is left out: the
    examples of a program of several predictors have the fields of the whole, not of each.
    """
    return Candidate(
        predictors={name: _state_of(p) for name, p in predictors_of(program).items()}, origin=origin
    )


def _state_of(predictor: Any) -> PredictorState:
    signature = predictor.signature
    demos = (_demo(signature, demo) for demo in predictor.demos)
    return PredictorState(
        instructions=signature.instructions,
        demos=tuple({json.dumps(d, sort_keys=True): d for d in demos if d is not None}.values()),
    )


def _demo(signature: Any, demo: Any) -> dict[str, Any] | None:
    values = dict(demo)
    shown = {n: values[n] for n in signature.fields if values.get(n) is not None}
    if not all(name in shown for name in _wanted(signature)):
        return None
    plain: dict[str, Any] = to_jsonable_python(shown, fallback=str)
    return plain


def _wanted(signature: Any) -> list[str]:
    """The outputs that a demonstration must have; of a chain of thought the thoughts may lack."""
    return [name for name in signature.output_fields if name != "reasoning"]


def program_with(base: Any, candidate: Candidate) -> Any:
    """A copy of a program in the state of a candidate."""
    program = base.deepcopy()
    for name, predictor in predictors_of(program).items():
        state = candidate.predictors[name]
        predictor.signature = predictor.signature.with_instructions(state.instructions)
        predictor.demos = [dspy.Example(**demo) for demo in state.demos]
        predictor.traces, predictor.train, predictor.lm = [], [], None
    vars(program)["_compiled"] = False  # else DSPy refuses to optimise it again
    return program


@dataclass(slots=True)
class _Seen:
    candidate: Candidate
    scores: dict[Hashable, float] = field(default_factory=dict)


class Recorder(BaseCallback):  # type: ignore[misc]  # dspy is untyped
    """Remembers every state of a program that an optimiser scored, with its scores.

    Args:
        base: the program; what has other predictors is no candidate.
    """

    def __init__(self, base: Any) -> None:
        self._names = set(predictors_of(base))
        self._seen: dict[str, _Seen] = {}
        self._lock = threading.Lock()
        self._here = threading.local()

    def on_module_start(self, call_id: str, instance: Any, inputs: dict[str, Any]) -> None:  # noqa: ARG002
        depth = getattr(self._here, "depth", 0)
        if depth == 0:
            self._here.program = instance
        self._here.depth = depth + 1

    def on_module_end(self, call_id: str, outputs: Any, exception: Any = None) -> None:  # noqa: ARG002
        self._here.depth = max(0, getattr(self._here, "depth", 1) - 1)

    def scored(self, item: Hashable, score: float) -> None:
        """Note the score of the run that ended last in this thread."""
        program = getattr(self._here, "program", None)
        if program is None or set(predictors_of(program)) != self._names:
            return
        candidate = candidate_of(program)
        with self._lock:
            seen = self._seen.setdefault(candidate.mark, _Seen(candidate))
            seen.scores[item] = score

    def ranked(self, least: int) -> Iterator[tuple[Candidate, float, int]]:
        """Candidates that were scored on enough items, the best first: candidate, mean, items."""
        with self._lock:
            seen = list(self._seen.values())
        rows = [
            (s.candidate, sum(sorted(s.scores.values())) / len(s.scores), len(s.scores))
            for s in seen
            if len(s.scores) >= least
        ]
        yield from sorted(rows, key=lambda row: (-row[1], -row[2], row[0].mark))


def distinct(candidates: Sequence[Candidate], base: Candidate) -> list[Candidate]:
    """The candidates without repeats and without the base, in order."""
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.mark != base.mark:
            kept.setdefault(candidate.mark, candidate)
    return list(kept.values())


Tried = Callable[[Candidate], None]
"""Takes a candidate that an optimiser came up with."""
