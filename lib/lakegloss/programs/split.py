"""Splits programs of one predictor into `render` and `parse`, so that any transport serves."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError

from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.programs.json_adapter import (
    ADAPTER,
    encoded,
    plain_outputs,
    schema_text,
    system_text,
)
from lakegloss.programs.validation import CheckedInputs, check_inputs

RENDERER = 1
"""The version of the form of messages; raise it whenever that form changes."""
_MESSAGE_TOKENS = 4
_UNNAMED = "StringSignature"
"""The name that DSPy gives to signatures made from others, or from text."""


@dataclass(frozen=True, kw_only=True)
class SplitProgram:
    """A predictor as two functions: inputs to a request, an answer to outputs."""

    name: str
    signature: Any
    demos: tuple[Mapping[str, Any], ...] = ()

    def check(self, inputs: Mapping[str, Any], *, unknown: str = "refuse") -> CheckedInputs:
        """Check inputs; see `programs.validation.check_inputs`."""
        return check_inputs(self.signature, inputs, unknown=unknown)

    @cached_property
    def version(self) -> str:
        """A short hash of everything that affects a request, except its inputs."""
        parts = [
            RENDERER,
            system_text(self.signature),
            schema_text(self.signature),
            [encoded(self.signature.fields, demo) for demo in self.demos],
        ]
        text = json.dumps(parts, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def _before(self) -> tuple[Message, ...]:
        """The messages that every request begins with."""
        messages = ADAPTER.format(self.signature, self.demos, {})[:-1]
        return tuple(Message(role=m["role"], content=m["content"]) for m in messages)

    @cached_property
    def _fixed_tokens(self) -> int:
        message_tokens = sum(estimate(m.content) + _MESSAGE_TOKENS for m in self._before)
        return message_tokens + estimate(schema_text(self.signature)) + 2 * _MESSAGE_TOKENS

    def render(
        self, values: Mapping[str, Any], *, model: str, temperature: float | None, max_tokens: int
    ) -> ModelRequest:
        """Make the request for checked inputs."""
        content = encoded(self.signature.input_fields, values)
        return ModelRequest(
            model=model,
            messages=(*self._before, Message(role="user", content=content)),
            schema=schema_text(self.signature),
            schema_name="answer",
            max_tokens=max_tokens,
            temperature=temperature,
            input_tokens=self._fixed_tokens + estimate(content),
            assets=(),
            program=self.name,
            program_version=self.version,
        )

    def read(self, text: str) -> tuple[dict[str, Any], str]:
        """Read an answer: its outputs as JSON values and '', or {} and why it cannot be read."""
        try:
            return plain_outputs(self.parse(text)), ""
        except AdapterParseError as error:
            message = str(error.args[0] if error.args else error)
            return {}, message.split("\n", 1)[0][:300]

    def parse(self, text: str) -> dict[str, Any]:
        """Read the outputs of an answer.

        Raises:
            AdapterParseError: it cannot be read as the signature's outputs.
        """
        return ADAPTER.parse(self.signature, text)


def split(program: Any, *, name: str = "") -> SplitProgram | None:
    """Split a signature, a Predict or a ChainOfThought; None for any other program.

    A subclass, or a module with a language model of its own, may do more than its predictor: it
    is not split.
    """
    if isinstance(program, type) and issubclass(program, dspy.Signature):
        return SplitProgram(name=name or program.__name__, signature=program)
    if type(program) is dspy.ChainOfThought:
        name = name or program_name(program)
        program = program.predict
    if type(program) is not dspy.Predict or program.lm is not None or program.config:
        return None
    return SplitProgram(
        name=name or program_name(program),
        signature=program.signature,
        demos=tuple(dict(demo) for demo in program.demos),
    )


def predictor_of(program: SplitProgram) -> Any:
    """A split program as a module of DSPy."""
    predictor = dspy.Predict(program.signature)
    predictor.demos = [dspy.Example(**demo) for demo in program.demos]
    return predictor


def module_version(module: Any) -> str:
    """A short hash of what a module's predictors send, without its code; '' without predictors."""
    predictors: list[tuple[str, Any]] = getattr(module, "named_predictors", list)()
    parts = [
        [
            name,
            SplitProgram(
                name=name,
                signature=predictor.signature,
                demos=tuple(dict(demo) for demo in predictor.demos),
            ).version,
        ]
        for name, predictor in predictors
    ]
    if not parts:
        return ""
    text = json.dumps([type(module).__name__, parts], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def program_name(program: Any) -> str:
    """The name of a signature, of a bare predictor's signature, or else of the module's class."""
    if isinstance(program, type):
        return program.__name__
    if type(program) is dspy.Predict and program.signature.__name__ != _UNNAMED:
        return str(program.signature.__name__)
    return type(program).__name__
