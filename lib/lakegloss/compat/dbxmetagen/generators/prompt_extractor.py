"""Makes instructions and demonstrations of a person's own prompt, or an installed dbxmetagen's.

lakegloss ships no prompt of dbxmetagen.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.compat.dbxmetagen.generators.chat_messages import content_of
from lakegloss.compat.dbxmetagen.generators.comment_signatures import (
    CommentNoDataSignature,
    CommentSignature,
)
from lakegloss.errors import InputError

_MODULES = ("dbxmetagen.prompts", "src.dbxmetagen.prompts")
_CLASSES = {True: "CommentPrompt", False: "CommentNoDataPrompt"}
_MOST_EXAMPLES = 16
_LONGEST = 200_000


class DSPyPromptExtractor:
    """Reads a prompt: its system message becomes instructions, its pairs become demonstrations.

    Args:
        messages: the prompt as chat messages, or dbxmetagen's mapping with a list of such; by
            default it is asked of an installed dbxmetagen.
        config: the settings that the installed prompt is made with.
    """

    def __init__(self, messages: Any = None, *, config: MetadataConfig | None = None) -> None:
        self._messages = messages
        self._config = config

    def extract_comment_prompt_instructions(self) -> str:
        """The instructions of the prompt that may quote data.

        Raises:
            InputError: there is no prompt.
        """
        return _instructions(self._prompt(with_data=True))

    def extract_comment_no_data_prompt_instructions(self) -> str:
        """The instructions of the prompt that quotes no data.

        Raises:
            InputError: there is no prompt.
        """
        return _instructions(self._prompt(with_data=False))

    def get_comment_examples(self, *, with_data: bool = True) -> list[dict[str, Any]]:
        """The pairs of the prompt, as `input` (what a message tells of) and `output`.

        Pairs that cannot be read are left out.

        Raises:
            InputError: there is no prompt.
        """
        prompt = self._prompt(with_data=with_data)
        pairs = pairwise(prompt)
        found = [_example(asked, told) for asked, told in pairs if _is_pair(asked, told)]
        return [example for example in found if example is not None][:_MOST_EXAMPLES]

    def _prompt(self, *, with_data: bool) -> list[Mapping[str, Any]]:
        messages = self._messages
        if messages is None:
            messages = _installed(with_data=with_data, config=self._config or MetadataConfig())
        if isinstance(messages, Mapping):
            messages = next((m for m in messages.values() if isinstance(m, Sequence)), [])
        found = [
            m for m in messages if isinstance(m, Mapping) and isinstance(m.get("content"), str)
        ]
        if not found:
            raise InputError(
                "There is no prompt.", remedy="Give the messages: DSPyPromptExtractor(messages)."
            )
        return found


class DSPyPromptInitializer:
    """Gives the instructions and examples of one of the two prompts."""

    def __init__(
        self,
        allow_data_in_comments: bool = True,
        *,
        messages: Any = None,
    ) -> None:
        self.allow_data_in_comments = allow_data_in_comments
        self._extractor = DSPyPromptExtractor(messages)

    def initialize_dspy_with_existing_prompts(self) -> tuple[str, list[dict[str, Any]]]:
        """The instructions, and the examples.

        Raises:
            InputError: there is no prompt.
        """
        with_data = self.allow_data_in_comments
        instructions = (
            self._extractor.extract_comment_prompt_instructions()
            if with_data
            else self._extractor.extract_comment_no_data_prompt_instructions()
        )
        return instructions, self._extractor.get_comment_examples(with_data=with_data)


def initialize_dspy_from_existing_prompts(
    config: Any = None,  # noqa: ARG001 - the product's own call
    allow_data_in_comments: bool = True,
    *,
    messages: Any = None,
) -> tuple[str, list[dict[str, Any]], Any]:
    """The instructions, the examples, and a signature with these instructions.

    Raises:
        InputError: there is no prompt.
    """
    made = DSPyPromptInitializer(allow_data_in_comments, messages=messages)
    instructions, examples = made.initialize_dspy_with_existing_prompts()
    base = CommentSignature if allow_data_in_comments else CommentNoDataSignature
    return instructions, examples, base.with_instructions(instructions)


def _instructions(prompt: Sequence[Mapping[str, Any]]) -> str:
    system = [str(m["content"]) for m in prompt if m.get("role") in {"system", "developer"}]
    if not system:
        raise InputError("The prompt has no system message.", remedy="Give one with role system.")
    return "\n\n".join(system)[:_LONGEST].strip()


def _is_pair(asked: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return asked.get("role") == "user" and told.get("role") == "assistant"


def _example(asked: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        content = content_of([asked])
    except InputError:
        return None
    return {
        "input": {
            "table_name": content.table,
            "table_data": dict(content.data),
            "column_metadata": dict(content.metadata),
            "abbreviations": dict(content.abbreviations),
        },
        "output": str(told["content"]),
    }


def _installed(*, with_data: bool, config: MetadataConfig) -> Any:
    """The messages of an installed dbxmetagen's prompt, made without a table."""
    for name in _MODULES:
        try:
            made = getattr(import_module(name), _CLASSES[with_data])
        except (ImportError, AttributeError):
            continue
        prompt = made.__new__(made)
        prompt.config, prompt.prompt_content = SimpleNamespace(**config.values), {}
        prompt.full_table_name, prompt.df = "", None
        try:
            return prompt.create_prompt_template()
        except (AttributeError, TypeError, KeyError, ValueError):
            continue
    raise InputError(
        "No dbxmetagen is installed whose prompt can be read.",
        remedy="Give its messages: DSPyPromptExtractor(messages).",
    )
