"""Offers dbxmetagen's generators, over the comment program and the rules of lakegloss."""

import os
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

from lakegloss.compat.dbxmetagen.configuration.config_settings import settings_of_config
from lakegloss.compat.dbxmetagen.configuration.label_settings import MEDICAL, NONE
from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig
from lakegloss.compat.dbxmetagen.generators.chat_messages import TableContent, content_of
from lakegloss.compat.dbxmetagen.generators.content_cards import (
    card_of_content,
    names_in_content,
    values_by_column,
)
from lakegloss.compat.dbxmetagen.generators.generator_answers import (
    ChatAnswer,
    CommentResponse,
    PIResponse,
    chat_answer,
    response_of,
)
from lakegloss.core.labels.groups import LabelGroup, group_of_class
from lakegloss.core.names import join_path
from lakegloss.core.personal.privacy import personal_class
from lakegloss.drafting.commenter import Commenter
from lakegloss.drafting.table_cards import TableCard
from lakegloss.errors import InputError, SettingsError


class MetadataGenerator(ABC):
    """What the generators have in common: the settings, and that they can be copied.

    A copy or a saved one holds settings and texts, no key and no connection.
    """

    def __init__(self, config: MetadataConfig | Mapping[str, Any] | None = None) -> None:
        self.config = _config(config)

    def from_context(self, config: MetadataConfig | Mapping[str, Any]) -> None:
        """Take the settings; what was made with others is closed."""
        self.close()
        self.config = _config(config)

    @abstractmethod
    def predict(self, model_input: Any, params: Any = None) -> ChatAnswer:
        """Answer messages of dbxmetagen as a chat completion."""

    def close(self) -> None:  # noqa: B027 - a generator that holds nothing has nothing to end
        """End what is under way. Idempotent."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()


def _config(config: Any) -> MetadataConfig:
    if isinstance(config, MetadataConfig):
        return config
    return MetadataConfig(**(dict(config) if config else {}), skip_yaml_loading=True)


class CommentGenerator(MetadataGenerator):
    """Writes the comments of a table that messages tell of.

    The model is that of the settings and of the environment (`settings_of_config`); where none can
    be asked, or its text fails the checks, the rules write, and the answer says so.
    """

    _commenter: Commenter | None = None
    _problem = ""

    def predict(self, model_input: Any, params: Any = None) -> ChatAnswer:  # noqa: ARG002
        """Answer messages, or a mapping with `table_name` and `column_contents`.

        Raises:
            InputError: nothing of a table can be read.
        """
        content = content_of(model_input)
        response, notes = self._written(content)
        return chat_answer(response, model=str(notes["model"]), notes=notes)

    def predict_chat_response(self, prompt_content: Any) -> CommentResponse:
        """Like `predict`; gives the comments alone.

        Raises:
            InputError: nothing of a table can be read.
        """
        return self._written(content_of(prompt_content))[0]

    def _written(self, content: TableContent) -> tuple[CommentResponse, dict[str, Any]]:
        return self._by_program(content, {}, "")

    def _by_program(
        self, content: TableContent, given: Mapping[str, str], problem: str
    ) -> tuple[CommentResponse, dict[str, Any]]:
        """Let the comment program write what is not given, and the rules what it cannot."""
        card = _with_given(card_of_content(content), given)
        [answer] = self.commenter.answers([card])
        if answer.error:
            raise InputError(answer.error, remedy="Correct the content.")
        names = names_in_content(content)
        by_path = {join_path((name,)): name for name in names}
        texts = dict(given)
        sources = dict.fromkeys(given, "dspy")
        for comment in answer.comments:
            name = by_path.get(comment.column, "")
            if comment.column in {"", *by_path} and name not in given:
                texts[name], sources[name] = comment.comment, comment.source
        notes = {
            "sources": sources,
            "problem": problem or answer.problem or self._problem,
            "model": answer.model if len(given) <= len(names) else str(self.config.model),
            "input_tokens": answer.input_tokens,
            "output_tokens": answer.output_tokens,
        }
        return response_of(texts, names), notes

    @property
    def commenter(self) -> Commenter:
        """What writes: it is made when it is first used."""
        if self._commenter is None:
            taken = settings_of_config(self.config, environ=os.environ, lake=False)
            self._problem = taken.problem
            self._commenter = Commenter(taken.settings)
            weakref.finalize(self, self._commenter.close)  # nobody closes a generator of theirs
        return self._commenter

    def close(self) -> None:
        """Close the connections."""
        if self._commenter is not None:
            self._commenter.close()
        self._commenter = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what holds connections and keys."""
        return {k: v for k, v in self.__dict__.items() if k not in {"_commenter", "_problem"}}


def _with_given(card: TableCard, given: Mapping[str, str]) -> TableCard:
    """The card with texts that are written already, which are not asked for again."""
    paths = {join_path((name,)): text for name, text in given.items() if name}
    columns = [c.model_copy(update={"comment": paths.get(c.name, "")}) for c in card.columns]
    update = {"columns": columns, "comment": given.get("", ""), "policy": "missing"}
    return card.model_copy(update=update) if given else card


class PIIdentifier(MetadataGenerator):
    """Finds the personal data of a table that messages tell of, by rules and without a model."""

    def predict(self, model_input: Any, params: Any = None) -> ChatAnswer:  # noqa: ARG002
        """Answer messages with a class for each column.

        Raises:
            InputError: nothing of a table can be read.
        """
        notes = {"problem": "", "sources": {}, "input_tokens": 0, "output_tokens": 0}
        return chat_answer(self.predict_chat_response(model_input), model="rules", notes=notes)

    def predict_chat_response(self, prompt_content: Any) -> PIResponse:
        """Like `predict`; gives the classes alone.

        Raises:
            InputError: nothing of a table can be read.
        """
        content = content_of(prompt_content)
        names, values = names_in_content(content), values_by_column(content)
        found = [self._class(name, values.get(name, []), content, names) for name in names]
        return PIResponse(table=content.table, columns=names, column_contents=found)

    def _class(
        self, name: str, values: list[str], content: TableContent, names: list[str]
    ) -> dict[str, Any]:
        facts = content.metadata.get(name)
        kind = str(facts.get("data_type", "string")) if isinstance(facts, Mapping) else "string"
        found = personal_class(name, kind, values, table=content.table, siblings=names)
        label = _label(found, hides_medical=self.config.disable_medical_information_value)
        group = label if label in {MEDICAL, NONE} else "pi"
        # Rules give no probability.
        return {"classification": group, "type": label, "confidence": None}


def _label(found: str, *, hides_medical: bool) -> str:
    group = group_of_class(found)
    if group is None:
        return NONE
    if group is LabelGroup.MEDICAL:
        return LabelGroup.PHI.value if hides_medical else MEDICAL
    return group.value


class MetadataGeneratorFactory:
    """Makes the generator of the settings' mode."""

    @staticmethod
    def create_generator(config: MetadataConfig | Mapping[str, Any]) -> MetadataGenerator:
        """A generator of comments, or of classes of personal data.

        Raises:
            SettingsError: the mode has no generator of its own.
        """
        found = _config(config)
        kinds: dict[str, type[MetadataGenerator]] = {
            "comment": CommentGenerator,
            "pi": PIIdentifier,
        }
        if found.mode not in kinds:
            raise SettingsError(
                f"mode={found.mode!r} has no generator for messages.",
                remedy="Run `main` with mode=domain; it labels the tables of a lake.",
            )
        return kinds[found.mode](found)
