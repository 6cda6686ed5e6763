"""Estimates how many tokens a run of a program takes, without asking a model."""

import json
from collections.abc import Sequence
from typing import Any

import dspy
from dspy import lm15
from pydantic_core import to_jsonable_python

from lakegloss.core.optimisation.search_plan import SearchSizes
from lakegloss.core.requests import estimate
from lakegloss.engine.execution import ASKING
from lakegloss.engine.lm import model_request
from lakegloss.learning.optimisation.quiet import quiet
from lakegloss.programs.config import predictors_of

_LOOKED_AT = 20
_AROUND = 20


class _NotAskedError(BaseException):
    """Ends a run at its first request."""


class _Scales:
    """Weighs a request in place of asking it."""

    supports_response_schema = True
    supports_function_calling = False
    supports_reasoning = False
    supported_params = ("response_format", "temperature", "max_tokens")

    def __init__(self) -> None:
        self.weighed: list[int] = []

    def complete(self, request: lm15.Request) -> lm15.Response:
        self.weighed.append(model_request(request, program="").input_tokens)
        raise _NotAskedError


def sizes_of(program: Any, train: Sequence[Any], select: Sequence[Any], gate: int) -> SearchSizes:
    """What an optimisation works on; tokens are estimates.

    Of a program of several predictors the first is weighed, and the others are taken to be like
    it: what they are asked depends on answers.
    """
    predictors = max(1, len(predictors_of(program)))
    examples = [*train, *select][:_LOOKED_AT]
    sent = _mean(_weighed(program.deepcopy(), examples))
    answered = _mean([_of_labels(example) for example in examples])
    return SearchSizes(
        train=len(train), select=len(select), gate=gate, predictors=predictors,
        input_tokens=predictors * sent, output_tokens=predictors * answered,
    )  # fmt: skip


def _weighed(program: Any, examples: Sequence[Any]) -> list[int]:
    scales = _Scales()
    lm = dspy.LM("lakegloss/none", engine=scales, cache=False, num_retries=0)
    with quiet(), dspy.context(lm=lm, adapter=ASKING, disable_history=True, trace=None):
        for example in examples:
            try:
                program(**example.inputs())
            except _NotAskedError:
                continue
            except Exception:  # noqa: BLE001, S112 - an example that does not fit is scored later
                continue
    return scales.weighed


def _of_labels(example: Any) -> int:
    labels = to_jsonable_python(dict(example.labels()), fallback=str, serialize_unknown=True)
    return estimate(json.dumps(labels)) + _AROUND


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0
