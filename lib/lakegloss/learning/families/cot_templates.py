"""Holds templates of reasoning in three depths, and makes examples of them from real work."""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from lakegloss.core.production.executions import ProductionExample
from lakegloss.errors import InputError
from lakegloss.programs.config import program_of, read_config
from lakegloss.programs.families import REASONING


class CoTDepth(StrEnum):
    """How much is reasoned before the answer: each step more costs tokens of every answer."""

    MINIMAL = "minimal"
    STANDARD = "standard"
    DETAILED = "detailed"


COT_TASKS = tuple(REASONING)
_STEPS: Mapping[str, Mapping[CoTDepth, str]] = MappingProxyType(
    {
        "graph_verification": {
            CoTDepth.MINIMAL: "Reason in one sentence: which links does the text not state?",
            CoTDepth.STANDARD: "Reason in short steps. 1. For each link find the words of the text "
            "that state it. 2. Leave out links without such words. 3. Mend names and directions.",
            CoTDepth.DETAILED: "Reason step by step. 1. Name the entities of the text. 2. For each "
            "link quote the words of the text that state it, or say that there are none. 3. Check "
            "its direction and its relation against these words. 4. Look for links that the text "
            "states and that lack. 5. Check that no link stands there twice.",
        },
        "general_reflection": {
            CoTDepth.MINIMAL: "Reason in one sentence: what of the answer is not borne out?",
            CoTDepth.STANDARD: "Reason in short steps. 1. Say what the question asks for. 2. Find "
            "what bears the answer out. 3. Name what is wrong or lacks. 4. Mend only that.",
            CoTDepth.DETAILED: "Reason step by step. 1. Part the question into what it asks for. "
            "2. Part the answer into what it claims. 3. For each claim quote the passage that "
            "bears it out, or say that there is none. 4. Name what the question asks for and the "
            "answer leaves out. 5. Mend what is wrong, keep what is right, and add nothing that "
            "no passage says.",
        },
    }
)  # fmt: skip


def task_named(task: str) -> str:
    """A task of reasoning.

    Raises:
        InputError: there is none of that name.
    """
    if task not in REASONING:
        raise InputError(
            f"There is no task {str(task)[:60]!r} of reasoning.",
            remedy=f"Known are: {', '.join(COT_TASKS)}.",
        )
    return task


def depth_named(depth: str) -> CoTDepth:
    """A depth of reasoning.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return CoTDepth(str(depth).lower())
    except ValueError:
        raise InputError(
            f"There is no depth {str(depth)[:60]!r} of reasoning.",
            remedy=f"Known are: {', '.join(CoTDepth)}.",
        ) from None


def cot_template(task: str, depth: str) -> str:
    """The built-in template: what is to be done, and how to reason about it."""
    signature: Any = REASONING[task_named(task)]
    return f"{signature.instructions}\n\n{_STEPS[task][depth_named(depth)]}"


def instructions_of(template: str, task: str, depth: str) -> str:
    """A template of somebody's own with the steps of a depth; '' takes lakegloss' own."""
    own = template.strip()
    return f"{own}\n\n{_STEPS[task][depth_named(depth)]}" if own else cot_template(task, depth)


def cot_program(name: str, task: str, instructions: str) -> Any:
    """The module that reasons by a template before it answers."""
    config = {
        "name": name, "module": "ChainOfThought", "signature": REASONING[task].__name__,
        "instructions": instructions,
    }  # fmt: skip
    return program_of(read_config(config, name), name)


def template_text(instructions: str, demos: Iterable[Mapping[str, Any]], task: str) -> str:
    """A template as a text for systems that prompt by texts: instructions, then examples."""
    signature: Any = REASONING[task]
    blocks = [instructions]
    for number, demo in enumerate(demos, start=1):
        values = dict(demo)
        given = {n: values[n] for n in signature.input_fields if n in values}
        wanted = {n: values[n] for n in signature.output_fields if n in values}
        lines = [f"Example {number}", f"Given: {_json(given)}"]
        lines += [f"Reasoning: {values['reasoning']}"] if values.get("reasoning") else []
        blocks.append("\n".join([*lines, f"Answer: {_json(wanted)}"]))
    return "\n\n".join(blocks)


def cot_examples(task: str, recorded: Sequence[ProductionExample]) -> list[dict[str, Any]]:
    """Examples of a task, made from executions that people corrected or liked.

    What a program gave is what is to be checked, and what the person made of it the answer. Nothing
    is made up: executions that nobody judged, or that lack their inputs, give no example.
    """
    make = _verified if task_named(task) == "graph_verification" else _reflected
    return [made for one in recorded if (made := make(one)) is not None]


def _verified(one: ProductionExample) -> dict[str, Any] | None:
    run, wanted = one.execution, _wanted(one)
    if run.program not in {"ExtractRelationships", "relationship_extraction"} or not wanted:
        return None
    text, given = run.inputs.get("text"), run.outputs.get("relationships")
    if not text or given is None:
        return None
    return {
        "inputs": {"text": text, "links": given},
        "outputs": {"verified": wanted.get("relationships", [])},
        "group": run.execution_id,
    }


def _reflected(one: ProductionExample) -> dict[str, Any] | None:
    run, wanted = one.execution, _wanted(one)
    question = run.inputs.get("question") or run.inputs.get("user_query")
    name = next((n for n in ("answer", "response") if n in run.outputs), "")
    if not question or not name or not wanted:
        return None
    context = run.inputs.get("context") or []
    return {
        "inputs": {
            "question": question, "given_answer": run.outputs[name],
            "context": [context] if isinstance(context, str) else list(context),
        },
        "outputs": {"holds": wanted[name] == run.outputs[name], "answer": wanted[name]},
        "group": run.execution_id,
    }  # fmt: skip


def _wanted(one: ProductionExample) -> Mapping[str, Any]:
    """What a person wants to see: the corrected outputs, or those that were liked; else {}."""
    if one.expected:
        return one.expected
    liked = [lesson for lesson in one.lessons if not lesson.avoid]
    return one.execution.outputs if liked else {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
