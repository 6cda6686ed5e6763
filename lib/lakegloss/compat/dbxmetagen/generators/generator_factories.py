"""Chooses between dbxmetagen's generators: by pattern, by environment, with a fallback."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from lakegloss.compat.dbxmetagen.configuration.metadata_config import MetadataConfig, parse_bool
from lakegloss.compat.dbxmetagen.generators.comment_generator import (
    CommentGenerator,
    MetadataGenerator,
    MetadataGeneratorFactory,
)
from lakegloss.compat.dbxmetagen.generators.dspy_generator import (
    DSPyCommentGeneratorFactory,
    DSPyCommentGeneratorModel,
)
from lakegloss.compat.dbxmetagen.generators.generator_answers import CommentResponse
from lakegloss.errors import LakeglossError
from lakegloss.settings import patterns_in

_log = logging.getLogger("lakegloss.dbxmetagen")
USE, PATTERNS, FALLBACK = (
    "DBXMETAGEN_USE_DSPY",
    "DBXMETAGEN_DSPY_PATTERNS",
    "DBXMETAGEN_DSPY_FALLBACK",
)


class EnhancedMetadataGeneratorFactory:
    """Makes the DSPy generator where it is asked for, else the one of the mode."""

    @staticmethod
    def create_generator(
        config: MetadataConfig | Mapping[str, Any],
        use_dspy: bool = False,
        dspy_config: Mapping[str, Any] | None = None,
        fallback_on_error: bool = True,
    ) -> MetadataGenerator:
        """A generator; `dspy_config` may name a file of prompts, `optimized_prompts_path`.

        Args:
            fallback_on_error: whether the generator of the mode is made where the other cannot be.

        Raises:
            SettingsError: the prompts cannot be used, and `fallback_on_error` is false.
        """
        found = (
            config
            if isinstance(config, MetadataConfig)
            else MetadataConfig(**config, skip_yaml_loading=True)
        )
        if not use_dspy or found.mode != "comment":
            return MetadataGeneratorFactory.create_generator(found)
        try:
            made = DSPyCommentGeneratorFactory.create_generator(found)
            path = (dspy_config or {}).get("optimized_prompts_path")
            if path:
                made.load_optimized_prompts(path)
        except LakeglossError as error:
            if not fallback_on_error:
                raise
            _log.warning("the DSPy generator cannot be used: %s", error)
            return MetadataGeneratorFactory.create_generator(found)
        return made

    @staticmethod
    def create_generator_with_selective_dspy(
        config: MetadataConfig | Mapping[str, Any],
        table_name: str = "",
        dspy_patterns: Sequence[str] | None = None,
        dspy_config: Mapping[str, Any] | None = None,
    ) -> MetadataGenerator:
        """The DSPy generator for tables whose name holds one of the patterns."""
        return EnhancedMetadataGeneratorFactory.create_generator(
            config, use_dspy=holds_pattern(table_name, dspy_patterns), dspy_config=dspy_config
        )

    @staticmethod
    def create_generator_with_env_config(
        config: MetadataConfig | Mapping[str, Any],
        table_name: str = "",
        *,
        environ: Mapping[str, str] | None = None,
    ) -> MetadataGenerator:
        """As the environment says: DBXMETAGEN_USE_DSPY, _DSPY_PATTERNS, _DSPY_FALLBACK.

        With patterns and a table's name the DSPy generator is for these tables only.
        """
        env = os.environ if environ is None else environ
        patterns = patterns_in(env.get(PATTERNS, ""))
        use = parse_bool(env.get(USE, "false"))
        if patterns and table_name:
            use = use and holds_pattern(table_name, patterns)
        return EnhancedMetadataGeneratorFactory.create_generator(
            config, use_dspy=use, fallback_on_error=parse_bool(env.get(FALLBACK, "true"))
        )


def holds_pattern(table_name: str | None, patterns: Sequence[str] | None) -> bool:
    """Whether a table's name holds one of the patterns, which are parts of names."""
    return any(pattern and pattern in (table_name or "") for pattern in patterns or ())


def create_generator_with_fallback(
    config: MetadataConfig | Mapping[str, Any],
    table_name: str = "",
    use_dspy_for_tables: Sequence[str] | None = None,
) -> MetadataGenerator:
    """The DSPy generator for tables whose name holds a pattern, else that of the mode."""
    return EnhancedMetadataGeneratorFactory.create_generator_with_selective_dspy(
        config, table_name, use_dspy_for_tables
    )


class DSPyMigrationHelper:
    """Compares the two generators on the same messages, before one takes the other's place."""

    @staticmethod
    def create_comparison_generators(
        config: MetadataConfig | Mapping[str, Any],
    ) -> tuple[CommentGenerator, DSPyCommentGeneratorModel]:
        """The generator of comments, and the DSPy one, with the same settings."""
        return CommentGenerator(config), DSPyCommentGeneratorModel(config)

    @staticmethod
    def compare_responses(
        traditional: CommentResponse, dspy_response: CommentResponse
    ) -> dict[str, Any]:
        """Both answers, and how long and how complete they are."""
        both = {"traditional": traditional, "dspy": dspy_response}
        return {
            **{name: response.model_dump() for name, response in both.items()},
            "metrics": {
                "length": {name: _words(response) for name, response in both.items()},
                "structure": {name: _completeness(response) for name, response in both.items()},
            },
        }

    @staticmethod
    def run_migration_test(
        config: MetadataConfig | Mapping[str, Any], test_messages: Sequence[Any]
    ) -> list[dict[str, Any]]:
        """Answer each of these messages by both generators, and compare."""
        traditional, dspy_made = DSPyMigrationHelper.create_comparison_generators(config)
        with traditional, dspy_made:
            return [
                DSPyMigrationHelper.compare_responses(
                    traditional.predict_chat_response(messages),
                    dspy_made.predict_chat_response(messages),
                )
                for messages in test_messages
            ]


def _contents(response: CommentResponse) -> list[str]:
    contents = response.column_contents
    return [contents] if isinstance(contents, str) else list(contents)


def _words(response: CommentResponse) -> int:
    return sum(len(text.split()) for text in (response.table, *_contents(response)))


def _completeness(response: CommentResponse) -> dict[str, bool]:
    contents = _contents(response)
    return {
        "has_table_desc": bool(response.table.strip()),
        "has_columns": bool(response.columns),
        "has_column_contents": bool(contents) and all(text.strip() for text in contents),
        "column_count_match": len(contents) == len(response.columns),
    }
