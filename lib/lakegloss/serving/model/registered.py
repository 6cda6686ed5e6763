"""Defines the registered model, which MLflow, a serving endpoint and `spark_udf` call."""

import json
import os
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.pyfunc.model import PythonModel

from lakegloss.core.json_values import plain
from lakegloss.core.release.saved_text import COMMENT, read_saved
from lakegloss.drafting.card_answers import TASKS, CardAnswer
from lakegloss.drafting.commenter import Commenter
from lakegloss.drafting.stopping import without_address
from lakegloss.errors import (
    InputError,
    LakeglossError,
    SettingsError,
    VersionRefusedError,
)
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.saved import load_saved
from lakegloss.serving.executor.executor import DSPyPipelineExecutor
from lakegloss.serving.executor.options import positive
from lakegloss.serving.executor.programs import prepare
from lakegloss.serving.executor.result import ExecutionResult
from lakegloss.serving.model.types import META
from lakegloss.settings import PREFIX, Settings, load_settings

PROGRAM = "program"
VERSION = "version"
"""The key in the model's config of the registered name and version, as far as they are known."""
CONTENT = "content"
"""The key in the model's config of the hash of the registered program."""
_CHOICES = ("policy", "style", "language")
_TIMEOUT = 50.0


class RegisteredProgram(PythonModel):
    """Runs a program as an MLflow model: one output row for each input row, errors in their rows.

    The environment (LAKEGLOSS_*) says where the language model is; settings that it does not name
    are those with which the model was registered.
    """

    def load_context(self, context: Any) -> None:
        """Build the program from its data; no other artifact is read.

        Raises:
            VersionRefusedError: the program was changed after registration, or must not be used.
        """
        config = dict(context.model_config or {})
        saved = read_saved(Path(context.artifacts[PROGRAM]).read_text(encoding="utf-8"))
        if config.pop(CONTENT, saved.content) != saved.content:
            raise VersionRefusedError(
                "The program was changed after it was registered.",
                remedy="Register it again with `lakegloss register`.",
            )
        program = load_saved(saved)
        self._version = str(config.pop(VERSION, "") or "")
        settings = served_settings(config, os.environ)
        self._commenter: Commenter | None = None
        if saved.kind == COMMENT and isinstance(program, CommentProgram):
            self._commenter = Commenter(settings, program=program, version=self._version)
            weakref.finalize(self, self._commenter.close)  # MLflow tells no model of its end
            return
        self._prepared = prepare(program, name=saved.name)
        self._executor = DSPyPipelineExecutor(
            settings=settings if settings.model else None,
            mlflow_tracking=False,
            max_workers=64,
            timeout=_TIMEOUT,
        )
        weakref.finalize(self, self._executor.shutdown)

    def predict(
        self,
        context: Any,  # noqa: ARG002 - MLflow's
        model_input: pd.DataFrame,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        """An answer for each row, in their order; mappings, of no row an empty frame."""
        rows = _rows(model_input)
        chosen = dict(params or {})
        given = chosen.pop("timeout", None)
        try:
            timeout = _TIMEOUT if given is None else positive("timeout", float(given))
        except SettingsError as error:
            return _answers([self._refused(error) for _ in rows], ())
        if self._commenter is not None:
            found = self._comments(rows, chosen, timeout)
            return _answers([answer.model_dump() for answer in found], _ANSWER)
        begun = [self._begun(row, timeout) for row in rows]
        return _answers([b if isinstance(b, dict) else self._row_of(b.result()) for b in begun], ())

    def _begun(
        self, row: Mapping[str, Any], timeout: float
    ) -> "Future[ExecutionResult] | dict[str, Any]":
        """An execution, or the answer to a row that cannot be used."""
        try:
            inputs = plain(row, keeps_none=True)
        except ValueError as error:
            return self._refused(
                InputError(f"The row cannot be used: {error}.", remedy="Flatten it.")
            )
        return self._executor.execute_async(self._prepared, inputs, timeout=timeout)

    def _comments(
        self, rows: Sequence[dict[str, Any]], chosen: Mapping[str, Any], timeout: float
    ) -> list[CardAnswer]:
        """What a row chooses goes before what the request does."""
        assert self._commenter is not None
        default = {name: chosen[name] for name in _CHOICES if chosen.get(name)}
        task = str(chosen.get("task") or TASKS[0])
        return self._commenter.answers([default | row for row in rows], task=task, timeout=timeout)

    def _refused(self, error: LakeglossError) -> dict[str, Any]:
        if self._commenter is not None:
            return CardAnswer(error=str(error), version=self._version).model_dump()
        return self._row({}, self._meta(str(error)))

    def _row_of(self, result: ExecutionResult) -> dict[str, Any]:
        usage = result.metadata["usage"]
        error = result.exception
        meta = self._meta(
            without_address(error) if isinstance(error, LakeglossError) else result.error,
            model=result.metadata.get("model", ""),
            input_tokens=usage["input_tokens"],
            output_tokens=usage["output_tokens"],
        )
        if self._prepared.signature is None:
            text = json.dumps(dict(result.outputs), ensure_ascii=False, default=str)
            return self._row({"outputs": text} if result.success else {}, meta)
        return self._row(result.outputs, meta)

    def _row(self, outputs: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
        signature = self._prepared.signature
        names = signature.output_fields if signature is not None else ("outputs",)
        return {**{name: outputs.get(name) for name in names}, META: meta}

    def _meta(
        self, error: str | None, *, model: str = "", input_tokens: int = 0, output_tokens: int = 0
    ) -> dict[str, Any]:
        return {
            "error": error,
            "model": model,
            "program_version": self._prepared.version,
            "version": self._version,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
        }


_ANSWER = tuple(CardAnswer.model_fields)


def _answers(rows: list[dict[str, Any]], columns: Sequence[str]) -> Any:
    """As they are: pandas would make NaN of what lacks in a column of texts."""
    return rows or pd.DataFrame(columns=list(columns))


def _rows(given: Any) -> list[dict[str, Any]]:
    """Rows as mappings; what lacks is left out."""
    if isinstance(given, pd.DataFrame):
        # By far faster than pandas' own way to records, and each part keeps its type.
        names = [str(name) for name in given.columns]
        rows = given.to_numpy(dtype=object).tolist()
        return [{k: v for k, v in zip(names, row, strict=True) if not _lacks(v)} for row in rows]
    if isinstance(given, Mapping):
        given = [given]
    return [{str(k): v for k, v in row.items() if not _lacks(v)} for row in given]


def _lacks(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def served_settings(config: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """The settings that a model was registered with, under those of the environment.

    Raises:
        SettingsError: one of them cannot be used.
    """
    env = dict(environ)
    env.setdefault(f"{PREFIX}CONFIG", os.devnull)  # no file that happens to lie there
    given = {k: v for k, v in config.items() if f"{PREFIX}{k.upper()}" not in env}
    try:
        return load_settings(environ=env, **given)
    except LakeglossError:
        if env.get(f"{PREFIX}MODEL") or not given.get("model"):
            raise
        return load_settings(environ=env, **(given | {"model": ""}))
