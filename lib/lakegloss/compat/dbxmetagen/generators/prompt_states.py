"""Keeps what a module of dbxmetagen learned as JSON: instructions and demonstrations, no code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen.generators.comment_signatures import (
    INPUTS,
    OUTPUT,
    DSPyCommentModule,
)
from lakegloss.errors import SettingsError

LARGEST = 4 * 2**20
_KIND = "lakegloss dbxmetagen prompts"
_KEY = "generate_comments.predict"
_FIELDS = len(INPUTS) + 2  # the reasoning and the answer
_REMEDY = "Load what save_optimized_prompts wrote, or a JSON file that dbxmetagen saved."


def save_prompts(module: DSPyCommentModule, path: Path) -> None:
    """Write the module's instructions and demonstrations.

    Raises:
        SettingsError: the file cannot be written.
    """
    predictor = module.generate_comments.predictors()[0]
    state = {
        "kind": _KIND,
        "allow_data_in_comments": module.allow_data_in_comments,
        "instructions": predictor.signature.instructions,
        "demos": [_plain_demo(demo) for demo in predictor.demos],
    }
    try:
        path.write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The prompts cannot be written to {str(path)!r}: {error.strerror}.",
            remedy="Give another path.",
        ) from None


def load_prompts(path: Path, *, allow_data_in_comments: bool) -> DSPyCommentModule:
    """Make a module with the instructions and demonstrations of a file.

    Raises:
        SettingsError: the file cannot be read, or is of another module.
    """
    state = _state(path)
    if state.get("kind") != _KIND:
        state = _of_theirs(state, path)
    instructions, demos = state.get("instructions"), state.get("demos")
    if not isinstance(instructions, str) or not isinstance(demos, list):
        raise _wrong(path, "it has no instructions and demonstrations")
    allowed = state.get("allow_data_in_comments", allow_data_in_comments)
    if bool(allowed) and not allow_data_in_comments:
        raise _wrong(path, "its prompts may quote data, and allow_data_in_comments is false")
    module = DSPyCommentModule(allow_data_in_comments=bool(allowed))
    module.with_prompts(instructions, [_example(demo, path) for demo in demos])
    return module


def _state(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise _wrong(path, "it is too large")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(path, f"it cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _wrong(path, "it is no JSON") from None
    if not isinstance(found, Mapping):
        raise _wrong(path, "it is no JSON object")
    return found


def _of_theirs(state: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The parts of a state as DSPy saves it; its fields have places and no names."""
    predictor = state.get(_KEY)
    signature = predictor.get("signature") if isinstance(predictor, Mapping) else None
    fields = signature.get("fields") if isinstance(signature, Mapping) else None
    if not isinstance(fields, list) or len(fields) != _FIELDS:
        raise _wrong(path, "it is of another module")
    assert isinstance(predictor, Mapping)
    assert isinstance(signature, Mapping)
    return {"instructions": signature.get("instructions"), "demos": predictor.get("demos")}


def _plain_demo(demo: Any) -> dict[str, str]:
    return {name: str(demo[name]) for name in (*INPUTS, OUTPUT) if name in demo}


def _example(demo: Any, path: Path) -> dict[str, Any]:
    if not isinstance(demo, Mapping) or not isinstance(demo.get(OUTPUT), str):
        raise _wrong(path, "a demonstration has no answer")
    return {"input": {name: demo.get(name, "") for name in INPUTS}, "output": demo[OUTPUT]}


def _wrong(path: Path, why: str) -> SettingsError:
    return SettingsError(f"{str(path)!r} holds no prompts: {why}.", remedy=_REMEDY)
