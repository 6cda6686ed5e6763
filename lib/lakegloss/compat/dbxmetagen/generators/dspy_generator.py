"""Offers dbxmetagen's DSPy generator: a module with its signatures, checked, with a fallback."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dspy.utils.exceptions import AdapterParseError
from mlflow.pyfunc.model import PythonModel

from lakegloss.compat.dbxmetagen.configuration.config_settings import settings_of_config
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.compat.dbxmetagen.generators.chat_messages import TableContent
from lakegloss.compat.dbxmetagen.generators.comment_generator import CommentGenerator
from lakegloss.compat.dbxmetagen.generators.comment_signatures import DSPyCommentModule
from lakegloss.compat.dbxmetagen.generators.content_cards import (
    card_of_content,
    names_in_content,
    reduced_data,
    reduced_metadata,
)
from lakegloss.compat.dbxmetagen.generators.generator_answers import (
    CommentResponse,
    texts_in_answer,
)
from lakegloss.compat.dbxmetagen.generators.module_asking import asking, module_model
from lakegloss.compat.dbxmetagen.generators.prompt_optimising import optimise_module
from lakegloss.compat.dbxmetagen.generators.prompt_states import load_prompts, save_prompts
from lakegloss.core.checks.comment import check_comment
from lakegloss.core.names import join_path
from lakegloss.drafting.stopping import without_address
from lakegloss.drafting.table_cards import evidence_of, table_of
from lakegloss.errors import AnswerError, LakeglossError
from lakegloss.settings_views import DraftingSettings

_log = logging.getLogger("lakegloss.dbxmetagen")


class DSPyCommentGeneratorModel(CommentGenerator, PythonModel):
    """Writes comments by `DSPyCommentModule`, whose prompts can be optimised and saved.

    Every text passes the checks of lakegloss. What the module does not write, or writes so that it
    fails, the comment program writes, and without a model the rules; the answer says it
    (`answer.lakegloss.sources`, `.problem`). It is an MLflow model, too: a logged one holds
    settings and prompts, and no key.

    Attributes:
        dspy_module: the module; `dspy_module.with_prompts` takes a prompt of your own.
        last: the last optimisation (`learning.optimisation.Optimised`); None before.
    """

    def __init__(self, config: MetadataConfig | Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self.dspy_module = DSPyCommentModule(self.config.allow_data_in_comments)
        self.last: Any = None

    def load_context(self, context: Any) -> None:
        """Nothing is to be loaded: MLflow calls it before the first answer."""

    def predict(self, model_input, params=None):  # type: ignore[no-untyped-def,override] # noqa: ANN001, ANN201
        """Answer messages of dbxmetagen as a chat completion.

        Raises:
            InputError: nothing of a table can be read.
        """
        # Without types: MLflow would take them for those of a served model's rows.
        return super().predict(model_input, params)

    def _written(self, content: TableContent) -> tuple[CommentResponse, dict[str, Any]]:
        settings = settings_of_config(self.config, environ=os.environ, lake=False).settings
        if not settings.model:
            return self._by_program(content, {}, "")
        texts, problem, used = self._by_module(content, settings)
        response, notes = self._by_program(content, texts, problem)
        notes["input_tokens"] += used[0]
        notes["output_tokens"] += used[1]
        _log.debug("%s: %d comments by the module", content.table, len(texts))
        return response, notes

    def _by_module(
        self, content: TableContent, settings: Any
    ) -> tuple[dict[str, str], str, tuple[int, int]]:
        """The module's texts that pass the checks, and why there are not more."""
        names = names_in_content(content)
        try:
            with module_model(settings) as lm, asking(lm) as calls:
                found = self.dspy_module(
                    table_name=content.table,
                    table_data=reduced_data(content, settings.values),
                    column_metadata=reduced_metadata(content, settings.values),
                    abbreviations=dict(content.abbreviations),
                )
                used = (calls.usage.input, calls.usage.output)
            texts = texts_in_answer(found.metadata_response, names)
        except AdapterParseError:
            return {}, "the module's answer could not be read", (0, 0)
        except LakeglossError as error:
            told = str(error) if isinstance(error, AnswerError) else without_address(error)
            _log.warning("the module wrote nothing: %s", told)
            return {}, told, (0, 0)
        passed, failed = checked_texts(content, texts, settings.drafting)
        why = "; ".join(f"{name or 'table'}: {', '.join(c)}" for name, c in failed.items())
        return passed, f"the module's texts failed checks ({why})" if why else "", used

    def optimize_prompts(
        self,
        train_examples: Sequence[Any],
        validation_examples: Sequence[Any] | None = None,
        num_threads: int = 4,
        *,
        optimizer: str = "bootstrap",
    ) -> DSPyCommentModule:
        """Search for better instructions and demonstrations, within the settings' budget.

        A module that does not become better stays as it is, with a warning that says so.

        Args:
            train_examples: of `create_training_example`.
            validation_examples: choose between candidates; by default one of three of the others.

        Raises:
            InputError: an example cannot be read. EndpointError: no model can be asked.
        """
        settings = settings_of_config(self.config, environ=os.environ, lake=False).settings
        self.dspy_module, self.last = optimise_module(
            self.dspy_module, train_examples, validation_examples or (), settings=settings,
            threads=num_threads, optimizer=optimizer,
        )  # fmt: skip
        return self.dspy_module

    def save_optimized_prompts(self, filepath: str | Path) -> None:
        """Write instructions and demonstrations as JSON.

        Raises:
            SettingsError: the file cannot be written.
        """
        save_prompts(self.dspy_module, Path(filepath))

    def load_optimized_prompts(self, filepath: str | Path) -> None:
        """Take instructions and demonstrations of a file; DSPy's JSON of dbxmetagen is read, too.

        Raises:
            SettingsError: the file cannot be read, or is of another module.
        """
        allowed = self.config.allow_data_in_comments
        self.dspy_module = load_prompts(Path(filepath), allow_data_in_comments=allowed)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what holds connections, keys and examples."""
        return {k: v for k, v in super().__getstate__().items() if k != "last"} | {"last": None}


def checked_texts(
    content: TableContent, texts: Mapping[str, str], settings: DraftingSettings
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The texts that pass the checks of comments, cleaned, and what the others failed."""
    card = card_of_content(content)
    table, evidence = table_of(card), evidence_of(card)
    columns = {column.path: column for column in table.columns}
    passed: dict[str, str] = {}
    failed: dict[str, tuple[str, ...]] = {}
    for name, text in texts.items():
        path = join_path((name,)) if name else ""
        checked = check_comment(
            text, table=table, column=columns.get(path), evidence=evidence.get(path),
            limit=settings.max_column_comment if name else settings.max_table_comment,
            style="detailed", siblings=() if name else tuple(evidence.values()),
        )  # fmt: skip
        if checked.failures:
            failed[name] = checked.failures
        else:
            passed[name] = checked.text
    return passed, failed


class DSPyCommentGeneratorFactory:
    """Makes DSPy generators, and the examples that they learn from."""

    @staticmethod
    def create_generator(
        config: MetadataConfig | Mapping[str, Any], **_: Any
    ) -> DSPyCommentGeneratorModel:
        """A generator with these settings; nothing is asked yet."""
        return DSPyCommentGeneratorModel(config)

    @staticmethod
    def create_training_example(
        table_name: str,
        table_data: Any,
        column_metadata: Any,
        expected_response: Any,
        abbreviations: Any = None,
    ) -> dict[str, Any]:
        """An example: what is known of a table, and the answer that is wanted."""
        return {
            "table_name": table_name,
            "table_data": table_data,
            "column_metadata": column_metadata,
            "abbreviations": abbreviations or {},
            "expected_response": expected_response,
        }
